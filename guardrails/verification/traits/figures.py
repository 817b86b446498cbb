"""Figures: whether they are stated, of what, at which end of their range, before or after what."""

from __future__ import annotations

from collections import Counter

from guardrails.verification.checks.figures import counted
from guardrails.verification.checks.swapped import fits_exchanged
from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure

MOST = 3
PLACES = 40


def traits(comparison: Comparison) -> dict[str, float]:
    """Counts over the figures of the sentence, each beside the place of the evidence that is most like it."""
    counts: Counter[str] = Counter()
    ratio, alike = 0.0, 1.0
    stated = comparison.evidence.figures
    for figure in comparison.claim.figures[:20]:
        same = [s for s in stated if s.states(figure)][:PLACES]
        if not same:
            counts["small and missing" if counted(figure) else "missing"] += 1
            counts["missing, said of another unit"] += any(s.said == figure.said for s in stated)
            continue
        own = {id(s): comparison.likeness(figure.place, s.place) for s in same}
        best = max(same, key=lambda s: own[id(s)])
        others = [s for s in stated if s.kind == figure.kind and not s.states(figure)][:PLACES]
        rival = max((comparison.likeness(figure.place, s.place) for s in others), default=0.0)
        alike = min(alike, own[id(best)])
        ratio = max(ratio, rival / (own[id(best)] + 0.1))
        counts["stated"] += 1
        counts.update(_ends(figure, best))
        counts["rivals"] += len({s.value for s in others}) > 0
    left = [s for s in stated if s.place.sentence in comparison.spoken_from]
    kept = [s for s in left if any(s.states(f) or f.states(s) for f in comparison.claim.figures)]
    return {
        **{name: min(MOST, count) for name, count in counts.items()},
        "a rival is liker": min(3.0, ratio),
        "least alike": 1 - alike,
        "fit exchanged": max(0.0, min(2.0, fits_exchanged(comparison)) - 0.9),
        "left out": min(MOST, len(left) - len(kept)),
        "none": not comparison.claim.figures,
        "points on one side": _points(comparison.claim.text) != _points(comparison.evidence.text),
    }


def _ends(figure: Figure, stated: Figure) -> Counter[str]:
    said, had = (figure.bound, figure.order), (stated.bound, stated.order)
    found: Counter[str] = Counter()
    for name, one, other in zip(("bound", "order"), said, had, strict=True):
        if one and other:
            found[f"{name} {'kept' if one == other else 'turned'}"] += 1
        elif one or other:
            found[f"{name} {'added' if one else 'left out'}"] += 1
    return found


def _points(text: str) -> bool:
    return "百分点" in text or "percentage point" in text
