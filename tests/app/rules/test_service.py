"""A change of the rulebook: one person proposes, all examples are run, a second person approves, both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.verification import AuditVerifier
from app.rules.errors import (
    ChangeDecided,
    ChangeNotFound,
    ChangeRefused,
    LookedElsewhere,
    NothingChanged,
    ReasonNeeded,
    RulebookMoved,
    SecondPersonNeeded,
)
from app.rules.service import RuleService
from app.rules.tables import RulebookVersionRow, RuleChangeRow
from app.rules.types import EVERYBODY, ChangeState
from app.switches.errors import ReadOnly
from app.switches.service import SwitchService
from app.switches.types import Kind, Switch
from tests.app.rules.desk import BANK, HELEN, HUGO, MAYA, TODAY, TOMORROW, YESTERDAY, RulesDesk

BORROW = {"en": "Borrow only what you can repay.", "zh-Hant": "量力而借。", "zh-Hans": "量力而借。"}
OWN_RULE = "harbour-bank.branch"


@pytest.fixture
def desk(database: Database, ledger: Ledger) -> RulesDesk:
    return RulesDesk.over(database, ledger)


def test_an_approved_change_is_in_force_at_once_and_names_another_version(desk: RulesDesk) -> None:
    before = desk.in_force()
    after = desk.bring_about(desk.edit(statement=BORROW))
    assert after.version != before.version
    assert next(rule for rule in after.disclosures if rule.id == "D01").statement.en == BORROW["en"]


def test_while_read_only_is_switched_on_nothing_is_proposed_or_approved(desk: RulesDesk) -> None:
    seen = desk.preview(desk.edit(statement=BORROW))
    change = desk.propose(seen)
    with desk.database.write() as session:
        SwitchService(session, BANK, desk.ledger).set(Switch(Kind.READ_ONLY), HELEN, "audit week")
    with pytest.raises(ReadOnly):
        desk.propose(seen)
    with pytest.raises(ReadOnly):
        desk.approve(change)
    assert desk.in_force().version == desk.rulebooks.shipped.version


def test_whoever_proposed_a_change_can_neither_approve_nor_return_it(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    with pytest.raises(SecondPersonNeeded):
        desk.approve(change, by=MAYA)
    with pytest.raises(SecondPersonNeeded), desk.database.write() as session:
        RuleService(session, BANK, desk.ledger, desk.rulebooks).send_back(change.id, MAYA, "no")
    assert desk.in_force().version == desk.rulebooks.shipped.version


def test_the_database_itself_refuses_an_approval_by_the_maker(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    with pytest.raises(IntegrityError):
        alter(desk, RuleChangeRow, state=ChangeState.APPROVED, decided_by=MAYA)
    desk.approve(change)
    with pytest.raises(IntegrityError):
        alter(desk, RulebookVersionRow, approved_by=MAYA)


def alter(desk: RulesDesk, table: type[SQLModel], **columns: object) -> None:
    """Change the one row of a table behind the service's back."""
    with desk.database.write() as session:
        row = session.exec(select(table)).one()
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


def test_a_change_that_breaks_an_example_can_not_be_sent(desk: RulesDesk) -> None:
    examples = desk.edit().before["examples"]  # type: ignore[index]
    quiet = {**examples, "must_fire": [*examples["must_fire"], "Where is the branch?"]}
    seen = desk.preview(desk.edit(examples=quiet))
    assert any("Where is the branch?" in problem for problem in seen.problems)
    with pytest.raises(ChangeRefused, match="Where is the branch"):
        desk.propose(seen)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"statement": {"en": "Only English."}}, "zh-Hant"),
        ({"source": ""}, "source"),
        ({"statement": {**BORROW, "en": "Call {nobody}."}}, "nobody"),
        ({"force": "MAYBE"}, "MAYBE"),
        ({"effective_from": "soon"}, "soon"),
    ],
)
def test_what_does_not_load_can_not_be_sent(desk: RulesDesk, fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ChangeRefused, match=fault):
        desk.propose(desk.preview(desk.edit(**fields)))


def test_what_changes_nothing_and_what_gives_no_reason_is_not_sent(desk: RulesDesk) -> None:
    with pytest.raises(ChangeRefused, match="already"):
        desk.propose(desk.preview(desk.edit()))
    with pytest.raises(NothingChanged):
        desk.propose(desk.preview())
    with pytest.raises(ReasonNeeded):
        desk.propose(desk.preview(desk.edit(statement=BORROW), reason="  "))


def test_a_preview_shows_what_fires_differently(desk: RulesDesk) -> None:
    seen = desk.preview(desk.edit(effective_from="2027-01-01"))
    cards = [each for each in seen.differences if "platinum card" in each.asked.question]
    assert cards
    assert all(each.lost == {"D01"} and not each.gained for each in cards)
    assert any("regression set is contradicted on D01" in notice for notice in seen.notices)


def test_one_institution_may_not_weaken_what_binds_all(desk: RulesDesk) -> None:
    less: tuple[dict[str, Any], ...] = (
        {"force": "CUST"},
        {"effective_to": "2026-12-31"},
        {"tags": []},
        {"licences": ["dps_member"]},
    )
    for weaker in less:
        with pytest.raises(ChangeRefused, match="only a change for all"):
            desk.propose(desk.preview(desk.edit(**weaker)))
    everybody = desk.preview(desk.edit(scope=EVERYBODY, effective_to="2026-12-31"), scope=EVERYBODY)
    assert everybody.problems == ()
    assert any("D01 is FIX and would end" in notice for notice in everybody.notices)


