"""``candour rules``: the rulebook that binds an institution, its past, and changes made by two people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from app.commands.console import USAGE, fail, foundation, parse_day, print_json
from app.commands.questions import InstitutionOption, JsonOption
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.rules.entries import as_yaml
from app.rules.looking import Desk, RuleLine, desk_of_rules, ground_of, rule_lines
from app.rules.preview import Draft, Preview, preview
from app.rules.provider import rulebooks_of
from app.rules.scopes import DECIDERS, PROPOSERS, may
from app.rules.service import RuleService
from app.rules.types import EVERYBODY, ApprovedVersion, Change, EntryChange
from app.staff.login import StaffLogin
from app.staff.service import StaffService
from app.staff.types import Identity, LoginRefused, Role
from guardrails.rulebook_content import CONDUCT, DISCLOSURES, Entry, canonical
from knowledge_bases.schema import Institution

AsOption = Annotated[str, typer.Option("--as", help="Your user name; your password is asked for.", metavar="NAME")]
EverybodyOption = Annotated[bool, typer.Option("--everybody", help="For all institutions, not this one alone.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Don't ask again once the report is printed.")]


def listed(institution: InstitutionOption, as_json: JsonOption = False) -> None:
    """Every rule as it binds the institution today."""
    with foundation() as base:
        known, desk = _desk(base, institution)
    lines = rule_lines(desk.standing.rulebook, known, today_in_hong_kong())
    if as_json:
        version = desk.standing.rulebook.version
        print_json({"rulebook": version, "problems": desk.problems, "rules": [_line_json(line) for line in lines]})
        return
    for problem in desk.problems:
        typer.echo(f"NOTICE: {problem}", err=True)
    for line in lines:
        notice = "  not confirmed" if line.unconfirmed else ""
        typer.echo(f"{line.id:5} {line.force or 'conduct':8} {line.here:14} {line.title}{notice}")


def show(
    rule: Annotated[str, typer.Argument(help="The rule's id.", metavar="RULE")],
    institution: InstitutionOption,
    as_json: JsonOption = False,
) -> None:
    """One rule as a rulebook file would have it."""
    with foundation() as base:
        _, desk = _desk(base, institution)
    entry = desk.standing.rulebook.content.entries.get(rule)
    if entry is None:
        fail(f"there is no rule {rule!r}; candour rules list names all", USAGE)
    print_json(entry) if as_json else typer.echo(as_yaml(dict(entry)), nl=False)


def history(institution: InstitutionOption, as_json: JsonOption = False) -> None:
    """Every approved rulebook that bound or binds the institution, and the changes that wait for a second person."""
    with foundation() as base:
        rulebooks = rulebooks_of(base)
        with base.database.read() as session:
            services = [RuleService(session, scope, base.ledger, rulebooks) for scope in (institution, EVERYBODY)]
            versions = sorted((v for s in services for v in s.versions()), key=lambda v: v.approved_at)
            waiting = [change for service in services for change in service.waiting()]
        _, desk = _desk(base, institution)
    if as_json:
        told = {"in_force": desk.standing.rulebook.version, "moved": desk.moved, "problems": desk.problems}
        versions_json = [_version_json(version) for version in versions]
        print_json({**told, "versions": versions_json, "waiting": [_change_json(change) for change in waiting]})
        return
    for version in versions:
        typer.echo(f"{version.effective_from} {_scope_name(version.scope)} {version.number}: {version.version[:12]}")
        typer.echo(f"  {version.proposed_by} → {version.approved_by}: {version.reason}")
    for change in waiting:
        typer.echo(f"waits: {change.id} {_scope_name(change.scope)} {', '.join(change.rule_ids)}: {change.reason}")
    moved = "; what is below it has moved since: review" if desk.moved else ""
    typer.echo(f"in force: {desk.standing.rulebook.version[:12]}{moved}")


def propose(
    file: Annotated[Path, typer.Argument(help="YAML with one rule, as in a rulebook file.", exists=True)],
    institution: InstitutionOption,
    name: AsOption,
    reason: Annotated[str, typer.Option(help="Why; whoever approves reads it.")],
    starts: Annotated[str | None, typer.Option("--from", help="First day in force.", metavar="DATE")] = None,
    everybody: EverybodyOption = False,
    yes: YesOption = False,
) -> None:
    """Show what a changed or new rule would do, then send it to a second person."""
    scope, day = EVERYBODY if everybody else institution, parse_day(starts)
    with foundation() as base:
        by = _identified(base, name, scope, PROPOSERS)
        rulebooks, known = rulebooks_of(base), _institution(base, institution)
        on = max(day or today_in_hong_kong(), today_in_hong_kong())
        with base.database.read() as session:
            ground = ground_of(session, rulebooks, scope, on, known)
        entry = _entry(file)
        before = ground.parent.content.entries.get(entry["id"])
        section = ground.parent.content.section_of(entry["id"]) or (CONDUCT if "words" in entry else DISCLOSURES)
        seen = preview(Draft(scope, (EntryChange(section, entry["id"], before, entry),), reason, day), ground)
        _confirm(seen, "Send it for approval?", yes)
        with base.database.write() as session:
            change = RuleService(session, scope, base.ledger, rulebooks).propose(seen, by.account_id)
    typer.echo(f"proposed: {change.id}; a second person approves it with: candour rules approve {change.id}")


def approve(
    change_id: Annotated[str, typer.Argument(help="The change's id.", metavar="ID")],
    institution: InstitutionOption,
    name: AsOption,
    everybody: EverybodyOption = False,
    yes: YesOption = False,
) -> None:
    """Show what a proposed change would do, then bring it into force; never one's own."""
    scope, today = EVERYBODY if everybody else institution, today_in_hong_kong()
    with foundation() as base:
        by = _identified(base, name, scope, DECIDERS)
        rulebooks, known = rulebooks_of(base), _institution(base, institution)
        with base.database.read() as session:
            change = RuleService(session, scope, base.ledger, rulebooks).change(change_id)
            ground = ground_of(session, rulebooks, scope, max(change.effective_from or today, today), known)
        draft = Draft(scope, change.changes, change.reason, change.effective_from, change.cause)
        seen = preview(draft, ground)
        _confirm(seen, "Approve it?", yes)
        with base.database.write() as session:
            service = RuleService(session, scope, base.ledger, rulebooks)
            version = service.approve(change_id, by.account_id, seen, today)
    typer.echo(f"approved: rulebook {version.version[:12]}, in force from {version.effective_from}")


