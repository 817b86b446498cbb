"""A figure is said of what the cited words say it of: the fee of one card is not the fee of the other."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure

CLEARER = 1.3  # times as alike as the best place with the same figure
ALIKE = 0.3
FIGURES, MOST = 20, 40  # of a sentence, and places of the evidence, that are compared


def check(comparison: Comparison) -> str | None:
    """Another figure of the kind must not stand in clearly more similar surroundings than the claimed one."""
    for figure in comparison.claim.figures[:FIGURES]:
        if figure.place.at == 0 and not figure.unit:
            continue  # the number of a list
        kin = [s for s in comparison.evidence.figures if s.kind == figure.kind or (figure.unit and not s.unit)]
        kin = [s for s in kin if _says(s, figure)][:MOST] + [s for s in kin if not _says(s, figure)][:MOST]
        own = max((_alike(comparison, figure, s) for s in kin if _says(s, figure)), default=None)
        if own is None:
            continue
        for other in (s for s in kin if not _says(s, figure)):
            alike = _alike(comparison, figure, other)
            if alike > ALIKE and alike > CLEARER * own and not _told(comparison, figure, other, alike - own):
                return "a number belongs to something else"
    return None


def _where(comparison: Comparison, figure: Figure) -> list[Figure]:
    return [s for s in comparison.evidence.figures if _says(s, figure)][:MOST]


def _says(stated: Figure, figure: Figure) -> bool:
    return stated.states(figure) or stated.value == figure.value


def _told(comparison: Comparison, figure: Figure, other: Figure, gain: float) -> bool:
    """Whether the sentence states ``other`` too, and the two would not be better off exchanged."""
    for teller in comparison.claim.figures[:FIGURES]:
        if teller is not figure and _says(other, teller):
            swapped = max(_alike(comparison, teller, s) for s in _where(comparison, figure))
            if _alike(comparison, teller, other) - swapped >= gain * 0.5:
                return True
            if swapped <= _alike(comparison, teller, other) * CLEARER:
                return True
    return False


def _alike(comparison: Comparison, claimed: Figure, stated: Figure) -> float:
    return comparison.likeness(claimed.place, stated.place)
