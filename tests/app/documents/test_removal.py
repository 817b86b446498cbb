"""Withdrawn words are never retrieved, then they are gone; what is needed stays, and a receipt says all of it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from app.answering.errors import ComposerUnavailable
from app.answering.ports import Brief
from app.answering.types import Question, Sentence
from app.assistant.replay import Replayer
from app.chat.library import PublishedLibrary
from app.composition import build_platform
from app.conversations.service import ConversationService
from app.documents.errors import VersionNotFound, WrongStatus
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Upload, VersionStatus
from app.documents.withdrawal import drop_withdrawn
from app.foundation import lay_foundation
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake, publish_taken
from app.removal.discarding import discard
from app.removal.errors import SnapshotRemoved
from app.removal.orphans import orphans, remove_orphans
from app.removal.plan import CITED, holdings
from app.removal.receipts import Receipts
from app.removal.retention import retain
from app.removal.shelf import Shelf
from app.removal.types import Cause, FileKind, Holding, Receipt, Removal
from app.removal.work import carry_out
from guardrails.types import Reason
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.segments import remove_segment, stored_segments
from retrieval.snapshot import read_manifest, remove_manifest, stored_snapshots
from tests.app.small_bank import BANK, DEPOSITS, EMBEDDER, FEES, LOST, SmallBank, settings_of, shared_rails, take_one
from tests.fakes.answering import FakeModel

YEARS = timedelta(days=3000)
LATER = datetime.now(UTC) + timedelta(days=45)  # past both retentions, before the end of replays
WORDS = "Eligible deposits are protected up to HK$800,000"
DEPOSIT_QUESTION = "Up to how much are eligible deposits protected?"


@pytest.fixture
def other_process(small_bank: SmallBank) -> Iterator[SmallBank]:
    """The same data folder, served by a platform of its own: another process sees no more of the first one."""
    with shared_rails():
        platform = build_platform(lay_foundation(settings_of(small_bank.home)), EMBEDDER)
    yield replace(small_bank, platform=platform)
    platform.foundation.database.engine.dispose()


def version(bank: SmallBank, key: VersionKey) -> DocumentVersion:
    with bank.foundation.database.read() as session:
        return DocumentService(session, BANK, bank.foundation.ledger).get(key)


def receipts(bank: SmallBank) -> tuple[Receipt, ...]:
    with bank.foundation.database.read() as session:
        return Receipts(session, BANK, bank.foundation.ledger).all()


def current(bank: SmallBank) -> str:
    with bank.foundation.database.read() as session:
        return InstitutionService(session, bank.foundation.ledger).pointer(BANK).snapshot_id or ""


def stored(bank: SmallBank, key: VersionKey) -> set[FileKind]:
    shelf = Shelf.of(bank.foundation, BANK)
    return {holding.kind for holding in holdings(version(bank, key), shelf)}


def ingested(bank: SmallBank, folder: Path, name: str, words: str) -> VersionKey:
    path = folder / f"{name}.md"
    path.write_text(f"# {name}\n\n{words}\n", encoding="utf-8")
    key = VersionKey(name, "1")
    take_one(bank.foundation, BANK, Intake(path, VersionInfo(key, name.title(), Language.EN)))
    return key


def files(bank: SmallBank) -> set[Path]:
    return {path for part in ("files", "index") for path in (bank.home / part).rglob("*") if path.is_file()}


async def test_withdrawn_words_are_never_retrieved(small_bank: SmallBank, other_process: SmallBank) -> None:
    banks = (small_bank, other_process)
    for bank in banks:
        assert WORDS in (await bank.ask(DEPOSIT_QUESTION)).text
    small_bank.withdraw(DEPOSITS)
    for bank in banks:
        answer = await bank.ask(DEPOSIT_QUESTION)
        assert (answer.reason, WORDS in answer.text) == (Reason.NOT_FOUND, False)
        question = Question(BANK, DEPOSIT_QUESTION)
        found = bank.platform.knowledge.retrieve(bank.institution, question, Language.EN, bank.platform.parts.today())
        assert DEPOSITS not in {passage.chunk.key for passage in found.passages}
        assert DEPOSITS not in found.versions
        library = PublishedLibrary(bank.foundation)
        shown = library.find(BANK, DEPOSITS)
        assert shown is not None
        assert shown.withdrawn
        assert library.parse(BANK, DEPOSITS, None) is None


@dataclass
class HearingModel(FakeModel):
    """A model that keeps all it is told and says nothing."""

    heard: list[Brief] = field(default_factory=list)

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        self.heard.append(brief)
        raise ComposerUnavailable("listening")
        yield


async def test_words_quoted_before_a_withdrawal_are_not_sent_to_a_model(small_bank: SmallBank) -> None:
    model = HearingModel()
    bank = small_bank.with_writer(model)
    conversation = bank.platform.assistant.open_conversation(BANK, Language.EN, "http://localhost:8000")
    assert WORDS in (await bank.ask(DEPOSIT_QUESTION, conversation)).text
    assert WORDS in repr(model.heard)
    bank.withdraw(DEPOSITS)
    model.heard.clear()
    await bank.ask("And what is the annual fee of the gold card?", conversation)
    assert model.heard, "the model was asked"
    assert WORDS not in repr(model.heard)


def test_the_snapshot_after_a_withdrawal_is_without_it_and_open_ones_are_let_go(
    small_bank: SmallBank, other_process: SmallBank
) -> None:
    before, question = current(small_bank), Question(BANK, DEPOSIT_QUESTION)
    bank = other_process
    bank.platform.knowledge.retrieve(bank.institution, question, Language.EN, bank.platform.parts.today())
    small_bank.withdraw(DEPOSITS)
    after = drop_withdrawn(small_bank.foundation, BANK).snapshot_id or ""
    root = small_bank.foundation.index_root(BANK)
    gone = {r.key for r in read_manifest(root, before).segments} - {r.key for r in read_manifest(root, after).segments}
    assert gone == {DEPOSITS}
    bank.platform.knowledge.retrieve(bank.institution, question, Language.EN, bank.platform.parts.today())
    opened = bank.platform.knowledge._open
    assert [snapshot_id for _, snapshot_id in opened._open] == [after]
    assert drop_withdrawn(small_bank.foundation, BANK).snapshot_id == after
    assert small_bank.is_whole()


def test_what_nobody_needs_goes_and_the_receipt_says_what_when_and_by_whom(small_bank: SmallBank) -> None:
    before, was = current(small_bank), version(small_bank, DEPOSITS)
    small_bank.withdraw(DEPOSITS)
    assert retain(small_bank.foundation, BANK) == []  # too early
    assert stored(small_bank, DEPOSITS) == {FileKind.ORIGINAL, FileKind.PARSE, FileKind.SEGMENT}
    done = retain(small_bank.foundation, BANK, LATER)
    assert [receipt.removal.cause for receipt in done] == [Cause.SNAPSHOTS, Cause.WITHDRAWN]
    assert [holding.name for holding in done[0].removal.removed] == [before]
    what = done[1].removal
    assert (what.key, what.by, what.kept, what.snapshot_after) == (DEPOSITS, "retention", (), current(small_bank))
    assert {was.file_sha256, was.parse_sha256} < {holding.name for holding in what.removed}
    assert done[1].size_bytes > 0
    assert stored(small_bank, DEPOSITS) == set()
    assert retain(small_bank.foundation, BANK, LATER) == []
    assert set(receipts(small_bank)) == set(done)
    assert small_bank.is_whole()


async def test_retention_never_removes_a_version_that_evidence_cites(
    small_bank: SmallBank, other_process: SmallBank
) -> None:
    answer = await small_bank.ask(DEPOSIT_QUESTION)
    small_bank.withdraw(DEPOSITS)
    assert retain(small_bank.foundation, BANK, LATER) == []  # its snapshot is to be replayed too
    platform = small_bank.platform
    replayer = Replayer(small_bank.foundation, platform.knowledge, platform.parts)
    assert (await replayer.replay(small_bank.institution, answer.answer_id)).differences == ()
    done = retain(small_bank.foundation, BANK, datetime.now(UTC) + YEARS)
    assert {kept.why for kept in done[-1].removal.kept} == {CITED}
    assert stored(small_bank, DEPOSITS) == {FileKind.ORIGINAL, FileKind.PARSE}
    afterwards = Replayer(other_process.foundation, other_process.platform.knowledge, other_process.platform.parts)
    with pytest.raises(SnapshotRemoved, match=done[0].id):
        await afterwards.replay(small_bank.institution, answer.answer_id)


async def test_evidence_of_an_erased_conversation_needs_nothing(small_bank: SmallBank) -> None:
    conversation = small_bank.platform.assistant.open_conversation(BANK, Language.EN, "http://localhost:8000")
    await small_bank.ask(DEPOSIT_QUESTION, conversation)
    small_bank.withdraw(DEPOSITS)
    with small_bank.foundation.database.write() as session:
        ConversationService(session, BANK, small_bank.foundation.ledger).erase(conversation, "tests")
    retain(small_bank.foundation, BANK, LATER)
    assert stored(small_bank, DEPOSITS) == set()
    assert small_bank.is_whole()


def test_a_file_that_another_version_has_stays(small_bank: SmallBank, tmp_path: Path) -> None:
    first = ingested(small_bank, tmp_path, "locker", "A locker costs HK$450 a year.")
    again = Intake(tmp_path / "locker.md", VersionInfo(VersionKey("vault", "1"), "Vault", Language.EN))
    taken = take_one(small_bank.foundation, BANK, again)
    publish_taken(small_bank.foundation, BANK, [taken], "tests")
    receipt = discard(small_bank.foundation, BANK, first, "maker")
    assert receipt is not None
    assert [holding.kind for holding in receipt.removal.removed] == [FileKind.SEGMENT]
    assert {"vault" in kept.why for kept in receipt.removal.kept} == {True}
    assert FileKind.ORIGINAL in stored(small_bank, VersionKey("vault", "1"))


def test_a_discarded_draft_is_erased_at_once_and_what_was_published_cannot_be(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    before = files(small_bank)
    key = ingested(small_bank, tmp_path, "draft", "A draft nobody should read.")
    receipt = discard(small_bank.foundation, BANK, key, "maker")
    assert receipt is not None
    assert (receipt.removal.cause, receipt.removal.by, receipt.removal.kept) == (Cause.DISCARDED, "maker", ())
    assert files(small_bank) == before
    assert version(small_bank, key).status is VersionStatus.WITHDRAWN
    assert discard(small_bank.foundation, BANK, key, "maker") is None
    with pytest.raises(WrongStatus):
        discard(small_bank.foundation, BANK, FEES, "maker")
    with pytest.raises(VersionNotFound):
        discard(small_bank.foundation, BANK, VersionKey("draft", ""), "maker")
    assert files(small_bank) == before
    assert small_bank.is_whole()


def test_a_discarded_version_of_which_everything_stays_has_a_receipt_that_says_why(small_bank: SmallBank) -> None:
    foundation, key = small_bank.foundation, VersionKey("fees-again", "1")
    with foundation.database.write() as session:
        service = DocumentService(session, BANK, foundation.ledger)
        shared = service.get(FEES).file_sha256
        service.register(Upload(VersionInfo(key, "Fees", Language.EN), "fees.md", shared, "maker"))
        service.mark_failed(key, "fees.md: it could not be read.")
    receipt = discard(foundation, BANK, key, "maker")
    assert receipt is not None
    assert (receipt.removal.cause, receipt.removal.removed, receipt.done_at is None) == (Cause.DISCARDED, (), False)
    assert {kept.kind for kept in receipt.removal.kept} >= {FileKind.ORIGINAL}
    assert all(FEES.document in kept.why for kept in receipt.removal.kept)
    assert FileKind.ORIGINAL in stored(small_bank, FEES)
    assert discard(foundation, BANK, key, "maker") is None
    assert receipts(small_bank) == (receipt,)
    assert small_bank.is_whole()


@pytest.mark.parametrize("name", ["", ".", "..", "*", "../segments", "0" * 63, "A" * 64])
def test_a_name_that_is_none_removes_nothing(small_bank: SmallBank, name: str) -> None:
    root, before = small_bank.foundation.index_root(BANK), files(small_bank)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        remove_segment(root, name)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        remove_manifest(root, name)
    for kind in FileKind:
        assert Shelf.of(small_bank.foundation, BANK).holding(kind, name) is None
    assert files(small_bank) == before


def test_an_empty_selection_removes_nothing_and_has_no_receipt(small_bank: SmallBank) -> None:
    before = files(small_bank)
    assert carry_out(small_bank.foundation, BANK, Removal(Cause.WITHDRAWN, DEPOSITS, "tests", ())) is None
    assert retain(small_bank.foundation, BANK, datetime.now(UTC) + YEARS) == []
    assert (files(small_bank), receipts(small_bank)) == (before, ())


def test_what_is_in_force_is_not_removed_even_when_a_plan_names_it(small_bank: SmallBank) -> None:
    before, shelf = files(small_bank), Shelf.of(small_bank.foundation, BANK)
    snapshot = shelf.holding(FileKind.SNAPSHOT, current(small_bank))
    assert snapshot is not None
    going = (*holdings(version(small_bank, LOST), shelf), snapshot)
    receipt = carry_out(small_bank.foundation, BANK, Removal(Cause.WITHDRAWN, LOST, "tests", going))
    assert receipt is not None
    assert receipt.removal.removed == ()
    assert files(small_bank) == before


class Killed(BaseException):
    """The process ends here."""


def test_a_kill_at_any_step_of_a_removal_is_taken_up_again(small_bank_home: Path, tmp_path: Path) -> None:
    """At every deletion, and between the note, the deletions and the receipt: afterwards all is as if undisturbed."""
    survived = 0
    for step in range(20):
        bank = SmallBank.copy_of(small_bank_home, tmp_path / str(step))
        bank.withdraw(DEPOSITS)
        if not killed_at(step, bank):
            bank.close()
            break
        survived += 1
        assert current(bank) in stored_snapshots(bank.foundation.index_root(BANK))
        retain(bank.foundation, BANK, LATER)
        assert stored(bank, DEPOSITS) == set()
        assert all(receipt.done_at for receipt in receipts(bank))
        assert {r.removal.cause for r in receipts(bank)} == {Cause.SNAPSHOTS, Cause.WITHDRAWN}
        assert bank.is_whole()
        bank.close()
    assert survived >= 8


def killed_at(step: int, bank: SmallBank) -> bool:
    """Whether a retention was killed at its ``step``-th deletion, note or receipt."""
    steps = iter(range(1000))

    def counted(real: object, after: bool) -> object:
        def called(*given: object, **named: object) -> object:
            if next(steps) == step:
                if after:
                    real(*given, **named)  # type: ignore[operator]
                raise Killed
            return real(*given, **named)  # type: ignore[operator]

        return called

    with (
        patch.object(Shelf, "remove", counted(Shelf.remove, True)),
        patch.object(Receipts, "begin", counted(Receipts.begin, True)),
        patch.object(Receipts, "lock", counted(Receipts.lock, False)),
        patch.object(Receipts, "finish", counted(Receipts.finish, True)),
    ):
        try:
            retain(bank.foundation, BANK, LATER)
        except Killed:
            return True
    return False


def test_orphans_are_what_no_row_names_and_go_with_a_receipt(small_bank: SmallBank) -> None:
    sha256 = small_bank.foundation.files(BANK).put(b"nobody's")
    assert orphans(small_bank.foundation, BANK) == ()  # a row may still come
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    assert orphans(small_bank.foundation, BANK, tomorrow) == (Holding(FileKind.STRAY, sha256, 8),)
    before = files(small_bank)
    receipt = remove_orphans(small_bank.foundation, BANK, "tests", tomorrow)
    assert receipt is not None
    assert {path.name for path in before - files(small_bank)} == {sha256}
    assert remove_orphans(small_bank.foundation, BANK, "tests", tomorrow) is None


def test_a_receipt_that_was_changed_breaks_the_log(small_bank: SmallBank) -> None:
    from app.removal.repository import RemovalRepository

    small_bank.withdraw(DEPOSITS)
    (receipt, *_) = retain(small_bank.foundation, BANK, LATER)
    with small_bank.foundation.database.write() as session:
        row = RemovalRepository(session, BANK).get(receipt.id)
        row.by = "somebody else"
        session.add(row)
    assert not small_bank.is_whole()
    assert json.dumps(receipt.to_json())
    assert stored_segments(small_bank.foundation.index_root(BANK))
