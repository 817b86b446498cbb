"""What staff may do with the reading of a version: cancel it, and start it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from app.console.access import Submission, posted
from app.console.desk import desk_of
from app.console.session import HOME
from app.documents.service import DocumentService
from app.staff.types import Role
from knowledge_bases.schema import VersionKey

router = APIRouter(prefix="/{institution}/documents/{document}/{version}")
MakerOrChecker = Annotated[Submission, Depends(posted(Role.MAKER, Role.CHECKER))]


@router.post("/cancel")
def cancel(request: Request, sent: MakerOrChecker, document: str, version: str) -> RedirectResponse:
    """The worker stops within a few seconds; nothing of the file is kept but the file itself."""
    key, desk = VersionKey(document, version), desk_of(request)
    with desk.database.write() as session:
        service = DocumentService(session, sent.member.institution.id, desk.ledger)
        service.cancel(key, sent.member.identity.account_id)
    return _back(sent, key)


@router.post("/read-again")
def read_again(request: Request, sent: MakerOrChecker, document: str, version: str) -> RedirectResponse:
    """A version whose reading failed or was cancelled waits for a worker once more."""
    key, desk = VersionKey(document, version), desk_of(request)
    with desk.database.write() as session:
        service = DocumentService(session, sent.member.institution.id, desk.ledger)
        service.read_again(key, sent.member.identity.account_id)
    return _back(sent, key)


def _back(sent: Submission, key: VersionKey) -> RedirectResponse:
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/documents/{key.document}/{key.version}", 303)
