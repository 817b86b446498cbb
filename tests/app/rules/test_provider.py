"""Which rulebook answers: asked of the database each time, never none, and the last good one where one is broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session

from app.db.errors import DatabaseAway
from app.db.session import Database
from app.evidence.audit import Ledger
from app.rules.provider import GRACE_S, StoredRulebooks
from app.rules.tables import RulebookContentRow
from app.rules.types import EVERYBODY
from guardrails.errors import RulebookError
from guardrails.rulebook import Rulebook, rulebook_of
from guardrails.rulebook_content import completed
from tests.app.rules.desk import BANK, TODAY, RulesDesk
from tests.app.small_bank import one_rulebook

BORROW = {"en": "Borrow only what you can repay.", "zh-Hant": "量力而借。", "zh-Hans": "量力而借。"}


@pytest.fixture
def desk(database: Database, ledger: Ledger) -> RulesDesk:
    return RulesDesk.over(database, ledger)


def spoil(desk: RulesDesk, version: str, content: str = "{}") -> None:
    with desk.database.write() as session:
        row = session.get(RulebookContentRow, version)
        assert row is not None
        row.content = content
        session.add(row)


def another_process(desk: RulesDesk) -> StoredRulebooks:
    return StoredRulebooks.over(desk.database, one_rulebook)


def test_another_process_answers_by_an_approved_change_at_once(desk: RulesDesk) -> None:
    other = another_process(desk)
    before = other.in_force(BANK, TODAY)
    after = desk.bring_about(desk.edit(statement=BORROW))
    assert other.in_force(BANK, TODAY).version == after.version != before.version


def test_a_change_for_everybody_reaches_those_without_one_of_their_own(desk: RulesDesk) -> None:
    own = desk.bring_about(desk.edit("D08", title="Deposits"))
    everybody = desk.bring_about(desk.edit(scope=EVERYBODY, statement=BORROW), scope=EVERYBODY)
    assert desk.in_force("another-bank").version == everybody.version
    assert desk.in_force(BANK).version == own.version


def test_an_institution_that_goes_back_to_what_binds_everybody_follows_it_again(desk: RulesDesk) -> None:
    desk.bring_about(desk.edit("D08", title="Deposits"))
    desk.back_to(desk.in_force(EVERYBODY).content)
    everybody = desk.bring_about(desk.edit(scope=EVERYBODY, statement=BORROW), scope=EVERYBODY)
    assert desk.in_force(BANK).version == everybody.version


def test_an_approved_change_survives_an_upgrade_of_the_shipped_rules(desk: RulesDesk) -> None:
    approved = desk.bring_about(desk.edit(statement=BORROW))
    upgraded = StoredRulebooks.over(desk.database, lambda: retitled("D08"))
    with desk.database.read() as session:
        standing = upgraded.standing(session, BANK, TODAY)
        assert standing.rulebook.version == approved.version
        assert standing.row is not None
        assert standing.row.below != upgraded.below(session, BANK, TODAY).version  # which shows as: review


def test_a_rulebook_that_does_not_load_gives_way_to_the_one_before_and_says_so(desk: RulesDesk) -> None:
    first = desk.bring_about(desk.edit(statement=BORROW))
    second = desk.bring_about(desk.edit("D08", title="Deposits"))
    spoil(desk, second.version)
    other = another_process(desk)
    assert other.in_force(BANK, TODAY).version == first.version
    with desk.database.read() as session:
        problems = other.standing(session, BANK, TODAY).problems
    assert len(problems) == 1
    assert "does not load" in problems[0]


def test_a_rulebook_changed_where_it_is_kept_does_not_answer(desk: RulesDesk) -> None:
    approved = desk.bring_about(desk.edit(statement=BORROW))
    spoil(desk, approved.version, approved.content.text.replace("repay", "borrow"))
    assert another_process(desk).in_force(BANK, TODAY).version == desk.rulebooks.shipped.version


def test_shipped_files_with_an_error_leave_the_last_good_rulebook_in_force(desk: RulesDesk) -> None:
    broken = StoredRulebooks.over(desk.database, refuse)
    assert broken.in_force(BANK, TODAY).version == desk.rulebooks.shipped.version
    assert broken.problem is not None
    assert "banking.yaml" in broken.problem


def test_without_any_good_rulebook_nothing_starts(database: Database) -> None:
    with pytest.raises(RulebookError, match=r"banking\.yaml"):
        StoredRulebooks.over(database, refuse)


def test_every_rulebook_that_ever_answered_is_found_by_its_version(desk: RulesDesk) -> None:
    approved = desk.bring_about(desk.edit(statement=BORROW))
    upgraded = StoredRulebooks.over(desk.database, lambda: retitled("D08"))
    for version in (approved.version, desk.rulebooks.shipped.version, upgraded.shipped.version):
        found = upgraded.of_version(version)
        assert found is not None
        assert found.version == version
    assert upgraded.of_version("f" * 64) is None


def test_while_the_database_is_away_answers_begin_by_what_was_in_force_for_a_minute_only(desk: RulesDesk) -> None:
    now = 1000.0
    rulebooks = StoredRulebooks(Interrupted(desk.database.engine), one_rulebook(), clock=lambda: now)
    approved = desk.bring_about(desk.edit(statement=BORROW))
    assert rulebooks.in_force(BANK, TODAY).version == approved.version
    Interrupted.away = True
    try:
        now += GRACE_S
        assert rulebooks.in_force(BANK, TODAY).version == approved.version
        now += 1
        with pytest.raises(DatabaseAway):
            rulebooks.in_force(BANK, TODAY)
        with pytest.raises(DatabaseAway):
            rulebooks.in_force("never-asked", TODAY)
    finally:
        Interrupted.away = False


class Interrupted(Database):
    """A database that can be taken away."""

    away = False

    @contextmanager
    def read(self) -> Iterator[Session]:
        if self.away:
            raise DatabaseAway
        with super().read() as session:
            yield session


def retitled(rule_id: str) -> Rulebook:
    """The shipped rulebook of another release."""
    content = one_rulebook().content
    section = content.section_of(rule_id) or ""
    retitled = content.with_entry(section, rule_id, {**content.entries[rule_id], "title": "Another title"})
    return rulebook_of(retitled.parts)


def refuse() -> Rulebook:
    raise RulebookError("banking.yaml is not valid YAML; correct the file")


def test_a_stored_rulebook_older_than_a_reason_takes_that_reasons_words_from_the_program() -> None:
    shipped = one_rulebook().content
    refusal = next(entry for entry in shipped.entries.values() if "advice" in entry.get("reasons", ()))
    older = shipped.with_entry("conduct", refusal["id"], None)
    assert completed(older, shipped) == shipped
    mended = {**refusal, "reasons": ["advice", "a_reason_of_the_past"], "title": "Our own title"}
    own = shipped.with_entry("conduct", refusal["id"], mended)
    assert completed(own, shipped).entries[refusal["id"]] == {**mended, "reasons": ["advice"]}


def test_a_rulebook_read_from_the_database_is_the_one_that_was_written() -> None:
    shipped = one_rulebook()
    read = rulebook_of(type(shipped.content).read(shipped.content.text).parts)
    assert read.version == read.content.version == shipped.version
    assert [rule.id for rule in read.disclosures] == [rule.id for rule in shipped.disclosures]
    assert read.content == shipped.content
