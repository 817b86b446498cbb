"""Files uploaded together and never confirmed go after a while, under a receipt; nothing that is needed does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.batches.errors import BatchNotFound
from app.batches.service import BatchService
from app.batches.types import Arrived
from app.documents.service import DocumentService
from app.documents.types import Upload
from app.evidence.export import AuditExport
from app.jobs.batch_reading import BatchReader
from app.removal.discarding import discard
from app.removal.expiry import expire_batches
from app.removal.orphans import orphans
from app.removal.plan import IN_BATCH
from app.removal.retention import retain
from app.removal.types import Cause, FileKind
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.small_bank import BANK, SmallBank

MAKER = "maker-1"
LOCKER = b"# Lockers\n\nA locker costs HK$450 a year.\n"
KEY = VersionKey("locker", "1")
DAY = timedelta(days=1)


def a_batch(bank: SmallBank, content: bytes = LOCKER) -> str:
    """A batch of one file that was read."""
    sha256 = bank.foundation.files(BANK).put(content)
    with bank.foundation.database.write() as session:
        service = BatchService(session, BANK, bank.foundation.ledger)
        batch_id = service.receive([Arrived("locker.md", len(content), sha256)], MAKER)
    while BatchReader(bank.foundation).read_next():
        pass
    return batch_id


def take_in(bank: SmallBank, batch_id: str) -> None:
    with bank.foundation.database.write() as session:
        service = BatchService(session, BANK, bank.foundation.ledger)
        service.take_in(batch_id, MAKER, {0: VersionInfo(KEY, "Lockers", Language.EN)})


def is_open(bank: SmallBank, batch_id: str) -> bool:
    with bank.foundation.database.read() as session:
        service = BatchService(session, BANK, bank.foundation.ledger)
        return batch_id in {batch.id for batch in service.open_of(MAKER)}


def after(bank: SmallBank, more: timedelta = timedelta()) -> datetime:
    return datetime.now(UTC) + timedelta(days=bank.foundation.settings.keep_batches_days) + more


def test_a_batch_nobody_confirms_goes_with_its_files_and_their_parses_under_one_receipt(small_bank: SmallBank) -> None:
    batch_id, house = a_batch(small_bank), small_bank.foundation
    assert retain(house, BANK, after(small_bank, -DAY)) == []
    assert is_open(small_bank, batch_id)
    (receipt,) = retain(house, BANK, after(small_bank))
    assert receipt.removal.cause is Cause.EXPIRED
    assert {holding.kind for holding in receipt.removal.removed} == {FileKind.ORIGINAL, FileKind.PARSE}
    assert not is_open(small_bank, batch_id)
    with house.database.read() as session:
        lines = [line for line in AuditExport(session, BANK).lines() if '"batch:expire:done"' in line]
    assert len(lines) == 1
    assert batch_id in lines[0]
    assert orphans(house, BANK, after(small_bank, 9 * DAY)) == ()
    assert retain(house, BANK, after(small_bank)) == []
    assert small_bank.is_whole()


def test_a_confirmed_batch_never_expires_and_its_version_keeps_its_file(small_bank: SmallBank) -> None:
    take_in(small_bank, a_batch(small_bank))
    assert expire_batches(small_bank.foundation, BANK, after(small_bank, 99 * DAY), "tests") == []
    with small_bank.foundation.database.read() as session:
        version = DocumentService(session, BANK, small_bank.foundation.ledger).get(KEY)
    assert small_bank.foundation.files(BANK).get(version.file_sha256) == LOCKER


def test_of_an_expired_batch_what_others_name_stays(small_bank: SmallBank) -> None:
    house, batch_id = small_bank.foundation, a_batch(small_bank)
    with house.database.write() as session:
        upload = Upload(VersionInfo(KEY, "Lockers", Language.EN), "locker.md", house.files(BANK).put(LOCKER), MAKER)
        DocumentService(session, BANK, house.ledger).register(upload)
    (receipt,) = expire_batches(house, BANK, after(small_bank), "tests")
    assert {holding.kind for holding in receipt.removal.removed} == {FileKind.PARSE}
    assert not is_open(small_bank, batch_id)
    assert house.files(BANK).get(upload.file_sha256) == LOCKER


def test_a_batch_that_expired_can_no_longer_be_taken_in(small_bank: SmallBank) -> None:
    batch_id = a_batch(small_bank)
    expire_batches(small_bank.foundation, BANK, after(small_bank), "tests")
    with pytest.raises(BatchNotFound):
        take_in(small_bank, batch_id)


def test_a_file_that_a_batch_waits_with_is_not_removed_with_another_version_of_it(small_bank: SmallBank) -> None:
    house = small_bank.foundation
    with house.database.write() as session:
        upload = Upload(VersionInfo(KEY, "Lockers", Language.EN), "locker.md", house.files(BANK).put(LOCKER), MAKER)
        service = DocumentService(session, BANK, house.ledger)
        service.register(upload)
        service.mark_failed(KEY, "it was cut short")
    a_batch(small_bank)
    receipt = discard(house, BANK, KEY, MAKER)
    assert receipt is not None
    assert receipt.removal.removed == ()
    assert {kept.why for kept in receipt.removal.kept} == {IN_BATCH}
    assert house.files(BANK).get(upload.file_sha256) == LOCKER


def test_the_last_day_to_confirm_is_one_on_which_it_still_stands(small_bank: SmallBank) -> None:
    batch_id, days = a_batch(small_bank), small_bank.foundation.settings.keep_batches_days
    with small_bank.foundation.database.read() as session:
        batch = BatchService(session, BANK, small_bank.foundation.ledger).get(batch_id, MAKER)
    end_of_last_day = datetime.combine(batch.confirm_by(days), datetime.max.time(), UTC) - timedelta(hours=8)
    expire_batches(small_bank.foundation, BANK, end_of_last_day, "tests")
    assert is_open(small_bank, batch_id)
