"""Editing what is known of a version that is not published: the filled form, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.console.access import Member, Submission, needs, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.console.session import HOME
from app.documents.editing import Editing
from app.documents.service import DocumentService
from app.documents.upload_form import version_info
from app.staff.types import Role
from knowledge_bases.schema import VersionInfo, VersionKey

router = APIRouter(prefix="/{institution}/documents/{document}/{version}/edit")


@router.get("")
def show_form(
    request: Request, member: Annotated[Member, Depends(needs(Role.MAKER))], document: str, version: str
) -> HTMLResponse:
    """The form with what is known now."""
    key, desk = VersionKey(document, version), desk_of(request)
    with desk.database.read() as session:
        info = DocumentService(session, member.institution.id, desk.ledger).get(key).info
    return _form(request, member, key, _filled(info), None)


@router.post("")
def edit(
    request: Request, sent: Annotated[Submission, Depends(posted(Role.MAKER))], document: str, version: str
) -> Response:
    """Store what the form says; the version is a draft again, and is read again where its text is indexed with it."""
    key, desk = VersionKey(document, version), desk_of(request)
    try:
        info = version_info(sent.member.institution, sent.text, key)
    except BadForm as error:
        return _form(request, sent.member, key, {name: sent.text(name) for name in sent.form}, str(error))
    with desk.database.write() as session:
        editing = Editing(session, sent.member.institution.id, desk.ledger)
        editing.edit(info, sent.member.identity.account_id)
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/documents/{key.document}/{key.version}", 303)


def _form(
    request: Request, member: Member, key: VersionKey, filled: Mapping[str, str], error: str | None
) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        known = [v.info for v in DocumentService(session, member.institution.id, desk.ledger).all()]
    values = {
        "key": key,
        "filled": filled,
        "error": error,
        "documents": sorted({(info.key.document, info.title) for info in known}),
        "products": sorted({info.product for info in known if info.product}),
    }
    return page(request, member, "edit.html", values, 422 if error else 200)


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
