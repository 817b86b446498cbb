"""Building indexes again: only what older rules built, all at once, nothing in force changes, a kill costs little."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.documents.service import DocumentService
from app.documents.types import DocumentVersion
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService, SnapshotPointer
from app.jobs import reindex as module
from app.jobs.ingest import Ingestion
from app.jobs.intake import Intake, publish_taken
from app.jobs.reindex import Reason, Reindexed, Stale, reindex, stale_versions
from app.removal.agreement import compare
from app.removal.retention import retain
from ingestion import chunking
from ingestion.wording import DAY, FROM
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors
from retrieval.segments import SegmentRef, read_segment, stored_segments
from tests.app.small_bank import BANK, DEPOSITS, EMBEDDER, LOST, SmallBank, take_one

LOCKERS = VersionKey("lockers", "1"), VersionKey("lockers", "2")


class CountingEmbedder(HashingEmbedder):
    """Counts what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return super().embed(texts)


class OtherEmbedder(CountingEmbedder):
    """The same vectors by another name."""

    @property
    def id(self) -> str:
        return "other-model@1/256"


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade of the product brought another chunker."""
    for place in (chunking, module):
        monkeypatch.setattr(place, "CHUNKER_VERSION", "newer")


def stale(bank: SmallBank, embedder: HashingEmbedder = EMBEDDER) -> tuple[Stale, ...]:
    return stale_versions(bank.foundation, BANK, embedder.id)


def run(bank: SmallBank, embedder: HashingEmbedder = EMBEDDER) -> Reindexed:
    return reindex(Ingestion(bank.foundation, embedder), BANK, stale(bank, embedder))


def pointer(bank: SmallBank) -> SnapshotPointer:
    with bank.foundation.database.read() as session:
        return InstitutionService(session, bank.foundation.ledger).pointer(BANK)


def versions(bank: SmallBank) -> tuple[DocumentVersion, ...]:
    with bank.foundation.database.read() as session:
        return DocumentService(session, BANK, bank.foundation.ledger).all()


def words_only(bank: SmallBank, key: VersionKey) -> str:
    (version,) = [v for v in versions(bank) if v.info.key == key]
    ref = SegmentRef.from_value(json.loads(version.segment or ""))
    root = bank.foundation.index_root(BANK)
    return "\n".join(chunk.words_only for chunk in read_segment(root, ref, "hashes").chunks)


def lockers(bank: SmallBank, folder: Path) -> None:
    """Two versions without days, the second one in force from today because it was published today."""
    for key, fee in zip(LOCKERS, (450, 480), strict=True):
        path = folder / f"lockers-{key.version}.md"
        path.write_text(f"# Lockers\n\nA small safe deposit locker costs HK${fee} a year.\n", encoding="utf-8")
        taken = take_one(bank.foundation, BANK, Intake(path, VersionInfo(key, "Lockers", Language.EN)))
        publish_taken(bank.foundation, BANK, [taken], "tests")


def test_what_today_s_rules_built_is_left_alone(small_bank: SmallBank) -> None:
    before = pointer(small_bank)
    assert stale(small_bank) == ()
    assert run(small_bank) == Reindexed((), (), before.snapshot_id)
    assert pointer(small_bank) == before


async def test_older_chunks_are_built_again_and_nothing_in_force_changes(small_bank: SmallBank, newer: None) -> None:
    before, answer, moved = versions(small_bank), await small_bank.ask(), pointer(small_bank)
    assert {each.reasons for each in stale(small_bank)} == {frozenset({Reason.CHUNKER})}
    done = run(small_bank)
    assert (len(done.rebuilt), done.failed, done.held_back) == (5, (), None)
    assert pointer(small_bank) == SnapshotPointer(done.snapshot, moved.generation + 1)  # one snapshot for all
    assert [replace(v, segment=None) for v in versions(small_bank)] == [replace(v, segment=None) for v in before]
    assert stale(small_bank) == ()
    again = await small_bank.ask()
    assert (again.text, again.snapshot != answer.snapshot) == (answer.text, True)
    assert small_bank.is_whole()
    assert compare(small_bank.foundation, BANK).disagreements == ()


def test_vectors_that_were_paid_for_are_taken_over(small_bank: SmallBank, newer: None) -> None:
    embedder = CountingEmbedder()
    run(small_bank, embedder)
    assert embedder.embedded == 0


async def test_the_snapshot_before_serves_until_all_are_built(small_bank: SmallBank, newer: None) -> None:
    before = pointer(small_bank)

    def begin(each: Stale) -> None:
        assert pointer(small_bank) == before

    reindex(Ingestion(small_bank.foundation, EMBEDDER), BANK, stale(small_bank), begin)
    assert pointer(small_bank) != before


def test_another_model_embeds_everything_and_goes_on_after_a_kill(small_bank: SmallBank) -> None:
    before, embedder = pointer(small_bank), OtherEmbedder()

    class Killed(BaseException):
        pass

    def begin(each: Stale) -> None:
        if each.version.info.key == LOST:
            raise Killed

    waiting = stale(small_bank, embedder)
    assert all(Reason.EMBEDDER in each.reasons for each in waiting)
    with pytest.raises(Killed):
        reindex(Ingestion(small_bank.foundation, embedder), BANK, waiting, begin)
    assert pointer(small_bank) == before
    assert embedder.embedded > 0
    run(small_bank, embedder)
    assert embedder.embedded == sum(chunk_count(v) for v in versions(small_bank))
    assert stale(small_bank, embedder) == ()
    assert not any((small_bank.foundation.work_root(BANK)).rglob("*.npy"))


def chunk_count(version: DocumentVersion) -> int:
    return SegmentRef.from_value(json.loads(version.segment or "")).chunks


def test_a_version_withdrawn_meanwhile_does_not_come_back(small_bank: SmallBank, newer: None) -> None:
    waiting = stale(small_bank)
    begun: list[VersionKey] = []

    def begin(each: Stale) -> None:
        begun.append(each.version.info.key)
        if len(begun) == len(waiting):
            small_bank.withdraw(DEPOSITS)

    reindex(Ingestion(small_bank.foundation, EMBEDDER), BANK, waiting, begin)
    assert compare(small_bank.foundation, BANK).disagreements == ()


def test_a_version_that_cannot_be_built_is_named_and_keeps_its_index(small_bank: SmallBank, newer: None) -> None:
    (lost,) = [v for v in versions(small_bank) if v.info.key == LOST]
    small_bank.foundation.files(BANK).remove(lost.parse_sha256 or "", datetime.now(UTC) + timedelta(days=1))
    done = run(small_bank)
    assert ([each.key for each in done.failed], len(done.rebuilt)) == ([LOST], 4)
    assert [each.version.info.key for each in stale(small_bank)] == [LOST]


def test_a_model_that_cannot_embed_every_version_publishes_nothing(small_bank: SmallBank) -> None:
    (lost,) = [v for v in versions(small_bank) if v.info.key == LOST]
    small_bank.foundation.files(BANK).remove(lost.parse_sha256 or "", datetime.now(UTC) + timedelta(days=1))
    before = pointer(small_bank)
    done = run(small_bank, OtherEmbedder())
    assert "nothing was published" in (done.held_back or "")
    assert pointer(small_bank) == before


async def test_the_day_a_version_got_when_it_was_published_comes_into_its_words(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    lockers(small_bank, tmp_path)
    day = FROM[Language.EN].format(DAY[Language.EN](today_in_hong_kong()))
    assert day not in words_only(small_bank, LOCKERS[1])
    assert [(each.version.info.key, each.reasons) for each in stale(small_bank)] == [
        (LOCKERS[1], frozenset({Reason.FACTS}))
    ]
    embedder = CountingEmbedder()
    run(small_bank, embedder)
    assert day in words_only(small_bank, LOCKERS[1])
    assert (embedder.embedded, stale(small_bank)) == (0, ())


def test_what_was_built_before_goes_with_the_last_snapshot_that_holds_it(small_bank: SmallBank, newer: None) -> None:
    root = small_bank.foundation.index_root(BANK)
    before = set(stored_segments(root))
    run(small_bank)
    run_again = datetime.now(UTC) + timedelta(days=4000)
    kept = set(stored_segments(root))
    assert before < kept
    retain(small_bank.foundation, BANK, run_again)
    assert before <= set(stored_segments(root))  # the last earlier snapshot is the spare
    with pytest.MonkeyPatch.context() as patch:
        for place in (chunking, module):
            patch.setattr(place, "CHUNKER_VERSION", "newest")
        run(small_bank)
    retain(small_bank.foundation, BANK, run_again)
    assert not before & set(stored_segments(root))
    assert compare(small_bank.foundation, BANK).disagreements == ()
    assert small_bank.is_whole()


def damaged_manifest(bank: SmallBank) -> None:
    path = bank.foundation.index_root(BANK) / "snapshots" / f"{pointer(bank).snapshot_id}.json"
    path.write_bytes(path.read_bytes()[:200])


def damaged_segment(bank: SmallBank) -> None:
    version = next(v for v in versions(bank) if v.info.key == DEPOSITS)
    address = SegmentRef.from_value(json.loads(version.segment or "")).address
    path = bank.foundation.index_root(BANK) / "segments" / address / "vectors.npy"
    path.write_bytes(bytes([*path.read_bytes()[:-1], 7]))


@pytest.mark.parametrize("damage", [damaged_manifest, damaged_segment])
async def test_a_damaged_snapshot_that_a_sweep_set_aside_is_built_again(
    small_bank: SmallBank, damage: Callable[[SmallBank], None]
) -> None:
    before, answer = pointer(small_bank), await small_bank.ask()
    damage(small_bank)
    assert compare(small_bank.foundation, BANK).quarantined
    chosen = stale_versions(small_bank.foundation, BANK, EMBEDDER.id, every_byte=True)
    assert [each.reasons for each in chosen] == ([] if damage is damaged_manifest else [frozenset({Reason.DAMAGED})])
    done = reindex(Ingestion(small_bank.foundation, EMBEDDER), BANK, chosen)
    assert pointer(small_bank) == SnapshotPointer(done.snapshot, before.generation + 1)
    assert compare(small_bank.foundation, BANK).disagreements == ()
    again = await small_bank.ask()
    assert (again.text, again.snapshot) == (answer.text, done.snapshot)
