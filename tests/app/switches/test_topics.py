"""What a topic covers, and how two people change how its answers are released."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.report import Breach
from app.evidence.verification import AuditVerifier
from app.switches.errors import ChangeNotFound, ChangeWaits, ReadOnly, SecondDeciderNeeded, TopicWrong
from app.switches.reading import standing_of, topics_of
from app.switches.service import SwitchService
from app.switches.topic_changes import TopicService
from app.switches.topics import shipped_topics, topic_of, topic_value
from app.switches.types import Composer, Kind, Mode, Route, Standing, Switch, Topic
from tests.app.worlds import add_institution, an_institution

BANK = "a-bank"
HELD = Topic("borrowing", "Borrowing", Mode.HOLD, tags=("credit_card", "loan"))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def bank(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        return add_institution(session, ledger, an_institution(BANK))


def propose(database: Database, ledger: Ledger, topic: Topic = HELD) -> str:
    with database.write() as session:
        return TopicService(session, BANK, ledger).propose(topic, "hugo", "new fee table").id


def decide(database: Database, ledger: Ledger, change: str, by: str = "helen", *, approve: bool = True) -> None:
    with database.write() as session:
        TopicService(session, BANK, ledger).decide(change, by, approve=approve)


def test_every_shipped_topic_answers_at_once_and_can_be_written_down_and_read_again() -> None:
    topics = shipped_topics()
    assert {topic.mode for topic in topics.values()} == {Mode.AUTO}
    assert {topic_id: topic_of(topic_value(topic)) for topic_id, topic in topics.items()} == topics


def test_every_tag_of_a_shipped_document_or_rule_belongs_to_a_topic_or_is_known_to_belong_to_none() -> None:
    covered = {tag for topic in shipped_topics().values() for tag in topic.tags}
    files = [*ROOT.glob("knowledge_bases/*/institution.yaml")]
    used = {
        tag
        for path in files
        for document in yaml.safe_load(path.read_text("utf-8"))["documents"]
        for tag in document.get("tags", ())
    }
    assert used - covered - {"account", "general", "privacy"} == set()


def test_a_finding_that_a_topic_names_is_a_conduct_rule() -> None:
    written = (ROOT / "guardrails/rulebook/conduct.yaml").read_text("utf-8")
    rules = set(re.findall(r"^  - id: (\w+)", written, re.MULTILINE))
    assert {finding for topic in shipped_topics().values() for finding in topic.findings} <= rules


@pytest.mark.parametrize(
    "value",
    [
        {"id": "A topic"},
        {"title": ""},
        {"mode": "maybe"},
        {"composer": "poet"},
        {"tags": []},
        {"tags": ["no blanks here"]},
        {"tags": [f"tag-{number}" for number in range(51)]},
    ],
)
def test_a_topic_that_covers_nothing_or_has_odd_names_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(TopicWrong):
        topic_of({"id": "a-topic", "title": "A topic", "mode": "auto", "tags": ["loan"], **value})


def test_the_strictest_route_of_all_topics_holds() -> None:
    auto, held, refused = (Topic(mode.value, "", mode, tags=("t",)) for mode in Mode)
    assert Standing().route_of([]) is Route.AUTO
    assert Standing().route_of([held, auto]) is Route.HOLD
    assert Standing().route_of([refused, held]) is Route.REFUSE
    assert Standing((Switch(Kind.TOPIC, "auto"),)).route_of([refused, auto]) is Route.SUSPENDED


def test_a_change_is_in_force_once_a_second_person_has_approved_it(
    database: Database, ledger: Ledger, bank: str
) -> None:
    change = propose(database, ledger)
    with database.read() as session:
        assert standing_of(session, bank) == Standing()
    with pytest.raises(SecondDeciderNeeded):
        decide(database, ledger, change, by="hugo")
    decide(database, ledger, change)
    with database.read() as session:
        assert standing_of(session, bank) == Standing(topics=(HELD,))
    with pytest.raises(ChangeNotFound):
        decide(database, ledger, change)
    assert AuditVerifier(database, ledger).verify(bank).breaches == ()


def test_a_composer_of_its_own_takes_two_people_as_well_and_stands_in_the_log(
    database: Database, ledger: Ledger, bank: str
) -> None:
    quoted = replace(shipped_topics()["borrowing"], composer=Composer.QUOTE)
    change = propose(database, ledger, quoted)
    with database.read() as session:
        assert standing_of(session, BANK) == Standing()
    decide(database, ledger, change)
    with database.read() as session:
        assert standing_of(session, BANK) == Standing(topics=(quoted,))
        assert standing_of(session, BANK).route_of((quoted,)) is Route.AUTO
    report = AuditVerifier(database, ledger).verify(bank)
    assert report.breaches == ()
    with database.write() as session:
        session.execute(text("UPDATE topic_change SET content = :generate"), {"generate": '{"composer": "generate"}'})
    assert Breach.TOPIC_CHANGED in [breach.breach for breach in AuditVerifier(database, ledger).verify(bank).breaches]


def test_a_topic_that_says_it_is_generated_is_like_any_other_in_what_is_switched(
    database: Database, ledger: Ledger, bank: str
) -> None:
    decide(database, ledger, propose(database, ledger, replace(HELD, mode=Mode.AUTO, composer=Composer.GENERATE)))
    with database.read() as session:
        assert standing_of(session, BANK) == Standing()
        assert topics_of(session, BANK)["borrowing"].composer is Composer.GENERATE


def test_a_change_that_was_turned_down_changes_nothing_and_another_may_be_proposed(
    database: Database, ledger: Ledger, bank: str
) -> None:
    change = propose(database, ledger)
    with pytest.raises(ChangeWaits):
        propose(database, ledger)
    decide(database, ledger, change, approve=False)
    with database.read() as session:
        assert standing_of(session, bank) == Standing()
    propose(database, ledger)


def test_an_institution_may_have_a_topic_of_its_own_which_may_be_suspended(
    database: Database, ledger: Ledger, bank: str
) -> None:
    own = Topic("gold-card", "The gold card", Mode.AUTO, products=("gold-card",))
    decide(database, ledger, propose(database, ledger, own))
    with database.write() as session:
        SwitchService(session, bank, ledger).set(Switch(Kind.TOPIC, "gold-card"), "hugo", "wrong fee")
    with database.read() as session:
        assert standing_of(session, bank) == Standing((Switch(Kind.TOPIC, "gold-card"),), (own,))


def test_the_database_refuses_a_decision_by_who_proposed(database: Database, ledger: Ledger, bank: str) -> None:
    propose(database, ledger)
    alone = text("UPDATE topic_change SET decided_by = by, decided_at = at, approved = :yes")
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(alone, {"yes": True})


def test_a_mode_changed_behind_the_services_back_shows_in_the_log(
    database: Database, ledger: Ledger, bank: str
) -> None:
    decide(database, ledger, propose(database, ledger))
    with database.write() as session:
        session.execute(text("UPDATE topic_change SET topic = 'fees'"))
    assert Breach.TOPIC_CHANGED in [breach.breach for breach in AuditVerifier(database, ledger).verify(bank).breaches]


def test_no_mode_changes_while_read_only_is_on(database: Database, ledger: Ledger, bank: str) -> None:
    change = propose(database, ledger)
    with database.write() as session:
        SwitchService(session, bank, ledger).set(Switch(Kind.READ_ONLY), "hugo", "audit week")
    with pytest.raises(ReadOnly):
        decide(database, ledger, change)
    with pytest.raises(ReadOnly):
        propose(database, ledger, Topic("fees", "Fees", Mode.HOLD, tags=("fees",)))
