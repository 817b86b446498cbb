"""``candour staff``: the first accounts, their roles, and how they end; a password is never an argument."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from sqlmodel import col, select

from app.evidence.tables import AuditEntryRow
from app.foundation import Foundation, lay_foundation
from app.staff.login import StaffLogin
from app.staff.service import StaffService
from app.staff.types import Identity, LoginRefused, Role, Ticket
from tests.app.commands.conftest import Ran, Run
from tests.app.small_bank import BANK, RIVAL, settings_of

HERE = ("--institution", BANK)
MAKER = (*HERE, "--role", "maker")
PASSWORD = "a phrase that is long enough"
OTHER = "another phrase, longer still"
STDIN = "--password-stdin"
BY = ("--by", "Otto Lee")


@pytest.fixture
def base(home: Path) -> Iterator[Foundation]:
    """What the commands work on, to look at it from outside."""
    base = lay_foundation(settings_of(home / "data"))
    yield base
    base.database.engine.dispose()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.new_password.at_terminal", lambda: True)


def add(run: Run, name: str = "mei", *words: str, password: str = PASSWORD) -> Ran:
    return run("staff", "add", name, *BY, *(words or MAKER), STDIN, stdin=f"{password}\n")


def log_in(base: Foundation, password: str = PASSWORD) -> Ticket | LoginRefused:
    return StaffLogin(base.database, base.ledger, session_ttl_s=600).login("mei", password, "127.0.0.1")


def session_of(base: Foundation, password: str = PASSWORD) -> str:
    ticket = log_in(base, password)
    assert isinstance(ticket, Ticket)
    return ticket.token


def who(base: Foundation, token: str) -> Identity | None:
    with base.database.read() as session:
        return StaffService(session, base.ledger).identify(token)


def logged(base: Foundation) -> list[tuple[str, str]]:
    """Where and what the log holds of staff, in order."""
    with base.database.read() as session:
        entries = session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.at))).all()
    about = ("account:", "role:", "password:")
    return [(each.institution_id, each.action) for each in entries if each.action.startswith(about)]


def test_the_first_account_logs_in_with_its_roles(run: Run, base: Foundation) -> None:
    assert run("staff", "list").out == ""
    ran = add(run, "mei", *MAKER, "--role", "reviewer", "--role", "maker")
    assert (ran.status, ran.out) == (0, "mei  active  small-bank: maker, reviewer\n")
    identity = who(base, session_of(base))
    assert identity is not None
    assert identity.memberships == {BANK: {Role.MAKER, Role.REVIEWER}}


def test_accounts_are_listed_by_name_with_their_roles_by_institution(run: Run) -> None:
    add(run)
    add(run, "chen", "--institution", RIVAL, "--role", "checker")
    run("staff", "deactivate", "chen", *BY)
    assert run("staff", "list").out == "chen  deactivated  rival-bank: checker\nmei  active  small-bank: maker\n"
    assert run("staff", "list", *HERE).out == "mei  active  small-bank: maker\n"
    chen, mei = run("staff", "list", "--json").json["accounts"]
    assert (chen["name"], chen["active"], chen["roles"]) == ("chen", False, {RIVAL: ["checker"]})
    assert (mei["name"], mei["active"], mei["demo"], mei["roles"]) == ("mei", True, False, {BANK: ["maker"]})


def test_the_audit_log_holds_every_change_in_the_chain_it_concerns(run: Run, base: Foundation) -> None:
    add(run)
    run("staff", "grant", "mei", *BY, "--institution", RIVAL, "--role", "head", "--role", "auditor")
    run("staff", "revoke", "mei", *BY, *MAKER)
    run("staff", "password", "mei", *BY, STDIN, stdin=OTHER)
    run("staff", "deactivate", "mei", *BY)
    run("staff", "activate", "mei", *BY)
    assert logged(base) == [
        ("_platform", "account:create:done"),
        (BANK, "role:grant:maker"),
        (RIVAL, "role:grant:head"),
        (RIVAL, "role:grant:auditor"),
        (BANK, "role:revoke:maker"),
        ("_platform", "password:change:done"),
        ("_platform", "account:close:done"),
        ("_platform", "account:open:done"),
    ]
    assert run("audit", "verify").status == 0


def test_every_entry_names_who_made_the_change_an_account_by_its_id(run: Run, base: Foundation) -> None:
    add(run)
    with base.database.read() as session:
        mei = StaffService(session, base.ledger).account("mei").id
    run("staff", "grant", "mei", "--by", " mei ", *HERE, "--role", "head")
    run("staff", "password", "mei", "--by", "陳大文", STDIN, stdin=OTHER)
    with base.database.read() as session:
        entries = session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.at))).all()
    by = [
        json.loads(each.fields).get("by") for each in entries if each.action.startswith(("account:", "role:", "pass"))
    ]
    assert by == ["Otto Lee", "Otto Lee", mei, "陳大文"]
    assert run("audit", "verify").status == 0


@pytest.mark.parametrize("by", [(), ("--by", ""), ("--by", "  "), ("--by", "x" * 65), ("--by", "ot\u202eto")])
@pytest.mark.parametrize(
    "words",
    [
        ("add", "chen", *MAKER),
        ("grant", "mei", *MAKER),
        ("revoke", "mei", *MAKER),
        ("password", "mei"),
        ("deactivate", "mei"),
        ("activate", "mei"),
    ],
    ids=lambda words: words[0],
)
def test_without_a_name_that_can_be_read_nothing_changes(
    run: Run, base: Foundation, words: tuple[str, ...], by: tuple[str, ...]
) -> None:
    add(run)
    before = logged(base)
    ran = run("staff", *words, *by)
    assert (ran.status, "--by" in ran.err) == (2, True)
    assert logged(base) == before


def test_roles_are_given_and_taken_at_once_and_again_changes_nothing(run: Run, base: Foundation) -> None:
    add(run)
    token = session_of(base)
    grant = ("staff", "grant", "mei", *BY, *HERE, "--role", "checker", "--role", "head")
    assert [run(*grant).out for _ in range(2)] == ["mei  active  small-bank: checker, head, maker\n"] * 2
    revoke = ("staff", "revoke", "mei", *BY, *HERE, "--role", "maker", "--role", "head")
    assert [run(*revoke).out for _ in range(2)] == ["mei  active  small-bank: checker\n"] * 2
    identity = who(base, token)
    assert identity is not None
    assert identity.roles_in(BANK) == {Role.CHECKER}
    assert run("staff", "revoke", "mei", *BY, *HERE, "--role", "checker").out == "mei  active  no role\n"
    assert len(logged(base)) == 1 + 3 + 3


def test_a_deactivated_account_is_out_at_once_until_it_is_activated(run: Run, base: Foundation) -> None:
    add(run)
    token = session_of(base)
    assert run("staff", "deactivate", "mei", *BY).out == "mei  deactivated  small-bank: maker\n"
    assert who(base, token) is None
    assert log_in(base) == LoginRefused()
    assert run("staff", "activate", "mei", *BY).status == 0
    assert who(base, token) is None
    assert who(base, session_of(base)) is not None


def test_a_new_password_ends_the_sessions_of_the_old_one(run: Run, base: Foundation) -> None:
    add(run)
    add(run, "chen")
    token = session_of(base)
    assert run("staff", "password", "mei", *BY, STDIN, stdin=f"{OTHER}\r\nmore\n").status == 0
    assert who(base, token) is None
    assert log_in(base) == LoginRefused()
    assert who(base, session_of(base, OTHER)) is not None


@pytest.mark.usefixtures("terminal")
def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(run: Run, base: Foundation) -> None:
    typed = (PASSWORD, "a slip of the finger", OTHER, OTHER)
    ran = run("staff", "add", "mei", *BY, *MAKER, stdin="\n".join((*typed, "")))
    assert ran.status == 0
    assert "do not match" in ran.err
    assert not any(each in ran.both for each in typed)
    assert who(base, session_of(base, OTHER)) is not None


@pytest.mark.usefixtures("terminal")
def test_standard_input_that_would_show_the_password_is_not_read(run: Run) -> None:
    ran = add(run)
    assert (ran.status, ran.out) == (2, "")
    assert "leave --password-stdin out" in ran.err


@pytest.mark.usefixtures("terminal")
def test_ctrl_c_instead_of_a_password_makes_no_account(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise typer.Abort

    monkeypatch.setattr("app.commands.new_password.typer.prompt", interrupted)
    assert run("staff", "add", "mei", *BY, *MAKER).status == 130
    assert run("staff", "list").out == ""


def test_a_closed_standard_input_holds_neither_terminal_nor_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the runner connects: ``<&-`` leaves a process without one."""

    class Closed:
        stdin = None

    monkeypatch.setattr("app.commands.new_password.sys", Closed)
    assert run("staff", "add", "mei", *BY, *MAKER).status == 2
    ran = add(run)
    assert ran.status == 1
    assert "no password on standard input" in ran.err


