"""Review cases as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from guardrails.types import Severity

COMPLAINT_KEY = "complaint:"  # the incident of a complaint is its number
ALARM_KEY = "alarm:"  # the incident of what a person who has the conversation must hear at once
# By when a complaint is acknowledged, and answered (HKMA SPM IC-4). From memory, confirmed by nobody yet: compliance
# reads the days in the guideline before use.
ACKNOWLEDGED_WITHIN, ANSWERED_WITHIN = timedelta(days=7), timedelta(days=30)
SEVERE = (Severity.S1, Severity.S2)  # two people decide on what was held in such a case
MAX_REASON_CHARACTERS = 2000  # longer is a report: it belongs elsewhere, and the reason says where


class Trigger(StrEnum):
    """Why a case was opened."""

    REFUSAL = "refusal"
    RAIL_FAILURE = "rail_failure"
    THUMBS_DOWN = "thumbs_down"
    HUMAN_WANTED = "human_wanted"
    COMPLAINT = "complaint"
    FRAUD = "fraud"  # somebody is losing money, or about to
    VULNERABLE = "vulnerable"
    COMPLIANCE = "compliance"  # what the customer must not learn was noticed
    SAMPLE = "sample"
    HELD = "held"
    PLANTED = "planted"  # a retrieved passage gives a model orders; it was kept from the answer
    ABUSE = "abuse"
    RELEASE = "release"  # a customer waits for an answer that a person looks at first
    FIGURES_DIFFER = "figures_differ"  # two passages in force state different figures, and a customer read both


class CaseState(StrEnum):
    """Where a case stands; decided ones are never opened again."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Filter:
    """Which cases to list; None lists all."""

    trigger: Trigger | None = None
    state: CaseState | None = None


OPEN_CASES = Filter(state=CaseState.OPEN)


@dataclass(frozen=True)
class Flag:
    """A trigger that fired. Flags with the same ``incident_key`` make one open case (a rail's outage: one case)."""

    trigger: Trigger
    severity: Severity
    conversation_id: str
    answer_id: str | None = None
    incident_key: str | None = None


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided; ``reason`` is never blank where the answer was rejected, nor too long.

    ``proposed_by``: who proposed what ``by`` confirmed; None where one person decides.
    """

    by: str
    at: datetime
    approved: bool
    reason: str | None
    proposed_by: str | None = None


class ProposalState(StrEnum):
    """Where the proposal of a release stands. Overtaken: another was made, or the case was decided otherwise."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Proposal:
    """That a held answer goes out, or that a case is closed otherwise, as one person proposes it and another decides.

    ``approves``: the answer goes out, or stood; else it does not, or did not, and ``reason`` says why. ``words``: what
    a reviewer wrote in its place, as ``steps`` reads it; None: it goes out as it stands, or what was written is not
    read here. ``edited`` says which. ``comment`` is why it was returned.
    """

    id: str
    case_id: str
    edited: bool
    by: str
    at: datetime
    reason: str | None
    state: ProposalState
    decided_by: str | None = None
    decided_at: datetime | None = None
    comment: str | None = None
    approves: bool = True
    words: str | None = field(default=None, repr=False)


def number_of(case_id: str) -> str:
    """What a case is called by: staff read it in the queue, whoever asked to be called reads it out."""
    return case_id[:8].upper()


def takes_two(trigger: Trigger, severity: Severity) -> bool:
    """Whether only two people close a case, one by proposing and another by confirming: one of the highest severity,
    and any severe one in which an answer is held."""
    return severity is Severity.S1 or (trigger is Trigger.RELEASE and severity in SEVERE)


@dataclass(frozen=True)
class Case:
    """A case; ``occurrences`` counts the flags it stands for, ``conversation_id`` is the first one's."""

    id: str
    trigger: Trigger
    severity: Severity
    state: CaseState
    conversation_id: str
    answer_id: str | None
    incident_key: str | None
    occurrences: int
    opened_at: datetime
    decision: Decision | None

    @property
    def number(self) -> str:
        """See ``number_of``."""
        return number_of(self.id)

    @property
    def is_alarm(self) -> bool:
        """Whether it was raised while a person had the conversation."""
        return (self.incident_key or "").startswith(ALARM_KEY)

    @property
    def is_awaited(self) -> bool:
        """Whether a customer waits for the answer it is about; of severity S1, they were told that it takes long."""
        return self.trigger is Trigger.RELEASE and self.state is CaseState.OPEN

    @property
    def is_to_do(self) -> bool:
        """Whether it asks for something to be done, and not whether the assistant was right."""
        return self.is_alarm or self.trigger in (Trigger.HUMAN_WANTED, Trigger.COMPLAINT)

    @property
    def takes_two(self) -> bool:
        """See ``takes_two``."""
        return takes_two(self.trigger, self.severity)

    @property
    def due_at(self) -> datetime | None:
        """By when an open complaint is answered; acknowledged, where its customer was given no number. None: no day is
        set."""
        if self.trigger is not Trigger.COMPLAINT or self.state is not CaseState.OPEN:
            return None
        return self.opened_at + (ANSWERED_WITHIN if self.reference else ACKNOWLEDGED_WITHIN)

    @property
    def reference(self) -> str | None:
        """The number that the customer was given for a complaint."""
        key = self.incident_key or ""
        return key.removeprefix(COMPLAINT_KEY) if key.startswith(COMPLAINT_KEY) else None
