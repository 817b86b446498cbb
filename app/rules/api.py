"""``/v1/institutions/{institution}/rules``: reading rules, trying texts, and changes made by two people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.api.access import ApiMember, holding
from app.console.access import Member
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm
from app.hong_kong import today_in_hong_kong
from app.plain_text import SEEN, unseen
from app.rules import steps
from app.rules.errors import LookedElsewhere, RulebookNotKept
from app.rules.looking import desk_of_rules, rule_lines
from app.rules.requests import find_change
from app.rules.scopes import DECIDERS, PROPOSERS
from app.rules.trying import MAX_TRIED_CHARACTERS, Tried, try_text
from app.rules.types import EVERYBODY, ApprovedVersion, Change, ChangeState, changes_between
from app.rules.views import (
    ChangeDetail,
    ChangeView,
    History,
    LookView,
    RuleChangeView,
    RuleList,
    RuleView,
    TriedView,
    VersionView,
    rule_changes,
)
from app.staff.service import StaffService
from guardrails.errors import RulebookError
from guardrails.rulebook import Rulebook
from guardrails.rulebook_content import CONDUCT, DISCLOSURES, Entry, canonical
from knowledge_bases.schema import Language

router = APIRouter(prefix="/v1/institutions/{institution}/rules", tags=["rules"])
Proposer = Annotated[Member, Depends(holding(*PROPOSERS))]
Decider = Annotated[Member, Depends(holding(*DECIDERS))]
Text = Annotated[str, SEEN]


def _all_seen(entry: dict[str, Any]) -> dict[str, Any]:
    for text in _texts(entry):
        if found := unseen(text):
            raise ValueError(f"holds a character that nobody sees ({found}); type it again")
    return entry


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


class TryBody(BaseModel):
    """A question, an answer or both. ``tags`` are those of cited documents; ``change``: by a proposed change."""

    model_config = ConfigDict(extra="forbid")
    question: Text = Field("", max_length=MAX_TRIED_CHARACTERS)
    answer: Text = Field("", max_length=MAX_TRIED_CHARACTERS)
    tags: frozenset[Text] = Field(frozenset(), max_length=100)
    language: Language | None = None
    change: str = ""


class ProposeBody(BaseModel):
    """A rule as its file would have it. ``new``: there is none of this id yet; ``everywhere``: for all institutions.

    Without ``report`` nothing is stored: the answer says what the change would do, and has the report to send along.
    """

    model_config = ConfigDict(extra="forbid")
    entry: Annotated[dict[str, Any], AfterValidator(_all_seen)]
    reason: Text = ""
    effective_from: date | None = None
    new: bool = False
    everywhere: bool = False
    report: str | None = None


class ApproveBody(BaseModel):
    """``report`` of what the change would do, as it was shown."""

    model_config = ConfigDict(extra="forbid")
    report: str


class ReturnBody(BaseModel):
    """What is to be mended."""

    model_config = ConfigDict(extra="forbid")
    comment: Text


class Looked(BaseModel):
    """What a change would do; ``change`` null: it was not sent."""

    look: LookView
    change: ChangeView | None = None


@router.get("")
def list_rules(request: Request, member: ApiMember) -> RuleList:
    """Every rule as it binds the institution today."""
    desk, today = desk_of(request), today_in_hong_kong()
    with desk.database.read() as session:
        known = desk_of_rules(session, member.institution.id, desk.ledger, desk.rulebooks, today)
        waiting = _changes(session, desk, member, known.waiting)
    rulebook = known.standing.rulebook
    lines = rule_lines(rulebook, member.institution, today)
    return RuleList(rulebook=rulebook.version, problems=known.problems, rules=lines, waiting=waiting)


@router.get("/history")
def show_history(request: Request, member: ApiMember) -> History:
    """Every approved rulebook of the institution and of all, and every change that was proposed."""
    desk = desk_of(request)
    with desk.database.read() as session:
        versions = steps.all_versions(session, desk, member)
        changes = _changes(session, desk, member, steps.all_changes(session, desk, member))
        standing = desk.rulebooks.standing(session, member.institution.id, today_in_hong_kong())
        names = _names(session, desk, (by for v in versions for by in (v.proposed_by, v.approved_by)))
    return History(
        in_force=standing.rulebook.version,
        shipped=desk.rulebooks.shipped.version,
        versions=tuple(VersionView.of(version, names) for version in versions),
        changes=changes,
    )


@router.get("/diff")
def show_diff(request: Request, member: ApiMember, before: str, after: str) -> tuple[RuleChangeView, ...]:
    """What differs between two rulebooks of the history, rule by rule and field by field."""
    desk = desk_of(request)
    with desk.database.read() as session:
        known = {desk.rulebooks.shipped.version, *_kept(steps.all_versions(session, desk, member))}
        contents = [_load(session, desk, version, known).content for version in (before, after)]
    return rule_changes(changes_between(*contents), member.institution.id)


@router.post("/try")
async def try_it(request: Request, member: ApiMember, body: TryBody) -> TriedView:
    """What fires where, and what the customer would read. Nothing is stored."""
    if not body.question.strip() and not body.answer.strip():
        raise BadForm("Send a question or an answer to be tried.")
    desk = desk_of(request)
    rulebook, _ = await asyncio.to_thread(steps.rulebook_for, desk, member, body.change)
    rails = None if desk.answering is None else desk.answering.parts.rails
    tried = Tried(body.question, body.answer, body.tags, body.language)
    return TriedView.of(await try_text(rulebook, rails, member.institution, tried, today_in_hong_kong()))


@router.post("/changes")
def propose(request: Request, member: Proposer, body: ProposeBody) -> Looked:
    """What the change would do; sent to a second person where that was looked at before (``report``)."""
    desk, rule_id = desk_of(request), str(body.entry.get("id", ""))
    scope = EVERYBODY if body.everywhere else member.institution.id
    section = CONDUCT if "words" in body.entry else DISCLOSURES
    entry: Entry = json.loads(canonical(body.entry))
    wish = steps.Wish(scope, None if body.new else rule_id, body.reason, body.effective_from)
    seen = steps.look(desk, member, steps.Written(section, rule_id, lambda _: entry), wish)
    look = LookView.of(seen, member.institution.id)
    if body.report is None:
        return Looked(look=look)
    if body.report != seen.report:
        raise LookedElsewhere
    sent = steps.send(desk, member, seen)
    return Looked(look=look, change=_view(desk, member, sent))


@router.get("/changes/{change}")
def show_change(request: Request, member: ApiMember, change: str) -> ChangeDetail:
    """A proposed change, what differs field by field, and what it would do."""
    desk, own = desk_of(request), member.institution.id
    with desk.database.read() as session:
        found = find_change(session, desk, member, change)
        open_ = found.state is ChangeState.PROPOSED
        look = LookView.of(steps.look_again(session, desk, member, found), own) if open_ else None
        (view,) = _changes(session, desk, member, [found])
    return ChangeDetail(change=view, changes=rule_changes(found.changes, own), look=look)


@router.post("/changes/{change}/approve")
def approve(request: Request, member: Decider, change: str, body: ApproveBody) -> VersionView:
    """The second person's yes to what they were shown."""
    desk = desk_of(request)
    version = steps.approve(desk, member, change, body.report)
    with desk.database.read() as session:
        return VersionView.of(version, _names(session, desk, (version.proposed_by, version.approved_by)))


