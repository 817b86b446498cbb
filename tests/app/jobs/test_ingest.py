"""Taking files in: ready or failed with a reason, nothing half-indexed, and a repeat costs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest

from app.batches.service import BatchService
from app.batches.types import Arrived
from app.console.words import WORDS
from app.db.columns import now_utc
from app.documents.progress import progress_line
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Progress, Stage, Upload, VersionStatus
from app.institutions.service import InstitutionService
from app.jobs import batch_reading, ingest, intake
from app.jobs.batch_reading import BatchReader
from app.jobs.ingest import Ingestion, Job, Report
from app.jobs.intake import Intake, from_paths, take, take_all
from app.jobs.recovery import waiting as waiting_versions
from app.jobs.taken import Arrival, Refused, Taken
from ingestion.errors import IngestionError
from ingestion.sandbox import parse_file
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors
from retrieval.reuse import known_vectors
from retrieval.segments import Segment, SegmentRef, read_segment
from tests.app.small_bank import BANK, EMBEDDER, SmallBank

LOCKER = b"# Lockers\n\nA small safe deposit locker costs HK$450 a year.\n"
TERMS = b"# Lockers\n\nA locker costs HK$450 a year.\n\n# Keys\n\nA lost key costs HK$900.\n\n# End\n\nGive a month.\n"
BAD = {
    "word.txt": (b"abcd", "nothing to quote"),
    "empty.md": (b"", "empty"),
    "blank.md": (b"\n \n", "empty"),
    "broken.pdf": (b"%PDF-1.7 broken", "broken.pdf"),
    "disguised.pdf": (b"PK\x03\x04 not a PDF", "disguised.pdf"),
    "sheet.xlsx": (b"PK\x03\x04", "sheet.xlsx"),
}


def received(bank: SmallBank, name: str, content: bytes) -> VersionKey:
    """A version whose file is stored and which waits for the worker, as the console leaves it."""
    key = VersionKey(Path(name).stem, "1")
    sha256 = bank.foundation.files(BANK).put(content)
    with bank.foundation.database.write() as session:
        upload = Upload(VersionInfo(key, "Lockers", Language.EN), name, sha256, "maker-1")
        DocumentService(session, BANK, bank.foundation.ledger).register(upload)
    return key


def version(bank: SmallBank, key: VersionKey) -> DocumentVersion:
    with bank.foundation.database.read() as session:
        return DocumentService(session, BANK, bank.foundation.ledger).get(key)


def segments(bank: SmallBank) -> set[str]:
    return {path.name for path in (bank.foundation.index_root(BANK) / "segments").iterdir()}


def segment_ref(bank: SmallBank, key: VersionKey) -> SegmentRef:
    return SegmentRef.from_value(json.loads(version(bank, key).segment or ""))


def segment_folder(bank: SmallBank, key: VersionKey) -> Path:
    return bank.foundation.index_root(BANK) / "segments" / segment_ref(bank, key).address


def stored_segment(bank: SmallBank, key: VersionKey) -> Segment:
    return read_segment(bank.foundation.index_root(BANK), segment_ref(bank, key), verify="hashes")


def add_institution(bank: SmallBank, institution_id: str) -> None:
    with bank.foundation.database.write() as session:
        institutions = InstitutionService(session, bank.foundation.ledger)
        institutions.add(replace(institutions.get(BANK), id=institution_id))


def taken_in(bank: SmallBank, *paths: Path) -> list[Taken | Refused]:
    return [take(bank.foundation, EMBEDDER, BANK, i, "tests", lambda _: None) for i in from_paths(paths, None)]


def written(folder: Path, name: str, content: bytes = LOCKER) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def test_a_file_goes_through_its_stages_and_is_ready(small_bank: SmallBank) -> None:
    key = received(small_bank, "locker.md", LOCKER)
    heard: list[Progress] = []
    done = Ingestion(small_bank.foundation, EMBEDDER, heard.append).run(Job(BANK, key))
    assert list(dict.fromkeys(p.stage for p in heard)) == [
        Stage.PARSING,
        Stage.CHUNKING,
        Stage.EMBEDDING,
        Stage.BUILDING,
    ]
    assert (done.progress.stage, done.status) == (Stage.READY, VersionStatus.DRAFT)
    assert done.parse_sha256 is not None
    assert done.segment is not None
    assert small_bank.is_whole()


@pytest.mark.parametrize(("name", "wrong"), BAD.items(), ids=BAD)
def test_a_refused_file_is_failed_with_its_reason_and_nothing_is_indexed(
    small_bank: SmallBank, name: str, wrong: tuple[bytes, str]
) -> None:
    content, reason = wrong
    key, before = received(small_bank, name, content), segments(small_bank)
    with pytest.raises(IngestionError):
        Ingestion(small_bank.foundation, EMBEDDER).run(Job(BANK, key))
    failed = version(small_bank, key)
    assert failed.progress.stage is Stage.FAILED
    assert reason in (failed.progress.error or "")
    assert (failed.segment, segments(small_bank)) == (None, before)


def test_of_many_files_the_good_ones_go_in_and_each_bad_one_is_named(small_bank: SmallBank, tmp_path: Path) -> None:
    paths = [written(tmp_path, name, content) for name, (content, _) in BAD.items()]
    paths += [written(tmp_path, "locker.md"), tmp_path / "missing.md"]
    results = taken_in(small_bank, *paths)
    assert [result.file for result in results if result.went_in] == ["locker.md"]
    for result in results:
        assert isinstance(result, Taken) or result.file in result.reason


class CountingEmbedder(HashingEmbedder):
    """Counts the texts it was given."""

    seen = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.seen += len(texts)
        return super().embed(texts)


def test_a_repeat_costs_nothing_and_changes_nothing(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,), embedder = [written(tmp_path, "locker.md")], CountingEmbedder()
    (given,) = from_paths([path], None)
    first = take(small_bank.foundation, embedder, BANK, given, "tests", lambda _: None)
    cost = embedder.seen
    for place in (intake, ingest):
        monkeypatch.setattr(place, "parse_file", None)
    second = take(small_bank.foundation, embedder, BANK, given, "tests", lambda _: None)
    assert cost > 0
    assert embedder.seen == cost
    assert isinstance(first, Taken)
    assert second == replace(first, arrival=Arrival.UNCHANGED)


def cost(bank: SmallBank, label: str, content: bytes, institution_id: str = BANK) -> int:
    """How many texts are embedded for this version of "terms"; the file of each label is another one."""
    embedder, key = CountingEmbedder(), VersionKey("terms", label)
    sha256 = bank.foundation.files(institution_id).put(content)
    with bank.foundation.database.write() as session:
        upload = Upload(VersionInfo(key, "Terms", Language.EN), "terms.md", sha256, "maker-1")
        DocumentService(session, institution_id, bank.foundation.ledger).register(upload)
    Ingestion(bank.foundation, embedder).run(Job(institution_id, key))
    return embedder.seen


def test_the_words_of_an_earlier_version_cost_nothing(small_bank: SmallBank) -> None:
    assert cost(small_bank, "1", TERMS) == 3
    assert cost(small_bank, "2", TERMS + b"\n") == 0


def test_an_edit_embeds_what_it_changed(small_bank: SmallBank) -> None:
    cost(small_bank, "1", TERMS)
    assert cost(small_bank, "2", TERMS.replace(b"HK$450", b"HK$480")) == 1


def test_a_known_vector_is_the_one_that_embedding_would_give(small_bank: SmallBank) -> None:
    cost(small_bank, "1", TERMS)
    cost(small_bank, "2", TERMS.replace(b"HK$450", b"HK$480"))
    segment = stored_segment(small_bank, VersionKey("terms", "2"))
    assert segment.vectors.tolist() == EMBEDDER.embed([chunk.indexed_text for chunk in segment.chunks]).tolist()


def test_what_another_institution_embedded_is_never_used(small_bank: SmallBank) -> None:
    cost(small_bank, "1", TERMS)
    add_institution(small_bank, "other-bank")
    assert cost(small_bank, "1", TERMS, "other-bank") == 3


@pytest.mark.parametrize("file", ["vectors.npy", "chunks.jsonl"])
def test_a_damaged_segment_is_not_trusted(small_bank: SmallBank, file: str) -> None:
    cost(small_bank, "1", TERMS)
    path = segment_folder(small_bank, VersionKey("terms", "1")) / file
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    assert cost(small_bank, "2", TERMS + b"\n") == 3


def test_a_segment_of_another_embedder_is_not_used(small_bank: SmallBank) -> None:
    cost(small_bank, "1", TERMS)
    (ref,) = [segment_ref(small_bank, VersionKey("terms", "1"))]
    assert known_vectors(small_bank.foundation.index_root(BANK), [ref], "another@1/64") == {}
    assert len(known_vectors(small_bank.foundation.index_root(BANK), [ref], EMBEDDER.id)) == 3


def test_a_file_that_failed_can_be_taken_again_once_the_cause_is_gone(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "locker.md")
    (given,) = from_paths([path], Language.EN)

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(Ingestion, "index", killed)
    with pytest.raises(KeyboardInterrupt):
        take(small_bank.foundation, EMBEDDER, BANK, given, "tests", lambda _: None)
    monkeypatch.undo()
    again = take(small_bank.foundation, EMBEDDER, BANK, given, "tests", lambda _: None)
    assert isinstance(again, Taken)
    assert again.version.progress.stage is Stage.READY


def test_a_worker_does_not_take_what_the_command_line_is_taking_in(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[list[VersionKey]] = []
    parse = Ingestion.parse

    def watched(self: Ingestion, job: Job, parsed: ParsedDocument | None = None) -> str:
        waiting.append([v.info.key for _, v in waiting_versions(small_bank.foundation)])
        return parse(self, job, parsed)

    monkeypatch.setattr(Ingestion, "parse", watched)
    assert taken_in(small_bank, written(tmp_path, "locker.md"))[0].went_in
    assert waiting == [[]]


def test_a_broken_embedder_publishes_nothing_and_the_bank_goes_on(small_bank: SmallBank, tmp_path: Path) -> None:
    class Broken(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            raise OSError("the model's files are gone")

    (given,) = from_paths([written(tmp_path, "locker.md")], Language.EN)
    before = segments(small_bank)
    with pytest.raises(OSError, match="gone"):
        take(small_bank.foundation, Broken(), BANK, given, "tests", lambda _: None)
    assert segments(small_bank) == before
    assert version(small_bank, given.info.key).segment is None


def test_a_file_taken_in_without_facts_is_as_at_the_day_it_states_and_parsed_once(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "parse_file", None)  # the intake's own parse is all there is
    (result,) = taken_in(small_bank, written(tmp_path, "locker.md", LOCKER + b"\nAs at 7 July 2025.\n"))
    assert isinstance(result, Taken)
    assert result.version.info.as_at == date(2025, 7, 7)


def test_a_draft_refused_for_its_facts_is_left_as_it_was(small_bank: SmallBank, tmp_path: Path) -> None:
    (given,) = from_paths([written(tmp_path, "locker.md", b"")], Language.EN)
    first, second = (replace(given, info=replace(given.info, effective_from=date(year, 1, 1))) for year in (2026, 2027))
    take(small_bank.foundation, EMBEDDER, BANK, first, "tests", lambda _: None)
    before = version(small_bank, given.info.key)
    assert before.progress.stage is Stage.FAILED
    refused = take(small_bank.foundation, EMBEDDER, BANK, second, "tests", lambda _: None)
    assert isinstance(refused, Refused)
    assert "first day in force 2026-01-01, not 2027-01-01" in refused.reason
    assert version(small_bank, given.info.key) == before


def test_files_taken_in_side_by_side_are_told_of_in_their_order(small_bank: SmallBank, tmp_path: Path) -> None:
    contents = [LOCKER * 40, b"", LOCKER, b"%PDF-1.4 no more", LOCKER + b"\nOr two.\n"]
    paths = [written(tmp_path, f"file-{number}.md", content) for number, content in enumerate(contents)]
    told = ((one, lambda _: None) for one in from_paths(paths, Language.EN))
    results = list(take_all(small_bank.foundation, EMBEDDER, BANK, told, "tests"))
    assert [result.file for result in results] == [path.name for path in paths]
    assert [result.went_in for result in results] == [True, False, True, False, True]


def test_whoever_leaves_before_the_end_leaves_the_files_that_were_not_begun(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    paths = [written(tmp_path, f"file-{number}.md", LOCKER + bytes([97 + number])) for number in range(12)]
    intakes, has_left = from_paths(paths, Language.EN), Event()

    def stands_still(_: Progress) -> None:
        has_left.wait(5)

    tells: list[Report] = [lambda _: None] * 6 + [stands_still] * 6
    results = take_all(small_bank.foundation, EMBEDDER, BANK, zip(intakes, tells, strict=True), "tests")
    assert next(results).went_in
    has_left.set()
    results.close()
    with small_bank.foundation.database.read() as session:
        known = {v.info.key for v in DocumentService(session, BANK, small_bank.foundation.ledger).all()}
    begun = [one for one in intakes if one.info.key in known]
    assert len(begun) < len(intakes)
    assert list(take_all(small_bank.foundation, EMBEDDER, BANK, ((i, lambda _: None) for i in intakes), "tests"))
    assert all(version(small_bank, one.info.key).progress.stage is Stage.READY for one in intakes)


def test_a_document_under_the_same_label_with_other_words_is_refused(small_bank: SmallBank, tmp_path: Path) -> None:
    path = written(tmp_path, "locker.md")
    taken_in(small_bank, path)
    (second,) = taken_in(small_bank, written(tmp_path, "locker.md", LOCKER.replace(b"450", b"999")))
    assert isinstance(second, Refused)
    assert "locker" in second.reason


@pytest.mark.parametrize(
    ("name", "document"),
    [("Card Fees (2026).md", "card-fees-2026"), ("2026 fees.pdf", "document-2026-fees"), ("...md", "document")],
)
def test_a_document_is_named_after_its_file(name: str, document: str) -> None:
    (given,) = from_paths([Path(name)], None)
    assert given.info.key == VersionKey(document, intake.FIRST_VERSION)


def test_two_files_whose_names_differ_in_chinese_only_do_not_become_one_document() -> None:
    first, second, again = from_paths([Path("收費表.md"), Path("私隱通知.md"), Path("new/收費表.pdf")], None)
    assert first.info.key != second.info.key
    assert first.info.key == again.info.key
    assert re.fullmatch(r"document-[0-9a-f]{8}", first.info.key.document)


def test_publishing_what_was_taken_in_is_one_snapshot(small_bank: SmallBank, tmp_path: Path) -> None:
    results = taken_in(small_bank, written(tmp_path, "a.md"), written(tmp_path, "b.md", LOCKER + b"\nOr two.\n"))
    with small_bank.foundation.database.read() as session:
        before = InstitutionService(session, small_bank.foundation.ledger).pointer(BANK)
    keys = [r.version.info.key for r in results if isinstance(r, Taken)]
    assert publish_versions(small_bank.foundation, BANK, keys, "tests").generation == before.generation + 1


def test_an_intake_of_a_folder_keeps_its_facts() -> None:
    from knowledge_bases.loader import DocumentSource

    info = VersionInfo(VersionKey("a", "1"), "A", Language.ZH_HANT)
    assert Intake.of(DocumentSource(Path("a.md"), info)) == Intake(Path("a.md"), info, language_known=True)


def confirmed(bank: SmallBank, content: bytes, parser: str | None = None) -> VersionKey:
    """A version out of a batch whose file was read; ``parser``: what its kept parse says it was made by."""
    files, key = bank.foundation.files(BANK), VersionKey("locker", "1")
    with bank.foundation.database.write() as session:
        service = BatchService(session, BANK, bank.foundation.ledger)
        batch_id = service.receive([Arrived("locker.md", len(content), files.put(content))], "maker-1")
    with pytest.MonkeyPatch.context() as patch:
        if parser is not None:
            parsed = replace(parse_file(content, "locker.md"), parser=parser)
            patch.setattr(batch_reading, "parse_file", lambda *_: parsed)
        BatchReader(bank.foundation).read_next()
    with bank.foundation.database.write() as session:
        service = BatchService(session, BANK, bank.foundation.ledger)
        service.take_in(batch_id, "maker-1", {0: VersionInfo(key, "Lockers", Language.EN)})
    return key


def parses_of(bank: SmallBank, key: VersionKey, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that ingesting the version parses."""
    parsed: list[str] = []

    def heard(content: bytes, name: str, *rest: object) -> ParsedDocument:
        parsed.append(name)
        return parse_file(content, name)

    monkeypatch.setattr(ingest, "parse_file", heard)
    done = Ingestion(bank.foundation, EMBEDDER).run(Job(BANK, key))
    assert done.progress.stage is Stage.READY
    return parsed


