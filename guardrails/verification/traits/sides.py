"""Sides of the lexicon's families, denials and conditions: taken on one side alone, or turned."""

from __future__ import annotations

from collections import Counter, defaultdict

from guardrails.verification.comparison import Comparison
from guardrails.verification.items import Mark

MOST = 3
GROUPS = {
    "how often": {"period", "per_what", "day_kind", "kind_of_day", "weekday"},
    "when": {"before_after", "speed", "order", "beginning", "which_day", "stay"},
    "how": {"channel", "payment", "writing", "cash", "direction", "trade", "rebate"},
    "who": {"customer", "employment", "side", "owner", "card_holder", "whose_loan", "gender"},
    "which": {"card_kind", "account_kind", "loan_kind", "place", "benefit", "ailment", "cabin", "fixed", "refer"},
    "due": {"charged", "refunded"},
    "duty": {"allowed", "required", "accepted", "approved", "eligible", "available"},
    "state": {"covered", "included", "protected", "open", "valid"},
    "degree": {"change", "height", "how_many", "bound"},
}


def traits(comparison: Comparison) -> dict[str, float]:
    """By group of families: a side the evidence takes too, one it never names, and another than it takes."""
    counts: Counter[str] = Counter()
    said, stated = (_sides(reading.marks) for reading in (comparison.claim, comparison.evidence))
    for group, families in GROUPS.items():
        for family in families & said.keys():
            new = said[family] - stated.get(family, set())
            counts[f"{group}: kept"] += not new
            counts[f"{group}: {'another' if family in stated else 'unheard of'}"] += bool(new)
    for kind in ("only", "if", "but"):
        here = any(mark.sense.condition == kind for mark in comparison.claim.marks)
        near = any(
            m.sense.condition == kind and m.place.sentence in comparison.spoken_from for m in comparison.evidence.marks
        )
        counts[f"{kind}: added"] += here and not near
        counts[f"{kind}: left out"] += near and not here
        counts[f"{kind}: kept"] += near and here
    return {name: min(MOST, count) for name, count in counts.items()}


def _sides(marks: list[Mark]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for mark in marks:
        if mark.sense.family:
            found[mark.sense.family].add(mark.value)
    return found
