"""How far the versions being worked on are, for the page that shows their progress."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.console.access import AnyMember
from app.console.desk import desk_of
from app.console.words import WORDS
from app.db.columns import now_utc
from app.documents.listing import Need, need_of, working
from app.documents.progress import progress_line
from app.documents.records import subject_of
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage

router = APIRouter(prefix="/{institution}/documents")


class ProgressLine(BaseModel):
    """A version or file. ``total`` 0: not known. ``detail``: how much is done and left, why it waits, why it failed.

    ``waiting``: nobody has begun with it.
    """

    key: str
    label: str
    detail: str
    done: int = 0
    total: int = 0
    waiting: bool = False


class ProgressReport(BaseModel):
    """What is being worked on, and what failed; what is named in neither is finished."""

    working: list[ProgressLine]
    failed: list[ProgressLine]


@router.get("/progress.json")
def progress(request: Request, member: AnyMember) -> ProgressReport:
    """How far every version being worked on is."""
    desk = desk_of(request)
    with desk.database.read() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
    now = now_utc()
    working_on = [_line(version, now) for version in versions if working(version)]
    failed = [_failed(version) for version in versions if need_of(version) is Need.MENDING]
    return ProgressReport(working=working_on, failed=failed)


def _line(version: DocumentVersion, now: datetime) -> ProgressLine:
    progress = version.progress
    label = WORDS(f"stage_{progress.stage.value}")
    return ProgressLine(
        key=subject_of(version.info.key),
        label=label,
        detail=progress_line(progress, now, WORDS),
        done=progress.done,
        total=progress.total,
        waiting=progress.stage is Stage.RECEIVED,
    )


def _failed(version: DocumentVersion) -> ProgressLine:
    label = WORDS(f"stage_{Stage.FAILED.value}")
    return ProgressLine(key=subject_of(version.info.key), label=label, detail=version.progress.error or "")
