"""What the API shows of cases, held answers and edits; people by their user names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.answering.types import Answer, citation_json, finding_json
from app.assistant.editing import Bench
from app.assistant.wordings import Checked, Source, Written, as_it_stands
from app.cases.dossier import Dossier
from app.cases.queue import Queued
from app.cases.types import Case, CaseState, Decision, Proposal, ProposalState, Trigger
from app.evidence.types import Edit, EditRecord
from guardrails.types import Severity
from guardrails.verification import Judgement, Support
from knowledge_bases.schema import Language

Names = Mapping[str, str]


class DecisionView(BaseModel):
    """Who decided, and why; ``proposed_by``: who proposed what was confirmed, null where one decided."""

    by: str
    proposed_by: str | None
    at: datetime
    approved: bool
    reason: str | None

    @classmethod
    def of(cls, made: Decision, names: Names) -> DecisionView:
        """``names`` by account."""
        proposed_by = None if made.proposed_by is None else names.get(made.proposed_by, made.proposed_by)
        by = names.get(made.by, made.by)
        return cls(by=by, proposed_by=proposed_by, at=made.at, approved=made.approved, reason=made.reason)


class ProposalView(BaseModel):
    """A proposed end of a case; it ``approves`` the answer, or rejects it.

    ``text`` is what the customer would read where it is ``edited``; null: the held answer as it stands, or words that
    were erased. ``comment`` is why it was returned.
    """

    id: str
    state: ProposalState
    by: str
    at: datetime
    reason: str | None
    approves: bool
    edited: bool
    text: str | None
    decided_by: str | None
    decided_at: datetime | None
    comment: str | None

    @classmethod
    def of(cls, proposal: Proposal, names: Names) -> ProposalView:
        """``names`` by account."""
        decided_by = proposal.decided_by
        return cls(
            id=proposal.id,
            state=proposal.state,
            by=names.get(proposal.by, proposal.by),
            at=proposal.at,
            reason=proposal.reason,
            approves=proposal.approves,
            edited=proposal.edited,
            text=None if proposal.words is None else Written.from_json(proposal.words).text,
            decided_by=None if decided_by is None else names.get(decided_by, decided_by),
            decided_at=proposal.decided_at,
            comment=proposal.comment,
        )


class CaseView(BaseModel):
    """A case. ``answer`` is the id of the one it is about, null where it is about the whole conversation. ``due_at``:
    by when an open complaint is answered."""

    id: str
    number: str
    trigger: Trigger
    severity: Severity
    state: CaseState
    conversation: str
    answer: str | None
    occurrences: int
    opened_at: datetime
    due_at: datetime | None
    decision: DecisionView | None

    @classmethod
    def of(cls, case: Case, names: Names) -> CaseView:
        """``names`` by account."""
        made = case.decision
        return cls(
            id=case.id,
            number=case.number,
            trigger=case.trigger,
            severity=case.severity,
            state=case.state,
            conversation=case.conversation_id,
            answer=case.answer_id,
            occurrences=case.occurrences,
            opened_at=case.opened_at,
            due_at=case.due_at,
            decision=None if made is None else DecisionView.of(made, names),
        )


class CaseLine(BaseModel):
    """A case in the list, with its customer's language. ``proposed``: its release waits for a second person."""

    case: CaseView
    language: Language
    proposed: bool

    @classmethod
    def of(cls, queued: Queued, names: Names) -> CaseLine:
        """``names`` by account."""
        return cls(case=CaseView.of(queued.case, names), language=queued.language, proposed=queued.proposed)


class CaseList(BaseModel):
    """One page of the list: open cases first, the worst and the oldest at the top. ``total`` counts all pages."""

    cases: tuple[CaseLine, ...]
    page: int
    total: int


class MessageView(BaseModel):
    """What was said, masked."""

    role: str
    at: datetime
    text: str


