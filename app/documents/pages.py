"""The Knowledge room: the list of versions, and one version with its text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Annotated, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from app.batches.service import BatchService
from app.console.access import AnyMember, Member
from app.console.desk import desk_of
from app.console.errors import NotHere
from app.console.render import page
from app.documents.bearings import bearings
from app.documents.errors import FileMissing
from app.documents.listing import PAST, Filter, listed, need_of, phase_of, working
from app.documents.sections import Section, entries_for, groups
from app.documents.service import DocumentService
from app.documents.siblings import Families
from app.documents.spreads import chunks_by_page, spreads
from app.documents.steps import open_steps
from app.documents.types import DocumentVersion, VersionStatus
from app.hong_kong import today_in_hong_kong
from app.removal.errors import FileRemoved
from app.removal.receipts import Receipts
from app.staff.service import StaffService
from app.staff.types import Role
from knowledge_bases.parsed import Framing, HiddenText, LeftOut, ParsedDocument
from knowledge_bases.schema import Chunk, Language, Span, VersionKey
from retrieval.segments import SegmentRef, read_segment

router = APIRouter(prefix="/{institution}/documents")
Offsets = Annotated[list[int], Query()]
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """Which versions to list, and of which section all; an unknown section is none. ``sent`` were just sent away."""

    filter: Filter
    section: Section | None
    first: int
    sent: int

    def query(self, section: Section | None, first: int = 0) -> str:
        """The address's part that asks for the same versions, of another section or from another one on."""
        chosen = self.filter
        fields = {
            "q": chosen.words,
            "status": chosen.status,
            "language": chosen.language,
            "product": chosen.product,
            "section": section,
            "first": first,
        }
        return urlencode({name: value for name, value in fields.items() if value})


def asked(
    q: str = "",
    status: str | None = None,
    language: str | None = None,
    product: str = "",
    section: str | None = None,
    first: Annotated[int, Query(ge=0)] = 0,
    sent: Annotated[int, Query(ge=0)] = 0,
) -> Asked:
    """From the address; an unknown filter is no filter."""
    chosen = Filter(_one_of(VersionStatus, status), _one_of(Language, language), product, q.strip())
    return Asked(chosen, _one_of(Section, section), first, sent)


@router.get("")
def list_documents(request: Request, member: AnyMember, look: Annotated[Asked, Depends(asked)]) -> HTMLResponse:
    """Every version by what it needs and of whom: the first of each section, or one section page by page."""
    desk = desk_of(request)
    with desk.database.read() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
        batches = BatchService(session, member.institution.id, desk.ledger).open_of(member.identity.account_id)
    entries = entries_for(member, listed(member.institution, versions))
    taken = [entry for entry in entries if look.filter.takes(entry.version)]
    values = {
        "groups": groups(taken, look.section, look.first),
        "shown": len(taken),
        "total": len(entries),
        "look": look,
        "statuses": list(VersionStatus),
        "products": sorted({version.info.product for version in versions if version.info.product}),
        "polling": any(working(version) for version in versions),
        "may_upload": member.may(Role.MAKER),
        "batches": batches if member.may(Role.MAKER) else (),
    }
    return page(request, member, "documents.html", values)


@dataclass(frozen=True)
class Wanted:
    """What is to be shown of a text: ``spans`` as starts and ends, an earlier ``parse``, and what it is searched by."""

    starts: list[int]
    ends: list[int]
    parse: str | None
    chunks: bool


def wanted(
    start: Offsets = [],  # noqa: B006 - FastAPI reads the default and never changes it
    end: Offsets = [],  # noqa: B006
    parse: str | None = None,
    chunks: bool = False,
) -> Wanted:
    """From the address."""
    return Wanted(start, end, parse, chunks)


