"""The steps of a change, as the console's pages and the API take them: look, send, decide. Who may is asked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.console.access import Member
from app.console.desk import Desk
from app.console.errors import BadForm, NotHere
from app.hong_kong import today_in_hong_kong
from app.rules.errors import LookedElsewhere
from app.rules.looking import Here, ground_of, here
from app.rules.preview import Draft, Preview, preview
from app.rules.requests import find_change, require, service_of
from app.rules.scopes import DECIDERS, PROPOSERS
from app.rules.types import EVERYBODY, ApprovedVersion, Change, ChangeState, EntryChange
from guardrails.errors import RulebookError
from guardrails.rulebook import Rulebook, rulebook_of
from guardrails.rulebook_content import SECTIONS, Entry
from guardrails.rules import Rule


@dataclass(frozen=True)
class Wish:
    """What is asked for beside the rule itself. ``was`` names the rule that is changed, None: a new one."""

    scope: str
    was: str | None
    reason: str = ""
    effective_from: date | None = None


@dataclass(frozen=True)
class Written:
    """A rule as somebody wants it; ``entry`` makes it of the rule as it is, None where it is new."""

    section: str
    rule_id: str
    entry: Callable[[Entry | None], Entry]


def look(desk: Desk, member: Member, written: Written, wish: Wish) -> Preview:
    """What the change would do.

    Raises:
        RoleNeeded: the member may not propose it. BadForm: the rule exists, or its id would change.
    """
    starts = max(wish.effective_from or today_in_hong_kong(), today_in_hong_kong())
    with desk.database.read() as session:
        require(session, desk, member, wish.scope, PROPOSERS)
        ground = ground_of(session, desk.rulebooks, wish.scope, starts, member.institution)
    before = ground.parent.content.entries.get(wish.was or written.rule_id)
    if wish.was is None and before is not None:
        raise BadForm(f"There is a rule {written.rule_id} already. Choose another id, or change that rule.")
    if wish.was is not None and wish.was != written.rule_id:
        raise BadForm("The id of a rule can't change: answers of the past name it. Add a rule of the new id.")
    change = EntryChange(written.section, written.rule_id, before, written.entry(before))
    return preview(Draft(wish.scope, (change,), wish.reason, wish.effective_from), ground)


def send(desk: Desk, member: Member, seen: Preview) -> Change:
    """Propose what was looked at to a second person. Whoever calls has seen to it that the member has looked."""
    with desk.database.write() as session:
        return service_of(session, desk, seen.draft.scope).propose(seen, member.identity.account_id)


def look_again(session: Session, desk: Desk, member: Member, change: Change) -> Preview:
    """What a proposed change would do as things stand today."""
    starts = max(change.effective_from or today_in_hong_kong(), today_in_hong_kong())
    ground = ground_of(session, desk.rulebooks, change.scope, starts, member.institution)
    draft = Draft(change.scope, change.changes, change.reason, change.effective_from, change.cause)
    return preview(draft, ground)


def approve(desk: Desk, member: Member, change_id: str, report: str) -> ApprovedVersion:
    """The second person's yes to what they were shown: ``report`` is that of the preview.

    Raises:
        RoleNeeded: the member may not decide. LookedElsewhere: it would do something else by now.
    """
    with desk.database.read() as session:
        found = find_change(session, desk, member, change_id)
        require(session, desk, member, found.scope, DECIDERS)
        seen = look_again(session, desk, member, found)
    if found.state is ChangeState.PROPOSED and report != seen.report:
        raise LookedElsewhere
    with desk.database.write() as session:
        service = service_of(session, desk, found.scope)
        return service.approve(change_id, member.identity.account_id, seen, today_in_hong_kong())


def send_back(desk: Desk, member: Member, change_id: str, comment: str) -> Change:
    """The second person's no, with what is to be mended.

    Raises:
        RoleNeeded: the member may not decide.
    """
    with desk.database.write() as session:
        found = find_change(session, desk, member, change_id)
        require(session, desk, member, found.scope, DECIDERS)
        return service_of(session, desk, found.scope).send_back(change_id, member.identity.account_id, comment)


def withdraw(desk: Desk, member: Member, change_id: str) -> Change:
    """The maker takes a change back."""
    with desk.database.write() as session:
        found = find_change(session, desk, member, change_id)
        return service_of(session, desk, found.scope).withdraw(change_id, member.identity.account_id)


def rulebook_for(desk: Desk, member: Member, change_id: str) -> tuple[Rulebook, Change | None]:
    """The rulebook in force, or as a proposed change would have it, for trying a text.

    Raises:
        BadForm: the change does not load.
    """
    today = today_in_hong_kong()
    with desk.database.read() as session:
        if not change_id:
            return desk.rulebooks.standing(session, member.institution.id, today).rulebook, None
        change = find_change(session, desk, member, change_id)
        ground = ground_of(session, desk.rulebooks, change.scope, today, member.institution)
    try:
        return rulebook_of(change.onto(ground.parent.content).parts), change
    except RulebookError as error:
        raise BadForm(f"The changed rulebook does not load: {error}.") from error


@dataclass(frozen=True)
class OneRule:
    """A rule that stands today, and its changes, newest first; ``rule`` and ``here`` are of disclosures alone."""

    entry: Entry
    section: str
    rule: Rule | None
    here: Here | None
    past: tuple[Change, ...]


def one_rule(session: Session, desk: Desk, member: Member, rule_id: str) -> OneRule:
    """The rule of this id as it binds the member's institution today.

    Raises:
        NotHere: there is none.
    """
    today = today_in_hong_kong()
    rulebook = desk.rulebooks.standing(session, member.institution.id, today).rulebook
    entry, section = rulebook.content.entries.get(rule_id), rulebook.content.section_of(rule_id)
    if entry is None or section not in SECTIONS:
        raise NotHere
    rule = next((each for each in rulebook.disclosures if each.id == rule_id), None)
    past = tuple(change for change in all_changes(session, desk, member) if rule_id in change.rule_ids)
    return OneRule(entry, section, rule, here(rule, member.institution, today) if rule else None, past)


def all_changes(session: Session, desk: Desk, member: Member) -> list[Change]:
    """Every change of the institution and of all, newest first."""
    services = [service_of(session, desk, scope) for scope in (member.institution.id, EVERYBODY)]
    return sorted((c for s in services for c in s.changes()), key=lambda c: c.proposed_at, reverse=True)


def all_versions(session: Session, desk: Desk, member: Member) -> list[ApprovedVersion]:
    """Every approved rulebook of the institution and of all, newest first."""
    services = [service_of(session, desk, scope) for scope in (member.institution.id, EVERYBODY)]
    return sorted((v for s in services for v in s.versions()), key=lambda v: v.approved_at, reverse=True)
