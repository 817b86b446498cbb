"""What can be counted of a sentence beside its evidence: the signs that the groundedness score weighs."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import astuple, dataclass, fields
from math import log1p

from guardrails.verification.comparison import Comparison
from guardrails.verification.lexicon import TOKEN
from guardrails.verification.reading import Reading


@dataclass(frozen=True)
class Signs:
    """A field a sign, all finite; shares are in [0, 1], and 1 for a sentence without anything to share."""

    tokens: float  # of its words and characters, silent ones included, found anywhere
    window: float  # of its features, found together in a stretch of about its length
    figures: float  # of its figures, stated
    names: float  # of its names, found
    nearest: float  # of its features' weight, found in the sentences nearest to its own
    adjacent: float  # of its neighbouring features, found as neighbours
    length: float  # logarithm of its features


SIGNS = tuple(field.name for field in fields(Signs))


def signs_of(comparison: Comparison) -> Signs:
    """The signs of one sentence; of an empty one too."""
    claim, evidence = comparison.claim, comparison.evidence
    tokens = _tokens(claim)
    stated = sum(any(s.states(f) for s in evidence.figures) for f in claim.figures)
    return Signs(
        tokens=_share(len(tokens & _tokens(evidence)), len(tokens)),
        window=_window(claim, evidence),
        figures=_share(stated, len(claim.figures)),
        names=_share(len(claim.proper & evidence.names), len(claim.proper)),
        nearest=_share(sum(pair.covered for pair in comparison.pairs), len(claim.by_sentence)),
        adjacent=_adjacent(claim, evidence),
        length=log1p(len(claim.features)),
    )


def numbers(signs: Signs) -> tuple[float, ...]:
    """The signs in the order of ``SIGNS``."""
    return tuple(float(value) for value in astuple(signs))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _tokens(reading: Reading) -> set[str]:
    return {token for token in TOKEN.findall(reading.text) if token[0].isalnum()}


def _window(claim: Reading, evidence: Reading) -> float:
    """The most of the claim's features that stand within about its own length of the evidence."""
    if not claim.names:
        return 1.0
    places = [(f.place.at, f.name) for f in evidence.features if f.name in claim.names]
    reach = 8 + 3 * len(claim.features) // 2
    starts = [at for at, _ in places]
    best = 0
    for index, (at, _) in enumerate(places):
        end = bisect_left(starts, at + reach)
        best = max(best, len({name for _, name in places[index:end]}))
    return best / len(claim.names)


def _adjacent(claim: Reading, evidence: Reading) -> float:
    wanted = {(a.name, b.name) for a, b in zip(claim.features, claim.features[1:], strict=False)}
    stated = {(a.name, b.name) for a, b in zip(evidence.features, evidence.features[1:], strict=False)}
    return _share(len(wanted & stated), len(wanted))
