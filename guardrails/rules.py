"""Rules as values: which words an answer owes, and what a refusal tells the customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guardrails.triggers import Reading, Trigger
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
    ``brings`` names rules owed wherever this one is, ``yields_to`` those that it would contradict: beside them it is
    not owed by what a question means alone. ``off_because`` says why a rule is shipped switched off; None: it
    is on. ``owner`` is the institution that added the rule, None for a shipped one.
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
    brings: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    off_because: str | None = None
    owner: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the rule is in force on the day ``on``."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    def binds(self, institution: Institution, on: date) -> bool:
        """Whether ``institution`` owes the statement where another rule brings it: on, in force, licensed."""
        if self.off_because or self.owner not in (None, institution.id) or not self.in_force(on):
            return False
        return self.licences <= institution.licences and not (self.may_be_off and self.id in institution.rules_off)

    def applies(self, institution: Institution, on: date) -> bool:
        """Whether the rule binds ``institution`` on the day ``on`` by its own tags and triggers."""
        return bool(self.sectors & set(institution.sectors)) and self.binds(institution, on)

    @property
    def may_be_off(self) -> bool:
        """Whether an institution may switch it off: what is customary, and what it added itself."""
        return self.force is Force.CUST or self.owner is not None

    def owed_for(self, readings: Iterable[Reading], tags: frozenset[str], institution: Institution) -> bool:
        """Whether an answer owes the statement: by a tag, else by a trigger on one of the texts."""
        if self.tags & tags:
            return True
        return any(trigger.fires(reading, tags, institution) for reading in readings for trigger in self.triggers)


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
