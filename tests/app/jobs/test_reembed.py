"""Changing the model: the old index answers until the new one is whole; then one step; a kill costs little."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from app.documents.errors import EmbeddedOtherwise
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion
from app.embedding.changes import Change, Changes
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs import reindex as reindexing
from app.jobs.ingest import Ingestion
from app.jobs.intake import Intake, publish_taken, take
from app.jobs.reembed import Reembedding, open_changes
from app.jobs.reindex import Stale, reindex, stale_versions, with_own_model
from app.jobs.taken import Taken
from app.jobs.upkeep import Upkeep
from app.jobs.workflow import Bench
from app.removal.agreement import compare
from ingestion import chunking
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelChoice
from retrieval.ports import Embedder, Vectors
from tests.app.small_bank import BANK, EMBEDDER, FEE_QUESTION, LOST, RIVAL, SmallBank

LOCKERS = VersionKey("lockers", "1")
Begin = Callable[[Stale], None]


class NewModel(HashingEmbedder):
    """Another model, of other dimensions; counts what it embeds."""

    def __init__(self) -> None:
        super().__init__(dimensions=32)
        self.embedded: list[str] = []
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return super().embed(texts)

    def embed_question(self, text: str) -> Vectors:
        self.asked.append(text)
        vector: Vectors = super().embed([text])[0]
        return vector


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def new(monkeypatch: pytest.MonkeyPatch) -> NewModel:
    """The model that the settings ask for from now on; both it and the old one can be had."""
    model = NewModel()
    known: dict[str, Embedder] = {model.id: model, EMBEDDER.id: EMBEDDER}

    def found(foundation: Foundation, embedder_id: str, make: Callable[[ModelChoice], Embedder]) -> Embedder:
        if embedder_id not in known:
            raise EmbedderUnavailable(f"model {embedder_id} cannot be had")
        return known[embedder_id]

    for place in ("app.jobs.ingest", "app.documents.published"):
        monkeypatch.setattr(f"{place}.find_embedder", found)
    return model


def ask_for(bank: SmallBank, embedder_id: str) -> Change:
    with bank.foundation.database.write() as session:
        return Changes(session, BANK, bank.foundation.ledger).ask(embedder_id, "tests")


def change(bank: SmallBank, new: NewModel, begin: Begin = lambda stale: None) -> Change:
    """Asks for the change and carries it out."""
    asked = ask_for(bank, new.id)
    return Reembedding(Ingestion(bank.foundation, new), BANK, "tests", begin).run(asked)


def snapshot(bank: SmallBank, institution: str = BANK) -> str | None:
    with bank.foundation.database.read() as session:
        return InstitutionService(session, bank.foundation.ledger).pointer(institution).snapshot_id


def served(bank: SmallBank) -> str | None:
    with bank.foundation.database.read() as session:
        return DocumentService(session, BANK, bank.foundation.ledger).embedded_by()


def versions(bank: SmallBank) -> dict[VersionKey, DocumentVersion]:
    with bank.foundation.database.read() as session:
        return {v.info.key: v for v in DocumentService(session, BANK, bank.foundation.ledger).all()}


def model_of(bank: SmallBank, key: VersionKey) -> str:
    return str(json.loads(versions(bank)[key].segment or "")["embedder_id"])


def upload(bank: SmallBank, folder: Path, embedder: Embedder) -> Taken:
    path = folder / "lockers.md"
    path.write_text("# Lockers\n\nA small safe deposit locker costs HK$450 a year.\n", encoding="utf-8")
    intake = Intake(path, VersionInfo(LOCKERS, "Lockers", Language.EN))
    taken = take(bank.foundation, embedder, BANK, intake, "tests", lambda progress: None)
    assert isinstance(taken, Taken), taken
    return taken


def lose_a_parse(bank: SmallBank) -> None:
    parse = versions(bank)[LOST].parse_sha256 or ""
    bank.foundation.files(BANK).remove(parse, datetime.now(UTC) + timedelta(days=1))


async def test_the_running_product_answers_by_the_old_index_until_the_new_one_serves(
    small_bank: SmallBank, new: NewModel
) -> None:
    before, rival = await small_bank.ask(), snapshot(small_bank, RIVAL)

    def begin(stale: Stale) -> None:
        assert (snapshot(small_bank), served(small_bank)) == (before.snapshot, EMBEDDER.id)

    done = change(small_bank, new, begin)
    assert (done.is_open, done.problem) == (False, None)
    after = await small_bank.ask()
    assert (after.text, after.snapshot) == (before.text, snapshot(small_bank))
    assert after.snapshot != before.snapshot
    assert new.asked == [FEE_QUESTION], "the same process asks by the new model, as the manifest says"
    assert {model_of(small_bank, key) for key in versions(small_bank)} == {new.id}
    assert snapshot(small_bank, RIVAL) == rival, "each institution changes by itself"
    assert compare(small_bank.foundation, BANK).disagreements == ()
    assert small_bank.is_whole()


async def test_settings_that_ask_for_another_model_change_no_answer(small_bank: SmallBank, new: NewModel) -> None:
    before = await small_bank.ask()
    small_bank.platform.knowledge.embedder = new
    small_bank.platform.knowledge._open._open.clear()  # as after a restart
    after = await small_bank.ask()
    assert (after.text, after.snapshot, after.notices) == (before.text, before.snapshot, before.notices)
    assert new.asked == []


async def test_an_index_whose_model_is_gone_is_searched_by_words_and_the_customer_is_told(
    small_bank: SmallBank,
) -> None:
    small_bank.platform.knowledge.embedder = NewModel()
    answer = await small_bank.ask("What is the late charge for each missed payment?")
    assert "HK$300" in answer.text
    assert answer.notices == ("Part of the search is unavailable; this answer may miss something.",)


def test_it_goes_on_after_a_kill_without_embedding_anything_twice(small_bank: SmallBank, new: NewModel) -> None:
    before = snapshot(small_bank)

    def begin(stale: Stale) -> None:
        if stale.version.info.key == LOST:
            raise Killed

    with pytest.raises(Killed):
        change(small_bank, new, begin)
    assert snapshot(small_bank) == before
    assert new.embedded
    ((institution, left),) = open_changes(small_bank.foundation, [BANK, RIVAL])
    assert (institution, left.embedder_id, left.is_open) == (BANK, new.id, True)
    assert 0 < left.done < left.total
    Reembedding(Ingestion(small_bank.foundation, EMBEDDER), BANK, "another worker").run(left)  # set to the old model
    assert served(small_bank) == new.id
    assert len(new.embedded) == len(set(new.embedded))
    assert open_changes(small_bank.foundation, [BANK, RIVAL]) == []


def test_what_is_published_while_the_others_are_built_comes_along(
    small_bank: SmallBank, new: NewModel, tmp_path: Path
) -> None:
    def begin(stale: Stale) -> None:
        if stale.version.info.key == LOST and LOCKERS not in versions(small_bank):
            publish_taken(small_bank.foundation, BANK, [upload(small_bank, tmp_path, new)], "tests")
            assert model_of(small_bank, LOCKERS) == EMBEDDER.id, "by the model of the index it came into"

    assert change(small_bank, new, begin).problem is None
    assert model_of(small_bank, LOCKERS) == new.id
    assert compare(small_bank.foundation, BANK).disagreements == ()


def test_a_change_that_is_cancelled_publishes_nothing(small_bank: SmallBank, new: NewModel) -> None:
    before, last = snapshot(small_bank), list(versions(small_bank))[-1]

    def begin(stale: Stale) -> None:
        if stale.version.info.key == last:
            with small_bank.foundation.database.write() as session:
                Changes(session, BANK, small_bank.foundation.ledger).end(new.id, "tests", "cancelled")

    done = change(small_bank, new, begin)
    assert (done.is_open, done.problem) == (False, "cancelled")
    assert (snapshot(small_bank), served(small_bank)) == (before, EMBEDDER.id)


async def test_a_version_that_cannot_be_embedded_leaves_the_old_index_and_is_named(
    small_bank: SmallBank, new: NewModel
) -> None:
    before = await small_bank.ask()
    lose_a_parse(small_bank)
    done = change(small_bank, new)
    assert not done.is_open
    assert f"{LOST.document} {LOST.version}" in (done.problem or "")
    assert "nothing was published" in (done.problem or "")
    after = await small_bank.ask()
    assert (after.snapshot, after.text) == (before.snapshot, before.text)


def test_a_model_that_is_not_to_be_had_waits_for_a_worker_that_has_it(small_bank: SmallBank, new: NewModel) -> None:
    asked = ask_for(small_bank, "absent@1/8")
    left = Reembedding(Ingestion(small_bank.foundation, new), BANK, "tests").run(asked)
    assert left.is_open
    assert left.problem == "model absent@1/8 cannot be had"


def test_a_draft_of_another_model_is_not_published_until_it_is_embedded_again(
    small_bank: SmallBank, new: NewModel, tmp_path: Path
) -> None:
    taken = upload(small_bank, tmp_path, new)
    with pytest.MonkeyPatch.context() as patch:  # it was being read while the others were changed
        patch.setattr("app.jobs.reembed.stale_versions", without(LOCKERS))
        change(small_bank, new)
    assert (model_of(small_bank, LOCKERS), served(small_bank)) == (EMBEDDER.id, new.id)
    before = snapshot(small_bank)
    with pytest.raises(EmbeddedOtherwise, match="a worker embeds it again within minutes"):
        publish_taken(small_bank.foundation, BANK, [taken], "tests")
    assert snapshot(small_bank) == before
    own = with_own_model(Ingestion(small_bank.foundation, EMBEDDER), BANK)
    reindex(own, BANK, stale_versions(small_bank.foundation, BANK, own.embedder.id))
    publish_taken(small_bank.foundation, BANK, [replace(taken, version=versions(small_bank)[LOCKERS])], "tests")
    assert model_of(small_bank, LOCKERS) == new.id


def without(key: VersionKey) -> Callable[[Foundation, str, str], tuple[Stale, ...]]:
    def stale(foundation: Foundation, institution_id: str, embedder_id: str) -> tuple[Stale, ...]:
        found = stale_versions(foundation, institution_id, embedder_id)
        return tuple(each for each in found if each.version.info.key != key)

    return stale


def test_a_worker_carries_out_what_was_asked_for_and_builds_nothing_else_by_its_setting(
    small_bank: SmallBank, new: NewModel
) -> None:
    upkeep = Upkeep(Bench(Ingestion(small_bank.foundation, new), Event()), "worker-1")
    upkeep._reindex()
    upkeep._reembed()
    assert (served(small_bank), new.embedded) == (EMBEDDER.id, [])
    ask_for(small_bank, new.id)
    upkeep._reindex()  # leaves an institution alone that is being changed
    assert new.embedded == []
    upkeep._reembed()
    assert served(small_bank) == new.id
    assert open_changes(small_bank.foundation, [BANK]) == []


def test_an_institution_whose_model_is_gone_keeps_no_other_from_being_built_again(
    small_bank: SmallBank, new: NewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(small_bank, new)  # the rival stays with the old model, which cannot be had any more
    monkeypatch.setattr("app.jobs.ingest.find_embedder", gone)
    for place in (chunking, reindexing):
        monkeypatch.setattr(place, "CHUNKER_VERSION", "newer")
    Upkeep(Bench(Ingestion(small_bank.foundation, new), Event()), "worker-1")._reindex()
    assert stale_versions(small_bank.foundation, BANK, new.id) == ()
    assert stale_versions(small_bank.foundation, RIVAL, EMBEDDER.id) != ()


def gone(foundation: Foundation, embedder_id: str, make: Callable[[ModelChoice], Embedder]) -> Embedder:
    raise EmbedderUnavailable(f"model {embedder_id} cannot be had")