def test_a_rule_is_ended_never_taken_out(desk: RulesDesk) -> None:
    change = desk.edit()
    gone = type(change)(change.section, change.rule_id, change.before, None)
    with pytest.raises(ChangeRefused, match="effective_to"):
        desk.propose(desk.preview(gone))


def test_a_new_rule_of_one_institution_bears_its_name_and_binds_nobody_else(desk: RulesDesk) -> None:
    change = desk.edit("D01")
    assert change.after is not None
    named = {**change.after, "id": OWN_RULE, "title": "Branch"}
    strange = type(change)(change.section, "X99", None, {**named, "id": "X99"})
    with pytest.raises(ChangeRefused, match=r"harbour-bank\."):
        desk.propose(desk.preview(strange))
    after = desk.bring_about(type(change)(change.section, OWN_RULE, None, named))
    assert OWN_RULE in after.content.entries
    assert OWN_RULE not in desk.in_force("another-bank").content.entries


def test_a_decision_is_never_replaced_and_a_return_says_why(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    with desk.database.write() as session:
        service = RuleService(session, BANK, desk.ledger, desk.rulebooks)
        with pytest.raises(ReasonNeeded):
            service.send_back(change.id, HUGO, " ")
        returned = service.send_back(change.id, HUGO, "the Chinese is too short")
    assert (returned.state, returned.comment) == (ChangeState.RETURNED, "the Chinese is too short")
    with pytest.raises(ChangeDecided):
        desk.approve(change)


def test_only_the_maker_takes_a_change_back(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    with desk.database.write() as session:
        service = RuleService(session, BANK, desk.ledger, desk.rulebooks)
        with pytest.raises(SecondPersonNeeded):
            service.withdraw(change.id, HUGO)
        assert service.withdraw(change.id, MAYA).state is ChangeState.WITHDRAWN
        assert service.waiting() == ()


def test_of_two_changes_from_the_same_rulebook_the_second_must_be_made_again(desk: RulesDesk) -> None:
    one = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    other = desk.propose(desk.preview(desk.edit("D08", title="Deposits")))
    desk.approve(one)
    with pytest.raises(RulebookMoved):
        desk.approve(other)


def test_nobody_approves_what_they_have_not_seen(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    another = desk.preview(desk.edit("D08", title="Deposits"))
    with pytest.raises(LookedElsewhere), desk.database.write() as session:
        RuleService(session, BANK, desk.ledger, desk.rulebooks).approve(change.id, HUGO, another, TODAY)


def test_a_change_waits_for_its_day(desk: RulesDesk) -> None:
    desk.bring_about(desk.edit(statement=BORROW), on=TOMORROW)
    assert desk.in_force(on=TODAY).version == desk.rulebooks.shipped.version
    assert desk.in_force(on=TOMORROW).version != desk.rulebooks.shipped.version


def test_a_day_that_is_past_when_it_is_approved_is_today(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW), on=YESTERDAY))
    assert desk.approve(change).effective_from == TODAY


def test_what_waits_for_its_day_is_overtaken_by_a_later_approval_and_said_to_be(desk: RulesDesk) -> None:
    desk.bring_about(desk.edit(statement=BORROW), on=TOMORROW)
    with desk.database.read() as session:
        overtaken = RuleService(session, BANK, desk.ledger, desk.rulebooks).overtaken(TODAY)
    assert [version.effective_from for version in overtaken] == [TOMORROW]
    urgent = desk.bring_about(desk.edit("D08", title="Deposits"))
    assert desk.in_force(on=TOMORROW).version == urgent.version


def test_going_back_is_a_new_version(desk: RulesDesk) -> None:
    shipped = desk.in_force()
    first = desk.bring_about(desk.edit(statement=BORROW))
    second = desk.bring_about(desk.edit("D08", title="Deposits"))
    assert len({shipped.version, first.version, second.version}) == 3
    assert desk.back_to(first.content).version == first.version
    with desk.database.read() as session:
        versions = RuleService(session, BANK, desk.ledger, desk.rulebooks).versions()
    assert [(each.number, each.version) for each in versions] == [
        (3, first.version),
        (2, second.version),
        (1, first.version),
    ]


def test_another_institution_never_sees_a_change(desk: RulesDesk) -> None:
    change = desk.propose(desk.preview(desk.edit(statement=BORROW)))
    with desk.database.read() as session:
        rival = RuleService(session, "rival-bank", desk.ledger, desk.rulebooks)
        assert rival.changes() == ()
        with pytest.raises(ChangeNotFound):
            rival.change(change.id)


def test_the_log_vouches_for_changes_versions_and_their_content(desk: RulesDesk) -> None:
    desk.bring_about(desk.edit(statement=BORROW))
    change = desk.propose(desk.preview(desk.edit("D08", title="Deposits")), by=HELEN)
    verifier = AuditVerifier(desk.database, desk.ledger)
    assert verifier.verify(BANK).whole
    with desk.database.write() as session:
        row = session.exec(select(RuleChangeRow).where(RuleChangeRow.id == change.id)).one()
        row.reason = "another reason"
        session.add(row)
    assert [breach.breach.value for breach in verifier.verify(BANK).breaches] == ["rule_change_changed"]


def test_a_content_changed_where_it_is_kept_shows_in_the_log(desk: RulesDesk) -> None:
    from app.rules.tables import RulebookContentRow

    after = desk.bring_about(desk.edit(statement=BORROW))
    with desk.database.write() as session:
        row = session.get(RulebookContentRow, after.version)
        assert row is not None
        row.content = row.content.replace("repay", "borrow")
        session.add(row)
    breaches = AuditVerifier(desk.database, desk.ledger).verify(BANK).breaches
    assert [breach.breach.value for breach in breaches] == ["rulebook_changed"]
