"""``candour switches``: whoever is at the machine may stop; to let it go on again takes two people with passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.foundation import lay_foundation
from app.staff.service import StaffService
from app.staff.types import Role
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, settings_of

HERE = ("--institution", BANK)
PASSWORD = "a phrase that is long enough"


@pytest.fixture
def staff(home: Path) -> None:
    """A compliance head and an operator of the bank, and a maker who may not turn switches."""
    base = lay_foundation(settings_of(home / "data"))
    with base.database.write() as session:
        service = StaffService(session, base.ledger)
        for name, role in (("hugo", Role.HEAD), ("otto", Role.OPERATOR), ("maya", Role.MAKER)):
            service.grant(service.create_account(name, PASSWORD, by="tests"), BANK, role, by="tests")
    base.database.engine.dispose()


def lift(run: Run, name: str, *where: str, password: str = PASSWORD) -> int:
    return run("switches", "lift", "hand_off", "--reason", "ok", "--as", name, *where, stdin=f"{password}\n").status


def confirm(run: Run, name: str, *where: str) -> int:
    return run("switches", "confirm", "hand_off", "--as", name, *where, stdin=f"{PASSWORD}\n").status


@pytest.mark.usefixtures("staff")
def test_a_switch_is_set_listed_obeyed_and_lifted_by_two(run: Run) -> None:
    assert run("switches", "list").out == "no switch is on\n"
    assert run("switches", "set", "hand_off", "--reason", "wrong fees", *HERE).status == 0
    assert "hand_off, small-bank, since" in run("switches", "list").out
    assert run("switches", "list", "--institution", RIVAL).out == "no switch is on\n"
    assert run("ask", FEE_QUESTION, *HERE, "--json").json["reason"] == "staff_only"
    assert lift(run, "hugo", *HERE) == 0
    assert confirm(run, "hugo", *HERE) == 1  # the same person
    assert "hugo asks for it to be lifted: ok" in run("switches", "list", *HERE).out
    assert confirm(run, "otto", *HERE) == 0
    assert run("ask", FEE_QUESTION, *HERE, "--json").json["status"] == "quoted"
    assert run("audit", "verify").status == 0


@pytest.mark.usefixtures("staff")
def test_one_for_all_is_told_as_such_and_lifted_by_an_operator_first(run: Run) -> None:
    run("switches", "set", "hand_off", "--reason", "outage of the model")
    (on,) = run("switches", "list", *HERE, "--json").json["on"]
    assert (on["switch"], on["institution"], on["reason"], on["by"]) == ("hand_off", None, "outage of the model", "cli")
    assert lift(run, "hugo") == 1  # a head of one institution does not begin it
    assert lift(run, "otto") == 0
    assert confirm(run, "hugo") == 0
    assert run("switches", "list", "--json").json == {"on": [], "topics": []}
    assert run("audit", "verify").status == 0


@pytest.mark.usefixtures("staff")
def test_who_does_not_say_who_they_are_or_may_not_lifts_nothing(run: Run) -> None:
    run("switches", "set", "hand_off", "--reason", "wrong fees", *HERE)
    assert lift(run, "hugo", *HERE, password="a wrong guess of one") == 1
    assert lift(run, "nobody", *HERE) == 1
    assert lift(run, "maya", *HERE) == 1
    assert lift(run, "hugo", "--institution", RIVAL) == 1
    assert "asks for it" not in run("switches", "list").out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("set", "everything", "--reason", "x"), 2),
        (("set", "topic:no-such", "--reason", "x"), 1),
        (("set", "hand_off", "--reason", " "), 1),
        (("set", "hand_off", "--reason", "x", "--institution", "no-bank"), 2),
        (("list", "--institution", "no-bank"), 2),
    ],
)
def test_what_cannot_be_switched_is_one_sentence(run: Run, words: tuple[str, ...], status: int) -> None:
    ran = run("switches", *words)
    assert ran.status == status
    assert len(ran.err.splitlines()) == 1


def test_doctor_says_what_is_on(run: Run) -> None:
    assert "none is on" in run("doctor").both
    run("switches", "set", "language:zh-Hans", "--reason", "wrong script", *HERE)
    assert "language:zh-Hans for small-bank" in run("doctor").both
