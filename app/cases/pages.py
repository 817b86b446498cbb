"""The Review room: the queue of flagged conversations, one case, and the decision on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from app.assistant.wordings import Written, edits_between
from app.cases import steps
from app.cases.complaints import Complaints, Way
from app.cases.dossier import Dossier, open_dossier
from app.cases.errors import (
    CaseDecided,
    EditRefused,
    NeverAnswered,
    NotProposed,
    NotReleasable,
    OneDecides,
    SecondReviewerNeeded,
)
from app.cases.queue import queue
from app.cases.replying import reach_of
from app.cases.service import CaseService
from app.cases.types import MAX_REASON_CHARACTERS, CaseState, Filter, Trigger
from app.console.access import Member, Submission, needs, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import REVIEWERS, page
from app.console.session import HOME
from app.console.words import WORDS
from app.documents.service import DocumentService
from app.documents.wording import Fate, Stretch, word_changes
from app.evidence.audit import AuditLog
from app.evidence.types import EditRecord
from app.handover.advice import NOTHING_TYPED, UNCHECKED, Typed
from app.handover.live import LiveRoom
from app.handover.service import HandoverService
from app.handover.types import MAX_REPLY_CHARACTERS, CallBackRequest
from app.hong_kong import today_in_hong_kong
from app.staff.service import StaffService
from app.staff.types import Role
from knowledge_bases.schema import VersionInfo, VersionKey

DECIDERS = (Role.REVIEWER, Role.HEAD)
# told beside the case they are about
STOPPED = (CaseDecided, EditRefused, NeverAnswered, NotProposed, NotReleasable, OneDecides, SecondReviewerNeeded)

router = APIRouter(prefix="/{institution}/cases")
Reader = Annotated[Member, Depends(needs(*REVIEWERS))]
Decider = Annotated[Submission, Depends(posted(*DECIDERS))]
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Unsent:
    """A reply that was not sent yet; ``masked``: with less in it than was typed."""

    typed: Typed
    masked: bool = False


NOTHING_UNSENT = Unsent(NOTHING_TYPED)


class AlarmLine(BaseModel):
    """An alarm in words, the page of its case, and that of the conversation, which both tell of it themselves."""

    href: str
    live: str
    text: str


class AlarmReport(BaseModel):
    """Every alarm that nobody has dealt with, and how many customers wait for a person."""

    alarms: tuple[AlarmLine, ...]
    waiting: int


@router.get("")
def list_cases(
    request: Request,
    member: Reader,
    trigger: str | None = None,
    state: str | None = None,
    number: Annotated[int, Query(alias="page")] = 1,
) -> HTMLResponse:
    """One page of the queue, filtered; an unknown filter is no filter."""
    desk = desk_of(request)
    chosen = Filter(_one_of(Trigger, trigger), _one_of(CaseState, state))
    with desk.database.read() as session:
        shown = queue(session, member.institution.id, desk.ledger, chosen, number)
    filtered = urlencode({"state": chosen.state or "", "trigger": chosen.trigger or ""})
    values = {"shown": shown, "chosen": chosen, "filtered": filtered}
    return page(request, member, "cases.html", {**values, "triggers": list(Trigger), "states": list(CaseState)})


@router.get("/alarms.json")
def show_alarms(request: Request, member: Reader) -> AlarmReport:
    """What a page that is open already shows beside its own, without a reload."""
    desk, base = desk_of(request), f"{HOME}/{member.institution.id}"
    with desk.database.read() as session:
        alarms = CaseService(session, member.institution.id, desk.ledger).alarms()
        waiting = LiveRoom(session, member.institution.id, desk.ledger).count_waiting()
    told = (
        AlarmLine(
            href=f"{base}/cases/{alarm.id}",
            live=f"{base}/live/{alarm.conversation_id}",
            text=WORDS(f"alarm_{alarm.trigger.value}", number=alarm.number),
        )
        for alarm in alarms
    )
    return AlarmReport(alarms=tuple(told), waiting=waiting)


@router.get("/{case}")
def show_case(request: Request, member: Reader, case: str) -> HTMLResponse:
    """One case, with how to reach the customer left out."""
    return case_page(request, member, case)


@router.post("/{case}/call-back")
def show_call_back(request: Request, sent: Decider, case: str) -> HTMLResponse:
    """The case again with the customer's name and number; a write, since the audit log notes who looked."""
    desk = desk_of(request)
    with desk.database.write() as session:
        service = HandoverService(session, sent.member.institution.id, desk.ledger)
        callbacks = service.reveal(case, by=sent.member.identity.account_id)
    return case_page(request, sent.member, case, callbacks)


@router.post("/{case}/decision")
async def decide(request: Request, sent: Decider, case: str) -> Response:
    """Approve, or reject with a reason; who and when are stored with it. A held answer goes out, or is declined."""
    desk, reason, proposal = desk_of(request), sent.text("reason"), sent.text("proposal") or None
    try:
        match sent.text("decision"):
            case "approve":
                await steps.approve(desk, sent.member, case, reason, proposal)
            case "reject":
                await asyncio.to_thread(steps.reject, desk, sent.member, case, reason, proposal)
            case _:
                raise BadForm("Choose whether the answer stands or is rejected.")
    except STOPPED as error:
        return await asyncio.to_thread(stopped, request, sent, case, error)
    return back_to(sent, case)


