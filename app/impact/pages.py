"""Before a version is approved: whom it would reach, and which documents in force contradict it."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.console.access import AnyMember, Member, needs
from app.console.desk import Desk, desk_of
from app.console.render import page
from app.documents.figure_alarms import figures_that_disagree
from app.impact.reread import Rereader
from app.impact.service import impact_of
from app.impact.types import Impact, Rereading
from app.staff.types import Role
from knowledge_bases.schema import VersionKey

router = APIRouter(prefix="/{institution}/documents")
PER_PAGE = 20
READ_FOR_S = 10.0
Decider = Annotated[Member, Depends(needs(Role.MAKER, Role.CHECKER, Role.HEAD))]


@router.get("/figures")
def show_figures(
    request: Request, member: AnyMember, document: str | None = None, version: str | None = None
) -> HTMLResponse:
    """Figures that disagree among documents in force; those of one version with ``?document=…&version=…``."""
    key = VersionKey(document, version) if document and version else None
    alarms = figures_that_disagree(desk_of(request).foundation, member.institution.id, key)
    return page(request, member, "figures.html", {"alarms": alarms, "candidate": key})


@router.get("/{document}/{version}/impact")
async def show_impact(
    request: Request, member: Decider, document: str, version: str, first: Annotated[int, Query(ge=0)] = 0
) -> HTMLResponse:
    """The past answers that cite what the version changes, twenty a page, each as it would read now."""
    desk = desk_of(request)
    impact = await asyncio.to_thread(impact_of, desk.foundation, member.institution.id, VersionKey(document, version))
    read = await _reread(desk, member, impact, first)
    values = {
        "impact": impact,
        "first": first,
        "shown": impact.affected[first : first + PER_PAGE],
        "read": {each.affected.evidence.answer_id: each for each in read},
        "next": first + PER_PAGE if first + PER_PAGE < len(impact.affected) else None,
    }
    return await asyncio.to_thread(page, request, member, "impact.html", values)


async def _reread(desk: Desk, member: Member, impact: Impact, first: int) -> list[Rereading]:
    """What of the page can be read again in time; nothing in a process that does not answer questions."""
    if desk.answering is None:
        return []
    rereader = Rereader(desk.foundation, desk.answering.knowledge, desk.answering.parts, member.institution, impact)
    until_s, read = time.monotonic() + READ_FOR_S, []
    for affected in impact.affected[first : first + PER_PAGE]:
        if time.monotonic() > until_s:
            break
        read.append(await rereader.reread(affected))
    return read
