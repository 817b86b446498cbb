"""The room of live conversations: who waits, one conversation as it goes on, and what a person does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel

from app.cases.pages import DECIDERS
from app.console.access import Member, Submission, needs, posted
from app.console.desk import desk_of
from app.console.problems import wants_json
from app.console.render import REVIEWERS, fragment, page
from app.console.session import HOME
from app.handover.advice import NOTHING_TYPED, Advice, Typed
from app.handover.advising import advice_on
from app.handover.live import LiveRoom
from app.handover.showing import LiveShown, QueueShown, queue_shown, shown
from app.handover.takeover import Takeover
from app.staff.types import Role

router = APIRouter(prefix="/{institution}/live")
Reader = Annotated[Member, Depends(needs(*REVIEWERS))]
Person = Annotated[Submission, Depends(posted(*DECIDERS))]


class QueueNews(BaseModel):
    """The queue as it stands: ``html`` replaces the lists."""

    waiting: int
    html: str


class LiveNews(BaseModel):
    """What changed on a page since it looked last; empty parts where nothing did (``stamp`` is the same).

    ``messages`` are appended, ``state``, ``summary`` and ``controls`` replace what stands there. ``hold`` names what
    the controls are for: while it stays the same, what is being typed stays too.
    """

    stamp: str
    seq: int = 0
    messages: str = ""
    state: str = ""
    summary: str = ""
    controls: str = ""
    hold: str = ""


@router.get("")
def show_queue(request: Request, member: Reader) -> HTMLResponse:
    """Who waits for a person, and who has one."""
    return page(request, member, "live_queue.html", _queue(request, member).values)


@router.get("/queue.json")
def queue_news(request: Request, member: Reader) -> QueueNews:
    """The same for a page that is open."""
    now = _queue(request, member)
    return QueueNews(waiting=len(now.queue.waiting), html=fragment(member, "live_lists.html", now.values))


@router.get("/{conversation}")
def show_live(request: Request, member: Reader, conversation: str) -> HTMLResponse:
    """One conversation, with what it rests on and the box to reply in."""
    return _page(request, member, conversation)


@router.get("/{conversation}/news.json")
def live_news(request: Request, member: Reader, conversation: str, after: int = 0, stamp: str = "") -> LiveNews:
    """What a page that shows the first ``after`` messages does not show yet."""
    desk = desk_of(request)
    with desk.database.read() as session:
        now = LiveRoom(session, member.institution.id, desk.ledger).stamp(conversation)
        if now == stamp:
            return LiveNews(stamp=now)
        live = shown(session, desk, member, conversation)
    values = live.values
    return LiveNews(
        stamp=now,
        seq=live.live.last_seq,
        messages=fragment(member, "live_messages.html", {**values, "entries": live.after(after)}),
        state=fragment(member, "live_state.html", values),
        summary=fragment(member, "live_summary.html", values),
        controls=fragment(member, "live_controls.html", values),
        hold=live.hold,
    )


@router.post("/{conversation}/take")
def take(request: Request, sent: Person, conversation: str) -> Response:
    """From now on it is theirs."""
    return _step(request, sent, conversation, lambda people, by: people.take(conversation, by))


@router.post("/{conversation}/put-back")
def put_back(request: Request, sent: Person, conversation: str) -> Response:
    """It waits for somebody else; a head may do so for whoever went away."""
    head = sent.member.may(Role.HEAD)
    return _step(request, sent, conversation, lambda people, by: people.put_back(conversation, by, head=head))


@router.post("/{conversation}/hand-back")
def hand_back(request: Request, sent: Person, conversation: str) -> Response:
    """The assistant answers again."""
    return _step(request, sent, conversation, lambda people, by: people.hand_back(conversation, by))


@router.post("/{conversation}/close")
def close(request: Request, sent: Person, conversation: str) -> Response:
    """It is settled."""
    return _step(request, sent, conversation, lambda people, by: people.close(conversation, by))


@router.post("/{conversation}/reply")
async def reply(request: Request, sent: Person, conversation: str) -> Response:
    """Sends what was typed; where the rules have something to say that the person was not told, that is shown first."""
    typed = Typed(sent.text("reply"), frozenset(sent.text("noted").split()))
    advice = await advice_on(desk_of(request), sent.member, conversation, typed.text)
    if advice.points - typed.noted:
        return await asyncio.to_thread(_advised, request, sent.member, conversation, Typed(typed.text, advice=advice))
    await asyncio.to_thread(_send, request, sent, conversation, typed.text, advice)
    return JSONResponse({}) if wants_json(request) else _back(sent, conversation)


def _send(request: Request, sent: Submission, conversation: str, text: str, advice: Advice) -> None:
    desk = desk_of(request)
    with desk.database.write() as session:
        people = Takeover(session, sent.member.institution.id, desk.ledger)
        people.reply(conversation, sent.member.identity.account_id, text, advice.points)


def _advised(request: Request, member: Member, conversation: str, typed: Typed) -> Response:
    if not wants_json(request):
        return _page(request, member, conversation, typed)
    values = _shown(request, member, conversation, typed).values
    return JSONResponse({"advice": fragment(member, "live_advice.html", values)})


def _step(
    request: Request, sent: Submission, conversation: str, step: Callable[[Takeover, str], object]
) -> RedirectResponse:
    desk = desk_of(request)
    with desk.database.write() as session:
        step(Takeover(session, sent.member.institution.id, desk.ledger), sent.member.identity.account_id)
    return _back(sent, conversation)


def _page(request: Request, member: Member, conversation: str, typed: Typed = NOTHING_TYPED) -> HTMLResponse:
    live = _shown(request, member, conversation, typed)
    return page(request, member, "live.html", {**live.values, "entries": live.live.entries})


def _shown(request: Request, member: Member, conversation: str, typed: Typed = NOTHING_TYPED) -> LiveShown:
    desk = desk_of(request)
    with desk.database.read() as session:
        return shown(session, desk, member, conversation, typed)


def _queue(request: Request, member: Member) -> QueueShown:
    desk = desk_of(request)
    with desk.database.read() as session:
        return queue_shown(session, desk, member)


def _back(sent: Submission, conversation: str) -> RedirectResponse:
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/live/{conversation}", 303)
