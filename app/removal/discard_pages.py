"""A draft that a maker gives up in the console: erased at once, as by ``candour knowledge discard``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from app.console.access import Submission, posted
from app.console.desk import desk_of
from app.console.session import HOME
from app.removal.discarding import discard
from app.staff.types import Role
from knowledge_bases.schema import VersionKey

router = APIRouter(prefix="/{institution}/documents/{document}/{version}")


@router.post("/discard")
def discard_draft(
    request: Request, sent: Annotated[Submission, Depends(posted(Role.MAKER))], document: str, version: str
) -> RedirectResponse:
    """Gone for good, with a receipt; the version's page says so afterwards."""
    member = sent.member
    foundation, key = desk_of(request).foundation, VersionKey(document, version)
    discard(foundation, member.institution.id, key, member.identity.account_id)
    return RedirectResponse(f"{HOME}/{member.institution.id}/documents/{document}/{version}", 303)