def _identified(base: Foundation, name: str, scope: str, roles: tuple[Role, ...]) -> Identity:
    """Who is at the terminal, by name and password, in a role that may."""
    password = typer.prompt(f"Password of {name}", hide_input=True, err=True)
    ticket = StaffLogin(base.database, base.ledger, session_ttl_s=60).login(name, password, "cli")
    if isinstance(ticket, LoginRefused):
        fail("that user name and password do not match, or were tried too often; check both")
    with base.database.write() as session:
        staff = StaffService(session, base.ledger)
        identity = staff.identify(ticket.token)
        staff.logout(ticket.token)
        if identity is None or not may(session, base.ledger, identity, scope, roles):
            fail(f"{name} may not do this: needed is {' or '.join(roles)}, for all in every institution")
    return identity


def _confirm(seen: Preview, question: str, yes: bool) -> None:
    for each in seen.differences:
        owes = [*(f"+{rule}" for rule in sorted(each.gained)), *(f"-{rule}" for rule in sorted(each.lost))]
        typer.echo(f"fires differently: {' '.join(owes)}: {each.asked.question}")
    for notice in seen.notices:
        typer.echo(f"notice: {notice}")
    for problem in seen.problems:
        typer.echo(f"in the way: {problem}", err=True)
    if seen.problems:
        fail("the change can't be made; mend what is in its way")
    if not yes and not typer.confirm(question):
        fail("nothing was done")


def _entry(file: Path) -> Entry:
    try:
        entry = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fail(f"{file.name} is not valid YAML ({error}); correct it")
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        fail(f"{file.name} is no rule with an id; write one rule as candour rules show prints it")
    plain: Entry = json.loads(canonical(entry))
    return plain


def _institution(base: Foundation, institution_id: str) -> Institution:
    with base.database.read() as session:
        return InstitutionService(session, base.ledger).get(institution_id)


def _desk(base: Foundation, institution_id: str) -> tuple[Institution, Desk]:
    rulebooks = rulebooks_of(base)
    with base.database.read() as session:
        known = InstitutionService(session, base.ledger).get(institution_id)
        return known, desk_of_rules(session, institution_id, base.ledger, rulebooks, today_in_hong_kong())


def _scope_name(scope: str) -> str:
    return "everybody" if scope == EVERYBODY else scope


def _line_json(line: RuleLine) -> dict[str, Any]:
    days = {"effective_from": line.effective_from, "effective_to": line.effective_to}
    return {
        "id": line.id,
        "title": line.title,
        "force": line.force,
        "sectors": list(line.sectors),
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
        "here": line.here,
        "unconfirmed": line.unconfirmed,
    }


def _version_json(version: ApprovedVersion) -> dict[str, Any]:
    return {
        "scope": _scope_name(version.scope),
        "number": version.number,
        "version": version.version,
        "effective_from": version.effective_from.isoformat(),
        "approved_at": version.approved_at.isoformat(),
        "proposed_by": version.proposed_by,
        "approved_by": version.approved_by,
        "reason": version.reason,
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "scope": _scope_name(change.scope),
        "rules": list(change.rule_ids),
        "reason": change.reason,
        "effective_from": change.effective_from.isoformat() if change.effective_from else None,
        "proposed_by": change.proposed_by,
        "proposed_at": change.proposed_at.isoformat(),
    }


STEPS = (show, history, propose, approve)  # beside "list", whose name Python has taken
