"""The index of cited versions: written with the evidence, filled for older answers, proved both ways, never trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.conversations.service import ConversationService
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.citation_agreement import compare_citations
from app.evidence.citation_filling import fill
from app.evidence.citations import CitationIndex, CitedVersion
from app.evidence.errors import CitationsChanged, CitedVersionWithdrawn
from app.evidence.report import Breach
from app.evidence.service import EvidenceService
from app.evidence.types import DraftRecord, Evidence
from app.evidence.verification import AuditVerifier
from knowledge_bases.schema import VersionKey
from tests.app.worlds import (
    FEES,
    add_institution,
    an_institution,
    an_upload,
    publish,
    some_evidence,
    start_conversation,
)

BANK, OTHER = "harbour-bank", "other-bank"
TERMS = VersionKey("card-terms", "1")
UNLISTED = ("DELETE FROM citation_list", "DELETE FROM cited_version")


@pytest.fixture
def answers(database: Database, ledger: Ledger) -> list[Evidence]:
    """Three answers in two conversations: one cites the fees, one the terms as well, one nothing."""
    with database.write() as session:
        add_institution(session, ledger)
        add_institution(session, ledger, an_institution(OTHER))
        for key in (FEES, TERMS):
            publish(session, BANK, ledger, an_upload(key))
        first, second = (start_conversation(session, BANK, ledger) for _ in range(2))
        made = [some_evidence(first, FEES), some_evidence(second, FEES, TERMS), some_evidence(second)]
        for evidence in made:
            service(session, ledger).record(evidence)
    return made


def service(session: Session, ledger: Ledger, bank: str = BANK) -> EvidenceService:
    return EvidenceService(session, bank, ledger)


def change(database: Database, *statements: str, **values: object) -> None:
    with database.write() as session:
        for statement in statements:
            session.execute(text(statement), values)


def citing(database: Database, ledger: Ledger, key: VersionKey, bank: str = BANK) -> list[str]:
    with database.read() as session:
        return [listed.answer_id for listed in service(session, ledger, bank).citing(key, 10)]


def needed(database: Database, ledger: Ledger) -> set[VersionKey]:
    with database.read() as session:
        return {cited.key for listing in service(session, ledger).listings() for cited in listing.cited}


def breaches(database: Database, ledger: Ledger) -> list[tuple[Breach, str]]:
    return [(b.breach, b.subject_id) for b in AuditVerifier(database, ledger).verify(BANK).breaches]


def disagreements(database: Database, ledger: Ledger) -> tuple[str, ...]:
    with database.read() as session:
        return compare_citations(session, BANK, ledger).disagreements


def test_recording_lists_what_an_answer_cites_newest_first_and_for_its_own_institution_only(
    database: Database, ledger: Ledger, answers: list[Evidence]
) -> None:
    fees, both, _ = (evidence.answer_id for evidence in answers)
    assert citing(database, ledger, FEES) == [both, fees]
    assert citing(database, ledger, TERMS) == [both]
    assert citing(database, ledger, FEES, OTHER) == []
    assert (breaches(database, ledger), disagreements(database, ledger)) == ([], ())


def test_pages_of_citing_answers_leave_none_out(database: Database, ledger: Ledger, answers: list[Evidence]) -> None:
    same_time = [replace(some_evidence(e.conversation_id, FEES), created_at=answers[0].created_at) for e in answers]
    with database.write() as session:
        for evidence in same_time:
            service(session, ledger).record(evidence)
    found, last = [], None
    with database.read() as session:
        while some := service(session, ledger).citing(FEES, 2, last):
            found += [listed.answer_id for listed in some]
            last = some[-1]
    assert sorted(found) == sorted(e.answer_id for e in (*answers[:2], *same_time))


def test_a_draft_that_was_held_is_needed_but_was_never_told(
    database: Database, ledger: Ledger, answers: list[Evidence]
) -> None:
    held = some_evidence(answers[0].conversation_id, TERMS)
    held = replace(held, sentences=(), drafts=(DraftRecord("quoting", held.sentences),))
    with database.write() as session:
        service(session, ledger).record(held)
    change(database, "DELETE FROM cited_version WHERE answer_id = :id", id=answers[1].answer_id)
    change(database, "DELETE FROM citation_list WHERE answer_id = :id", id=answers[1].answer_id)
    with database.read() as session:
        listings = {listing.answer_id: listing for listing in CitationIndex(session, BANK, ledger).sound()}
    assert listings[held.answer_id].cited == (CitedVersion(TERMS, "p" * 64, released=False),)
    assert held.answer_id not in citing(database, ledger, TERMS)


def test_evidence_that_is_refused_lists_nothing(database: Database, ledger: Ledger, answers: list[Evidence]) -> None:
    refused = some_evidence(answers[0].conversation_id, VersionKey("never", "1"))
    with pytest.raises(CitedVersionWithdrawn), database.write() as session:
        service(session, ledger).record(refused)
    assert citing(database, ledger, VersionKey("never", "1")) == []


def test_answers_from_before_the_index_are_read_until_they_are_listed(
    database: Database, ledger: Ledger, answers: list[Evidence]
) -> None:
    change(database, *UNLISTED)
    assert set(citing(database, ledger, TERMS)) == {evidence.answer_id for evidence in answers}
    assert needed(database, ledger) == {FEES, TERMS}
    assert AuditVerifier(database, ledger).verify(BANK).unlisted == 3
    assert fill(database, ledger, BANK) == 3
    assert fill(database, ledger, BANK) == 0
    assert citing(database, ledger, TERMS) == [answers[1].answer_id]
    assert needed(database, ledger) == {FEES, TERMS}
    assert AuditVerifier(database, ledger).verify(BANK).unlisted == 0
    assert (breaches(database, ledger), disagreements(database, ledger)) == ([], ())


def test_a_filling_that_is_killed_goes_on_where_it_was(
    database: Database, ledger: Ledger, answers: list[Evidence], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.evidence.citation_filling.AT_ONCE", 1)
    change(database, *UNLISTED)
    lots = iter([None, None])  # the third lot is not begun

    class Killed(BaseException):
        pass

    def breathe() -> None:
        if next(lots, Killed) is Killed:
            raise Killed

    with pytest.raises(Killed):
        fill(database, ledger, BANK, breathe)
    assert AuditVerifier(database, ledger).verify(BANK).unlisted == 1
    assert fill(database, ledger, BANK) == 1
    assert disagreements(database, ledger) == ()


def test_an_erased_answer_is_needed_no_more_and_is_filled_as_citing_nothing(
    database: Database, ledger: Ledger, answers: list[Evidence]
) -> None:
    with database.write() as session:
        ConversationService(session, BANK, ledger).erase(answers[1].conversation_id, "tests")
    assert needed(database, ledger) == {FEES}
    assert disagreements(database, ledger) == ()
    change(database, *UNLISTED)
    assert fill(database, ledger, BANK) == 3
    assert needed(database, ledger) == {FEES}
    assert (breaches(database, ledger), disagreements(database, ledger)) == ([], ())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM cited_version WHERE answer_id = :id",
        "UPDATE cited_version SET version = 'other' WHERE answer_id = :id",
        "UPDATE cited_version SET parse_sha256 = 'other' WHERE answer_id = :id",
        "UPDATE cited_version SET released = NOT released WHERE answer_id = :id",
        "UPDATE citation_list SET snapshot = 'other' WHERE answer_id = :id",
        "UPDATE citation_list SET conversation_id = 'other' WHERE answer_id = :id",
        "UPDATE citation_list SET mac = '' WHERE answer_id = :id",
        "DELETE FROM citation_list WHERE answer_id = :id",
    ],
)
def test_a_list_that_was_tampered_with_is_named_and_stops_retention(
    database: Database, ledger: Ledger, answers: list[Evidence], statement: str
) -> None:
    changed = answers[0].answer_id
    change(database, statement, id=changed)
    assert breaches(database, ledger) == [(Breach.CITATIONS_CHANGED, changed)]
    assert any(changed in sentence and "changed" in sentence for sentence in disagreements(database, ledger))
    if statement.startswith("DELETE FROM citation_list"):
        assert needed(database, ledger) == {FEES, TERMS}  # unlisted: read from its evidence
    else:
        with pytest.raises(CitationsChanged):
            needed(database, ledger)


def test_a_list_of_another_answer_s_citations_disagrees_with_the_evidence(
    database: Database, ledger: Ledger, answers: list[Evidence]
) -> None:
    """As a fault of the product would write it: the digest is right, what it is over is not."""
    wrong = answers[0].answer_id
    change(database, *(f"{statement} WHERE answer_id = :id" for statement in UNLISTED), id=wrong)
    with database.write() as session:
        index = CitationIndex(session, BANK, ledger)
        (other,) = [listing for listing in index.sound() if listing.answer_id == answers[1].answer_id]
        index.add(replace(other, answer_id=wrong))
        index.add(replace(other, answer_id="nobody's"))
    assert [sentence.split(":")[0] for sentence in disagreements(database, ledger)] == [
        "answer nobody's is listed as citing, but has no evidence",
        f"answer {wrong} cites other versions than are listed",
    ]
