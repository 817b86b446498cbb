"""The addresses of the citation pages. A refusal is a friendly page here, not a JSON error."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from app.chat.access import customer
from app.chat.sources import Place, SourcePages
from app.chat.tokens import CustomerToken
from app.db.errors import DatabaseAway
from app.web.languages import choose_language
from knowledge_bases.schema import Language, Span, VersionKey

Offsets = Annotated[list[str] | None, Query()]
MOST_SPANS = 20


def place_of(
    document: str,
    version: str,
    start: Offsets = None,
    end: Offsets = None,
    parse: str | None = None,
    page: str | None = None,
) -> Place | None:
    """FastAPI dependency: what an address points to; None where its offsets make no spans."""
    if len(start or ()) > MOST_SPANS:
        return None
    try:
        spans = tuple(Span(int(first), int(last)) for first, last in zip(start or (), end or (), strict=True))
        return Place(VersionKey(document, version), spans, parse, None if page is None else int(page))
    except ValueError:
        return None


def visitor(request: Request, institution: str) -> CustomerToken | int:
    """FastAPI dependency: the customer, or the status with which they are turned away."""
    try:
        return customer(request, institution)
    except HTTPException as refusal:
        return refusal.status_code


Visitor = Annotated[CustomerToken | int, Depends(visitor)]


def source_routes(sources: SourcePages) -> APIRouter:
    """Routes below ``/chat/{institution}``."""
    router = APIRouter(prefix="/chat/{institution}", include_in_schema=False)

    def turned_away(request: Request, status: int) -> Response:
        spoken = choose_language(None, request.headers.get("accept-language", ""), tuple(Language))
        return sources.pages.notice("not_found", spoken, status=status)

    @router.get("/source/{document}/{version}")
    def show(request: Request, visitor: Visitor, place: Annotated[Place | None, Depends(place_of)]) -> Response:
        if isinstance(visitor, int):
            return turned_away(request, visitor)
        try:
            return turned_away(request, 404) if place is None else sources.show(visitor, place)
        except DatabaseAway:
            return sources.away(visitor)

    @router.get("/source/{document}/{version}/page/{page}.png")
    def image(visitor: Visitor, document: str, version: str, page: int) -> Response:
        if isinstance(visitor, int):
            return Response(status_code=visitor)
        return sources.image(visitor, VersionKey(document, version), page)

    @router.get("/privacy")
    def privacy(request: Request, visitor: Visitor) -> Response:
        if isinstance(visitor, int):
            return turned_away(request, visitor)
        try:
            return sources.privacy(visitor)
        except DatabaseAway:
            return sources.away(visitor)

    return router
