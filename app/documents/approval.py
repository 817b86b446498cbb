"""The steps of a version that staff take: submit, look at what is hidden, approve, send back, end, withdraw."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.console.access import Submission, posted
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm
from app.console.session import HOME
from app.documents.editing import EDITABLE
from app.documents.errors import WrongStatus
from app.documents.publishing import Publishing
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.documents.upload_form import day_of
from app.documents.withdrawal import drop_withdrawn
from app.institutions.errors import SnapshotMoved
from app.staff.types import Role
from knowledge_bases.schema import VersionKey
from retrieval.errors import SnapshotError

router = APIRouter(prefix="/{institution}/documents/{document}/{version}")
PUBLISHABLE = frozenset({VersionStatus.IN_REVIEW, VersionStatus.APPROVED})
MAX_COMMENT_CHARACTERS = 2000
Maker = Annotated[Submission, Depends(posted(Role.MAKER))]
Checker = Annotated[Submission, Depends(posted(Role.CHECKER))]


@router.post("/submit")
def submit(request: Request, sent: Maker, document: str, version: str) -> RedirectResponse:
    """The maker sends a version that was read for approval."""
    key, desk = VersionKey(document, version), desk_of(request)
    with desk.database.write() as session:
        _require_read(session, desk, sent, key)
        _publishing(session, desk, sent).submit(key, sent.member.identity.account_id, comment_of(sent))
    return _back(sent, key)


@router.post("/publish-alone")
def publish_alone(request: Request, sent: Maker, document: str, version: str) -> RedirectResponse:
    """Submitted, approved and published by one person, where the institution allows it."""
    return _publish(request, sent, VersionKey(document, version), {VersionStatus.DRAFT})


@router.post("/approve")
def approve(request: Request, sent: Checker, document: str, version: str) -> RedirectResponse:
    """A second person approves; the version is published at once and in force on its days, perhaps only later."""
    return _publish(request, sent, VersionKey(document, version), PUBLISHABLE)


@router.post("/hidden-seen")
def confirm_hidden(request: Request, sent: Checker, document: str, version: str) -> RedirectResponse:
    """The checker has read what is hidden in the file; only then may they approve."""
    key, desk = VersionKey(document, version), desk_of(request)
    with desk.database.write() as session:
        _require_read(session, desk, sent, key)
        _publishing(session, desk, sent).confirm_hidden(key, sent.member.identity.account_id)
    return _back(sent, key)


@router.post("/send-back")
def send_back(request: Request, sent: Checker, document: str, version: str) -> RedirectResponse:
    """Back to the maker; never without a reason."""
    key, desk, reason = (
        VersionKey(document, version),
        desk_of(request),
        _reason(sent, "Say what the maker must change."),
    )
    with desk.database.write() as session:
        _publishing(session, desk, sent).reject(key, sent.member.identity.account_id, reason)
    return _back(sent, key)


@router.post("/end")
def end(request: Request, sent: Checker, document: str, version: str) -> RedirectResponse:
    """In force for fewer days than it was published for; never without a reason."""
    key, desk, reason = VersionKey(document, version), desk_of(request), _reason(sent, "Say why it ends earlier.")
    on = day_of(sent.text, "effective_to")
    if on is None:
        raise BadForm("Choose the first day on which the version is no longer in force.")
    with desk.database.write() as session:
        _publishing(session, desk, sent).end(key, on, sent.member.identity.account_id, reason)
    return _back(sent, key)


@router.post("/withdraw")
def withdraw(request: Request, sent: Checker, document: str, version: str) -> RedirectResponse:
    """Unreachable for customers at once; never without a reason. What they never saw is discarded by its maker."""
    key, desk = VersionKey(document, version), desk_of(request)
    reason = _reason(sent, "Say why the version is withdrawn; the reason stands in the audit log.")
    with desk.database.write() as session:
        publishing = _publishing(session, desk, sent)
        status = DocumentService(session, sent.member.institution.id, desk.ledger).get(key).status
        if status in EDITABLE:
            raise WrongStatus(key, "was never published", "withdrawn; its maker can discard it")
        publishing.withdraw(key, sent.member.identity.account_id, reason)
    with suppress(SnapshotError, SnapshotMoved):  # unreachable already; the worker's retention makes it absent
        drop_withdrawn(desk.foundation, sent.member.institution.id)
    return _back(sent, key)


def _publish(request: Request, sent: Submission, key: VersionKey, statuses: Set[VersionStatus]) -> RedirectResponse:
    """Publish a version in one of ``statuses``; that the person may is checked again where it is written.

    Raises:
        WrongStatus: it is in none of them. BadForm: it was not read yet. FourEyesRequired: they made it.
    """
    desk = desk_of(request)
    with desk.database.read() as session:
        found = _require_read(session, desk, sent, key)
    if found.status not in statuses:
        raise WrongStatus(key, found.status.value, VersionStatus.PUBLISHED.value)
    publish_versions(
        desk.foundation, sent.member.institution.id, [key], sent.member.identity.account_id, comment=comment_of(sent)
    )
    return _back(sent, key)


def _require_read(session: Session, desk: Desk, sent: Submission, key: VersionKey) -> DocumentVersion:
    """The version; nobody can approve a text that nobody has seen.

    Raises:
        BadForm: the file was not read yet. VersionNotFound: no such version.
    """
    found = DocumentService(session, sent.member.institution.id, desk.ledger).get(key)
    if found.progress.stage is not Stage.READY:
        raise BadForm("The file has not been read yet. Wait until its text is shown here, then try again.")
    return found


def _publishing(session: Session, desk: Desk, sent: Submission) -> Publishing:
    return Publishing(session, sent.member.institution.id, desk.ledger)


def comment_of(sent: Submission) -> str | None:
    """What the person adds to a step; None: nothing.

    Raises:
        BadForm: it is too long.
    """
    comment = sent.text("comment")
    if len(comment) > MAX_COMMENT_CHARACTERS:
        raise BadForm(f"Write a comment of at most {MAX_COMMENT_CHARACTERS} characters.")
    return comment or None


def _reason(sent: Submission, otherwise: str) -> str:
    reason = sent.text("reason")
    if not reason:
        raise BadForm(otherwise)
    if len(reason) > MAX_COMMENT_CHARACTERS:
        raise BadForm(f"Write a reason of at most {MAX_COMMENT_CHARACTERS} characters.")
    return reason


def _back(sent: Submission, key: VersionKey) -> RedirectResponse:
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/documents/{key.document}/{key.version}", 303)
