"""Many drafts sent for approval at once: forty files that were read well need one click, not forty."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from app.console.access import FormLimits, Submission, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.session import HOME
from app.documents.approval import comment_of
from app.documents.publishing import Publishing
from app.documents.records import subject_of
from app.documents.sections import sendable
from app.documents.service import DocumentService
from app.staff.types import Role

router = APIRouter(prefix="/{institution}/documents")
MOST_AT_ONCE = 100
Ticked = Annotated[Submission, Depends(posted(Role.MAKER, limits=FormLimits(fields=MOST_AT_ONCE + 10)))]


@router.post("/send")
def send(request: Request, sent: Ticked) -> RedirectResponse:
    """Every ticked draft is sent for approval with the same comment, or none is.

    What a maker has to look at first is not sent with others: hidden text, problems, what a checker returned.
    """
    desk, member = desk_of(request), sent.member
    ticked, comment = {str(each) for each in sent.form.getlist("version")}, comment_of(sent)
    if not ticked:
        raise BadForm("Tick the drafts to send for approval.")
    with desk.database.write() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
        ready = {subject_of(v.info.key): v.info.key for v in versions if sendable(v)}
        for name in sorted(ticked):
            if name not in ready:
                raise BadForm(f"Nothing was sent: {name} needs a look first, or was sent already. Open it and decide.")
            publishing = Publishing(session, member.institution.id, desk.ledger)
            publishing.submit(ready[name], member.identity.account_id, comment)
    return RedirectResponse(f"{HOME}/{member.institution.id}/documents?sent={len(ticked)}", 303)
