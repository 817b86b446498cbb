"""From draft into force: two people, one snapshot, nothing half done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.db.session import Database
from app.documents.errors import FourEyesRequired, VersionExists, VersionNotFound, WrongStatus
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import Ingested, Progress, SnapshotMove, Stage, VersionStatus
from app.evidence.audit import Ledger
from app.evidence.tables import AuditEntryRow
from app.institutions.errors import SnapshotMoved
from app.institutions.service import InstitutionService
from knowledge_bases.schema import VersionKey
from tests.app.worlds import (
    CHECKER,
    FEES,
    MAKER,
    add_institution,
    an_institution,
    an_upload,
    bring_to_approved,
    publish,
)

BANK = "harbour-bank"
NEXT = VersionKey("card-fees", "2027-01")
TODAY = date(2026, 11, 22)


@pytest.fixture
def bank(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        return add_institution(session, ledger)


def status_of(database: Database, ledger: Ledger, key: VersionKey) -> VersionStatus:
    with database.read() as session:
        return DocumentService(session, BANK, ledger).get(key).status


def catalogue(database: Database, ledger: Ledger, on: date) -> frozenset[VersionKey]:
    with database.read() as session:
        return DocumentService(session, BANK, ledger).catalogue(on)


def test_an_upload_is_a_draft_in_force_nowhere(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        stored = DocumentService(session, BANK, ledger).register(an_upload(effective_from=date(2026, 1, 1)))
    assert (stored.status, stored.progress) == (VersionStatus.DRAFT, Progress(Stage.RECEIVED))
    assert catalogue(database, ledger, TODAY) == frozenset()


def test_the_same_file_again_is_the_same_version(database: Database, ledger: Ledger, bank: str) -> None:
    for _ in range(2):
        with database.write() as session:
            DocumentService(session, BANK, ledger).register(an_upload())
    with database.read() as session:
        assert len(DocumentService(session, BANK, ledger).all()) == 1


def test_a_label_never_stands_for_two_files(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        DocumentService(session, BANK, ledger).register(an_upload())
        with pytest.raises(VersionExists):
            DocumentService(session, BANK, ledger).register(replace(an_upload(), file_sha256="f" * 64))


def test_what_is_known_of_a_version_reads_back_equal(database: Database, ledger: Ledger, bank: str) -> None:
    upload = an_upload(
        product="credit-card",
        tags=frozenset({"fees", "credit_card"}),
        as_at=date(2026, 1, 1),
        effective_from=date(2026, 1, 1),
        effective_to=date(2027, 1, 1),
        sibling="card-fees-zh",
    )
    with database.write() as session:
        DocumentService(session, BANK, ledger).register(upload)
    with database.read() as session:
        assert DocumentService(session, BANK, ledger).get(FEES).info == upload.info


def test_a_failed_ingestion_says_why_and_can_not_be_approved(database: Database, ledger: Ledger, bank: str) -> None:
    reason = "fees.pdf is encrypted; save it without a password."
    with database.write() as session:
        documents = DocumentService(session, BANK, ledger)
        key = documents.register(an_upload()).info.key
        documents.mark_failed(key, reason)
        progress = documents.get(key).progress
        assert (progress.stage, progress.error) == (Stage.FAILED, reason)
        Publishing(session, BANK, ledger).submit(key, MAKER)
        with pytest.raises(WrongStatus, match="not read yet"):
            Publishing(session, BANK, ledger).approve(key, CHECKER)


def test_publishing_puts_a_version_in_force_and_moves_the_pointer(
    database: Database, ledger: Ledger, bank: str
) -> None:
    with database.write() as session:
        publish(session, BANK, ledger)
    with database.read() as session:
        pointer = InstitutionService(session, ledger).pointer(BANK)
    assert (pointer.snapshot_id, pointer.generation) == ("snapshot-1", 1)
    assert catalogue(database, ledger, TODAY) == {FEES}


def test_who_uploaded_can_not_approve(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        DocumentService(session, BANK, ledger).register(an_upload())
        Publishing(session, BANK, ledger).submit(FEES, MAKER)
        with pytest.raises(FourEyesRequired):
            Publishing(session, BANK, ledger).approve(FEES, MAKER)
    assert status_of(database, ledger, FEES) is VersionStatus.IN_REVIEW


def test_the_database_too_refuses_one_person_as_maker_and_checker(
    database: Database, ledger: Ledger, bank: str
) -> None:
    with database.write() as session:
        bring_to_approved(session, BANK, ledger, an_upload())
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE document_version SET approved_by = uploaded_by"))
        session.rollback()


def test_the_database_refuses_to_publish_what_nobody_approved(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        DocumentService(session, BANK, ledger).register(an_upload())
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE document_version SET status = 'published'"))
        session.rollback()


def test_a_sample_institution_lets_one_person_publish_and_the_log_says_so(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        add_institution(session, ledger, an_institution(self_publish=True))
        DocumentService(session, BANK, ledger).register(an_upload())
        DocumentService(session, BANK, ledger).mark_ingested(FEES, Ingested("p" * 64, "{}", 3))
        Publishing(session, BANK, ledger).submit(FEES, MAKER)
        Publishing(session, BANK, ledger).approve(FEES, MAKER)
    with database.read() as session:
        assert DocumentService(session, BANK, ledger).get(FEES).self_published
        assert "version:approve:self" in [e.action for e in session.exec(select(AuditEntryRow))]


@pytest.mark.parametrize("step", ["approve", "publish", "reject"])
def test_no_step_can_be_skipped(database: Database, ledger: Ledger, bank: str, step: str) -> None:
    with database.write() as session:
        DocumentService(session, BANK, ledger).register(an_upload())
        publishing = Publishing(session, BANK, ledger)
        steps = {
            "approve": lambda: publishing.approve(FEES, CHECKER),
            "publish": lambda: publishing.publish([FEES], CHECKER, SnapshotMove("s", 0)),
            "reject": lambda: publishing.reject(FEES, CHECKER, "the fee is last year's"),
        }
        with pytest.raises(WrongStatus):
            steps[step]()


def test_a_rejected_version_is_a_draft_again_and_needs_a_new_approval(
    database: Database, ledger: Ledger, bank: str
) -> None:
    with database.write() as session:
        bring_to_approved(session, BANK, ledger, an_upload())
        Publishing(session, BANK, ledger).reject(FEES, CHECKER, "the fee is last year's")
    with database.read() as session:
        version = DocumentService(session, BANK, ledger).get(FEES)
    assert (version.status, version.approved_by) == (VersionStatus.DRAFT, None)


def test_a_scheduled_version_takes_over_on_its_day_without_an_event(
    database: Database, ledger: Ledger, bank: str
) -> None:
    start = date(2027, 1, 1)
    with database.write() as session:
        publish(session, BANK, ledger, an_upload(effective_from=date(2026, 1, 1)))
        publish(session, BANK, ledger, an_upload(NEXT, effective_from=start))
    assert catalogue(database, ledger, start - timedelta(days=1)) == {FEES}
    assert catalogue(database, ledger, start) == {NEXT}
    assert status_of(database, ledger, FEES) is VersionStatus.SUPERSEDED


def test_a_new_version_without_dates_takes_over_today(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        publish(session, BANK, ledger)
        publish(session, BANK, ledger, an_upload(NEXT))
    assert catalogue(database, ledger, date(2099, 1, 1)) == {NEXT}
    assert catalogue(database, ledger, date(2026, 1, 1)) == {FEES}


def test_a_builder_that_was_overtaken_publishes_nothing(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        publish(session, BANK, ledger)
        bring_to_approved(session, BANK, ledger, an_upload(NEXT))

    def publish_late() -> None:
        with database.write() as session:
            Publishing(session, BANK, ledger).publish([NEXT], CHECKER, SnapshotMove("late", 0))

    with pytest.raises(SnapshotMoved):
        publish_late()
    assert status_of(database, ledger, NEXT) is VersionStatus.APPROVED
    assert catalogue(database, ledger, TODAY) == {FEES}


def test_a_withdrawn_version_is_in_force_on_no_day_and_stays_withdrawn(
    database: Database, ledger: Ledger, bank: str
) -> None:
    with database.write() as session:
        publish(session, BANK, ledger)
        Publishing(session, BANK, ledger).withdraw(FEES, CHECKER, "wrong fee")
    assert catalogue(database, ledger, TODAY) == frozenset()
    with database.write() as session, pytest.raises(WrongStatus):
        Publishing(session, BANK, ledger).withdraw(FEES, CHECKER, "again")


def test_the_version_before_a_withdrawn_one_does_not_come_back(database: Database, ledger: Ledger, bank: str) -> None:
    third = VersionKey("card-fees", "2028-01")
    with database.write() as session:
        publish(session, BANK, ledger, an_upload(effective_from=date(2025, 1, 1)))
        publish(session, BANK, ledger, an_upload(NEXT, effective_from=date(2026, 1, 1)))
        Publishing(session, BANK, ledger).withdraw(NEXT, CHECKER, "wrong fee")
        publish(session, BANK, ledger, an_upload(third, effective_from=date(2027, 1, 1)))
    assert catalogue(database, ledger, TODAY) == frozenset()
    assert status_of(database, ledger, NEXT) is VersionStatus.WITHDRAWN
    assert catalogue(database, ledger, date(2025, 6, 1)) == {FEES}


def test_a_version_of_another_institution_is_not_found(database: Database, ledger: Ledger, bank: str) -> None:
    with database.write() as session:
        publish(session, BANK, ledger)
        add_institution(session, ledger, an_institution("other-bank"))
        with pytest.raises(VersionNotFound):
            Publishing(session, "other-bank", ledger).withdraw(FEES, CHECKER, "not ours")
        assert DocumentService(session, "other-bank", ledger).catalogue(TODAY) == frozenset()
