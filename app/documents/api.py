"""How far the versions being worked on are, for the page that shows their progress."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.console.access import AnyMember
from app.console.desk import desk_of
from app.console.words import WORDS
from app.db.columns import now_utc
from app.documents.listing import working
from app.documents.progress import progress_line
from app.documents.records import subject_of
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion

router = APIRouter(prefix="/{institution}/documents")


class ProgressLine(BaseModel):
    """One version being worked on. ``total`` 0: not known. ``detail``: how much is done and left, or why it waits."""

    key: str
    label: str
    detail: str
    done: int
    total: int


class ProgressReport(BaseModel):
    """Every version being worked on; one that is not named here is finished or failed."""

    working: list[ProgressLine]


@router.get("/progress.json")
def progress(request: Request, member: AnyMember) -> ProgressReport:
    """How far every version being worked on is."""
    desk = desk_of(request)
    with desk.database.read() as session:
        versions = DocumentService(session, member.institution.id, desk.ledger).all()
    now = now_utc()
    return ProgressReport(working=[_line(version, now) for version in versions if working(version)])


def _line(version: DocumentVersion, now: datetime) -> ProgressLine:
    progress = version.progress
    label = WORDS(f"stage_{progress.stage.value}")
    return ProgressLine(
        key=subject_of(version.info.key),
        label=label,
        detail=progress_line(progress, now, WORDS),
        done=progress.done,
        total=progress.total,
    )
