"""Pages of an uploaded PDF as pictures, for the person who compares them with what was read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.console.access import AnyMember
from app.console.desk import desk_of
from app.console.errors import NotHere
from app.documents.errors import FileMissing
from app.documents.service import DocumentService
from app.web.page_images import PageImages, PageNotDrawn
from knowledge_bases.schema import VersionKey

router = APIRouter(prefix="/{institution}/documents/{document}/{version}")


@router.get("/pages/{number:int}.png")
def picture(request: Request, member: AnyMember, document: str, version: str, number: int) -> Response:
    """Page ``number`` (1-based); withdrawn versions too: staff and auditors look back."""
    desk = desk_of(request)
    with desk.database.read() as session:
        found = DocumentService(session, member.institution.id, desk.ledger).get(VersionKey(document, version))
    files, images = desk.files(member.institution.id), PageImages(desk.settings.data_dir / "pages")
    if files.stored_at(found.file_sha256) is None:  # removed for good: its pictures go with it
        raise NotHere
    try:
        png = images.png(found.file_sha256, number, lambda: files.get(found.file_sha256))
    except (PageNotDrawn, FileMissing) as error:
        raise NotHere from error
    return Response(png, media_type="image/png")
