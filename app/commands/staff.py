"""``candour staff``: who may log in to the console, and what they are in which institution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from app.commands.console import USAGE, err, fail, foundation, print_json
from app.commands.new_password import new_password
from app.commands.questions import InstitutionOption, JsonOption
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.plain_text import unseen
from app.staff.errors import DemoAccount
from app.staff.service import StaffService
from app.staff.types import Account, Role

staff = typer.Typer(no_args_is_help=True, help="Accounts of the console: who may log in, and what they are where.")
NameArgument = Annotated[str, typer.Argument(help="Their user name in the console.", metavar="NAME")]
RoleOption = Annotated[
    list[str], typer.Option("--role", help=f"{', '.join(Role)}; give it again for another.", metavar="ROLE")
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; asked for if absent.")
]
MAX_NAME_CHARACTERS = 64


def _readable(by: str) -> str:
    """The name behind ``--by``, looked at before anything is asked for."""
    name = by.strip()
    if not name or len(name) > MAX_NAME_CHARACTERS or unseen(name):
        raise typer.BadParameter(f"give a name of 1 to {MAX_NAME_CHARACTERS} characters that can be read")
    return name


ByOption = Annotated[
    str,
    typer.Option(
        "--by",
        help="Who you are, for the audit log: your user name, if you have one.",
        callback=_readable,
        metavar="NAME",
    ),
]
Step = Callable[[StaffService, str], None]


@staff.command("list")
def list_accounts(
    institution: Annotated[str | None, typer.Option(help="All where absent.", metavar="ID")] = None,
    as_json: JsonOption = False,
) -> None:
    """Every account, by name: whether it may log in, and its roles by institution."""
    with foundation() as base, base.database.read() as session:
        if institution is not None:
            InstitutionService(session, base.ledger).get(institution)
        known = StaffService(session, base.ledger).accounts()
    shown = [account for account in known if institution is None or institution in account.memberships]
    if as_json:
        print_json({"accounts": [_json(account) for account in shown]})
        return
    for account in shown:
        typer.echo(_line(account))
    if not shown:
        err.print("no account yet; add one with: candour staff add NAME --institution ID --role ROLE --by YOU")


@staff.command("add", epilog="Example: candour staff add mei --institution my-bank --role maker --by otto")
def add(
    name: NameArgument,
    institution: InstitutionOption,
    role: RoleOption,
    by: ByOption,
    password_stdin: StdinOption = False,
) -> None:
    """Make an account with its first roles; its password is asked for twice."""
    roles = _roles(role)
    with foundation() as base:
        with base.database.read() as session:
            InstitutionService(session, base.ledger).get(institution)
            StaffService(session, base.ledger).check_new(name)
        password = new_password(name, password_stdin)

        def made(service: StaffService, said_by: str) -> None:
            account_id = service.create_account(name, password, by=said_by)
            for each in roles:
                service.grant(account_id, institution, each, by=said_by)

        _changed(base, (name, by), made)


@staff.command("grant")
def grant(name: NameArgument, institution: InstitutionOption, role: RoleOption, by: ByOption) -> None:
    """Give an account roles in an institution; what it holds already stays."""
    roles = _roles(role)
    with foundation() as base:
        account = _not_demo(_account_in(base, name, institution))

        def given(service: StaffService, said_by: str) -> None:
            for each in roles:
                service.grant(account.id, institution, each, by=said_by)

        _changed(base, (name, by), given)


@staff.command("revoke")
def revoke(name: NameArgument, institution: InstitutionOption, role: RoleOption, by: ByOption) -> None:
    """Take roles in an institution away, from the next page on; what was not held changes nothing."""
    roles = _roles(role)
    with foundation() as base:
        account = _account_in(base, name, institution)

        def taken(service: StaffService, said_by: str) -> None:
            for each in roles:
                service.revoke(account.id, institution, each, by=said_by)

        _changed(base, (name, by), taken)


@staff.command("deactivate")
def deactivate(name: NameArgument, by: ByOption) -> None:
    """Close an account and end its sessions at once; its name stays in every history."""
    with foundation() as base:
        account = _account(base, name)
        _changed(base, (name, by), lambda service, said_by: service.set_active(account.id, active=False, by=said_by))


@staff.command("activate")
def activate(name: NameArgument, by: ByOption) -> None:
    """Open a closed account again, with the password and the roles it had."""
    with foundation() as base:
        account = _not_demo(_account(base, name))
        _changed(base, (name, by), lambda service, said_by: service.set_active(account.id, active=True, by=said_by))


@staff.command("password")
def password(name: NameArgument, by: ByOption, password_stdin: StdinOption = False) -> None:
    """Give an account another password and end its sessions at once."""
    with foundation() as base:
        account = _not_demo(_account(base, name))
        chosen = new_password(name, password_stdin)
        _changed(base, (name, by), lambda service, said_by: service.set_password(account.id, chosen, by=said_by))


def _changed(base: Foundation, names: tuple[str, str], step: Step) -> None:
    """Take the step in one unit of work, and print what the account is then. ``names``: whose it is, who takes it."""
    name, by = names
    with base.database.write() as session:
        service = StaffService(session, base.ledger)
        step(service, named(service, by))
        session.flush()
        line = _line(service.account(name))
    typer.echo(line)


def named(service: StaffService, by: str) -> str:
    """Whom the audit log names: an account by its id, as everywhere; else the name that was given."""
    account = service.find_account(by)
    return account.id if account else by


def _account(base: Foundation, name: str) -> Account:
    with base.database.read() as session:
        return StaffService(session, base.ledger).account(name)


def _account_in(base: Foundation, name: str, institution: str) -> Account:
    """The account, once it is sure that there is such an institution."""
    with base.database.read() as session:
        InstitutionService(session, base.ledger).get(institution)
        return StaffService(session, base.ledger).account(name)


def _not_demo(account: Account) -> Account:
    if account.demo:
        raise DemoAccount(account.username)
    return account


def _roles(names: list[str]) -> tuple[Role, ...]:
    for name in names:
        if name not in list(Role):
            fail(f"{name!r} is not a role; use one of {', '.join(Role)}", USAGE)
    return tuple(Role(name) for name in dict.fromkeys(names))


def _line(account: Account) -> str:
    state = ("active" if account.active else "deactivated") + (", demo" if account.demo else "")
    return f"{account.username}  {state}  {_held(account.memberships) or 'no role'}"


def _held(memberships: Mapping[str, frozenset[Role]]) -> str:
    return "; ".join(f"{where}: {', '.join(sorted(roles))}" for where, roles in sorted(memberships.items()))


def _json(account: Account) -> dict[str, Any]:
    return {
        "name": account.username,
        "active": account.active,
        "demo": account.demo,
        "created_at": account.created_at.isoformat(),
        "roles": {where: sorted(roles) for where, roles in sorted(account.memberships.items())},
    }
