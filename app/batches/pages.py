"""Uploading many files: the form, the table in which what they are is confirmed, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.batches.arrival import arrive
from app.batches.errors import BatchChanged, BatchClosed, BatchRefused
from app.batches.rows import FOR_ALL, applied, revision_of, rows_of, wanted, written
from app.batches.service import BatchService
from app.batches.types import SETTLED, Batch, BatchFile, FileStage
from app.console.access import FormLimits, Member, Submission, needs, posted
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm
from app.console.problems import wants_json
from app.console.render import page
from app.console.session import HOME
from app.console.words import WORDS
from app.documents.accepted import MIB
from app.documents.api import ProgressLine, ProgressReport
from app.documents.publishing import missing_before_approval
from app.documents.sections import sendable
from app.documents.service import DocumentService
from app.hong_kong import today_in_hong_kong
from app.staff.types import Role
from knowledge_bases.file_types import FILE_TYPES

router = APIRouter(prefix="/{institution}/uploads")
MOST_FILES = 60
MOST_BYTES = 500 * MIB
TABLE = FormLimits(size_bytes=2 * MIB, fields=MOST_FILES * 20)
Maker = Annotated[Member, Depends(needs(Role.MAKER))]
Files = Annotated[
    Submission, Depends(posted(Role.MAKER, limits=FormLimits(size_bytes=MOST_BYTES, files=MOST_FILES * 10)))
]
Table = Annotated[Submission, Depends(posted(Role.MAKER, limits=TABLE))]


@dataclass(frozen=True)
class _Shown:
    """With what status the table is shown."""

    status: int = 200


AS_IT_IS = _Shown()
REFUSED = _Shown(422)  # rows need another look
LATE = _Shown(409)  # the page that was sent is out of date; nothing of it was kept


@router.get("/new")
def show_form(request: Request, member: Maker) -> HTMLResponse:
    """Where files are dropped or chosen; and what the person has not confirmed yet."""
    return _form(request, member, None)


@router.post("")
def receive(request: Request, sent: Files) -> Response:
    """Store the files as a batch; the worker reads them, and nothing becomes a version before it is confirmed."""
    try:
        batch_id = _received(desk_of(request), sent)
    except BadForm as error:
        if wants_json(request):
            return JSONResponse({"error": str(error)}, error.status)
        return _form(request, sent.member, str(error))
    address = f"{HOME}/{sent.member.institution.id}/uploads/{batch_id}"
    return JSONResponse({"address": address}, 201) if wants_json(request) else RedirectResponse(address, 303)


@router.get("/{batch}")
def show(request: Request, member: Maker, batch: str, wait: bool = True) -> HTMLResponse:
    """How far the files are, then the table; ``?wait=0`` shows the table for those that are read."""
    return _table(request, member, _get(request, member, batch), {}, wait=wait)


@router.get("/{batch}/progress.json")
def progress(request: Request, member: Maker, batch: str) -> ProgressReport:
    """The files that are not read yet, and those that can't be."""
    found = _get(request, member, batch)
    working = [_line(file) for file in found.files if file.stage not in SETTLED]
    failed = [_line(file) for file in found.files if file.stage is FileStage.REFUSED]
    return ProgressReport(working=working, failed=failed)


@router.post("/{batch}")
def change(request: Request, sent: Table, batch: str) -> Response:
    """Keep what is in the table, fill a column, take the files in, or give them up; as the pressed button says.

    From a page that is out of date nothing is kept, and what stands now is shown.
    """
    try:
        return _changed(request, sent, batch)
    except (BatchClosed, BatchChanged):
        if wants_json(request):
            raise
        return _table(request, sent.member, _get(request, sent.member, batch), {}, LATE, wait=False)


def _changed(request: Request, sent: Submission, batch: str) -> Response:
    desk, by = desk_of(request), sent.member.identity.account_id
    action, address = sent.text("action"), f"{HOME}/{sent.member.institution.id}/uploads/{batch}"
    if action == "discard":
        with desk.database.write() as session:
            BatchService(session, sent.member.institution.id, desk.ledger).discard(batch, by)
        return RedirectResponse(f"{HOME}/{sent.member.institution.id}/documents", 303)
    kept = _kept(desk, sent, batch, fill=action == "apply")
    if action == "confirm":
        return _take_in(request, sent, kept)
    if wants_json(request):
        return JSONResponse({"revision": kept.revision})
    return RedirectResponse(f"{address}?wait=0", 303)


