"""Clauses of a sentence beside those of its evidence: which says the same, and whether one denies the other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import fsum

from guardrails.verification.comparison import Comparison
from guardrails.verification.items import NEAR, Mark
from guardrails.verification.reading import Reading

# Families of which the one side denies the other; sooner and later, up and down, open and closed do not.
DENYING = frozenset(
    {"charged", "refunded", "covered", "included", "allowed", "required", "accepted", "approved", "available"}
    | {"eligible", "protected", "valid"}
)
# Those that say by themselves what becomes of a thing; "free of charge" or "no need to" may stand beside the predicate.
PREDICATES = DENYING - {"charged", "required", "refunded"}
TIMED = frozenset({"before", "after"})
NEARLY = 0.9


@dataclass(frozen=True)
class Clause:
    """What a clause says: its words, its conditions, and what it denies and affirms."""

    names: frozenset[str]
    conditions: frozenset[str]
    timed: bool
    sides: dict[str, str]
    denies: bool  # beside its sides
    excepted: bool  # by a word that follows it

    @property
    def speaks(self) -> bool:
        """Whether it says what becomes of a thing, not its case alone."""
        return self.denies or bool(self.sides)

    def denied_beside(self, other: Clause) -> bool:
        """Whether it denies something, sides aside that the other clause takes too."""
        return self.denies or any(s == "-" and f in PREDICATES - other.sides.keys() for f, s in self.sides.items())

    def balances(self, other: Clause) -> bool:
        """Whether it denies by a side what the other denies by a bare negator: "is refused", "is not given"."""
        own = {family for family, side in self.sides.items() if side == "-"}
        return other.denies and not self.denies and bool(own - other.sides.keys())


@dataclass(frozen=True)
class Likeness:
    """A clause of the sentence and the nearest of the evidence.

    ``held``: the share of the first's weight that the second holds, ``holds`` that of the second's in the first.
    """

    claimed: Clause
    stated: Clause
    held: float
    holds: float

    @property
    def comparable(self) -> bool:
        """Whether both hold of the same cases, so that both must deny or neither."""
        one, other = self.claimed, self.stated
        return one.conditions == other.conditions and one.timed == other.timed

    @property
    def opposed(self) -> bool:
        """Whether they take opposite sides of what both speak of."""
        one, other = self.claimed.sides, self.stated.sides
        return sum(one[family] != other[family] for family in one.keys() & other.keys()) % 2 == 1

    @property
    def turned(self) -> bool:
        """Whether one denies what the other says, by a side that both speak of, or by a bare negator of one of them."""
        one, other = self.claimed, self.stated
        apart = one.denied_beside(other) != other.denied_beside(one)
        return self.opposed != (apart and not one.balances(other) and not other.balances(one))

    @property
    def crossed(self) -> bool:
        """Whether one says of a case what the other says of all cases but that: "if we agree", "unless we agree"."""
        kinds = self.claimed.conditions ^ self.stated.conditions
        return kinds == {"if", "but"} and not self.turned and self.claimed.speaks and self.stated.speaks

    @property
    def alike(self) -> float:
        """The lesser of both shares."""
        return min(self.held, self.holds)


@lru_cache(maxsize=8)
def likenesses(comparison: Comparison) -> tuple[Likeness, ...]:
    """Each clause of the sentence that has words of the evidence, with the clause that holds most of it.

    Of clauses that hold nearly as much as any, one that denies the same is taken.
    """
    stated = clauses_of(comparison.evidence)
    nearest = (_nearest(clause, stated, comparison.weights) for clause in clauses_of(comparison.claim))
    return tuple(one for one in nearest if one is not None)


def _nearest(claimed: Clause, stated: tuple[Clause, ...], weights: dict[str, float]) -> Likeness | None:
    found = [_likeness(claimed, one, weights) for one in stated if not claimed.names.isdisjoint(one.names)]
    most = max((one.held for one in found), default=0.0)
    return max(
        (one for one in found if one.held >= NEARLY * most),
        key=lambda one: (not (one.comparable and one.turned), one.held, one.holds),
        default=None,
    )


def _likeness(claimed: Clause, stated: Clause, weights: dict[str, float]) -> Likeness:
    shared = fsum(weights[name] for name in claimed.names & stated.names)
    total = fsum(weights.get(name, 1.0) for name in claimed.names)
    return Likeness(claimed, stated, shared / total, shared / fsum(weights[name] for name in stated.names))


@lru_cache(maxsize=256)
def clauses_of(reading: Reading) -> tuple[Clause, ...]:
    """The clauses that have words and state something: no questions, no cells, whose headers tell what they deny."""
    names: dict[int, set[str]] = defaultdict(set)
    for feature in reading.features:
        if feature.place.sentence not in reading.tabular and feature.place.clause not in reading.asked:
            names[feature.place.clause].add(feature.name)
    marks: dict[int, list[Mark]] = defaultdict(list)
    for mark in reading.marks:
        marks[mark.place.clause].append(mark)
    last = {feature.place.clause: feature.place.at for feature in reading.features}
    return tuple(_clause(frozenset(words), marks[clause], last[clause]) for clause, words in names.items())


def _clause(names: frozenset[str], marks: list[Mark], last: int) -> Clause:
    """``last``: where its last word stands. An exception that follows all of them (除外) denies them."""
    sides = {mark.sense.family: mark.value for mark in marks if mark.sense.family in DENYING}
    if any(mark.sense.family == "charged" and mark.value == "-" for mark in marks):
        sides["charged"] = "-"  # no fee is charged
    excepted = [mark for mark in marks if mark.sense.condition == "but" and mark.place.at >= last]
    conditions = frozenset(mark.sense.condition for mark in marks if mark not in excepted) - {"", "yet"}
    timed = any(mark.value in TIMED for mark in marks)
    return Clause(names, conditions, timed, sides, bool(excepted) or _denies(marks), bool(excepted))


def _denies(marks: list[Mark]) -> bool:
    """Whether a negator turns no side; several deny one thing after another."""
    return any(
        mark.sense.negates and not mark.sense.family and not _turns(marks[index + 1 : index + 1 + NEAR])
        for index, mark in enumerate(marks)
    )


def _turns(later: list[Mark]) -> bool:
    """Whether a negator is counted in a side that follows it."""
    first = next((mark for mark in later if mark.sense.value in ("+", "-")), None)
    return first is not None and bool(first.negators) and first.sense.family in DENYING
