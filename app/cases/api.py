"""``/v1/institutions/{institution}/cases``: the queue, one case, a proposed release, the decision."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import holding
from app.assistant.wordings import LONGEST, MOST, Wording
from app.cases import steps
from app.cases.dossier import open_dossier
from app.cases.errors import NotLookedAt
from app.cases.pages import DECIDERS, people_in
from app.cases.queue import queue
from app.cases.types import Case, CaseState, Filter, Trigger
from app.cases.views import BenchView, CaseDetail, CaseLine, CaseList, CaseView, CheckedView, ProposalView
from app.console.access import Member
from app.console.desk import Desk, desk_of
from app.console.render import REVIEWERS
from app.plain_text import SEEN
from app.staff.service import StaffService

router = APIRouter(prefix="/v1/institutions/{institution}/cases", tags=["cases"])
Reader = Annotated[Member, Depends(holding(*REVIEWERS))]
Decider = Annotated[Member, Depends(holding(*DECIDERS))]
Text = Annotated[str, SEEN]


class Deciding(StrEnum):
    """What becomes of the answer."""

    APPROVE = "approve"
    REJECT = "reject"


class SentenceBody(BaseModel):
    """A sentence with the ids of the sources it rests on. ``was``: its place in the held answer; null: it is added."""

    model_config = ConfigDict(extra="forbid")
    text: Text = Field(max_length=LONGEST)
    sources: tuple[Text, ...] = Field((), max_length=50)
    was: int | None = None

    @property
    def wording(self) -> Wording:
        """As the steps take it."""
        return Wording(self.text, self.sources, self.was)


class EditBody(BaseModel):
    """The answer as it should go out; a held sentence that none of these names is removed."""

    model_config = ConfigDict(extra="forbid")
    sentences: tuple[SentenceBody, ...] = Field(max_length=MOST)


class DecisionBody(BaseModel):
    """A decision. A rejection needs a ``reason``. A case of severity S1, and a held answer, is closed as the
    ``proposal`` of another person has it."""

    model_config = ConfigDict(extra="forbid")
    decision: Deciding
    reason: Text = ""
    proposal: Text | None = None


class ProposalBody(BaseModel):
    """How a severe case is to be closed. A held answer goes out as it stands, or edited, with ``sentences`` and
    ``seen`` as their check answered; to ``reject`` needs a ``reason``."""

    model_config = ConfigDict(extra="forbid")
    decision: Deciding = Deciding.APPROVE
    reason: Text = ""
    sentences: tuple[SentenceBody, ...] | None = Field(None, max_length=MOST)
    seen: str | None = None


class ReturnBody(BaseModel):
    """What is to be mended."""

    model_config = ConfigDict(extra="forbid")
    comment: Text


@router.get("")
def list_cases(
    request: Request,
    member: Reader,
    trigger: Trigger | None = None,
    state: CaseState | None = None,
    page: Annotated[int, Query(ge=1)] = 1,
) -> CaseList:
    """One page of the queue."""
    desk = desk_of(request)
    with desk.database.read() as session:
        shown = queue(session, member.institution.id, desk.ledger, Filter(trigger, state), page)
    names = _names(desk, *(queued.case for queued in shown.entries))
    lines = tuple(CaseLine.of(queued, names) for queued in shown.entries)
    return CaseList(cases=lines, page=shown.number, total=shown.total)


@router.get("/{case}")
def show_case(request: Request, member: Reader, case: str) -> CaseDetail:
    """One case, with how to reach the customer left out."""
    desk = desk_of(request)
    with desk.database.read() as session:
        dossier = open_dossier(session, member.institution.id, desk.ledger, case, desk.rulebooks)
    return CaseDetail.of(dossier, _names_of(desk, people_in(dossier)))


@router.get("/{case}/edit")
async def show_bench(request: Request, member: Decider, case: str) -> BenchView:
    """The held answer, and the sources that its sentences may rest on."""
    return BenchView.of((await steps.take_up(desk_of(request), member, case)).bench)


@router.post("/{case}/edit")
async def check(request: Request, member: Decider, case: str, body: EditBody) -> CheckedView:
    """What the rails say of an edit, and what the customer would read. Nothing is stored."""
    desk = desk_of(request)
    taken = await steps.take_up(desk, member, case)
    return CheckedView.of(await steps.check(desk, member, taken, _wordings(body.sentences)))


@router.post("/{case}/proposal", status_code=201)
async def propose(request: Request, member: Decider, case: str, body: ProposalBody) -> ProposalView:
    """Propose how a severe case is closed; another reviewer or head confirms (`decision`), or returns it."""
    desk = desk_of(request)
    approves = body.decision is Deciding.APPROVE
    if body.sentences is None or not approves:
        propose = partial(steps.propose, approves=approves)
        proposed = await asyncio.to_thread(propose, desk, member, case, body.reason)
    else:
        taken = await steps.take_up(desk, member, case)
        checked = await steps.check(desk, member, taken, _wordings(body.sentences))
        if checked.answer is not None and checked.seen != body.seen:
            raise NotLookedAt
        proposed = await asyncio.to_thread(steps.propose_edited, desk, member, taken, checked, body.reason)
    return ProposalView.of(proposed, {proposed.by: member.identity.username})


@router.post("/{case}/proposal/{proposal}/return")
def send_back(request: Request, member: Decider, case: str, proposal: str, body: ReturnBody) -> CaseDetail:
    """The second person's no, with what is to be mended; the case waits on."""
    steps.send_back(desk_of(request), member, case, proposal, body.comment)
    return show_case(request, member, case)


@router.post("/{case}/proposal/{proposal}/withdraw")
def withdraw(request: Request, member: Decider, case: str, proposal: str) -> CaseDetail:
    """Take back a proposal of one's own."""
    steps.withdraw(desk_of(request), member, case, proposal)
    return show_case(request, member, case)


@router.post("/{case}/decision")
async def decide(request: Request, member: Decider, case: str, body: DecisionBody) -> CaseView:
    """Approve, or reject with a reason; a severe case as another person proposed it. Its customer is told."""
    desk = desk_of(request)
    if body.decision is Deciding.APPROVE:
        decided = await steps.approve(desk, member, case, body.reason, body.proposal)
    else:
        decided = await asyncio.to_thread(steps.reject, desk, member, case, body.reason, body.proposal)
    return CaseView.of(decided, await asyncio.to_thread(_names, desk, decided))


def _wordings(sentences: tuple[SentenceBody, ...]) -> tuple[Wording, ...]:
    return tuple(sentence.wording for sentence in sentences)


def _names(desk: Desk, *cases: Case) -> dict[str, str]:
    decisions = [case.decision for case in cases if case.decision]
    return _names_of(desk, {by for each in decisions for by in (each.by, each.proposed_by) if by})


def _names_of(desk: Desk, accounts: set[str]) -> dict[str, str]:
    with desk.database.read() as session:
        return StaffService(session, desk.ledger).names(accounts)
