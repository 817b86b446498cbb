"""Recording evidence: stored before release, only while all it cites is in force, sealed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, select

from app.conversations.errors import ConversationErased, ConversationNotFound, SealBroken
from app.conversations.service import ConversationService
from app.db.session import Database
from app.documents.publishing import Publishing
from app.evidence.audit import Ledger
from app.evidence.errors import CitedVersionWithdrawn, EvidenceNotFound
from app.evidence.service import EvidenceService
from app.evidence.tables import AuditEntryRow, EvidenceRow
from app.evidence.types import Evidence
from knowledge_bases.schema import VersionKey
from tests.app.worlds import (
    CHECKER,
    add_institution,
    an_institution,
    an_upload,
    publish,
    some_evidence,
    start_conversation,
)

BANK = "harbour-bank"


@pytest.fixture
def key(database: Database, ledger: Ledger) -> VersionKey:
    with database.write() as session:
        add_institution(session, ledger)
        return publish(session, BANK, ledger)


def record(database: Database, ledger: Ledger, *keys: VersionKey, as_of: date | None = None) -> Evidence:
    with database.write() as session:
        evidence = some_evidence(start_conversation(session, BANK, ledger), *keys)
        evidence = replace(evidence, as_of=as_of or evidence.as_of)
        EvidenceService(session, BANK, ledger).record(evidence)
    return evidence


def stored(database: Database) -> tuple[int, int]:
    with database.read() as session:
        entries = [e for e in session.exec(select(AuditEntryRow)) if e.action.startswith("answer:")]
        return len(session.exec(select(EvidenceRow)).all()), len(entries)


def test_recorded_evidence_reads_back_equal(database: Database, ledger: Ledger, key: VersionKey) -> None:
    evidence = record(database, ledger, key)
    with database.read() as session:
        assert EvidenceService(session, BANK, ledger).get(evidence.answer_id) == evidence
        assert EvidenceService(session, BANK, ledger).of_conversation(evidence.conversation_id) == (evidence,)


def test_nothing_readable_of_it_is_stored(database: Database, ledger: Ledger, key: VersionKey) -> None:
    record(database, ledger, key)
    with database.read() as session:
        [row] = session.exec(select(EvidenceRow)).all()
        fields = " ".join(e.fields for e in session.exec(select(AuditEntryRow)))
    assert b"annual fee" not in row.ciphertext
    assert "annual fee" not in fields
    assert "1,800" not in fields


def test_a_withdrawn_version_can_no_longer_be_cited(database: Database, ledger: Ledger, key: VersionKey) -> None:
    with database.write() as session:
        Publishing(session, BANK, ledger).withdraw(key, CHECKER, "wrong fee")
    with pytest.raises(CitedVersionWithdrawn) as refused:
        record(database, ledger, key)
    assert refused.value.keys == {key}
    assert stored(database) == (0, 0)


def test_a_version_that_was_never_published_can_not_be_cited(
    database: Database, ledger: Ledger, key: VersionKey
) -> None:
    with pytest.raises(CitedVersionWithdrawn):
        record(database, ledger, key, VersionKey("made-up", "1"))
    assert stored(database) == (0, 0)


def test_a_superseded_version_can_be_cited_as_of_its_days_only(database: Database, ledger: Ledger) -> None:
    old, new = VersionKey("limits", "2023"), VersionKey("limits", "2024")
    with database.write() as session:
        add_institution(session, ledger)
        publish(session, BANK, ledger, an_upload(old, effective_from=date(2023, 1, 1)))
        publish(session, BANK, ledger, an_upload(new, effective_from=date(2024, 10, 1)))
    record(database, ledger, old, as_of=date(2024, 9, 30))
    with pytest.raises(CitedVersionWithdrawn):
        record(database, ledger, old, as_of=date(2024, 10, 1))


def test_an_answer_that_cites_nothing_is_recorded(database: Database, ledger: Ledger, key: VersionKey) -> None:
    evidence = record(database, ledger)
    with database.read() as session:
        assert EvidenceService(session, BANK, ledger).get(evidence.answer_id).cited == frozenset()


def test_a_recheck_that_raises_stores_nothing(database: Database, ledger: Ledger, key: VersionKey) -> None:
    def switched_off(_session: Session) -> None:
        raise RuntimeError("switched off")

    def answer() -> None:
        with database.write() as session:
            evidence = some_evidence(start_conversation(session, BANK, ledger), key)
            EvidenceService(session, BANK, ledger).record(evidence, switched_off)

    with pytest.raises(RuntimeError, match="switched off"):
        answer()
    assert stored(database) == (0, 0)


def test_a_withdrawal_at_the_same_moment_comes_wholly_before_or_after(
    database: Database, ledger: Ledger, key: VersionKey
) -> None:
    """The recording transaction has looked and not yet committed: the withdrawal waits for it."""
    looked, withdrawn = threading.Event(), threading.Event()

    def withdraw() -> None:
        looked.wait(10)
        with database.write() as session:
            Publishing(session, BANK, ledger).withdraw(key, CHECKER, "wrong fee")
        withdrawn.set()

    def pause(_session: Session) -> None:
        looked.set()
        assert not withdrawn.wait(0.3)

    other = threading.Thread(target=withdraw)
    other.start()
    with database.write() as session:
        evidence = some_evidence(start_conversation(session, BANK, ledger), key)
        EvidenceService(session, BANK, ledger).record(evidence, pause)
    other.join(10)
    assert withdrawn.is_set()
    assert stored(database) == (1, 1)


def test_a_stored_answer_outlives_the_withdrawal_of_what_it_cites(
    database: Database, ledger: Ledger, key: VersionKey
) -> None:
    evidence = record(database, ledger, key)
    with database.write() as session:
        Publishing(session, BANK, ledger).withdraw(key, CHECKER, "wrong fee")
    with database.read() as session:
        assert EvidenceService(session, BANK, ledger).get(evidence.answer_id) == evidence


def test_evidence_of_an_erased_conversation_can_not_be_read(
    database: Database, ledger: Ledger, key: VersionKey
) -> None:
    evidence = record(database, ledger, key)
    with database.write() as session:
        ConversationService(session, BANK, ledger).erase(evidence.conversation_id, by="operator-1")
    with database.read() as session, pytest.raises(ConversationErased):
        EvidenceService(session, BANK, ledger).get(evidence.answer_id)


def test_changed_evidence_does_not_open(database: Database, ledger: Ledger, key: VersionKey) -> None:
    evidence = record(database, ledger, key)
    with database.write() as session:
        session.exec(select(EvidenceRow)).one().ciphertext = b"\0" * 64
    with database.read() as session, pytest.raises(SealBroken):
        EvidenceService(session, BANK, ledger).get(evidence.answer_id)


def test_another_institution_neither_reads_nor_records_it(database: Database, ledger: Ledger, key: VersionKey) -> None:
    evidence = record(database, ledger, key)
    with database.write() as session:
        add_institution(session, ledger, an_institution("other-bank"))
        with pytest.raises(EvidenceNotFound):
            EvidenceService(session, "other-bank", ledger).get(evidence.answer_id)
        with pytest.raises(ConversationNotFound):
            EvidenceService(session, "other-bank", ledger).record(some_evidence(evidence.conversation_id))
