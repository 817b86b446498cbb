"""A change of model as a row: asked for once, noted while it is open, ended once, each step in the log."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import select

from app.embedding.changes import Change, Changes
from app.embedding.known import find_embedder, note_model
from app.evidence.tables import AuditEntryRow
from retrieval.embedders import HashingEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.models import ModelChoice
from retrieval.ports import Embedder
from tests.app.small_bank import BANK, RIVAL, SmallBank

NEW, NEWER = "new@1/8", "newer@1/8"


def changes(bank: SmallBank, *steps: str, institution: str = BANK) -> Change | None:
    """Asks for each of ``steps`` in its order; gives what stands then."""
    with bank.foundation.database.write() as session:
        own = Changes(session, institution, bank.foundation.ledger)
        for embedder_id in steps:
            own.ask(embedder_id, "tests")
        return own.last()


def test_none_was_asked_for_before_the_first(small_bank: SmallBank) -> None:
    assert changes(small_bank) is None


def test_asking_twice_is_asking_once(small_bank: SmallBank) -> None:
    first = changes(small_bank, NEW)
    assert first is not None
    assert first.is_open
    assert changes(small_bank, NEW) == first


def test_another_model_takes_the_place_of_what_is_open(small_bank: SmallBank) -> None:
    changes(small_bank, NEW)
    with small_bank.foundation.database.write() as session:
        own = Changes(session, BANK, small_bank.foundation.ledger)
        own.note(NEW, 3, 5)
        later = own.ask(NEWER, "tests")
        assert (later.done, later.total) == (0, 0)
        assert not own.note(NEW, 4, 5)
        own.end(NEW, "tests")
        assert own.last() == later


def test_what_has_ended_is_not_noted_or_ended_again(small_bank: SmallBank) -> None:
    changes(small_bank, NEW)
    with small_bank.foundation.database.write() as session:
        own = Changes(session, BANK, small_bank.foundation.ledger)
        own.end(NEW, "tests", "cancelled")
        ended = own.last()
        assert not own.note(NEW, 1, 5)
        own.end(NEW, "tests")
        assert own.last() == ended
    assert ended is not None
    assert (ended.is_open, ended.problem) == (False, "cancelled")


def test_each_step_is_in_the_log_which_stays_whole(small_bank: SmallBank) -> None:
    changes(small_bank, NEW, NEW, NEWER)
    with small_bank.foundation.database.write() as session:
        Changes(session, BANK, small_bank.foundation.ledger).end(NEWER, "tests")
    with small_bank.foundation.database.read() as session:
        own = select(AuditEntryRow.action).where(AuditEntryRow.institution_id == BANK)
        actions = [action for action in session.exec(own) if action.startswith("reembedding")]
    assert actions == ["reembedding:ask:done", "reembedding:ask:done", "reembedding:run:done"]
    assert small_bank.is_whole()


def test_the_change_of_one_institution_is_none_of_another(small_bank: SmallBank) -> None:
    changes(small_bank, NEW)
    assert changes(small_bank, institution=RIVAL) is None


def making(choice: ModelChoice) -> Embedder:
    if choice.source == "gone":
        raise EmbedderUnavailable("there is no folder gone")
    return HashingEmbedder(int(choice.source))


def sought(bank: SmallBank, embedder_id: str) -> str:
    try:
        return find_embedder(bank.foundation, embedder_id, making).id
    except EmbedderUnavailable as error:
        return str(error)


def test_a_model_that_was_used_is_found_again_by_its_id(small_bank: SmallBank) -> None:
    wanted = HashingEmbedder(8).id
    assert "no process of this deployment has used it" in sought(small_bank, wanted)
    note_model(small_bank.foundation, wanted, ModelChoice("gone"))
    assert "there is no folder gone" in sought(small_bank, wanted)
    note_model(small_bank.foundation, wanted, ModelChoice("16"))
    assert f"16 holds {HashingEmbedder(16).id} now" in sought(small_bank, wanted)
    note_model(small_bank.foundation, wanted, replace(ModelChoice("8"), query_prefix="q: "))
    assert sought(small_bank, wanted) == wanted
