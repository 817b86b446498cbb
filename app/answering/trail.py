"""The growing record of one question on its way through the pipeline, and what became of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Protocol
from uuid import uuid4

from app.answering.ports import Draft, Retrieved, Rewriting
from app.answering.references import new_reference
from app.answering.stopwatch import Stopwatch
from app.answering.texts import texts
from app.answering.turns import Turn
from app.answering.types import Answer, AnswerStatus, Differing, Question, Sentence, in_reading_order
from app.evidence.types import VerdictRecord
from app.switches.types import Standing
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Disclosure, Finding, Reason, Stage, Verdict
from knowledge_bases.schema import Institution, Language

# What fixed words in place of an answer are. The rails let a greeting pass: it is polite, and asks nothing.
STATUS_OF = {
    Action.ALLOW: AnswerStatus.GREETED,
    Action.REWRITE: AnswerStatus.GREETED,  # nothing is left of the message but what was masked
    Action.REFUSE: AnswerStatus.REFUSED,
    Action.HAND_OFF: AnswerStatus.HANDED_OFF,
    Action.HOLD: AnswerStatus.HELD,
}


@dataclass(frozen=True)
class Held:
    """An answer that a person looks at before its customer does, and what is said instead where they decline."""

    answer: Answer
    declined: str


@dataclass
class Trail:
    """Filled step by step. ``question`` holds the masked text once screened; ``on`` is the day answered for.

    ``rulebook`` is the one in force when the question came: every step of the answer goes by it.
    ``asked_at`` is when the question came, on the monotonic clock: the answer's time is counted from there.
    ``intents`` are the rules that the question calls for by its meaning.
    ``held`` is the answer that waits for a person to release it, where that is what the topic asks for.
    ``rewriting`` is what a model made of a follow-up, used or dropped.
    ``along`` says that they read the model's words as they came; ``released`` counts the pieces that they have been
    shown already: those are never taken back.
    """

    institution: Institution
    question: Question
    language: Language
    on: date
    rulebook: Rulebook
    standing: Standing = field(default_factory=Standing)
    watch: Stopwatch = field(default_factory=Stopwatch)
    turn: Turn = field(default_factory=Turn)
    retrieved: Retrieved = field(default_factory=Retrieved.nothing)
    drafts: list[Draft] = field(default_factory=list)
    verdicts: list[VerdictRecord] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    held: Held | None = None
    asked_at: float = field(default_factory=time.monotonic)
    intents: frozenset[str] = frozenset()
    along: bool = False
    released: int = 0
    rewriting: Rewriting | None = None
    answer_id: str = field(default_factory=lambda: uuid4().hex)

    @cached_property
    def reference(self) -> str:
        """The number that a complaint is recorded under."""
        return self.question.reference or new_reference()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every rail, in the order of the verdicts."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)

    def judge(self, stage: Stage, verdict: Verdict) -> None:
        """Notes a verdict and when it was given."""
        decided = (verdict.action, verdict.reason, verdict.findings)
        self.verdicts.append(VerdictRecord(stage, *decided, datetime.now(UTC), verdict.opinions))

    def notice(self, key: str) -> None:
        """Adds a fixed text that the customer is to read beside the answer."""
        self.notices.append(texts(self.language)[key])


@dataclass(frozen=True)
class Outcome:
    """What is to be said: ``lead`` first, then sentences, notices and disclosures; ``places`` as in ``Answer``."""

    status: AnswerStatus
    reason: Reason | None
    lead: str
    sentences: tuple[Sentence, ...] = ()
    notices: tuple[str, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    differing: tuple[Differing, ...] = ()
    places: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The whole released text in reading order, parts set apart by an empty line."""
        said = (each.text for each in in_reading_order(self.sentences, self.disclosures, self.places))
        parts = [self.lead, *said, *self.notices, *(d.text for d in self.disclosures[len(self.places) :])]
        return "\n\n".join(part for part in parts if part)

    def followed_by(self, later: Outcome) -> Outcome:
        """What ``later`` adds to words that were released: its sentences, and behind them the statements that are new.

        Each has its place, so that what was read already stays where it is.
        """
        known = {statement.text for statement in self.disclosures}
        new = tuple(statement for statement in later.disclosures if statement.text not in known)
        sentences = self.sentences + later.sentences
        in_own_words = AnswerStatus.ANSWERED in (self.status, later.status)
        return replace(
            self,
            status=AnswerStatus.ANSWERED if in_own_words else AnswerStatus.QUOTED,
            sentences=sentences,
            notices=tuple(dict.fromkeys(self.notices + later.notices)),
            disclosures=self.disclosures + new,
            differing=self.differing + later.differing,
            places=self.places + (len(sentences),) * len(new),
        )

    def placed(self) -> Outcome:
        """The same, with a place for its statements: behind the sentences that it has."""
        return replace(self, places=(len(self.sentences),) * len(self.disclosures))


class Recorder(Protocol):
    """Commits evidence before release."""

    def record(self, trail: Trail, answer: Answer) -> None:
        """Stores evidence, message and audit entry in one transaction that reads cited versions and switches again.

        Of an answer that the customer has read pieces of, it stores what there is, whatever has changed since: each
        piece was looked at when it was released.

        Raises:
            CitedVersionWithdrawn: a cited version is no longer in force; nothing was stored.
            SwitchesChanged: what is switched is not the trail's standing any more; nothing was stored.
            RulebookReplaced: other rules are in force by now; nothing was stored.
        """
        ...

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        """Keeps the masked question of a conversation until something of its answer is stored, or a person hears it.

        ``unanswered`` is what is recorded, and its customer reads, where neither happens.
        """
        ...

    def release(self, trail: Trail, answer: Answer) -> None:
        """Stores the next piece of an answer, before it is shown: ``answer`` and its evidence as far as they go.

        Raises:
            CitedVersionWithdrawn, SwitchesChanged, RulebookReplaced: see ``record``; the piece was not stored.
            PersonHasConversation: it was handed over meanwhile; the piece was not stored.
        """
        ...
