"""Uploading a version: the form, and what becomes of it. The row is queued; the worker finds it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.console.access import Member, Submission, needs, uploaded
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm
from app.console.problems import wants_json
from app.console.render import page
from app.console.session import HOME
from app.documents.accepted import MIB, name_of, refusal
from app.documents.errors import VersionExists
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Upload
from app.documents.upload_form import require_sibling, version_info
from app.staff.types import Role
from knowledge_bases.file_types import FILE_TYPES
from knowledge_bases.schema import VersionInfo

router = APIRouter(prefix="/{institution}/documents")
MakerForm = Annotated[Submission, Depends(uploaded(Role.MAKER))]


@router.get("/upload")
def show_form(request: Request, member: Annotated[Member, Depends(needs(Role.MAKER))]) -> HTMLResponse:
    """The empty form; ``?document=…`` and the like fill it for a new version of a known document."""
    return _form(request, member, request.query_params, None)


@router.post("")
def upload(request: Request, sent: MakerForm) -> Response:
    """Store the file and queue the version. A script is answered in JSON, a page without scripts by a redirect."""
    try:
        stored = _store(desk_of(request), sent)
    except (BadForm, VersionExists) as error:
        if wants_json(request):
            return JSONResponse({"error": str(error)}, 422)
        return _form(request, sent.member, {name: sent.typed(name) for name in sent.form}, str(error))
    key = stored.info.key
    address = f"{HOME}/{sent.member.institution.id}/documents/{key.document}/{key.version}"
    return JSONResponse({"address": address}, 201) if wants_json(request) else RedirectResponse(address, 303)


def _store(desk: Desk, sent: Submission) -> DocumentVersion:
    """The file first, then its row: a crash between them leaves a file that nothing points to, and no row without.

    Raises:
        BadForm: a field or the file is wrong. VersionExists: the label stands for another file.
    """
    info = version_info(sent.member.institution, sent.typed)
    with desk.database.read() as session:
        known = DocumentService(session, sent.member.institution.id, desk.ledger).all()
    require_sibling(info, (version.info for version in known))
    name, content = _file(sent, desk.settings.max_upload_bytes)
    sha256 = desk.files(sent.member.institution.id).put(content)
    with desk.database.write() as session:
        service = DocumentService(session, sent.member.institution.id, desk.ledger)
        return service.register(Upload(info, name, sha256, sent.member.identity.account_id))


def _file(sent: Submission, limit_bytes: int) -> tuple[str, bytes]:
    file = sent.file("file")
    if file is None:
        raise BadForm("Choose the file to upload.")
    name, content = name_of(file), file.file.read(limit_bytes + 1)
    error = refusal(name, content, limit_bytes)
    if error:
        raise BadForm(error)
    return name, content


def _form(request: Request, member: Member, filled: Mapping[str, str], error: str | None) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        known: list[VersionInfo] = [
            version.info for version in DocumentService(session, member.institution.id, desk.ledger).all()
        ]
    values = {
        "filled": filled,
        "error": error,
        "documents": sorted({(info.key.document, info.title) for info in known}),
        "products": sorted({info.product for info in known if info.product}),
        "file_types": ",".join(FILE_TYPES),
        "limit_mb": desk.settings.max_upload_bytes // MIB,
    }
    return page(request, member, "upload.html", values, 422 if error else 200)
