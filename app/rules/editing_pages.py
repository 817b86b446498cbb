"""Changing a rule: the form, what the change would do, and sending it to a second person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app.console.access import Member, Submission, needs, posted
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm, NotHere
from app.console.render import page
from app.documents.upload_form import day_of
from app.hong_kong import today_in_hong_kong
from app.rules.entries import EntryForm, EntryRefused
from app.rules.errors import LookedElsewhere, RulebookNotKept
from app.rules.looking import field_changes, ground_of
from app.rules.preview import Draft, Preview, preview
from app.rules.requests import find_change, require, to_change
from app.rules.scopes import PROPOSERS, may
from app.rules.steps import Wish, Written, look, send
from app.rules.types import EVERYBODY, MAX_REASON_CHARACTERS, Cause, changes_between
from guardrails.errors import RulebookError
from guardrails.rulebook_content import CONDUCT, DISCLOSURES, SECTIONS

router = APIRouter(prefix="/{institution}/rules")
Proposer = Annotated[Member, Depends(needs(*PROPOSERS))]
Proposal = Annotated[Submission, Depends(posted(*PROPOSERS))]


@router.get("/new")
def new_rule(request: Request, member: Proposer, section: str = DISCLOSURES) -> HTMLResponse:
    """The form of a rule that is not there yet."""
    form = EntryForm.of(CONDUCT if section == CONDUCT else DISCLOSURES, {})
    return _form_page(request, member, form, Wish(member.institution.id, None))


@router.get("/rule/{rule}/change")
def change_rule(request: Request, member: Proposer, rule: str, again: str = "") -> HTMLResponse:
    """The form of a rule as it is, or as an earlier change (``again``) wanted it."""
    desk, wish = desk_of(request), Wish(member.institution.id, rule)
    with desk.database.read() as session:
        content = desk.rulebooks.standing(session, member.institution.id, today_in_hong_kong()).rulebook.content
        entry, section = content.entries.get(rule), content.section_of(rule)
        if again:
            earlier = find_change(session, desk, member, again)
            wanted = next((each for each in earlier.changes if each.rule_id == rule and each.after), None)
            wish = Wish(earlier.scope, rule if entry else None, earlier.reason)
            entry, section = (wanted.after, wanted.section) if wanted else (entry, section)
    if entry is None or section not in SECTIONS:
        raise NotHere
    return _form_page(request, member, EntryForm.of(section, entry), wish)


@router.post("/propose")
def propose(request: Request, sent: Proposal) -> Response:
    """What the change would do; sent to a second person where that was looked at before (``seen``)."""
    desk, form, wish = desk_of(request), EntryForm.sent(sent.text), _wish(sent)
    seen = _previewed(desk, sent.member, form, wish)
    if sent.text("step") != "send":
        return _form_page(request, sent.member, form, wish, seen)
    if sent.text("seen") != seen.report:
        raise LookedElsewhere
    return to_change(sent.member, send(desk, sent.member, seen).id)


@router.post("/restore")
def restore(request: Request, sent: Proposal) -> Response:
    """Propose to go back to an earlier rulebook, or on to what the rulebook below says now, as a new version."""
    desk, scope, to, today = desk_of(request), _scope(sent), sent.text("to"), today_in_hong_kong()
    with desk.database.read() as session:
        require(session, desk, sent.member, scope, PROPOSERS)
        ground = ground_of(session, desk.rulebooks, scope, today, sent.member.institution)
        try:
            target = ground.below if to == "below" else desk.rulebooks.load(session, to)
        except RulebookError as error:
            raise RulebookNotKept(to) from error
    changes = changes_between(ground.parent.content, target.content)
    cause = Cause.CATCH_UP if to == "below" else Cause.RESTORE
    seen = preview(Draft(scope, changes, sent.text("reason"), None, cause), ground)
    return to_change(sent.member, send(desk, sent.member, seen).id)


def _previewed(desk: Desk, member: Member, form: EntryForm, wish: Wish) -> Preview:
    try:
        return look(desk, member, Written(form.section, form.rule_id, form.entry), wish)
    except EntryRefused as error:
        raise BadForm(str(error)) from error


def _wish(sent: Submission) -> Wish:
    """The wish as a form carries it."""
    return Wish(_scope(sent), sent.text("was") or None, sent.text("reason"), day_of(sent.text, "starts"))


def _scope(sent: Submission) -> str:
    return EVERYBODY if sent.text("scope") == EVERYBODY else sent.member.institution.id


def _form_page(
    request: Request, member: Member, form: EntryForm, wish: Wish, seen: Preview | None = None
) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        for_all = may(session, desk.ledger, member.identity, EVERYBODY, PROPOSERS)
    values = {
        "form": form,
        "wish": wish,
        "seen": seen,
        "fields": [(each, field_changes(each)) for each in seen.draft.changes] if seen else [],
        "may_for_all": for_all,
        "everybody": EVERYBODY,
        "reason_limit": MAX_REASON_CHARACTERS,
    }
    return page(request, member, "rule_edit.html", values)
