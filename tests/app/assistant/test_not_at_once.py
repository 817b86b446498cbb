"""A sentence whose topic does not go out at once is kept from whoever reads along; a replay keeps it back as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from app.answering.parts import Parts
from app.answering.ports import Contrast, Retrieved
from app.answering.types import Answer, AnswerStatus, Question
from app.assistant.replay import Replayed, Replayer
from app.documents.published import PublishedKnowledge
from app.switches.types import Mode, Topic
from guardrails.types import Reason
from knowledge_bases.schema import Institution, Language, VersionInfo, VersionKey
from tests.app.assistant.test_figures_differ import NOTICE, publish
from tests.app.assistant.test_reading_along import GOLD, PLATINUM, Precise, conversation_of, pieces_of, read_along
from tests.app.assistant.test_releasing import decide, rule
from tests.app.small_bank import SmallBank
from tests.fakes.answering import FakeListener

NOTICES = Topic("notices", "Notices", Mode.HOLD, tags=("notice",))


@dataclass(frozen=True)
class NoticeNotFound:
    """The bank's documents; the notice contradicts what is cited, but no question finds it."""

    knowledge: PublishedKnowledge

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        return _without_notice(self.knowledge.retrieve(institution, question, language, on))

    def search(self, institution: str, snapshot: str, versions: Mapping[VersionKey, VersionInfo], q: object) -> object:
        return _without_notice(self.knowledge.search(institution, snapshot, dict(versions), q))  # type: ignore[arg-type]

    def contrasts(self, *asked: object, **known: object) -> tuple[Contrast, ...]:
        return self.knowledge.contrasts(*asked, **known)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self.knowledge, name)


def _without_notice(found: Retrieved) -> Retrieved:
    places = {place for place, passage in enumerate(found.passages) if passage.chunk.key == NOTICE}
    return found.without(frozenset(places))


@pytest.fixture
def bank(small_bank: SmallBank, tmp_path: Path) -> SmallBank:
    """A bank with a notice, which a person releases, that states another fee of the gold card."""
    info = VersionInfo(
        NOTICE, "Card Notice", Language.EN, tags=frozenset({"credit_card", "notice"}), as_at=date(2026, 7, 1)
    )
    publish(small_bank, tmp_path, "# Notice to cardholders\n\nThe annual fee of the Gold Card is HK$880.\n", info)
    rule(small_bank, NOTICES)
    return small_bank.with_parts(_find_no_notice)


def _find_no_notice(parts: Parts) -> Parts:
    assert isinstance(parts.knowledge, PublishedKnowledge)
    return replace(parts, knowledge=NoticeNotFound(parts.knowledge))


async def told(bank: SmallBank, words: str) -> Answer:
    listener = FakeListener()
    writing = bank.with_writer(Precise(words))
    answer = await read_along(writing, conversation_of(bank), listener)
    assert answer is not None
    assert "880" not in str(listener.shown)
    return answer


async def replayed(bank: SmallBank, answer: Answer) -> Replayed:
    knowledge = bank.platform.parts.knowledge
    replayer = Replayer(bank.foundation, knowledge, bank.platform.parts)  # type: ignore[arg-type]
    return await replayer.replay(bank.institution, answer.answer_id)


async def test_beside_a_sentence_that_went_out_it_is_left_out_and_the_replay_leaves_it_out(bank: SmallBank) -> None:
    answer = await told(bank, f"{PLATINUM}\n{GOLD}")
    assert [sentence.text for sentence in answer.sentences] == [PLATINUM]
    assert (await replayed(bank, answer)).differences == ()


async def test_as_the_first_sentence_it_leaves_the_answer_to_the_next_and_so_does_the_replay(bank: SmallBank) -> None:
    answer = await told(bank, f"{GOLD}\n{PLATINUM}")
    assert [sentence.text for sentence in answer.sentences] == [PLATINUM]
    assert (await replayed(bank, answer)).differences == ()


async def test_older_evidence_says_by_its_pieces_that_it_was_read_along(bank: SmallBank) -> None:
    answer = await told(bank, f"{PLATINUM}\n{GOLD}")
    assert len(pieces_of(bank, answer.answer_id)) == 1
    stored = bank.evidence(answer.answer_id)
    assert stored.along
    assert not type(stored).from_json(stored.to_json().replace(b'"along":true', b'"along":false')).along


async def test_where_nothing_may_go_out_at_once_what_a_person_released_is_replayed_as_it_was(bank: SmallBank) -> None:
    answer = await told(bank, GOLD)
    assert (answer.status, answer.reason) == (AnswerStatus.HELD, Reason.AWAITING_RELEASE)
    assert (await replayed(bank, answer)).differences == ()
    released = decide(bank, release=True)
    assert released is not None
    assert "880" in released.text
    assert (await replayed(bank, released)).differences == ()
