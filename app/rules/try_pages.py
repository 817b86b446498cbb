"""The page on which staff try a text against the rulebook. It is sent as a form: no address holds what is typed."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.console.access import AnyMember, Member, Submission, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.hong_kong import today_in_hong_kong
from app.rules.steps import rulebook_for
from app.rules.trying import MAX_TRIED_CHARACTERS, Outcome, Tried, try_text
from app.rules.types import Change
from app.staff.types import Role
from guardrails.rulebook import Rulebook
from knowledge_bases.schema import Language

router = APIRouter(prefix="/{institution}/rules/try")
Anyone = Annotated[Submission, Depends(posted(*Role))]


@router.get("")
def show_form(request: Request, member: AnyMember, change: str = "") -> HTMLResponse:
    """An empty text, to be tried on what is in force or on a proposed change."""
    rulebook, proposed = rulebook_for(desk_of(request), member, change)
    return _page(request, member, Tried(""), (rulebook, proposed), None)


@router.post("")
async def try_it(request: Request, sent: Anyone) -> HTMLResponse:
    """What fires where, and what the customer would read."""
    desk, tried = desk_of(request), _tried(sent)
    chosen = await asyncio.to_thread(rulebook_for, desk, sent.member, sent.text("change"))
    rails = None if desk.answering is None else desk.answering.parts.rails
    outcome = await try_text(chosen[0], rails, sent.member.institution, tried, today_in_hong_kong())
    return await asyncio.to_thread(_page, request, sent.member, tried, chosen, outcome)


def _tried(sent: Submission) -> Tried:
    """Raises BadForm: there is nothing to try, or it is too long."""
    question, answer = sent.typed("question"), sent.typed("answer")
    if (not question and not answer) or max(len(question), len(answer)) > MAX_TRIED_CHARACTERS:
        raise BadForm(f"Write a question or an answer of at most {MAX_TRIED_CHARACTERS:,} characters.")
    language = next((each for each in Language if each.value == sent.text("language")), None)
    tags = frozenset(tag for tag in sent.text("tags").replace(",", " ").split() if tag)
    return Tried(question, answer, tags, language)


def _page(
    request: Request, member: Member, tried: Tried, chosen: tuple[Rulebook, Change | None], outcome: Outcome | None
) -> HTMLResponse:
    rulebook, change = chosen
    tags = sorted({tag for rule in rulebook.disclosures for tag in rule.tags})
    values = {
        "tried": tried,
        "outcome": outcome,
        "change": change,
        "rulebook": rulebook,
        "tags": tags,
        "titles": rulebook.titles,
        "most": MAX_TRIED_CHARACTERS,
    }
    return page(request, member, "rules_try.html", values)
