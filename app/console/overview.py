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
from app.console.access import AnyMember, Member
from app.console.desk import Desk, desk_of
from app.console.render import REVIEWERS, page
from app.documents.listing import listed
from app.documents.sections import Entry, Section, entries_for
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.evidence.checkpoints import Checkpoint
from app.institutions.service import InstitutionService, SnapshotPointer
from app.jobs.heartbeat import STALE_S, last_beat_s

router = APIRouter(prefix="/{institution}")
COUNTED_CASES = 1000


@dataclass(frozen=True)
class Worker:
    """Whether the worker gives signs of life; ``seen`` None: it never did."""

    seen: datetime | None
    alive: bool


@dataclass(frozen=True)
class Overview:
    """``cases`` counts open ones by trigger, ``yours`` are the versions that wait for the member, ``others`` those
    that wait for somebody else."""

    cases: tuple[tuple[Trigger, int], ...]
    yours: tuple[Entry, ...]
    others: tuple[Entry, ...]
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
        overview = _overview(session, desk, member)
    return page(request, member, "overview.html", {"overview": overview, "may_review": member.may(*REVIEWERS)})


def _overview(session: Session, desk: Desk, member: Member) -> Overview:
    institution = member.institution
    versions = DocumentService(session, institution.id, desk.ledger).all()
    entries = entries_for(member, listed(institution, versions))
    cases = CaseService(session, institution.id, desk.ledger).queue(limit=COUNTED_CASES)
    checkpoints = desk.ledger.checkpoints.read(institution.id).valid
    return Overview(
        cases=tuple(Counter(case.trigger for case in cases).most_common()),
        yours=tuple(entry for entry in entries if entry.section is Section.YOURS),
        others=tuple(entry for entry in entries if entry.section is Section.OTHERS),
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
