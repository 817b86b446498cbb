"""One person turns a switch on, two turn it off; who, when and why stand in the log, and the database holds it too."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import PLATFORM, Ledger
from app.evidence.export import AuditExport
from app.evidence.report import Breach
from app.evidence.verification import AuditVerifier
from app.switches.errors import (
    LiftAsked,
    LiftNotAsked,
    ReadOnly,
    SecondDeciderNeeded,
    SwitchIsOff,
    SwitchIsOn,
    SwitchReasonNeeded,
    SwitchUnknown,
)
from app.switches.reading import all_settings, require_writable, settings_of, standing_of
from app.switches.service import SwitchService
from app.switches.types import EVERYWHERE, MAX_REASON_CHARACTERS, Kind, Setting, Standing, Switch
from knowledge_bases.schema import Language
from tests.app.worlds import add_institution, an_institution

BANK, RIVAL = "a-bank", "b-bank"
HAND_OFF = Switch(Kind.HAND_OFF)


@pytest.fixture
def banks(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        for bank in (BANK, RIVAL):
            add_institution(session, ledger, an_institution(bank))


def turn_on(database: Database, ledger: Ledger, switch: Switch = HAND_OFF, scope: str = BANK) -> Setting:
    with database.write() as session:
        return SwitchService(session, scope, ledger).set(switch, "hugo", "wrong figures")


def standing(database: Database, bank: str = BANK) -> Standing:
    with database.read() as session:
        return standing_of(session, bank)


@pytest.mark.usefixtures("banks")
def test_a_switch_is_on_once_one_person_has_set_it_and_for_this_institution_only(
    database: Database, ledger: Ledger
) -> None:
    setting = turn_on(database, ledger)
    assert (setting.by, setting.reason, setting.lift) == ("hugo", "wrong figures", None)
    assert standing(database).is_on(Kind.HAND_OFF)
    assert standing(database, RIVAL) == Standing()


@pytest.mark.usefixtures("banks")
def test_a_switch_for_all_is_on_for_each_and_survives_the_lifting_of_an_institutions_own(
    database: Database, ledger: Ledger
) -> None:
    turn_on(database, ledger, scope=EVERYWHERE)
    turn_on(database, ledger)
    lift(database, ledger)
    assert standing(database).switches == standing(database, RIVAL).switches == (HAND_OFF,)
    with database.read() as session:
        assert [setting.everywhere for setting in settings_of(session, RIVAL)] == [True]
        assert [setting.scope for setting in all_settings(session)] == [EVERYWHERE]


def lift(database: Database, ledger: Ledger, switch: Switch = HAND_OFF, scope: str = BANK) -> None:
    with database.write() as session:
        SwitchService(session, scope, ledger).ask_lift(switch, "hugo", "corrected")
    with database.write() as session:
        SwitchService(session, scope, ledger).confirm_lift(switch, "helen")


@pytest.mark.usefixtures("banks")
def test_it_stays_on_until_a_second_person_has_confirmed(database: Database, ledger: Ledger) -> None:
    turn_on(database, ledger)
    with database.write() as session:
        service = SwitchService(session, BANK, ledger)
        with pytest.raises(LiftNotAsked):
            service.confirm_lift(HAND_OFF, "helen")
        service.ask_lift(HAND_OFF, "hugo", "corrected")
        with pytest.raises(LiftAsked):
            service.ask_lift(HAND_OFF, "helen", "corrected")
        with pytest.raises(SecondDeciderNeeded):
            service.confirm_lift(HAND_OFF, "hugo")
    assert standing(database).is_on(Kind.HAND_OFF)
    with database.write() as session:
        SwitchService(session, BANK, ledger).confirm_lift(HAND_OFF, "helen")
    assert standing(database) == Standing()
    with database.read() as session:
        (lifted,) = SwitchService(session, BANK, ledger).lifted()
    assert lifted.lift is not None
    assert (lifted.lift.by, lifted.lift.reason, lifted.lifted_by) == ("hugo", "corrected", "helen")


@pytest.mark.usefixtures("banks")
def test_a_lift_that_was_refused_may_be_asked_for_again(database: Database, ledger: Ledger) -> None:
    turn_on(database, ledger)
    with database.write() as session:
        service = SwitchService(session, BANK, ledger)
        service.ask_lift(HAND_OFF, "hugo", "corrected")
        assert service.refuse_lift(HAND_OFF, "helen").lift is None
        service.ask_lift(HAND_OFF, "helen", "corrected by now")
    assert standing(database).is_on(Kind.HAND_OFF)


@pytest.mark.usefixtures("banks")
@pytest.mark.parametrize(
    "change",
    [
        "lifted_by = 'hugo', lifted_at = :now",  # by nobody's wish
        "lift_by = 'hugo', lift_at = :now, lifted_by = 'hugo', lifted_at = :now",
        "lifted_at = :now",
        "reason = ' '",
        "subject = 'investments'",
    ],
)
def test_the_database_refuses_what_one_person_alone_may_not_do(database: Database, ledger: Ledger, change: str) -> None:
    turn_on(database, ledger)
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text(f"UPDATE kill_switch SET {change}"), {"now": now_utc()} if ":now" in change else {})  # noqa: S608


@pytest.mark.usefixtures("banks")
def test_what_is_on_is_not_set_again_and_what_is_off_is_not_lifted(database: Database, ledger: Ledger) -> None:
    turn_on(database, ledger)
    with pytest.raises(SwitchIsOn):
        turn_on(database, ledger)
    with pytest.raises(SwitchIsOff), database.write() as session:
        SwitchService(session, BANK, ledger).ask_lift(Switch(Kind.GENERATION), "hugo", "corrected")
    lift(database, ledger)
    turn_on(database, ledger)
    assert standing(database).is_on(Kind.HAND_OFF)


@pytest.mark.usefixtures("banks")
@pytest.mark.parametrize(
    "switch",
    [
        Switch(Kind.TOPIC, "no-such-topic"),
        Switch(Kind.TOPIC),
        Switch(Kind.LANGUAGE, "fr"),
        Switch(Kind.HAND_OFF, "investments"),
    ],
)
@pytest.mark.parametrize("scope", [BANK, EVERYWHERE])
def test_only_what_there_is_can_be_switched(database: Database, ledger: Ledger, switch: Switch, scope: str) -> None:
    with pytest.raises(SwitchUnknown):
        turn_on(database, ledger, switch, scope)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * (MAX_REASON_CHARACTERS + 1)])
@pytest.mark.usefixtures("banks")
def test_every_step_says_why(database: Database, ledger: Ledger, reason: str) -> None:
    turn_on(database, ledger)
    with database.write() as session:
        service = SwitchService(session, BANK, ledger)
        with pytest.raises(SwitchReasonNeeded):
            service.set(Switch(Kind.GENERATION), "hugo", reason)
        with pytest.raises(SwitchReasonNeeded):
            service.ask_lift(HAND_OFF, "hugo", reason)


@pytest.mark.usefixtures("banks")
@pytest.mark.parametrize("scope", [BANK, EVERYWHERE])
def test_the_log_tells_of_every_step_and_vouches_for_the_switch(database: Database, ledger: Ledger, scope: str) -> None:
    assert EVERYWHERE == PLATFORM
    turn_on(database, ledger, Switch(Kind.LANGUAGE, Language.ZH_HANS.value), scope)
    turn_on(database, ledger, scope=scope)
    lift(database, ledger, scope=scope)
    verifier = AuditVerifier(database, ledger)
    assert verifier.verify(scope).breaches == ()
    with database.read() as session:
        told = "\n".join(AuditExport(session, scope).lines())
    assert [step in told for step in ("switch:set:done", "switch:lift:asked", "switch:lift:done")] == [True] * 3
    with database.write() as session:
        session.execute(text("UPDATE kill_switch SET by = 'somebody else' WHERE kind = 'language'"))
    assert [breach.breach for breach in verifier.verify(scope).breaches] == [Breach.SWITCH_CHANGED]
    with database.write() as session:
        session.execute(text("DELETE FROM kill_switch WHERE kind = 'language'"))
    assert [breach.breach for breach in verifier.verify(scope).breaches] == [Breach.SWITCH_MISSING]


@pytest.mark.usefixtures("banks")
@pytest.mark.parametrize("scope", [BANK, EVERYWHERE])
def test_nothing_staff_maintain_changes_while_read_only_is_on(database: Database, ledger: Ledger, scope: str) -> None:
    with database.read() as session:
        require_writable(session, BANK)
    turn_on(database, ledger, Switch(Kind.READ_ONLY), scope)
    with database.read() as session, pytest.raises(ReadOnly):
        require_writable(session, BANK)