@router.post("/changes/{change}/return")
def send_back(request: Request, member: Decider, change: str, body: ReturnBody) -> ChangeView:
    """The second person's no, with what is to be mended."""
    desk = desk_of(request)
    return _view(desk, member, steps.send_back(desk, member, change, body.comment))


@router.post("/changes/{change}/withdraw")
def withdraw(request: Request, member: Proposer, change: str) -> ChangeView:
    """The maker takes a change back."""
    desk = desk_of(request)
    return _view(desk, member, steps.withdraw(desk, member, change))


@router.get("/{rule}")
def show_rule(request: Request, member: ApiMember, rule: str) -> RuleView:
    """One rule: its words in three languages, source and examples, and what changed it."""
    desk = desk_of(request)
    with desk.database.read() as session:
        found = steps.one_rule(session, desk, member, rule)
        views = _changes(session, desk, member, found.past)
    return RuleView(id=rule, section=found.section, here=found.here, entry=dict(found.entry), past=views)


def _kept(versions: Iterable[ApprovedVersion]) -> Iterator[str]:
    yield from (hash_ for version in versions for hash_ in (version.version, version.parent, version.below))


def _load(session: Session, desk: Desk, version: str, known: set[str]) -> Rulebook:
    """Raises RulebookNotKept: it is none of the institution's history, or can't be read any more."""
    if version not in known:
        raise RulebookNotKept(version)
    try:
        return desk.rulebooks.load(session, version)
    except RulebookError as error:
        raise RulebookNotKept(version) from error


def _view(desk: Desk, member: Member, change: Change) -> ChangeView:
    with desk.database.read() as session:
        return _changes(session, desk, member, [change])[0]


def _changes(session: Session, desk: Desk, member: Member, changes: Iterable[Change]) -> tuple[ChangeView, ...]:
    changes = tuple(changes)
    names = _names(session, desk, (by for each in changes for by in (each.proposed_by, each.decided_by) if by))
    return tuple(ChangeView.of(change, member.institution.id, names) for change in changes)


def _names(session: Session, desk: Desk, accounts: Iterable[str]) -> dict[str, str]:
    return StaffService(session, desk.ledger).names(set(accounts))
