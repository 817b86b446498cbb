"""What stands between a draft and its approval: complete facts, a second person, eyes on what is hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.db.session import Database
from app.documents.editing import Editing
from app.documents.errors import FourEyesRequired, HiddenUnseen, NotComplete, ReasonMissing, WrongEnd, WrongStatus
from app.documents.listing import Phase, phase_of
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import Act, DocumentVersion, Ingested, Progress, Stage, VersionStatus
from app.evidence.audit import Ledger
from app.evidence.report import Breach
from app.evidence.verification import AuditVerifier
from app.hong_kong import today_in_hong_kong
from tests.app.worlds import (
    CHECKER,
    FEES,
    MAKER,
    add_institution,
    an_upload,
    bring_to_approved,
    publish,
    received_again,
)

BANK = "harbour-bank"
OTHER = "maker-2"
TODAY = today_in_hong_kong()
INGESTED = Ingested("p" * 64, "{}", 3)


@pytest.fixture
def draft(database: Database, ledger: Ledger) -> DocumentVersion:
    """A draft that was read."""
    with database.write() as session:
        add_institution(session, ledger)
        documents = DocumentService(session, BANK, ledger)
        documents.register(an_upload())
        documents.mark_ingested(FEES, INGESTED)
    return stored(database, ledger)


def stored(database: Database, ledger: Ledger) -> DocumentVersion:
    with database.read() as session:
        return DocumentService(session, BANK, ledger).get(FEES)


def submit(database: Database, ledger: Ledger, by: str = MAKER) -> None:
    with database.write() as session:
        Publishing(session, BANK, ledger).submit(FEES, by, "please look")


def is_whole(database: Database, ledger: Ledger) -> bool:
    return AuditVerifier(database, ledger).verify(BANK).whole


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({"as_at": None}, "lacks an as-at date:"),
        ({"tags": frozenset()}, "lacks a product tag:"),
        ({"as_at": None, "tags": frozenset()}, "lacks an as-at date and a product tag:"),
    ],
)
def test_what_is_incomplete_is_not_submitted_and_told_what_is_missing(
    database: Database, ledger: Ledger, changed: dict[str, object], lacks: str
) -> None:
    with database.write() as session:
        add_institution(session, ledger)
        DocumentService(session, BANK, ledger).register(an_upload(**changed))
        with pytest.raises(NotComplete, match=lacks):
            Publishing(session, BANK, ledger).submit(FEES, MAKER)


def test_who_edited_or_submitted_is_a_maker_whoever_came_after(
    database: Database, ledger: Ledger, draft: DocumentVersion
) -> None:
    with database.write() as session:
        editing = Editing(session, BANK, ledger)
        editing.edit(replace(draft.info, owner="Cards team"), CHECKER)
        editing.edit(replace(draft.info, owner="Fees team"), MAKER)
    submit(database, ledger, OTHER)
    for person in (MAKER, CHECKER, OTHER):
        with database.write() as session, pytest.raises(FourEyesRequired):
            Publishing(session, BANK, ledger).approve(FEES, person)
    with database.write() as session:
        Publishing(session, BANK, ledger).approve(FEES, "checker-2")
    assert is_whole(database, ledger)


@pytest.mark.parametrize("maker", [CHECKER, OTHER])
def test_the_database_too_refuses_every_maker_as_checker(
    database: Database, ledger: Ledger, draft: DocumentVersion, maker: str
) -> None:
    with database.write() as session:
        for each in (CHECKER, OTHER):
            Editing(session, BANK, ledger).edit(replace(draft.info, owner=each), each)
        session.flush()
        session.execute(text("UPDATE document_version SET approved_by = 'checker'"))  # only like a maker's name
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE document_version SET approved_by = :maker"), {"maker": maker})
        session.rollback()


def test_new_facts_after_approval_need_a_new_one(database: Database, ledger: Ledger, draft: DocumentVersion) -> None:
    submit(database, ledger)
    with database.write() as session:
        Publishing(session, BANK, ledger).approve(FEES, CHECKER)
        Editing(session, BANK, ledger).edit(replace(draft.info, as_at=date(2026, 2, 1)), MAKER)
    after = stored(database, ledger)
    assert (after.status, after.approved_by, after.info.as_at) == (VersionStatus.DRAFT, None, date(2026, 2, 1))
    assert after.progress == Progress(Stage.RECEIVED)
    assert [event.act for event in after.history] == [Act.SUBMITTED, Act.APPROVED, Act.EDITED]
    assert is_whole(database, ledger)


def test_what_stands_beside_the_text_is_edited_without_reading_the_file_again(
    database: Database, ledger: Ledger, draft: DocumentVersion
) -> None:
    with database.write() as session:
        editing = Editing(session, BANK, ledger)
        assert editing.edit(draft.info, OTHER) == ()
        assert editing.edit(replace(draft.info, sibling="card-fees-zh", owner="Cards"), OTHER) == ("sibling", "owner")
    assert stored(database, ledger).progress.stage is Stage.READY


def test_neither_what_is_published_nor_what_is_being_read_is_edited(
    database: Database, ledger: Ledger, draft: DocumentVersion
) -> None:
    changed = replace(draft.info, title="Other")
    with database.write() as session:
        received_again(session, BANK, FEES)
        DocumentService(session, BANK, ledger).set_progress(FEES, Progress(Stage.EMBEDDING))
        with pytest.raises(WrongStatus, match="being read"):
            Editing(session, BANK, ledger).edit(changed, MAKER)
    with database.write() as session:
        publish(session, BANK, ledger, an_upload(replace(FEES, version="2")))
        with pytest.raises(WrongStatus, match="published"):
            Editing(session, BANK, ledger).edit(replace(changed, key=replace(FEES, version="2")), MAKER)


def test_a_version_is_returned_with_a_reason_and_every_comment_is_kept(
    database: Database, ledger: Ledger, draft: DocumentVersion
) -> None:
    submit(database, ledger)
    with database.write() as session, pytest.raises(ReasonMissing):
        Publishing(session, BANK, ledger).reject(FEES, CHECKER, " \n")
    with database.write() as session:
        Publishing(session, BANK, ledger).reject(FEES, CHECKER, "last year's fee")
    history = [(event.act, event.by, event.comment) for event in stored(database, ledger).history]
    assert history == [(Act.SUBMITTED, MAKER, "please look"), (Act.RETURNED, CHECKER, "last year's fee")]
    assert is_whole(database, ledger)


@pytest.mark.parametrize("column", ["history = '[]'", "makers = '[\"x\"]'", "hidden_seen_by = 'checker-1'"])
def test_a_changed_history_maker_or_reader_shows_in_the_log(
    database: Database, ledger: Ledger, draft: DocumentVersion, column: str
) -> None:
    submit(database, ledger)
    with database.write() as session:
        session.execute(text(f"UPDATE document_version SET {column}"))  # noqa: S608
    found = AuditVerifier(database, ledger).verify(BANK).breaches
    assert [breach.breach for breach in found] == [Breach.VERSION_CHANGED]


def find_hidden(database: Database, ledger: Ledger, parse_sha256: str = "h" * 64) -> None:
    with database.write() as session:
        found = replace(INGESTED, parse_sha256=parse_sha256, hidden=2)
        received_again(session, BANK, FEES)
        DocumentService(session, BANK, ledger).mark_ingested(FEES, found)


def test_hidden_text_must_be_read_by_the_person_who_approves(
    database: Database, ledger: Ledger, draft: DocumentVersion
) -> None:
    find_hidden(database, ledger)
    submit(database, ledger)
    with database.write() as session, pytest.raises(FourEyesRequired):
        Publishing(session, BANK, ledger).confirm_hidden(FEES, MAKER)
    with database.write() as session:
        Publishing(session, BANK, ledger).confirm_hidden(FEES, "checker-2")
        with pytest.raises(HiddenUnseen, match="2 found"):
            Publishing(session, BANK, ledger).approve(FEES, CHECKER)
    with database.write() as session:
        Publishing(session, BANK, ledger).confirm_hidden(FEES, CHECKER)
        Publishing(session, BANK, ledger).approve(FEES, CHECKER)
    assert stored(database, ledger).hidden_seen_by == CHECKER
    assert is_whole(database, ledger)


def test_another_reading_of_the_file_must_be_looked_at_again(
    database: Database, ledger: Ledger, draft: DocumentVersion
) -> None:
    find_hidden(database, ledger)
    submit(database, ledger)
    with database.write() as session:
        Publishing(session, BANK, ledger).confirm_hidden(FEES, CHECKER)
    find_hidden(database, ledger, "i" * 64)
    with database.write() as session, pytest.raises(HiddenUnseen):
        Publishing(session, BANK, ledger).approve(FEES, CHECKER)


@pytest.mark.parametrize("seen_by", ["NULL", "'checker-2'"])
def test_the_database_too_refuses_an_approval_of_hidden_text_unseen(
    database: Database, ledger: Ledger, draft: DocumentVersion, seen_by: str
) -> None:
    find_hidden(database, ledger)
    change = f"UPDATE document_version SET status = 'approved', approved_by = 'checker-1', hidden_seen_by = {seen_by}"  # noqa: S608
    with database.write() as session:
        with pytest.raises(IntegrityError):
            session.execute(text(change))
        session.rollback()


def test_nobody_approves_what_was_not_read(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        add_institution(session, ledger)
        DocumentService(session, BANK, ledger).register(an_upload())
        Publishing(session, BANK, ledger).submit(FEES, MAKER)
        with pytest.raises(WrongStatus, match="not read yet"):
            Publishing(session, BANK, ledger).approve(FEES, CHECKER)


@pytest.fixture
def published(database: Database, ledger: Ledger) -> DocumentVersion:
    """In force from the start of 2026, open."""
    with database.write() as session:
        add_institution(session, ledger)
        publish(session, BANK, ledger, an_upload(effective_from=date(2026, 1, 1)))
    return stored(database, ledger)


def test_a_checker_ends_a_version_earlier_and_the_one_before_stays_ended(
    database: Database, ledger: Ledger, published: DocumentVersion
) -> None:
    on = TODAY + timedelta(days=10)
    with database.write() as session:
        Publishing(session, BANK, ledger).end(FEES, on, CHECKER, "product closes")
    ended = stored(database, ledger)
    assert (ended.info.effective_to, ended.status) == (on, VersionStatus.PUBLISHED)
    assert ended.history[-1].comment == "product closes"
    assert phase_of(ended, TODAY) is Phase.ENDING
    assert phase_of(ended, on) is Phase.ENDED
    assert is_whole(database, ledger)


@pytest.mark.parametrize("days", [-400, -1, 0])
def test_no_version_ends_today_or_before(
    database: Database, ledger: Ledger, published: DocumentVersion, days: int
) -> None:
    with database.write() as session, pytest.raises(WrongEnd):
        Publishing(session, BANK, ledger).end(FEES, TODAY + timedelta(days=days), CHECKER, "too late")


def test_an_end_is_never_put_off_nor_moved_by_a_maker_or_without_a_reason(
    database: Database, ledger: Ledger, published: DocumentVersion
) -> None:
    on = TODAY + timedelta(days=10)
    with database.write() as session:
        publishing = Publishing(session, BANK, ledger)
        with pytest.raises(FourEyesRequired):
            publishing.end(FEES, on, MAKER, "product closes")
        with pytest.raises(ReasonMissing):
            publishing.end(FEES, on, CHECKER, "")
        publishing.end(FEES, on, CHECKER, "product closes")
        with pytest.raises(WrongEnd):
            publishing.end(FEES, on + timedelta(days=1), CHECKER, "after all not")


def test_only_a_published_version_is_ended(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        add_institution(session, ledger)
        bring_to_approved(session, BANK, ledger, an_upload())
        with pytest.raises(WrongStatus):
            Publishing(session, BANK, ledger).end(FEES, TODAY + timedelta(days=9), CHECKER, "no")


def test_a_start_ahead_is_scheduled(database: Database, ledger: Ledger) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with database.write() as session:
        add_institution(session, ledger)
        publish(session, BANK, ledger, an_upload(effective_from=tomorrow))
    version = stored(database, ledger)
    assert [phase_of(version, on) for on in (TODAY, tomorrow)] == [Phase.SCHEDULED, Phase.IN_FORCE]
