"""The page on which a reviewer edits a held answer: checked as often as they like, then proposed as they saw it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.assistant.editing import Bench
from app.assistant.wordings import LONGEST, MOST, Checked, Wording, as_it_stands, is_kept
from app.cases import steps
from app.cases.errors import CaseDecided, EditRefused, NotLookedAt, NotReleasable
from app.cases.pages import DECIDERS, back_to, stopped, way_between
from app.cases.types import MAX_REASON_CHARACTERS
from app.console.access import FormLimits, Member, Submission, needs, posted
from app.console.desk import desk_of
from app.console.render import page
from app.documents.wording import Stretch
from guardrails.verification import Judgement

router = APIRouter(prefix="/{institution}/cases/{case}/edit")
Decider = Annotated[Member, Depends(needs(*DECIDERS))]
Sent = Annotated[Submission, Depends(posted(*DECIDERS, limits=FormLimits(fields=1500)))]


@dataclass(frozen=True)
class Row:
    """A sentence in the form. ``was`` None: it is added; an added one without words is not part of the edit.

    ``judgement`` and ``words`` (the way from the held sentence) are there once it was checked.
    """

    name: str
    was: int | None
    text: str
    sources: frozenset[str]
    removed: bool = False
    lost: bool = False
    judgement: Judgement | None = None
    words: tuple[Stretch, ...] = ()

    @property
    def wording(self) -> Wording | None:
        """As the steps take it; None: it is left out."""
        empty = self.was is None and not self.text
        return None if self.removed or empty else Wording(self.text, tuple(sorted(self.sources)), self.was)


@dataclass(frozen=True)
class Shown:
    """The form as it is shown. ``problem`` is what the person should mend first, None: nothing."""

    rows: tuple[Row, ...]
    reason: str = ""
    checked: Checked | None = None
    problem: str | None = None


@router.get("")
async def show_edit(request: Request, member: Decider, case: str) -> HTMLResponse:
    """The held answer, ready to be edited."""
    taken = await steps.take_up(desk_of(request), member, case)
    rows = (_held_row(taken.bench, place) for place in range(len(taken.bench.held.sentences)))
    return await _page(request, member, taken, Shown((*rows, _new_row(0))))


@router.post("")
async def edit(request: Request, sent: Sent, case: str) -> Response:
    """Checked; and its release proposed, where that is asked for and it is what was shown."""
    desk, member = desk_of(request), sent.member
    try:
        taken = await steps.take_up(desk, member, case)
    except CaseDecided as error:
        return await asyncio.to_thread(stopped, request, sent, case, error, _all_typed(sent))
    rows, reason = tuple(_rows(sent, taken.bench)), sent.text("reason")
    try:
        checked = await steps.check(desk, member, taken, tuple(row.wording for row in rows if row.wording))
        if sent.text("step") == "propose" and checked.answer is not None:
            if checked.seen != sent.text("seen"):
                raise NotLookedAt
            await asyncio.to_thread(steps.propose_edited, desk, member, taken, checked, reason)
            return back_to(sent, case)
    except (EditRefused, NotLookedAt, NotReleasable) as error:
        return await _page(request, member, taken, Shown(_with_room(rows), reason, problem=str(error)), 409)
    judged = _judged(rows, checked, taken.bench)
    return await _page(request, member, taken, Shown(_with_room(tuple(judged)), reason, checked))


def _all_typed(sent: Submission) -> str:
    """Every sentence of the form, then the reason."""
    texts = [sent.text(name) for name in sent.form if name.endswith("-text")]
    return "\n".join(filter(None, (*texts, sent.text("reason"))))


async def _page(
    request: Request, member: Member, taken: steps.OnTheBench, shown: Shown, status: int = 200
) -> HTMLResponse:
    answer = shown.checked.answer if shown.checked else None
    values = {
        "case": taken.case,
        "question": taken.evidence.question,
        "held": taken.bench.held,
        "sources": taken.bench.sources,
        "shown": shown,
        "statements": (answer or taken.bench.held).disclosures,
        "most": LONGEST,
        "reason_limit": MAX_REASON_CHARACTERS,
    }
    return await asyncio.to_thread(page, request, member, "case_edit.html", values, status)


def _held_row(bench: Bench, place: int) -> Row:
    wording = as_it_stands(place, bench.held.sentences[place])
    lost = not bench.lost.isdisjoint(wording.sources)
    return Row(f"held-{place}", place, wording.text, frozenset(wording.sources), lost=lost)


def _new_row(number: int) -> Row:
    return Row(f"new-{number}", None, "", frozenset())


def _rows(sent: Submission, bench: Bench) -> Iterator[Row]:
    """The form's sentences; a source that is lost can't be ticked, so a held sentence that lost one is sent without."""
    for place in range(len(bench.held.sentences)):
        held = _held_row(bench, place)
        yield _sent_row(sent, held.name, place, lost=held.lost)
    for number in range(MOST):
        row = _sent_row(sent, f"new-{number}", None)
        if row.text:
            yield row


def _sent_row(sent: Submission, name: str, was: int | None, *, lost: bool = False) -> Row:
    ticked = frozenset(str(value) for value in sent.form.getlist(f"{name}-source"))
    return Row(name, was, sent.text(f"{name}-text"), ticked, removed=bool(sent.text(f"{name}-remove")), lost=lost)


def _with_room(rows: Sequence[Row]) -> tuple[Row, ...]:
    """With one empty sentence more."""
    taken = {row.name for row in rows}
    free = next((n for n in range(MOST) if f"new-{n}" not in taken), None)
    return tuple(rows) if free is None else (*rows, _new_row(free))


def _judged(rows: Sequence[Row], checked: Checked, bench: Bench) -> Iterator[Row]:
    """Each sentence of the edit with its judgement, and the way from what it was."""
    judgements = iter(checked.judgements)
    for row in rows:
        wording = row.wording
        if wording is None:
            yield row
            continue
        before = "" if row.was is None else bench.held.sentences[row.was].text
        changed = row.was is None or not is_kept(wording, bench.held.sentences)
        words = way_between(before, row.text) if changed else ()
        yield Row(row.name, row.was, row.text, row.sources, lost=row.lost, judgement=next(judgements), words=words)