class CaseDetail(BaseModel):
    """A case with its conversation; empty where it was erased.

    ``held`` is the answer that waits, or waited, for a person, as ``/v1/answers`` would have it; ``declined`` what its
    customer reads where it is rejected. ``obstacle`` says why it can't go out as it stands. ``proposals``: the oldest
    first. ``outcome`` is what went out in its place, ``edits`` what was changed for that.
    """

    case: CaseView
    erased: bool
    question: str | None
    messages: tuple[MessageView, ...]
    held: dict[str, Any] | None
    declined: str | None
    obstacle: str | None
    proposals: tuple[ProposalView, ...]
    outcome: str | None
    edits: tuple[EditRecord, ...]

    @classmethod
    def of(cls, dossier: Dossier, names: Names) -> CaseDetail:
        """``names`` by account."""
        evidence, outcome = dossier.evidence, dossier.outcome
        return cls(
            case=CaseView.of(dossier.case, names),
            erased=dossier.erased,
            question=None if evidence is None else evidence.question,
            messages=tuple(MessageView(role=m.role.value, at=m.at, text=m.text) for m in dossier.messages),
            held=None if dossier.held is None else dossier.held.to_json(),
            declined=evidence.held.declined if dossier.held and evidence and evidence.held else None,
            obstacle=dossier.obstacle,
            proposals=tuple(ProposalView.of(each, names) for each in dossier.proposals),
            outcome=None if outcome is None else outcome.released,
            edits=() if outcome is None else outcome.edits,
        )


class SourceView(BaseModel):
    """Words that a sentence may rest on; sentences name them by ``id``."""

    id: str
    title: str
    text: str
    citations: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, source: Source) -> SourceView:
        """As the bench has it."""
        citations = tuple(citation_json(part.citation) for part in source.parts)
        return cls(id=source.id, title=source.title, text=source.text, citations=citations)


class SentenceView(BaseModel):
    """A sentence of the held answer; ``was`` is its place, to be named by an edit that keeps or changes it."""

    was: int
    text: str
    sources: tuple[str, ...]
    lost: bool


class BenchView(BaseModel):
    """A held answer and what it may be edited with. ``lost``: it rests on what is no longer in force.

    ``statements`` are added word for word by rule; nobody edits or leaves them out.
    """

    sentences: tuple[SentenceView, ...]
    sources: tuple[SourceView, ...]
    statements: dict[str, str]

    @classmethod
    def of(cls, bench: Bench) -> BenchView:
        """As it stands before anything is edited."""
        held = [as_it_stands(place, sentence) for place, sentence in enumerate(bench.held.sentences)]
        return cls(
            sentences=tuple(
                SentenceView(was=n, text=w.text, sources=w.sources, lost=not bench.lost.isdisjoint(w.sources))
                for n, w in enumerate(held)
            ),
            sources=tuple(map(SourceView.of, bench.sources)),
            statements=statements_of(bench.held),
        )


class JudgementView(BaseModel):
    """Whether a sentence's sources bear it out; ``why`` names the check that failed."""

    support: Support
    why: str

    @classmethod
    def of(cls, judgement: Judgement) -> JudgementView:
        """As verification gave it."""
        return cls(support=judgement.support, why=judgement.why)


class CheckedView(BaseModel):
    """What the rails say of an edit, a judgement a sentence in order.

    ``text`` is what the customer would read, null where it can't go out; ``seen`` is sent along to release just that.
    """

    judgements: tuple[JudgementView, ...]
    findings: tuple[dict[str, Any], ...]
    edits: dict[Edit, int]
    text: str | None
    statements: dict[str, str]
    seen: str | None

    @classmethod
    def of(cls, checked: Checked) -> CheckedView:
        """As the rails left it."""
        answer = checked.answer
        return cls(
            judgements=tuple(map(JudgementView.of, checked.judgements)),
            findings=tuple({**finding_json(f), "detail": f.detail} for f in checked.findings),
            edits={edit: sum(change.edit is edit for change in checked.changes) for edit in Edit},
            text=None if answer is None else answer.text,
            statements={} if answer is None else statements_of(answer),
            seen=None if answer is None else checked.seen,
        )


def statements_of(answer: Answer) -> dict[str, str]:
    """The mandated statements of an answer by rule."""
    return {disclosure.rule_id: disclosure.text for disclosure in answer.disclosures}
