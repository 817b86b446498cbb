"""``candour switches``: what is stopped, stopping it, and letting it go on, which takes two people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from app.commands.console import USAGE, fail, foundation, print_json
from app.commands.questions import JsonOption
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.staff.login import StaffLogin
from app.staff.service import StaffService
from app.staff.types import LoginRefused, Role
from app.switches.reading import all_settings, settings_of, topics_with_rules
from app.switches.service import SwitchService
from app.switches.types import EVERYWHERE, Kind, Setting, Switch

BY = "cli"
HERE = "this machine"  # where a login on the command line comes from
switches = typer.Typer(no_args_is_help=True, help="Kill switches: list, set, lift and confirm.")
InstitutionOption = Annotated[str | None, typer.Option("--institution", help="All where absent.", metavar="ID")]
SwitchArgument = Annotated[
    str, typer.Argument(help="hand_off, generation, read_only, topic:ID or language:en.", metavar="SWITCH")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; staff will read it.", metavar="TEXT")]
AsOption = Annotated[
    str, typer.Option("--as", help="Your user name in the console; the password is asked for.", metavar="NAME")
]


@switches.command("list")
def list_switches(institution: InstitutionOption = None, as_json: JsonOption = False) -> None:
    """What is on, for whom, since when, by whom and why; and the topics with a way of their own to be answered."""
    with foundation() as base, base.database.read() as session:
        institutions = InstitutionService(session, base.ledger)
        ids = [institutions.get(institution).id] if institution else [each.id for each in institutions.all()]
        shown = settings_of(session, institution) if institution else all_settings(session)
        topics = topics_with_rules(session, ids)
        names = StaffService(session, base.ledger).names({name for setting in shown for name in _people(setting)})
    if as_json:
        listed = [
            {"institution": each, "topic": topic.id, "mode": topic.mode.value, "composer": topic.composer}
            for each, topic in topics
        ]
        print_json({"on": [_json(setting, names) for setting in shown], "topics": listed})
        return
    for setting in shown:
        typer.echo(_line(setting, names))
    for each, topic in topics:
        by = "" if topic.composer is None else f", composer {topic.composer.value}"
        typer.echo(f"{each}: topic {topic.id} is answered by mode {topic.mode.value}{by}")
    if not shown:
        typer.echo("no switch is on")


@switches.command("set", epilog='Example: candour switches set hand_off --reason "wrong fees in the new table"')
def set_switch(switch: SwitchArgument, reason: ReasonOption, institution: InstitutionOption = None) -> None:
    """Turn a switch on, at once and in every process; for all institutions unless one is named."""
    wanted = _parsed(switch)
    with foundation() as base:
        scope = _scope(base, institution)
        with base.database.write() as session:
            setting = SwitchService(session, scope, base.ledger).set(wanted, BY, reason)
    typer.echo(_line(setting, {}))


@switches.command("lift")
def ask_lift(
    switch: SwitchArgument, reason: ReasonOption, name: AsOption, institution: InstitutionOption = None
) -> None:
    """Ask for a switch to be lifted; it stays on until another compliance head or operator confirms."""
    wanted = _parsed(switch)
    with foundation() as base:
        scope = _scope(base, institution)
        by = _logged_in(base, name, scope, confirming=False)
        with base.database.write() as session:
            SwitchService(session, scope, base.ledger).ask_lift(wanted, by, reason)
    typer.echo(f"asked for; a second person confirms with: candour switches confirm {wanted}{_option(institution)}")


@switches.command("confirm")
def confirm_lift(switch: SwitchArgument, name: AsOption, institution: InstitutionOption = None) -> None:
    """Lift a switch that somebody else asked to be lifted."""
    wanted = _parsed(switch)
    with foundation() as base:
        scope = _scope(base, institution)
        by = _logged_in(base, name, scope, confirming=True)
        with base.database.write() as session:
            SwitchService(session, scope, base.ledger).confirm_lift(wanted, by)
    typer.echo(f"lifted: {wanted}")


def _parsed(text: str) -> Switch:
    kind, _, subject = text.partition(":")
    if kind not in list(Kind):
        fail(f"{text!r} is no switch; use one of {', '.join(Kind)}", USAGE)
    return Switch(Kind(kind), subject)


def _scope(base: Foundation, institution: str | None) -> str:
    if institution is None:
        return EVERYWHERE
    with base.database.read() as session:
        return InstitutionService(session, base.ledger).get(institution).id


def _logged_in(base: Foundation, name: str, scope: str, *, confirming: bool) -> str:
    """The account behind ``name``: two people are two only where each says who they are, here too."""
    password = typer.prompt("Password", hide_input=True, err=True)
    login = StaffLogin(base.database, base.ledger, base.settings.staff_session_ttl_s)
    ticket = login.login(name, password, HERE)
    if isinstance(ticket, LoginRefused):
        waits = f"; try again in {ticket.retry_after_s} s" if ticket.retry_after_s else ""
        fail(f"that user name and password do not match{waits}")
    with base.database.write() as session:
        staff = StaffService(session, base.ledger)
        identity = staff.identify(ticket.token)
        staff.logout(ticket.token)
    held = {role for roles in identity.memberships.values() for role in roles} if identity else set()
    if identity and scope != EVERYWHERE:
        held = set(identity.roles_in(scope))
    needed = {Role.OPERATOR} if scope == EVERYWHERE and not confirming else {Role.HEAD, Role.OPERATOR}
    if held.isdisjoint(needed):
        fail(f"{name} may not do this; needed is the role {' or '.join(sorted(needed))}")
    return ticket.account_id


def _option(institution: str | None) -> str:
    return f" --institution {institution}" if institution else ""


def _people(setting: Setting) -> Sequence[str]:
    return (setting.by, *([setting.lift.by] if setting.lift else []))


def _line(setting: Setting, names: dict[str, str]) -> str:
    where = "all institutions" if setting.everywhere else setting.scope
    by = names.get(setting.by, setting.by)
    line = f"ON  {setting.switch}, {where}, since {setting.at:%Y-%m-%d %H:%M} UTC by {by}: {setting.reason}"
    if setting.lift is None:
        return line
    return f"{line}\n    {names.get(setting.lift.by, setting.lift.by)} asks for it to be lifted: {setting.lift.reason}"


def _json(setting: Setting, names: dict[str, str]) -> dict[str, Any]:
    asked = setting.lift
    return {
        "switch": str(setting.switch),
        "institution": None if setting.everywhere else setting.scope,
        "reason": setting.reason,
        "by": names.get(setting.by, setting.by),
        "at": setting.at.isoformat(),
        "lift_asked_by": None if asked is None else names.get(asked.by, asked.by),
        "lift_reason": None if asked is None else asked.reason,
    }
