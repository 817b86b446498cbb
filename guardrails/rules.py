"""Rules as values: which words an answer owes, and what a refusal tells the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from guardrails.patterns import Patterns
from guardrails.types import Reason
from knowledge_bases.schema import Institution, Language, Sector, Wording


class Force(StrEnum):
    """How binding a wording is."""

    FIX = "FIX"  # reproduce the wording
    REQ = "REQ"  # content required, wording free
    CUST = "CUST"  # customary
    FACT = "FACT"  # a fact that drifts: dated, owned by the knowledge base


class Placement(StrEnum):
    """Where a statement stands: with the answer it belongs to, or in the first message (and wherever tags owe it)."""

    ANSWER = "answer"
    SESSION = "session"


class Grade(StrEnum):
    """How well a wording is attested: primary text read, secondary source read, from memory, uncertain."""

    PRIMARY = "P"
    SECONDARY = "S"
    MEMORY = "M"
    UNCERTAIN = "?"


@dataclass(frozen=True)
class Trigger:
    """Expressions that owe a statement; where ``within`` is not empty, only beside one of these tags."""

    within: frozenset[str]
    expressions: Mapping[Language, tuple[str, ...]]

    @cached_property
    def patterns(self) -> Patterns:
        """All languages together: customers mix them in one sentence."""
        return Patterns(*(e for language in Language for e in self.expressions[language]))

    def fires(self, text: str, tags: frozenset[str]) -> bool:
        """Whether the normalised ``text``, in an answer tagged ``tags``, owes the statement."""
        return (not self.within or bool(self.within & tags)) and text in self.patterns


@dataclass(frozen=True)
class Optional:
    """A part of a statement that is owed only with ``tag``; it follows the statement after one space."""

    tag: str
    wording: Wording


@dataclass(frozen=True)
class Examples:
    """Sentences a reviewer can judge a rule by, and a test does."""

    must_fire: tuple[str, ...]
    must_not_fire: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A disclosure rule. ``confirmed_by`` None: no compliance officer has confirmed the wording yet.

    ``licences`` must all be held by the institution; ``effective_to`` is the first day no longer in force. ``dated``:
    the statement tells a fact of those days (a limit), which would be wrong beside an answer about any other day.
    """

    id: str
    title: str
    sectors: frozenset[Sector]
    licences: frozenset[str]
    tags: frozenset[str]
    triggers: tuple[Trigger, ...]
    statement: Wording
    optional: Optional | None
    force: Force
    placement: Placement
    source: str
    grades: Mapping[Language, Grade]
    confirmed_by: str | None
    effective_from: date
    effective_to: date | None
    dated: bool
    examples: Examples

    def in_force(self, on: date) -> bool:
        """Whether the rule is in force on the day ``on``."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    def applies(self, institution: Institution, on: date) -> bool:
        """Whether the rule binds ``institution`` on the day ``on``."""
        return (
            self.in_force(on)
            and bool(self.sectors & set(institution.sectors))
            and self.licences <= institution.licences
        )

    def owed_for(self, texts: tuple[str, ...], tags: frozenset[str]) -> bool:
        """Whether an answer owes the statement: by a tag, else by an expression in one of the normalised texts."""
        return bool(self.tags & tags) or any(t.fires(text, tags) for t in self.triggers for text in texts)


class ConductAction(StrEnum):
    """What becomes of a question, or of an answer, under a conduct rule."""

    ANSWER = "answer"
    ANSWER_WITH_CAUTION = "answer_with_caution"  # the documents' words, led in by the rule's
    MASK = "mask"
    MASK_AND_REFUSE = "mask_and_refuse"
    REFUSE = "refuse"
    NEUTRAL_REPLY = "neutral_reply"  # shows neither way what is so
    HAND_OFF = "hand_off"
    STOP_SCAM = "stop_scam"  # stop and call, and a person at once
    COMPLAINT_INTAKE = "complaint_intake"  # recorded under a number that the customer reads
    HOLD = "hold"


@dataclass(frozen=True)
class Enforcement:
    """A place other than the rule's detector where it is held, and the test file that shows it."""

    by: str
    test: str


@dataclass(frozen=True)
class ConductRule:
    """What the assistant must do or must not, and what the customer reads then.

    ``words`` is None where the customer reads another rule's (an answer that is held). ``detector`` judges messages.
    ``tags`` are what the reply is about, and so owes disclosures for.
    """

    id: str
    title: str
    reasons: tuple[Reason, ...]
    detector: str | None
    words: Wording | None
    source: str
    examples: Examples
    action: ConductAction = ConductAction.REFUSE
    sectors: frozenset[Sector] = frozenset(Sector)
    tags: frozenset[str] = frozenset()
    grade: Grade | None = None
    enforced: tuple[Enforcement, ...] = ()
