"""Renders the console's templates, each with the shell around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi.responses import HTMLResponse
from starlette.requests import Request

from app.cases.service import CaseService
from app.console import formats
from app.console.access import CSRF_FIELD, Member
from app.console.desk import desk_of
from app.console.session import HOME
from app.console.words import WORDS
from app.db.columns import now_utc
from app.documents.progress import progress_line
from app.handover.live import LiveRoom
from app.staff.types import Role
from app.switches.reading import settings_of, topics_of
from app.web.languages import FULL_NAMES
from app.web.templates import template_environment
from knowledge_bases.schema import Language

TEMPLATES = Path(__file__).parent / "templates"
IN_ROOM = {
    "uploads": "documents",
    "search": "documents",
    "receipts": "documents",
    "sweep": "documents",
}  # pages that stand beside their room
REVIEWERS = (Role.REVIEWER, Role.HEAD, Role.AUDITOR)
ROOMS = (
    ("overview", "", tuple(Role)),
    ("documents", "documents", tuple(Role)),
    ("live", "live", REVIEWERS),
    ("cases", "cases", REVIEWERS),
    ("rules", "rules", tuple(Role)),
    ("switches", "switches", tuple(Role)),
    ("programs", "programs", (Role.HEAD, Role.OPERATOR, Role.AUDITOR)),
)

_environment = template_environment(TEMPLATES)
_environment.filters.update(moment=formats.moment, day=formats.day, age=formats.age)
_environment.filters.update(day_of=formats.day_of, is_past=formats.is_past)
_environment.filters.update(milliseconds=formats.milliseconds, size=formats.size, page_list=formats.page_list)
_environment.filters.update(progress_line=lambda progress: progress_line(progress, now_utc(), WORDS))
_environment.globals.update(t=WORDS, home=HOME, csrf_field=CSRF_FIELD, language_names=FULL_NAMES)
_environment.globals.update(
    language_titles={language.value: WORDS(f"language_{language.value}") for language in Language}
)


@dataclass(frozen=True)
class Room:
    """An entry of the navigation."""

    name: str
    href: str
    current: bool


def page(
    request: Request, member: Member, template: str, values: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """A page of a room, with navigation, what is switched on, institution switcher and the session's form token."""
    desk = desk_of(request)
    with desk.database.read() as session:
        switched = settings_of(session, member.institution.id)
        hears = member.may(*REVIEWERS)
        alarms = CaseService(session, member.institution.id, desk.ledger).alarms() if hears else ()
        waiting = LiveRoom(session, member.institution.id, desk.ledger).count_waiting() if hears else 0
        titles = {topic.id: topic.title for topic in topics_of(session, member.institution.id).values()}
    shell = {
        **_place(member),
        "switched": switched,
        "topic_titles": titles,
        "member": member,
        "rooms": rooms(member, request.url.path),
        "here": request.url.path,
        "told_alarms": alarms,
        "hears_alarms": hears,
        "waiting": waiting,
        "rails_alarms": desk_of(request).alarms(member.institution.id),
    }
    return bare_page(template, {**shell, **values}, status)


def fragment(member: Member, template: str, values: Mapping[str, object]) -> str:
    """A part of a page, for a script of that page to put in its place."""
    return _environment.get_template(template).render(**_place(member), **values)


def _place(member: Member) -> dict[str, object]:
    return {
        "institution": member.institution,
        "institution_name": member.institution.names.in_language(Language.EN),
        "base": f"{HOME}/{member.institution.id}",
        "csrf": member.identity.csrf_token,
    }


def bare_page(template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A page without the shell: the login, or a message."""
    return HTMLResponse(_environment.get_template(template).render(**values), status)


def rooms(member: Member, path: str) -> tuple[Room, ...]:
    """The rooms the member may enter; the one ``path`` lies in is current."""
    base = f"{HOME}/{member.institution.id}"
    inside = path.removeprefix(base).strip("/").split("/")[0]
    inside = IN_ROOM.get(inside, inside)
    return tuple(
        Room(name, f"{base}/{folder}".rstrip("/"), inside == folder)
        for name, folder, roles in ROOMS
        if member.may(*roles)
    )
