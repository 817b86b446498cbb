"""Sides of the lexicon's families, denials and conditions: taken on one side alone, or turned."""

from __future__ import annotations

from collections import Counter, defaultdict

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Mark, Reading

MOST = 3
GROUPS = {
    "how often": {"period", "per_what", "day_kind", "kind_of_day", "weekday"},
    "when": {"before_after", "speed", "order", "beginning"},
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
    counts.update(_clauses(comparison))
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


def _clauses(comparison: Comparison) -> Counter[str]:
    """Each clause of the sentence beside the clause of the evidence that holds most of it: denied on one side alone?"""
    counts: Counter[str] = Counter()
    evidence = _words(comparison.evidence)
    turned = {False: _denied(comparison.claim), True: _denied(comparison.evidence)}
    for clause, names in _words(comparison.claim).items():
        worth = {other: sum(comparison.weights[n] for n in names & held) for other, held in evidence.items()}
        best = max(worth, key=lambda other: worth[other], default=None)
        if best is None or not worth[best]:
            counts["clauses from nowhere"] += 1
            continue
        odd, other = turned[False][clause] % 2, turned[True][best] % 2
        sure = 2 * len(names & evidence[best]) >= len(names)
        counts["denied alike" if odd == other else "denied otherwise"] += 1
        counts["surely denied otherwise"] += sure and odd != other
        counts["denials added"] += odd > other
        counts["denials left out"] += odd < other
    return counts


def _words(reading: Reading) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for feature in reading.features:
        found[feature.place.clause].add(feature.name)
    return found


def _denied(reading: Reading) -> Counter[int]:
    counts: Counter[int] = Counter()
    for mark in reading.marks:
        counts[mark.place.clause] += mark.sense.negates + (mark.sense.value == "-")
        counts[mark.place.clause] += mark.sense.condition == "but"
    return counts
