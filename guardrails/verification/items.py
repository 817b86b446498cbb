"""What a reading consists of: marks that deny, limit or take a side, the words that carry meaning, and their order."""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.verification.figures import Figure
from guardrails.verification.lexicon import Sense
from guardrails.verification.types import Place

NEAR = 6  # tokens from a negator to what it turns


@dataclass(frozen=True)
class Mark:
    """A phrase of the lexicon that denies, limits or takes a side."""

    sense: Sense
    place: Place
    end: int
    negators: int = 0  # that stand before it and turn it

    @property
    def value(self) -> str:
        """The side it takes, all negators counted."""
        value = self.sense.value
        return {"+": "-", "-": "+"}.get(value, value) if self.negators % 2 else value


@dataclass(frozen=True, slots=True)
class Bone:
    """One item of a sentence's skeleton: a word, figure or phrase. ``key`` is equal for rewordings."""

    key: str
    clause: int
    figure: Figure | None = None
    sense: Sense | None = None

    @property
    def names(self) -> frozenset[str]:
        """What a word is of, the same for rewordings and both sides of a family; figures and negators have none."""
        if self.sense is None:
            return frozenset() if self.figure else frozenset({self.key})
        if self.sense.family in ("bound", "before_after"):
            return frozenset()  # "within" may stand for "no later than"; bounds.py compares them
        return frozenset({self.sense.family, self.sense.concept} - {""})


@dataclass(frozen=True, slots=True)
class Feature:
    """A word that carries meaning, by what it says: the same for rewordings and for both sides of a family."""

    name: str
    place: Place


def turned(marks: list[Mark]) -> list[Mark]:
    """The marks, each side of a family with the negators before it counted."""
    found: list[Mark] = []
    for index, mark in enumerate(marks):
        count = 0
        if mark.sense.value in ("+", "-"):
            for before in reversed(marks[max(0, index - NEAR) : index]):
                if before.place.clause != mark.place.clause or mark.place.at - before.end > NEAR:
                    break
                if before.sense.negates:
                    count += 1
                    continue
                if before.sense.value in ("+", "-"):
                    break
        found.append(Mark(mark.sense, mark.place, mark.end, count))
    return found
