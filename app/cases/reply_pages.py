"""The forms of a complaint: the reply that its customer reads, and a note of how else they were answered."""

from __future__ import annotations

import asyncio
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.cases.complaints import Way
from app.cases.errors import AnsweredAhead, CaseDecided, NoComplaint
from app.cases.pages import Decider, Reader, Unsent, back_to, case_page
from app.cases.replying import note_answer, reply, without_numbers
from app.cases.service import CaseService
from app.console.access import Member, Submission
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.session import HOME
from app.conversations.service import ConversationService
from app.handover.advice import NOTHING_TO_SAY, Typed
from app.handover.advising import advice_on
from app.handover.errors import ReplyEmpty, ReplyTooLong
from app.handover.types import MAX_REPLY_CHARACTERS

router = APIRouter(prefix="/{institution}/cases/{case}")
REFUSED = (AnsweredAhead, CaseDecided, NoComplaint, ReplyEmpty, ReplyTooLong)


@router.get("/reply")
@router.get("/answered")
@router.get("/decision")
@router.get("/proposal")
@router.get("/call-back")
def show_again(request: Request, member: Reader, case: str) -> RedirectResponse:
    """The address that a refused form leaves in the browser, opened again: the case itself."""
    _require(request, member, case)
    return RedirectResponse(f"{HOME}/{member.institution.id}/cases/{case}", 303)


@router.post("/reply")
async def answer_complaint(request: Request, sent: Decider, case: str) -> Response:
    """Sends what was typed; the case stays open. What the rules say of it, and what is masked, is shown first."""
    desk, typed = desk_of(request), sent.text("reply")
    noted = frozenset(sent.text("noted").split())
    talk, words = await asyncio.to_thread(_masked, request, sent, case, typed)
    sendable = typed.strip() and len(typed) <= MAX_REPLY_CHARACTERS
    advice = await advice_on(desk, sent.member, talk, words) if sendable else NOTHING_TO_SAY
    if words != typed or advice.points - noted:
        unsent = Unsent(Typed(words, advice=advice), masked=words != typed)
        return await asyncio.to_thread(case_page, request, sent.member, case, unsent=unsent)
    try:
        await asyncio.to_thread(reply, desk, sent.member, case, typed, advice.points)
    except REFUSED as error:
        unsent = Unsent(Typed(typed))
        return await asyncio.to_thread(case_page, request, sent.member, case, refused=str(error), unsent=unsent)
    return back_to(sent, case)


@router.post("/answered")
def note_answered(request: Request, sent: Decider, case: str) -> Response:
    """That the customer was answered by letter, telephone, e-mail or at a branch, and when."""
    _require(request, sent.member, case)
    try:
        note_answer(desk_of(request), sent.member, case, *_told(sent))
    except REFUSED as error:
        return case_page(request, sent.member, case, refused=str(error))
    return back_to(sent, case)


def _require(request: Request, member: Member, case_id: str) -> None:
    """A case of another institution is not there, whatever is sent to it."""
    desk = desk_of(request)
    with desk.database.read() as session:
        CaseService(session, member.institution.id, desk.ledger).get(case_id)


def _told(sent: Submission) -> tuple[Way, date]:
    try:
        return Way(sent.text("way")), date.fromisoformat(sent.text("on"))
    except ValueError as error:
        raise BadForm("Choose how the customer was answered, and the day, as 2026-11-27.") from error


def _masked(request: Request, sent: Submission, case_id: str, typed: str) -> tuple[str, str]:
    """The conversation of the case, and what was typed without a customer's numbers."""
    desk, bank = desk_of(request), sent.member.institution
    with desk.database.read() as session:
        talk = CaseService(session, bank.id, desk.ledger).get(case_id).conversation_id
        language = ConversationService(session, bank.id, desk.ledger).get(talk).language
    return talk, without_numbers(typed, bank, language)
