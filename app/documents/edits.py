"""Editing what is known of a version that is not published: the filled form, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.console.access import Member, Submission, needs, posted
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.console.session import HOME
from app.documents.editing import Editing, facts_digest
from app.documents.errors import FactsChanged
from app.documents.service import DocumentService
from app.documents.upload_form import require_sibling, version_info
from app.staff.types import Role
from knowledge_bases.schema import VersionInfo, VersionKey

router = APIRouter(prefix="/{institution}/documents/{document}/{version}/edit")
MADE_FROM = "made_from"  # the field in which a form says which facts it was filled with


@dataclass(frozen=True)
class Shown:
    """What the form shows: what stands in its fields, the facts as they are stored now, and why it is shown again.

    ``differing`` are the fields in which somebody else's change and what was typed differ.
    """

    filled: Mapping[str, str]
    stored: Mapping[str, str]
    made_from: str
    error: str | None = None
    status: int = 200
    differing: tuple[str, ...] = ()


@router.get("")
def show_form(
    request: Request, member: Annotated[Member, Depends(needs(Role.MAKER))], document: str, version: str
) -> HTMLResponse:
    """The form with what is known now."""
    key, desk = VersionKey(document, version), desk_of(request)
    with desk.database.read() as session:
        info = DocumentService(session, member.institution.id, desk.ledger).get(key).info
    return _form(request, member, key, Shown(_filled(info), _filled(info), facts_digest(info)))


@router.post("")
def edit(
    request: Request, sent: Annotated[Submission, Depends(posted(Role.MAKER))], document: str, version: str
) -> Response:
    """Store what the form says; the version is a draft again, and is read again where its text is indexed with it."""
    key, desk = VersionKey(document, version), desk_of(request)
    try:
        _store(desk, sent, key)
    except (BadForm, FactsChanged) as error:
        with desk.database.read() as session:
            info = DocumentService(session, sent.member.institution.id, desk.ledger).get(key).info
        return _form(request, sent.member, key, _refused(sent, info, error))
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/documents/{key.document}/{key.version}", 303)


def _store(desk: Desk, sent: Submission, key: VersionKey) -> None:
    info = version_info(sent.member.institution, sent.typed, key)
    with desk.database.write() as session:
        documents = DocumentService(session, sent.member.institution.id, desk.ledger)
        before = documents.get(key).info
        if (info.sibling, info.language) != (before.sibling, before.language):
            require_sibling(info, (version.info for version in documents.all()))
        editing = Editing(session, sent.member.institution.id, desk.ledger)
        editing.edit(info, sent.member.identity.account_id, sent.text(MADE_FROM))


def _refused(sent: Submission, now: VersionInfo, error: BadForm | FactsChanged) -> Shown:
    """What was typed is kept. After another's change the form counts as made from what that change left."""
    typed, stored = {name: sent.typed(name) for name in sent.form}, _filled(now)
    if isinstance(error, BadForm):
        return Shown(typed, stored, sent.typed(MADE_FROM), str(error), error.status)
    differing = tuple(name for name in stored if stored[name] != typed.get(name, ""))
    return Shown(typed, stored, facts_digest(now), status=409, differing=differing)


def _form(request: Request, member: Member, key: VersionKey, shown: Shown) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        known = [v.info for v in DocumentService(session, member.institution.id, desk.ledger).all()]
    values = {
        "key": key,
        "shown": shown,
        "documents": sorted({(info.key.document, info.title) for info in known}),
        "products": sorted({info.product for info in known if info.product}),
    }
    return page(request, member, "edit.html", values, shown.status)


def _filled(info: VersionInfo) -> dict[str, str]:
    days = {"as_at": info.as_at, "effective_from": info.effective_from, "effective_to": info.effective_to}
    return {
        **{name: "" if day is None else day.isoformat() for name, day in days.items()},
        "title": info.title,
        "language": info.language.value,
        "product": info.product or "",
        "tags": ", ".join(sorted(info.tags)),
        "sibling": info.sibling or "",
        "sector": info.sector.value if info.sector else "",
        "owner": info.owner or "",
    }