def _received(desk: Desk, sent: Submission) -> str:
    files = sent.files("files")
    if not files:
        raise BadForm("Choose the files to upload.")
    if len(files) > MOST_FILES:
        raise BadForm(f"These are {len(files)} files; upload at most {MOST_FILES} at once.")
    arrived = arrive(files, desk.files(sent.member.institution.id), desk.settings.max_upload_bytes)
    with desk.database.write() as session:
        service = BatchService(session, sent.member.institution.id, desk.ledger)
        return service.receive(arrived, sent.member.identity.account_id)


def _kept(desk: Desk, sent: Submission, batch_id: str, *, fill: bool) -> Batch:
    by = sent.member.identity.account_id
    with desk.database.write() as session:
        service = BatchService(session, sent.member.institution.id, desk.ledger)
        batch = replace(service.get(batch_id, by), revision=revision_of(sent))
        fields, left_out = written(sent, batch)
        return service.write(batch, applied(sent, fields, left_out) if fill else fields, left_out)


def _take_in(request: Request, sent: Submission, batch: Batch) -> Response:
    """All rows that are wanted, or none: each that says something wrong is named."""
    desk, member = desk_of(request), sent.member
    with desk.database.read() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
    rows = rows_of(batch, member.institution, versions, today_in_hong_kong())
    infos, problems = wanted(rows, member.institution, [version.info for version in versions])
    files = desk.files(member.institution.id)
    gone = [row.file for row in rows if row.file.place in infos and files.stored_at(row.file.sha256 or "") is None]
    problems |= {file.place: f"{file.name} is gone from the store. Upload it again." for file in gone}
    if not problems and infos:
        try:
            with desk.database.write() as session:
                service = BatchService(session, member.institution.id, desk.ledger)
                service.take_in(batch.id, member.identity.account_id, infos)
            return RedirectResponse(f"{HOME}/{member.institution.id}/uploads/{batch.id}", 303)
        except BatchRefused as error:
            problems = error.problems
    return _table(request, member, batch, problems, REFUSED, wait=False)


def _table(
    request: Request,
    member: Member,
    batch: Batch,
    problems: Mapping[int, str],
    shown: _Shown = AS_IT_IS,
    *,
    wait: bool,
) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
    rows = rows_of(batch, member.institution, versions, today_in_hong_kong())
    own = {file.key for file in batch.files}
    taken_in = {version.info.key: version for version in versions if version.info.key in own}
    values = {
        "batch": batch,
        "confirm_by": batch.confirm_by(desk.settings.keep_batches_days),
        "rows": [replace(row, problem=problems.get(row.file.place)) for row in rows],
        "waiting": not batch.settled and wait,
        "read": sum(file.stage is FileStage.READ for file in batch.files),
        "refused": shown is REFUSED,
        "late": shown is LATE,
        "settled": SETTLED,
        "for_all": FOR_ALL,
        "versions": taken_in,
        "documents": sorted({(v.info.key.document, v.info.title) for v in versions}),
        "products": sorted({v.info.product for v in versions if v.info.product}),
        "lacking": {key: missing_before_approval(version.info) for key, version in taken_in.items()},
        "sendable": {key for key, version in taken_in.items() if sendable(version)},
    }
    return page(request, member, "batch.html", values, shown.status)


def _form(request: Request, member: Member, error: str | None) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        service = BatchService(session, member.institution.id, desk.ledger)
        unconfirmed = service.open_of(member.identity.account_id)
    values = {
        "error": error,
        "unconfirmed": unconfirmed,
        "keep_days": desk.settings.keep_batches_days,
        "file_types": ",".join(FILE_TYPES),
        "limit_mb": desk.settings.max_upload_bytes // MIB,
        "most_files": MOST_FILES,
        "most_mb": MOST_BYTES // MIB,
    }
    return page(request, member, "uploads.html", values, 422 if error else 200)


def _get(request: Request, member: Member, batch_id: str) -> Batch:
    desk = desk_of(request)
    with desk.database.read() as session:
        service = BatchService(session, member.institution.id, desk.ledger)
        return service.get(batch_id, member.identity.account_id)


def _line(file: BatchFile) -> ProgressLine:
    label = WORDS(f"file_{file.stage.value}")
    detail = file.error or (WORDS("progress_pages", done=file.done, total=file.total) if file.total else "")
    waiting = file.stage is FileStage.WAITING
    return ProgressLine(
        key=str(file.place), label=label, detail=detail, done=file.done, total=file.total, waiting=waiting
    )
