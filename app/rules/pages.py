"""The Rules room: what binds this institution, one rule with its words and its past, and every rulebook there was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.console.access import AnyMember
from app.console.desk import Desk, desk_of
from app.console.render import page
from app.hong_kong import today_in_hong_kong
from app.rules.entries import as_yaml, words_of
from app.rules.looking import RuleLine, desk_of_rules, field_changes, rule_lines
from app.rules.scopes import PROPOSERS
from app.rules.steps import all_changes, all_versions, one_rule
from app.rules.types import EVERYBODY, Change
from app.staff.service import StaffService
from guardrails.rulebook_content import CONDUCT, DISCLOSURES

router = APIRouter(prefix="/{institution}/rules")
KINDS = (DISCLOSURES, CONDUCT)


@router.get("")
def list_rules(
    request: Request,
    member: AnyMember,
    find: Annotated[str, Query(max_length=100)] = "",
    kind: str = "",
    bound: Annotated[str, Query(alias="here")] = "",
) -> HTMLResponse:
    """Every rule as it binds the institution today, found by id or title; an unknown filter is no filter."""
    desk, today = desk_of(request), today_in_hong_kong()
    with desk.database.read() as session:
        known = desk_of_rules(session, member.institution.id, desk.ledger, desk.rulebooks, today)
        names = _names(session, desk, known.waiting)
    lines = rule_lines(known.standing.rulebook, member.institution, today)
    shown = [line for line in lines if line.says(find.strip()) and _wanted(line, kind, here_only=bool(bound))]
    values = {
        "desk": known,
        "lines": shown,
        "find": find,
        "kind": kind,
        "here_only": bool(bound),
        "names": names,
        "kinds": KINDS,
        "may_propose": member.may(*PROPOSERS),
        "unconfirmed": sum(line.unconfirmed for line in lines),
        "everybody": EVERYBODY,
    }
    return page(request, member, "rules.html", values)


@router.get("/history")
def show_history(request: Request, member: AnyMember) -> HTMLResponse:
    """Every approved rulebook of the institution and of all, and every change that was proposed, newest first."""
    desk = desk_of(request)
    with desk.database.read() as session:
        changes, versions = all_changes(session, desk, member), all_versions(session, desk, member)
        known = desk_of_rules(session, member.institution.id, desk.ledger, desk.rulebooks, today_in_hong_kong())
        names = _names(session, desk, changes)
    values = {
        "changes": changes,
        "versions": versions,
        "names": names,
        "desk": known,
        "may_propose": member.may(*PROPOSERS),
        "everybody": EVERYBODY,
        "shipped": desk.rulebooks.shipped.version,
    }
    return page(request, member, "rules_history.html", values)


@router.get("/rule/{rule}")
def show_rule(request: Request, member: AnyMember, rule: str) -> HTMLResponse:
    """One rule: its words in three languages, where they come from, its examples, and what changed it."""
    desk = desk_of(request)
    with desk.database.read() as session:
        found = one_rule(session, desk, member, rule)
        names = _names(session, desk, found.past)
    entry, section = found.entry, found.section
    values = {
        "rule": found.rule,
        "entry": entry,
        "section": section,
        "words": entry[words_of(section)],
        "here": found.here,
        "triggers": as_yaml(entry.get("triggers")),
        "optional": entry.get("optional"),
        "past": [(change, _of(change, rule)) for change in found.past],
        "names": names,
        "may_propose": member.may(*PROPOSERS),
        "everybody": EVERYBODY,
    }
    return page(request, member, "rule.html", values)


def _of(change: Change, rule_id: str) -> tuple[object, ...]:
    return next(field_changes(each) for each in change.changes if each.rule_id == rule_id)


def _names(session: Session, desk: Desk, changes: tuple[Change, ...] | list[Change]) -> dict[str, str]:
    ids = {by for change in changes for by in (change.proposed_by, change.decided_by) if by}
    return StaffService(session, desk.ledger).names(ids)


def _wanted(line: RuleLine, kind: str, *, here_only: bool) -> bool:
    of_kind = kind not in KINDS or (line.force is None) == (kind == CONDUCT)
    return of_kind and (not here_only or line.here.value in ("on", "ends_soon"))