@router.get("/{document}/{version}")
def show_document(
    request: Request, member: AnyMember, document: str, version: str, look: Annotated[Wanted, Depends(wanted)]
) -> HTMLResponse:
    """One version: what is known of it, what may be done, and its text beside its pages.

    The spans ``start``/``end`` are marked; ``?chunks=1`` shows what it is searched by. Withdrawn versions too: staff
    and auditors look back.
    """
    desk = desk_of(request)
    with desk.database.read() as session:
        documents = DocumentService(session, member.institution.id, desk.ledger)
        found, versions = documents.get(VersionKey(document, version)), documents.all()
        names = StaffService(session, desk.ledger).names(_people(found))
        receipts = Receipts(session, member.institution.id, desk.ledger).of(found.info.key)
    address = look.parse or found.parse_sha256
    removed = {holding.name for receipt in receipts for holding in receipt.removal.removed}
    gone = address in removed
    parsed = _parsed(request, member, address) if address and not gone else None
    steps = open_steps(found, member)
    values = {
        "version": found,
        "names": names,
        "need": need_of(found),
        "bearings": bearings(desk.foundation, member, found, versions, steps),
        "phase": phase_of(found, today_in_hong_kong()),
        "siblings": () if found.status in PAST else Families(member.institution, versions).of(found),
        "hidden": () if found.parse_sha256 in removed else _hidden(request, member, found),
        "left_out": [] if parsed is None else _left_out(parsed),
        "steps": steps,
        "polling": working(found),
        "may_upload": member.may(Role.MAKER),
        "receipts": receipts,
        "original_kept": found.file_sha256 not in removed,
        "earlier_parse": address != found.parse_sha256,
        "spreads": () if parsed is None else spreads(parsed, _spans(look.starts, look.ends, parsed)),
        "drawn": _is_drawn(found, parsed) and found.file_sha256 not in removed,
        "chunks": _chunks(request, member, found) if look.chunks and parsed is not None else None,
        "quoted": bool(look.starts),
    }
    return page(request, member, "document.html", values)


@router.get("/{document}/{version}/original")
def download(request: Request, member: AnyMember, document: str, version: str) -> Response:
    """The uploaded file, to be saved and never opened in the console's origin."""
    desk = desk_of(request)
    with desk.database.read() as session:
        found = DocumentService(session, member.institution.id, desk.ledger).get(VersionKey(document, version))
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    content = _original(request, member, found)
    return Response(content, media_type="application/octet-stream", headers=headers)


def _original(request: Request, member: Member, version: DocumentVersion) -> bytes:
    """The uploaded file.

    Raises:
        FileRemoved: it went with its version; names the receipt. FileMissing, FileDamaged: it should be there.
    """
    desk = desk_of(request)
    try:
        return desk.files(member.institution.id).get(version.file_sha256)
    except FileMissing:
        with desk.database.read() as session:
            receipts = Receipts(session, member.institution.id, desk.ledger)
            receipt = receipts.for_file(version.file_sha256, version.info.key)
        if receipt is None:
            raise
        raise FileRemoved(receipt) from None


def _parsed(request: Request, member: Member, sha256: str) -> ParsedDocument:
    try:
        return ParsedDocument.from_json(desk_of(request).files(member.institution.id).get(sha256))
    except (FileMissing, ValueError) as error:
        raise NotHere from error


def _hidden(request: Request, member: Member, version: DocumentVersion) -> tuple[HiddenText, ...]:
    """What was found hidden in the text as it counts, whichever earlier reading of it is shown."""
    if not version.hidden or version.parse_sha256 is None:
        return ()
    return _parsed(request, member, version.parse_sha256).hidden


def _left_out(parsed: ParsedDocument) -> list[tuple[Framing, list[LeftOut]]]:
    """What of the pages is not in the text that is shown, by its kind."""
    return [(framing, list(entries)) for framing, entries in groupby(parsed.left_out, attrgetter("framing"))]


def _people(version: DocumentVersion) -> list[str]:
    named = [version.uploaded_by, version.approved_by, *(event.by for event in version.history)]
    return sorted({account_id for account_id in named if account_id})


def _spans(starts: list[int], ends: list[int], parsed: ParsedDocument) -> tuple[Span, ...]:
    try:
        spans = tuple(Span(start, end) for start, end in zip(starts, ends, strict=True))
    except ValueError as error:
        raise NotHere from error
    if any(span.end > len(parsed.text) for span in spans):
        raise NotHere
    return spans


def _is_drawn(version: DocumentVersion, parsed: ParsedDocument | None) -> bool:
    """Whether the file's pages can be shown as pictures: slides and the like have pages too."""
    return parsed is not None and bool(parsed.pages) and version.file_name.lower().endswith(".pdf")


def _chunks(request: Request, member: Member, version: DocumentVersion) -> list[tuple[int | None, list[Chunk]]]:
    """The chunks of the version as it is indexed; none before it is."""
    if version.segment is None:
        return []
    root = desk_of(request).foundation.index_root(member.institution.id)
    return chunks_by_page(read_segment(root, SegmentRef.from_value(json.loads(version.segment)), "sizes").chunks)


def _one_of(values: type[Choice], value: str | None) -> Choice | None:
    return next((choice for choice in values if choice.value == value), None)