def test_a_password_that_is_not_utf_8_is_refused(run: Run) -> None:
    ran = run("staff", "add", "mei", *BY, *MAKER, STDIN, stdin=b"a phrase that is \xff no text\n")
    assert ran.status == 1
    assert "not UTF-8" in ran.err


def test_without_a_terminal_a_password_needs_its_option(run: Run) -> None:
    ran = run("staff", "add", "mei", *BY, *MAKER, stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert ran.status == 2
    assert "with --password-stdin" in ran.err


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "no password on standard input"),
        ("eleven char", "too short; use at least 12"),
        ("mei.wong@bank", "little more than the user name"),
        ("MEI.WONG@BANK-2026", "little more than the user name"),
        ("mei.wong@bankmei.wong@bank", "little more than the user name"),
        ("a phrase with\ta tab in it", "U+0009"),
        ("a phrase with \x07 in it", "U+0007"),
        ("x" * 1025, "longer than 1024 bytes"),
    ],
)
def test_a_bad_password_is_refused_in_one_sentence_and_nothing_is_made(run: Run, password: str, said: str) -> None:
    ran = add(run, "mei.wong@bank", password=password)
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert run("staff", "list").out == ""


def test_the_user_name_within_a_long_phrase_is_no_obstacle(run: Run) -> None:
    assert add(run, password="mei keeps eleven blue kettles").status == 0