def test_what_was_parsed_for_the_table_of_a_batch_is_not_parsed_again(
    small_bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parses_of(small_bank, confirmed(small_bank, LOCKER), monkeypatch) == []


def test_a_parse_by_an_earlier_parser_is_made_again(small_bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parses_of(small_bank, confirmed(small_bank, LOCKER, "markdown/0"), monkeypatch) == ["locker.md"]


def test_a_kept_parse_that_is_gone_is_made_again(small_bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    key, files = confirmed(small_bank, LOCKER), small_bank.foundation.files(BANK)
    address = parse_file(LOCKER, "locker.md").sha256
    assert files.remove(address, datetime.now(UTC))
    assert parses_of(small_bank, key, monkeypatch) == ["locker.md"]


def test_cutting_into_passages_says_how_far_it_is(small_bank: SmallBank) -> None:
    key, heard = received(small_bank, "terms.md", TERMS), list[Progress]()
    Ingestion(small_bank.foundation, EMBEDDER, heard.append).run(Job(BANK, key))
    cutting = [progress for progress in heard if progress.stage is Stage.CHUNKING and progress.total]
    assert cutting
    assert all(0 < progress.done <= progress.total for progress in cutting)
    assert re.fullmatch(r"\d+ of \d+ characters", progress_line(cutting[0], now_utc(), WORDS))
