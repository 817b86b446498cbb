"""The sweep proves both ways that index and catalogue agree; a damaged snapshot is set aside, the last good answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.answering.types import AnswerStatus
from app.documents.repository import VersionRepository
from app.documents.tables import DocumentVersionRow
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake, publish_taken
from app.operations.readiness import Readiness
from app.removal.agreement import Agreement, compare
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.errors import SnapshotQuarantined
from retrieval.snapshot import read_manifest, write_manifest
from tests.app.small_bank import BANK, DEPOSITS, FEES, LOST, SmallBank, take_one


def swept(bank: SmallBank) -> Agreement:
    return compare(bank.foundation, BANK)


def current(bank: SmallBank) -> str:
    with bank.foundation.database.read() as session:
        return InstitutionService(session, bank.foundation.ledger).pointer(BANK).snapshot_id or ""


def publish_locker(bank: SmallBank, folder: Path) -> Path:
    """One more version, and the folder of its segment."""
    path = folder / "locker.md"
    path.write_text("# Lockers\n\nA small safe deposit locker costs HK$450 a year.\n", encoding="utf-8")
    intake = Intake(path, VersionInfo(VersionKey("lockers", "1"), "Lockers", Language.EN))
    publish_taken(bank.foundation, BANK, [take_one(bank.foundation, BANK, intake)], "tests")
    root = bank.foundation.index_root(BANK)
    refs = {ref.key.document: ref for ref in read_manifest(root, current(bank)).segments}
    return root / "segments" / refs["lockers"].address


def point_to(bank: SmallBank, leave_out: VersionKey) -> None:
    """A snapshot that leaves a version out, as a faulty builder would publish it."""
    root = bank.foundation.index_root(BANK)
    manifest = read_manifest(root, current(bank))
    refs = [ref for ref in manifest.segments if ref.key != leave_out]
    snapshot_id = write_manifest(root, BANK, refs, manifest.embedder_id, manifest.generation + 1)
    with bank.foundation.database.write() as session:
        InstitutionService(session, bank.foundation.ledger).move_snapshot(BANK, snapshot_id, manifest.generation)


def changed(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])


def test_what_the_product_wrote_agrees(small_bank: SmallBank) -> None:
    agreement = swept(small_bank)
    assert (agreement.disagreements, agreement.quarantined) == ((), False)
    assert (agreement.versions, agreement.files) == (5, 10)
    assert agreement.chunks >= 5


def test_a_version_that_is_missing_from_the_index_is_named(small_bank: SmallBank) -> None:
    point_to(small_bank, leave_out=LOST)
    (sentence,) = swept(small_bank).disagreements
    assert sentence.startswith("lost-card, version 1, is published, but not in the current snapshot")


def test_a_segment_that_the_catalogue_does_not_allow_is_named(small_bank: SmallBank) -> None:
    small_bank.withdraw(DEPOSITS)
    (sentence,) = swept(small_bank).disagreements
    assert sentence.startswith("dps, version 1, is withdrawn, but still in the current snapshot")


def test_a_row_that_names_other_chunks_is_named(small_bank: SmallBank) -> None:
    with small_bank.foundation.database.write() as session:
        row: DocumentVersionRow = VersionRepository(session, BANK).get(FEES)
        row.segment = json.dumps({**json.loads(row.segment or ""), "address": "0" * 64})
        session.add(row)
    sentences = swept(small_bank).disagreements
    assert any("with other chunks than its row names" in sentence for sentence in sentences)
    assert any("its segment" in sentence and "is missing" in sentence for sentence in sentences)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_an_original_or_parse_that_is_not_what_was_stored_is_named(small_bank: SmallBank, damage: str) -> None:
    path = next(path for path in sorted((small_bank.home / "files" / BANK).rglob("*")) if path.is_file())
    changed(path) if damage == "changed" else path.unlink()
    (sentence,) = swept(small_bank).disagreements
    assert path.name in sentence
    assert not swept(small_bank).quarantined


@pytest.mark.parametrize("name", ["chunks.jsonl", "vectors.npy", "terms.txt", "concepts.txt"])
async def test_a_snapshot_with_changed_bytes_is_set_aside_and_the_last_good_one_answers(
    small_bank: SmallBank, tmp_path: Path, name: str
) -> None:
    segment = publish_locker(small_bank, tmp_path)
    if not (segment / name).read_bytes():
        (segment / name).write_bytes(b"1\n")
    else:
        changed(segment / name)
    damaged, content = current(small_bank), (segment / name).read_bytes()
    readiness = Readiness(small_bank.platform)
    assert "HK$720" in (await small_bank.ask()).text
    agreement = swept(small_bank)
    assert agreement.quarantined
    assert any(name in sentence for sentence in agreement.disagreements)
    with pytest.raises(SnapshotQuarantined):
        read_manifest(small_bank.foundation.index_root(BANK), damaged)
    answer = await small_bank.ask()
    assert "HK$720" in answer.text
    assert answer.snapshot != damaged
    assert "Part of the search is unavailable; this answer may miss something." in answer.notices
    assert small_bank.evidence(answer.answer_id).degraded == ("snapshot",)
    assert readiness.degraded() == [f"knowledge:{BANK}"]
    assert (segment / name).read_bytes() == content  # nothing was repaired


async def test_an_earlier_snapshot_brings_no_withdrawn_word_back(small_bank: SmallBank, tmp_path: Path) -> None:
    segment = publish_locker(small_bank, tmp_path)
    small_bank.withdraw(FEES)
    (segment / "vectors.npy").unlink()
    answer = await small_bank.ask()
    assert answer.status is AnswerStatus.REFUSED
    assert "HK$720" not in answer.text
