"""``/v1/institutions/{institution}/cases``: the queue, one case, and the decision on it, an edit included."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import holding
from app.assistant.wordings import LONGEST, MOST, Checked, Wording
from app.cases import steps
from app.cases.dossier import open_dossier
from app.cases.errors import EditRefused, NotLookedAt
from app.cases.pages import DECIDERS
from app.cases.queue import queue
from app.cases.types import Case, CaseState, Filter, Trigger
from app.cases.views import BenchView, CaseDetail, CaseLine, CaseList, CaseView, CheckedView
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
    EDIT = "edit"
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
    """A decision. A rejection needs a ``reason``, an edit its ``sentences`` and ``seen`` as their check answered it."""

    model_config = ConfigDict(extra="forbid")
    decision: Deciding
    reason: Text = ""
    sentences: tuple[SentenceBody, ...] = Field((), max_length=MOST)
    seen: str | None = None


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
    return CaseDetail.of(dossier, _names(desk, dossier.case))


@router.get("/{case}/edit")
async def show_bench(request: Request, member: Decider, case: str) -> BenchView:
    """The held answer, and the sources that its sentences may rest on."""
    return BenchView.of((await steps.take_up(desk_of(request), member, case)).bench)


@router.post("/{case}/edit")
async def check(request: Request, member: Decider, case: str, body: EditBody) -> CheckedView:
    """What the rails say of an edit, and what the customer would read. Nothing is stored."""
    return CheckedView.of(await _checked(desk_of(request), member, case, body.sentences))


@router.post("/{case}/decision")
async def decide(request: Request, member: Decider, case: str, body: DecisionBody) -> CaseView:
    """Approve, reject with a reason, or release an edit that was checked. A held answer's customer is told."""
    desk = desk_of(request)
    match body.decision:
        case Deciding.APPROVE:
            decided = await asyncio.to_thread(steps.approve, desk, member, case, body.reason)
        case Deciding.REJECT:
            decided = await asyncio.to_thread(steps.reject, desk, member, case, body.reason)
        case Deciding.EDIT:
            checked = await _checked(desk, member, case, body.sentences)
            if checked.answer is None:
                raise EditRefused("The rails do not let this out. Check it to read why, and mend it.")
            if checked.seen != body.seen:
                raise NotLookedAt
            decided = await asyncio.to_thread(steps.release_edited, desk, member, case, checked, body.reason)
    return CaseView.of(decided, await asyncio.to_thread(_names, desk, decided))


async def _checked(desk: Desk, member: Member, case: str, sentences: tuple[SentenceBody, ...]) -> Checked:
    taken = await steps.take_up(desk, member, case)
    return await steps.check(desk, member, taken, tuple(sentence.wording for sentence in sentences))


def _names(desk: Desk, *cases: Case) -> dict[str, str]:
    with desk.database.read() as session:
        return StaffService(session, desk.ledger).names({case.decision.by for case in cases if case.decision})
