"""Two versions of a document side by side: only what changed, the rest folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.console.access import AnyMember
from app.console.desk import desk_of
from app.console.errors import NotHere
from app.console.render import page
from app.documents.compared import compare_versions, predecessor
from app.documents.comparison import Change, LineChange
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage
from knowledge_bases.schema import VersionKey

router = APIRouter(prefix="/{institution}/documents/{document}")


@dataclass(frozen=True)
class Section:
    """Neighbouring lines under one heading: all of them changed, or all of them unchanged and ``folded``."""

    heading: str
    changes: tuple[LineChange, ...]
    folded: bool


@router.get("/compare")
def show_comparison(request: Request, member: AnyMember, document: str) -> HTMLResponse:
    """From ``?from=`` to ``?to=``; without them the newest version and the one it takes the place of."""
    desk, asked = desk_of(request), request.query_params
    with desk.database.read() as session:
        every = DocumentService(session, member.institution.id, desk.ledger).all()
    versions = [v for v in every if v.info.key.document == document and v.progress.stage is Stage.READY]
    after = _named(versions, asked.get("to")) or next(iter(versions), None)
    if after is None:
        raise NotHere
    before = _named(versions, asked.get("from")) or predecessor(versions, after)
    compared = before and compare_versions(desk.foundation, member.institution.id, before.info.key, after.info.key)
    values = {
        "versions": versions,
        "before": before,
        "after": after,
        "counts": compared and compared.comparison.counts,
        "same": compared and compared.comparison.same,
        "sections": tuple(sections(compared.comparison.changes)) if compared else (),
    }
    return page(request, member, "compare.html", values)


def _named(versions: Sequence[DocumentVersion], label: str | None) -> DocumentVersion | None:
    """The version with a label; None where none is asked for.

    Raises:
        NotHere: no version of the document that was read has it.
    """
    if not label:
        return None
    found = next((v for v in versions if v.info.key == VersionKey(v.info.key.document, label)), None)
    if found is None:
        raise NotHere
    return found


def sections(changes: Sequence[LineChange]) -> Iterator[Section]:
    """The changes in order, cut where the heading changes and between changed and unchanged lines."""
    for folded, run in groupby(changes, key=lambda change: change.change is Change.UNCHANGED):
        if folded:
            yield Section("", tuple(run), folded=True)
            continue
        for heading, under in groupby(run, key=lambda change: change.line.heading):
            yield Section(heading, tuple(under), folded=False)
