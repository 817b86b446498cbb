"""The Overview room: what waits for somebody, and whether the machinery behind it is alive."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.cases.service import CaseService
from app.cases.types import Trigger
from app.console.access import AnyMember
from app.console.desk import Desk, desk_of
from app.console.render import REVIEWERS, page
from app.documents.listing import Listed, listed
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.evidence.checkpoints import Checkpoint
from app.institutions.service import InstitutionService, SnapshotPointer
from app.jobs.heartbeat import STALE_S, last_beat_s
from knowledge_bases.schema import Institution

router = APIRouter(prefix="/{institution}")
COUNTED_CASES = 1000


@dataclass(frozen=True)
class Worker:
    """Whether the worker gives signs of life; ``seen`` None: it never did."""

    seen: datetime | None
    alive: bool


@dataclass(frozen=True)
class Overview:
    """``cases`` counts open ones by trigger, ``attention`` holds the versions a person has to look at."""

    cases: tuple[tuple[Trigger, int], ...]
    attention: tuple[Listed, ...]
    published: int
    snapshot: SnapshotPointer
    checkpoint: Checkpoint | None
    worker: Worker

    @property
    def open_cases(self) -> int:
        """How many cases are open."""
        return sum(count for _, count in self.cases)


@router.get("")
def show_overview(request: Request, member: AnyMember) -> HTMLResponse:
    """Everything at one glance."""
    desk = desk_of(request)
    with desk.database.read() as session:
        overview = _overview(session, desk, member.institution)
    return page(request, member, "overview.html", {"overview": overview, "may_review": member.may(*REVIEWERS)})


def _overview(session: Session, desk: Desk, institution: Institution) -> Overview:
    versions = DocumentService(session, institution.id, desk.ledger).all()
    cases = CaseService(session, institution.id, desk.ledger).queue(limit=COUNTED_CASES)
    checkpoints = desk.ledger.checkpoints.read(institution.id).valid
    return Overview(
        cases=tuple(Counter(case.trigger for case in cases).most_common()),
        attention=tuple(entry for entry in listed(institution, versions) if entry.urgent),
        published=sum(version.status is VersionStatus.PUBLISHED for version in versions),
        snapshot=InstitutionService(session, desk.ledger).pointer(institution.id),
        checkpoint=checkpoints[-1] if checkpoints else None,
        worker=_worker(session),
    )


def _worker(session: Session) -> Worker:
    ago_s = last_beat_s(session)
    if ago_s is None:
        return Worker(None, alive=False)
    return Worker(datetime.now(UTC) - timedelta(seconds=ago_s), alive=ago_s < STALE_S)