@router.post("/{case}/proposal")
def propose(request: Request, sent: Decider, case: str) -> Response:
    """How a severe case is closed: proposed, returned by a second person, or taken back."""
    desk, proposal, reason = desk_of(request), sent.text("proposal"), sent.text("reason")
    try:
        match sent.text("step"):
            case "propose":
                steps.propose(desk, sent.member, case, reason)
            case "propose-rejection":
                steps.propose(desk, sent.member, case, reason, approves=False)
            case "return":
                steps.send_back(desk, sent.member, case, proposal, reason)
            case "withdraw":
                steps.withdraw(desk, sent.member, case, proposal)
            case _:
                raise BadForm("Choose whether it is proposed, returned or taken back.")
    except STOPPED as error:
        return stopped(request, sent, case, error)
    return back_to(sent, case)


def back_to(sent: Submission, case_id: str) -> RedirectResponse:
    """To the page of the case, once something was done."""
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/cases/{case_id}", 303)


def stopped(request: Request, sent: Submission, case_id: str, error: Exception, typed: str = "") -> Response:
    """What to do next stands beside the case, and nothing typed is lost: the reason, or ``typed``."""
    return case_page(request, sent.member, case_id, refused=str(error), reason=typed or sent.text("reason"))


def case_page(
    request: Request,
    member: Member,
    case_id: str,
    callbacks: tuple[CallBackRequest, ...] = (),
    *,
    refused: str | None = None,
    reason: str = "",
    unsent: Unsent = NOTHING_UNSENT,
) -> HTMLResponse:
    """One case; what was ``refused``, a ``reason`` typed and a reply ``unsent`` stand in it."""
    desk, today = desk_of(request), today_in_hong_kong()
    with desk.database.read() as session:
        complaints = Complaints(AuditLog(session, member.institution.id, desk.ledger))
        dossier = open_dossier(session, member.institution.id, desk.ledger, case_id, desk.rulebooks)
        staff, own = StaffService(session, desk.ledger), member.identity.account_id
        others = staff.holding(member.institution.id, DECIDERS)
        answers = complaints.answers(case_id)
        values = {
            "dossier": dossier,
            "answers": answers,
            "reach": reach_of(dossier.conversation, dossier.messages, desk.settings.chat_token_ttl_s),
            "ways": list(Way),
            "today": today,
            "revealed": callbacks,
            "names": staff.names(people_in(dossier) | {answer.by for answer in answers}),
            "own": own,
            "others": [name for account, name in others.items() if account != own],
            "proposed": _proposed(dossier),
            "rule_titles": desk.rulebooks.standing(session, member.institution.id, today).rulebook.titles,
            "sources": _sources(DocumentService(session, member.institution.id, desk.ledger), dossier),
            "may_decide": member.may(*DECIDERS),
            "reason_limit": MAX_REASON_CHARACTERS,
            "edits": _edits(dossier),
            "obstacle": dossier.obstacle,
            "refused": refused if refused != dossier.obstacle else None,
            "typed": reason,
            "typed_reply": unsent.typed,
            "masked": unsent.masked,
            "unchecked": UNCHECKED,
            "reply_limit": MAX_REPLY_CHARACTERS,
        }
    return page(request, member, "case.html", values, 409 if refused else 200)


def people_in(dossier: Dossier) -> set[str]:
    """The accounts that decided or proposed something in a case."""
    decision = dossier.case.decision
    proposals = (by for each in dossier.proposals for by in (each.by, each.decided_by))
    return {by for by in (decision and decision.by, decision and decision.proposed_by, *proposals) if by}


def _proposed(dossier: Dossier) -> tuple[str, list[tuple[EditRecord, tuple[Stretch, ...]]]] | None:
    """What is proposed to go out in other words than those that are held, and the way to them."""
    proposal, held = dossier.proposal, dossier.held
    if proposal is None or proposal.words is None or held is None:
        return None
    written = Written.from_json(proposal.words)
    edits = edits_between(held.sentences, written.edit)
    return written.text, [(edit, way_between(edit.before, edit.after)) for edit in edits]


def _edits(dossier: Dossier) -> list[tuple[EditRecord, tuple[Stretch, ...]]]:
    """What a reviewer changed of a held answer, each with the way from the one text to the other."""
    edits = dossier.outcome.edits if dossier.outcome else ()
    return [(edit, way_between(edit.before, edit.after)) for edit in edits]


def way_between(before: str, after: str) -> tuple[Stretch, ...]:
    """What was changed, word by word; where little was kept, the one text whole and then the other."""
    words = word_changes(before, after)
    kept = sum(len(each.text.strip()) for each in words if each.fate is Fate.KEPT)
    if not before or not after or kept * 2 >= len(before):
        return words
    return (Stretch(before, Fate.REMOVED), Stretch("\n", Fate.KEPT), Stretch(after, Fate.ADDED))


def _sources(documents: DocumentService, dossier: Dossier) -> dict[VersionKey, VersionInfo]:
    """What is known of the versions an answer cites, released or held."""
    cited = set() if dossier.evidence is None else set(dossier.evidence.cited)
    if dossier.held is not None:
        cited |= {citation.key for sentence in dossier.held.sentences for citation in sentence.citations}
    return {key: documents.get(key).info for key in cited}


def _one_of(values: type[Choice], value: str | None) -> Choice | None:
    return next((choice for choice in values if choice.value == value), None)
