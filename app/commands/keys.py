"""``candour keys``: which programs may ask an institution's assistant, and how much."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.api_keys.service import ApiKeyService
from app.api_keys.types import USUAL_DAYS, ApiKey, Limits, Scope, Wish
from app.commands.console import USAGE, err, fail, foundation, print_json
from app.commands.questions import InstitutionOption, JsonOption
from app.commands.staff import ByOption, named
from app.db.columns import now_utc
from app.institutions.service import InstitutionService
from app.staff.service import StaffService

keys = typer.Typer(no_args_is_help=True, help="API keys of programs: add, list and revoke.")
_USUAL = Limits()


@keys.command("add", epilog="Example: candour keys add website --institution my-bank --scope answers --by otto")
def add(
    name: Annotated[str, typer.Argument(help="What the key is for.", metavar="NAME")],
    institution: InstitutionOption,
    scope: Annotated[
        list[str], typer.Option("--scope", help=f"{', '.join(Scope)}; give it again for another.", metavar="SCOPE")
    ],
    by: ByOption,
    limits: Annotated[
        str,
        typer.Option(help="Requests a minute, at once and a day.", metavar="MINUTE,AT_ONCE,DAY"),
    ] = f"{_USUAL.a_minute},{_USUAL.at_once},{_USUAL.a_day}",
    days: Annotated[int, typer.Option(help="How long it lasts.", metavar="N")] = USUAL_DAYS,
) -> None:
    """Make a key. It is printed once, on standard output, and stored nowhere."""
    wish = Wish(name, _scopes(scope), _limits(limits), days)
    with foundation() as base:
        with base.database.write() as session:
            InstitutionService(session, base.ledger).get(institution)
            who = named(StaffService(session, base.ledger), by)
            issued = ApiKeyService(session, institution, base.ledger).add(wish, who)
        err.print(f"keep it now, it is not shown again: {_line(issued.key)}", markup=False)
        typer.echo(issued.secret)


@keys.command("list")
def list_keys(institution: InstitutionOption, as_json: JsonOption = False) -> None:
    """Every key of an institution, the newest first: what it may, and when it was last used."""
    with foundation() as base, base.database.read() as session:
        InstitutionService(session, base.ledger).get(institution)
        known = ApiKeyService(session, institution, base.ledger).all()
        people = {who for key in known for who in (key.by, key.revoked_by) if who}
        names = StaffService(session, base.ledger).names(people)
    if as_json:
        print_json({"keys": [_json(key, names) for key in known]})
        return
    for key in known:
        typer.echo(_line(key))
    if not known:
        err.print("no key yet; make one with: candour keys add NAME --institution ID --scope answers --by YOU")


@keys.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="Its id, as the list shows it.", metavar="KEY")],
    institution: InstitutionOption,
    by: ByOption,
) -> None:
    """Close a key for good, from the next request on."""
    with foundation() as base:
        with base.database.write() as session:
            InstitutionService(session, base.ledger).get(institution)
            who = named(StaffService(session, base.ledger), by)
            key = ApiKeyService(session, institution, base.ledger).revoke(key_id, who)
        typer.echo(_line(key))


def _scopes(wanted: list[str]) -> frozenset[Scope]:
    for scope in wanted:
        if scope not in list(Scope):
            fail(f"{scope!r} is not a scope; use one of {', '.join(Scope)}", USAGE)
    return frozenset(map(Scope, wanted))


def _limits(words: str) -> Limits:
    try:
        a_minute, at_once, a_day = (int(word) for word in words.split(","))
    except ValueError:
        fail(f"{words!r} are no limits; write three numbers, as 60,4,10000", USAGE)
    return Limits(a_minute, at_once, a_day)


def _line(key: ApiKey) -> str:
    may, limits = ", ".join(sorted(key.scopes)), key.limits
    used = f"last used {key.last_used:%Y-%m-%d %H}:00 UTC" if key.last_used else "never used"
    within = f"{limits.a_minute} a minute, {limits.at_once} at once, {limits.a_day} a day"
    return f"{key.id}  {_state(key)}  {key.name}: {may}; {within}; until {key.expires_at:%Y-%m-%d}; {used}"


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return "revoked"
    return "good" if key.works(now_utc()) else "expired"


def _json(key: ApiKey, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "state": _state(key),
        "scopes": sorted(key.scopes),
        "limits": {"a_minute": key.limits.a_minute, "at_once": key.limits.at_once, "a_day": key.limits.a_day},
        "by": names.get(key.by, key.by),
        "at": key.at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "last_used": key.last_used and key.last_used.isoformat(),
        "revoked_by": key.revoked_by and names.get(key.revoked_by, key.revoked_by),
    }
