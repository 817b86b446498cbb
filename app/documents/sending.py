"""Many drafts sent for approval at once: forty files that were read well need one click, not forty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from app.console.access import FormLimits, Submission, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.console.session import HOME
from app.documents.approval import comment_of
from app.documents.publishing import Publishing
from app.documents.records import subject_of
from app.documents.sections import sendable
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.staff.types import Role

router = APIRouter(prefix="/{institution}/documents")
MOST_AT_ONCE = 100
Ticked = Annotated[Submission, Depends(posted(Role.MAKER, limits=FormLimits(fields=MOST_AT_ONCE + 10)))]


@dataclass(frozen=True)
class Unsent:
    """A ticked name that can't be sent with others. ``version`` None: the institution has none of that name."""

    name: str
    version: DocumentVersion | None

    @property
    def why(self) -> str:
        """What stands against it, as the page's words call it."""
        if self.version is None:
            return "unknown"
        if self.version.status is not VersionStatus.DRAFT:
            return "no_draft"
        return "look" if self.version.progress.stage is Stage.READY else "not_read"


@router.post("/send")
def send(request: Request, sent: Ticked) -> Response:
    """Every ticked draft is sent for approval with the same comment, or none is and each that can't be is named.

    What a maker has to look at first is not sent with others: hidden text, problems, what a checker returned.
    """
    desk, member = desk_of(request), sent.member
    ticked, comment = {str(each) for each in sent.form.getlist("version")}, comment_of(sent)
    if not ticked:
        raise BadForm("Tick the drafts to send for approval.")
    with desk.database.write() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
        known = {subject_of(version.info.key): version for version in versions}
        unsendable = [Unsent(name, known.get(name)) for name in sorted(ticked) if not _ready(known.get(name))]
        if unsendable:
            return page(request, member, "unsent.html", {"unsendable": unsendable}, 422)
        publishing = Publishing(session, member.institution.id, desk.ledger)
        for name in sorted(ticked):
            publishing.submit(known[name].info.key, member.identity.account_id, comment)
    return RedirectResponse(f"{HOME}/{member.institution.id}/documents?sent={len(ticked)}", 303)


def _ready(version: DocumentVersion | None) -> bool:
    return version is not None and sendable(version)