def test_a_refused_new_password_leaves_the_old_one_and_its_sessions(run: Run, base: Foundation) -> None:
    add(run)
    token = session_of(base)
    assert run("staff", "password", "mei", *BY, STDIN, stdin="mei mei mei mei\n").status == 1
    assert who(base, token) is not None
    assert who(base, session_of(base)) is not None


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "mei", *MAKER), 1, "'mei' already"),
        (("add", "kay", "--institution", "no-bank", "--role", "maker"), 2, "no institution 'no-bank'"),
        (("add", "kay", *HERE, "--role", "boss"), 2, "'boss' is not a role; use one of maker, checker"),
        (("add", "Kay", *MAKER), 1, "'Kay' can't be a user name"),
        (("add", " kay", *MAKER), 1, "can't be a user name"),
        (("add", "k\u0430y", *MAKER), 1, "can't be a user name"),
        (("add", "kay\x00", *MAKER), 1, "can't be a user name"),
        (("add", "k" * 65, *MAKER), 1, "can't be a user name"),
        (("add", "cli", *MAKER), 1, "what no person did"),
        (("add", "demo-boss", *MAKER), 1, "demo accounts"),
        (("grant", "kay", *MAKER), 2, "no staff account 'kay'"),
        (("grant", "mei", "--institution", "no-bank", "--role", "maker"), 2, "no institution 'no-bank'"),
        (("grant", "mei", "--institution", "\udcff", "--role", "maker"), 2, "no institution"),
        (("grant", "mei", *HERE, "--role", ""), 2, "'' is not a role"),
        (("revoke", "kay", *MAKER), 2, "no staff account 'kay'"),
        (("revoke", "mei", "--institution", "no-bank", "--role", "maker"), 2, "no institution 'no-bank'"),
        (("deactivate", "kay"), 2, "no staff account 'kay'"),
        (("activate", "kay"), 2, "no staff account 'kay'"),
        (("password", "kay"), 2, "no staff account 'kay'"),
        (("list", "--institution", "no-bank"), 2, "no institution 'no-bank'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_before_a_password_is_asked_for(
    run: Run, words: tuple[str, ...], status: int, said: str
) -> None:
    add(run)
    ran = run("staff", *words, *(() if words[0] == "list" else BY))
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert run("staff", "list").out == "mei  active  small-bank: maker\n"


def test_a_demo_account_is_given_nothing_but_anything_can_be_taken_from_it(run: Run, base: Foundation) -> None:
    with base.database.write() as session:
        service = StaffService(session, base.ledger)
        service.grant(
            service.create_account("demo-maker", "candour-maker", demo=True, by="tests"), BANK, Role.MAKER, by="tests"
        )
    assert run("staff", "revoke", "demo-maker", *BY, *MAKER).status == 0
    assert run("staff", "deactivate", "demo-maker", *BY).status == 0
    for words in (("grant", "demo-maker", *MAKER), ("activate", "demo-maker"), ("password", "demo-maker")):
        ran = run("staff", *words, *BY)
        assert ran.status == 1
        assert "is a demo account" in ran.err
    assert run("staff", "list").out == "demo-maker  deactivated, demo  no role\n"
