"""The page on which staff try a question. It is sent as a form: what people ask stays out of addresses and logs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.answering.types import MAX_QUESTION_CHARACTERS
from app.console.access import AnyMember, Member, Submission, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.documents.upload_form import day_of
from app.hong_kong import today_in_hong_kong
from app.staff.types import Role
from app.trial.service import Trial, try_question
from knowledge_bases.schema import Language

router = APIRouter(prefix="/{institution}/search")
Anyone = Annotated[Submission, Depends(posted(*Role))]


@dataclass(frozen=True)
class Asked:
    """What was asked; ``language`` None: told from the question."""

    question: str
    language: Language | None
    on: date


@router.get("")
def show_form(request: Request, member: AnyMember) -> HTMLResponse:
    """An empty question, as of today."""
    return _page(request, member, Asked("", None, today_in_hong_kong()), None)


@router.post("")
async def search(request: Request, sent: Anyone) -> HTMLResponse:
    """What the assistant would find, quote and say."""
    asked = _asked(sent)
    answering = desk_of(request).answering
    if answering is None:
        raise BadForm("This process does not answer questions. Try it where the assistant runs.")
    trial = await try_question(answering.parts, sent.member.institution, asked.question, asked.language, asked.on)
    return await asyncio.to_thread(_page, request, sent.member, asked, trial)


def _asked(sent: Submission) -> Asked:
    """Raises BadForm: there is no question, or it is too long."""
    question = sent.text("q")
    if not 1 <= len(question) <= MAX_QUESTION_CHARACTERS:
        raise BadForm(f"Ask a question of at most {MAX_QUESTION_CHARACTERS} characters.")
    language = next((each for each in Language if each.value == sent.text("language")), None)
    return Asked(question, language, day_of(sent.text, "as_of") or today_in_hong_kong())


def _page(request: Request, member: Member, asked: Asked, trial: Trial | None) -> HTMLResponse:
    values = {"asked": asked, "trial": trial, "most": MAX_QUESTION_CHARACTERS}
    return page(request, member, "search.html", values)
