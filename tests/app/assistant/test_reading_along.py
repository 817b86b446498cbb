"""Answers read along with, over a real database: each piece is stored before it is shown, and nothing shown is lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from app.answering.causes import AWAITS_PERSON, BY_CUSTOMER, PERSON_JOINED, STOPPED, notice_of
from app.answering.composers.candidates import parts_of
from app.answering.errors import PersonHasConversation
from app.answering.pieces import Piece
from app.answering.ports import Brief, Rails
from app.answering.texts import texts
from app.answering.types import Answer, AnswerStatus, Question, Sentence
from app.assistant import service
from app.assistant.interrupted import close_interrupted
from app.assistant.ports import Role
from app.assistant.replay import Replayer
from app.cases.types import Trigger
from app.conversations.errors import ConversationNotFound
from app.conversations.service import ConversationService
from app.evidence.pieces import PieceService
from app.handover.takeover import Takeover
from app.switches.types import Kind, Switch
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Language
from retrieval.quotable import quotables
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, SmallBank
from tests.app.switches.test_effect import turn
from tests.fakes.answering import FakeListener, FakeModel

GOLD, PLATINUM = "The annual fee of the Gold Card is HK$720.", "The annual fee of the Platinum Card is HK$1,800."


class Killed(BaseException):
    """The process ends."""


def conversation_of(bank: SmallBank) -> str:
    return bank.platform.assistant.open_conversation(BANK, Language.EN, "here")


async def read_along(bank: SmallBank, conversation: str, listener: FakeListener) -> Answer | None:
    return await bank.platform.assistant.ask(Question(BANK, FEE_QUESTION, conversation_id=conversation), listener)


def pieces_of(bank: SmallBank, answer_id: str, institution: str = BANK) -> list[str]:
    with bank.foundation.database.read() as session:
        pieces = PieceService(session, institution, bank.foundation.ledger).of(answer_id)
    return [piece.evidence.released for piece in pieces]


def transcript(bank: SmallBank, conversation: str) -> list[tuple[Role, str]]:
    return [(m.role, m.text) for m in bank.platform.assistant.transcript(BANK, conversation)]


class Precise(FakeModel):
    """Cites of the documents the sentence that it says, and no more."""

    def _sentence(self, brief: Brief, words: str) -> Sentence:
        spans = (span for passage in brief.retrieved.passages for span in quotables(passage, window=1))
        return Sentence(words, parts_of(next(span for span in spans if words in span.focus)), "Card Fees")


class MeddlingModel(FakeModel):
    """Something happens after its first sentence was shown."""

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        async for sentence in super().write(brief):
            yield sentence
            self.meddle()

    def meddle(self) -> None:
        raise NotImplementedError


async def test_each_piece_is_stored_with_the_answer_and_its_evidence_as_far_as_they_go(small_bank: SmallBank) -> None:
    bank, listener = small_bank.with_writer(FakeModel(f"{GOLD}\n{PLATINUM}")), FakeListener()
    conversation = conversation_of(bank)
    answer = await read_along(bank, conversation, listener)
    assert answer is not None
    first, second = pieces_of(bank, answer.answer_id)
    assert GOLD in first
    assert PLATINUM not in first
    assert answer.text.startswith(second)
    assert transcript(bank, conversation) == [(Role.CUSTOMER, FEE_QUESTION), (Role.ASSISTANT, answer.text)]
    assert bank.is_whole()
    assert pieces_of(bank, answer.answer_id, RIVAL) == []


async def test_what_was_released_is_read_by_another_process_while_the_rest_is_written(small_bank: SmallBank) -> None:
    seen: list[tuple[str, ...]] = []
    conversation, other = conversation_of(small_bank), conversation_of(small_bank)

    class Watched(MeddlingModel):
        def meddle(self) -> None:
            unfinished = small_bank.platform.assistant.unfinished(BANK, conversation)
            seen.append(tuple(sentence.text for answer in unfinished for sentence in answer.sentences))
            assert small_bank.platform.assistant.unfinished(BANK, other) == ()
            with pytest.raises(ConversationNotFound):
                small_bank.platform.assistant.unfinished(RIVAL, conversation)

    bank = small_bank.with_writer(Watched(f"{GOLD}\n{PLATINUM}"))
    answer = await read_along(bank, conversation, FakeListener())
    assert seen == [(GOLD,), (GOLD, PLATINUM)]
    assert bank.platform.assistant.unfinished(BANK, conversation) == ()
    assert answer is not None
    assert transcript(bank, conversation)[-1] == (Role.ASSISTANT, answer.text)


async def test_an_answer_read_along_with_is_replayed_to_the_same_words(small_bank: SmallBank) -> None:
    bank = small_bank.with_writer(FakeModel(f"{GOLD}\nThe fee is HK$7.", again=PLATINUM, breaks_off=True))
    answer = await read_along(bank, conversation_of(bank), FakeListener())
    assert answer is not None
    replayer = Replayer(bank.foundation, bank.platform.knowledge, small_bank.platform.parts)
    assert (await replayer.replay(bank.institution, answer.answer_id)).differences == ()


async def test_a_model_that_is_stopped_while_it_writes_says_no_more_and_what_was_read_is_kept(
    small_bank: SmallBank,
) -> None:
    class Stopped(MeddlingModel):
        def meddle(self) -> None:
            if not self.closed:
                self.closed = True
                turn(small_bank.foundation, Switch(Kind.GENERATION))

    bank, listener = small_bank.with_writer(Stopped(f"{GOLD}\n{PLATINUM}")), FakeListener()
    answer = await read_along(bank, conversation_of(bank), listener)
    assert answer is not None
    assert [sentence.text for sentence in answer.sentences] == [GOLD]
    assert [len(piece.sentences) for piece in listener.shown] == [1]
    assert "This answer ends here" in answer.notices[0]
    assert bank.is_whole()
    replayer = Replayer(bank.foundation, bank.platform.knowledge, small_bank.platform.parts)
    assert (await replayer.replay(bank.institution, answer.answer_id)).differences == ()


class Meddling(FakeListener):
    """Something happens when the first piece is shown."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        super().__init__()
        self._meddle = meddle

    async def show(self, piece: Piece) -> None:
        await super().show(piece)
        if len(self.shown) == 1:
            self._meddle()


async def is_replayed_to_the_same_words(bank: SmallBank, small_bank: SmallBank, answer: Answer) -> bool:
    replayer = Replayer(bank.foundation, bank.platform.knowledge, small_bank.platform.parts)
    return (await replayer.replay(bank.institution, answer.answer_id)).differences == ()


async def test_what_changes_while_the_rest_is_quoted_ends_the_answer_and_its_replay(small_bank: SmallBank) -> None:
    bank = small_bank.with_writer(Precise(PLATINUM, breaks_off=True))
    listener = Meddling(lambda: turn(small_bank.foundation, Switch(Kind.GENERATION)))
    answer = await read_along(bank, conversation_of(bank), listener)
    assert answer is not None
    assert [draft.ended for draft in bank.evidence(answer.answer_id).drafts] == ["broke_off", STOPPED]
    assert "something it rests on has just changed" in answer.text
    assert await is_replayed_to_the_same_words(bank, small_bank, answer)


@pytest.mark.parametrize("model", [FakeModel(f"{GOLD}\n{PLATINUM}"), FakeModel(GOLD, breaks_off=True)])
async def test_an_answer_that_its_customer_stopped_is_replayed_to_the_same_words(
    small_bank: SmallBank, model: FakeModel
) -> None:
    bank = small_bank.with_writer(model)
    answer = await read_along(bank, conversation_of(bank), FakeListener(stops_after=1))
    assert answer is not None
    assert bank.evidence(answer.answer_id).drafts[-1].ended == BY_CUSTOMER
    assert await is_replayed_to_the_same_words(bank, small_bank, answer)


async def test_a_version_withdrawn_while_it_is_read_is_quoted_no_further(small_bank: SmallBank) -> None:
    class Withdrawing(MeddlingModel):
        def meddle(self) -> None:
            if not self.closed:
                self.closed = True
                small_bank.withdraw()

    bank = small_bank.with_writer(Withdrawing(f"{GOLD}\n{PLATINUM}"))
    answer = await read_along(bank, conversation_of(bank), FakeListener())
    assert answer is not None
    assert [sentence.text for sentence in answer.sentences] == [GOLD]
    assert answer.answer_id == bank.evidence(answer.answer_id).answer_id


async def test_a_person_who_takes_over_while_it_is_written_silences_the_assistant(small_bank: SmallBank) -> None:
    conversation = conversation_of(small_bank)

    class TakenOver(MeddlingModel):
        def meddle(self) -> None:
            if not self.closed:
                self.closed = True
                small_bank.platform.assistant.want_human(BANK, conversation, Language.EN)

    bank, listener = small_bank.with_writer(TakenOver(f"{GOLD}\n{PLATINUM}")), FakeListener()
    answer = await read_along(bank, conversation, listener)
    assert answer is not None
    assert [sentence.text for sentence in answer.sentences] == [GOLD]
    assert PLATINUM not in str(transcript(bank, conversation))
    assert bank.is_whole()


JOINED_WORDS = {
    Language.EN: "This answer ends here: a member of our staff has joined this chat and will go on with it.",
    Language.ZH_HANT: "答覆到此為止：我們的職員已加入對話，會在此繼續為你跟進。",
    Language.ZH_HANS: "答复到此为止：我们的职员已加入对话，会在此继续为您跟进。",
}
AWAITED_WORDS = {
    Language.EN: "This answer ends here: this chat is now with our staff, and one of them will go on with it.",
    Language.ZH_HANT: "答覆到此為止：此對話已轉交我們的職員，會由職員在此跟進。",
    Language.ZH_HANS: "答复到此为止：此对话已转交我们的职员，会由职员在此跟进。",
}


def hand_over(bank: SmallBank, conversation: str, *, to_somebody: bool) -> None:
    """The customer wants a person, as in another tab; ``to_somebody``: who takes it at once."""
    bank.platform.assistant.want_human(BANK, conversation, Language.EN)
    if to_somebody:
        with bank.foundation.database.write() as session:
            Takeover(session, BANK, bank.foundation.ledger).take(conversation, "rita")


@pytest.mark.parametrize("breaks_off", [False, True])
@pytest.mark.parametrize(("joined", "cause"), [(True, PERSON_JOINED), (False, AWAITS_PERSON)])
async def test_whoever_reads_along_when_a_person_takes_over_is_told_so_and_not_that_something_changed(
    small_bank: SmallBank, *, joined: bool, cause: str, breaks_off: bool
) -> None:
    model = Precise(PLATINUM, breaks_off=True) if breaks_off else FakeModel(f"{GOLD}\n{PLATINUM}")
    bank, conversation = small_bank.with_writer(model), conversation_of(small_bank)
    listener = Meddling(lambda: hand_over(small_bank, conversation, to_somebody=joined))
    answer = await read_along(bank, conversation, listener)
    assert answer is not None
    assert answer.notices == ((JOINED_WORDS if joined else AWAITED_WORDS)[Language.EN],)
    assert answer.text.startswith(pieces_of(bank, answer.answer_id)[0])
    assert len(listener.shown) == 1
    assert transcript(bank, conversation)[-1] == (Role.ASSISTANT, answer.text)
    assert bank.evidence(answer.answer_id).drafts[-1].ended == cause
    assert bank.is_whole()
    assert await is_replayed_to_the_same_words(bank, small_bank, answer)


@pytest.mark.parametrize("language", list(Language))
def test_that_a_person_goes_on_is_told_in_each_language(language: Language) -> None:
    ways = {PERSON_JOINED: JOINED_WORDS, AWAITS_PERSON: AWAITED_WORDS}
    for cause, words in ways.items():
        assert texts(language)[notice_of(cause, released=True)] == words[language]


async def test_a_person_who_took_over_before_the_first_sentence_is_all_that_the_customer_hears(
    small_bank: SmallBank,
) -> None:
    conversation = conversation_of(small_bank)

    class TakenOver(FakeModel):
        async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
            small_bank.platform.assistant.want_human(BANK, conversation, Language.EN)
            async for sentence in super().write(brief):
                yield sentence

    bank, listener = small_bank.with_writer(TakenOver(GOLD)), FakeListener()
    assert await read_along(bank, conversation, listener) is None
    assert listener.shown == []
    assert PersonHasConversation.__name__ not in str(transcript(bank, conversation))


@pytest.fixture
async def interrupted(small_bank: SmallBank) -> tuple[SmallBank, str]:
    """A conversation whose answer's process was killed after the first sentence."""

    class Dies(MeddlingModel):
        def meddle(self) -> None:
            raise Killed

    bank, conversation = small_bank.with_writer(Dies(f"{GOLD}\n{PLATINUM}")), conversation_of(small_bank)
    with pytest.raises(Killed):
        await read_along(bank, conversation, FakeListener())
    return bank, conversation


async def test_an_answer_cut_by_a_kill_is_closed_from_what_was_read(interrupted: tuple[SmallBank, str]) -> None:
    bank, conversation = interrupted
    assert close_interrupted(bank.foundation.database, bank.foundation.ledger, BANK, after_s=60.0) == 0  # too soon
    assert close_interrupted(bank.foundation.database, bank.foundation.ledger, BANK, after_s=-1.0) == 1
    assert close_interrupted(bank.foundation.database, bank.foundation.ledger, BANK, after_s=-1.0) == 0
    (_, asked), (role, told) = transcript(bank, conversation)
    assert (asked, role) == (FEE_QUESTION, Role.ASSISTANT)
    assert GOLD in told
    assert PLATINUM not in told
    assert told.endswith("it ends here. Please ask again for the rest.")
    answer = bank.platform.assistant.transcript(BANK, conversation)[-1].answer
    assert answer is not None
    assert answer.status is AnswerStatus.ANSWERED
    assert bank.evidence(answer.answer_id).released == told
    assert bank.is_whole()


async def test_what_was_half_told_is_unfinished_until_it_is_closed_or_known_to_be_lost(
    interrupted: tuple[SmallBank, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, conversation = interrupted
    (unfinished,) = bank.platform.assistant.unfinished(BANK, conversation)
    assert [sentence.text for sentence in unfinished.sentences] == [GOLD]
    with monkeypatch.context() as patched:
        patched.setattr(service, "LOST", timedelta(0))
        assert bank.platform.assistant.unfinished(BANK, conversation) == ()
    close_interrupted(bank.foundation.database, bank.foundation.ledger, BANK, after_s=-1.0)
    assert bank.platform.assistant.unfinished(BANK, conversation) == ()


async def test_what_was_half_told_in_an_erased_conversation_stays_erased(interrupted: tuple[SmallBank, str]) -> None:
    bank, conversation = interrupted
    with bank.foundation.database.write() as session:
        ConversationService(session, BANK, bank.foundation.ledger).erase(conversation, "tests")
    assert close_interrupted(bank.foundation.database, bank.foundation.ledger, BANK, after_s=-1.0) == 0
    assert bank.is_whole()


async def test_no_other_institution_s_answers_are_closed(interrupted: tuple[SmallBank, str]) -> None:
    bank, _ = interrupted
    assert close_interrupted(bank.foundation.database, bank.foundation.ledger, RIVAL, after_s=-1.0) == 0


async def test_a_complaint_beside_what_was_half_told_still_has_its_case(small_bank: SmallBank) -> None:
    class Dies(MeddlingModel):
        def meddle(self) -> None:
            raise Killed

    bank, conversation = small_bank.with_writer(Dies(GOLD)), conversation_of(small_bank)
    complains = Verdict(
        Action.ALLOW, FEE_QUESTION, (Finding("P15", Stage.INPUT, Severity.S2, Action.ALLOW, Reason.COMPLAINT),)
    )
    bank = bank.with_parts(lambda parts: replace(parts, rails=_Hears(parts.rails, complains)))
    with pytest.raises(Killed):
        await read_along(bank, conversation, FakeListener())
    assert close_interrupted(bank.foundation.database, bank.foundation.ledger, BANK, after_s=-1.0) == 1
    assert [case.trigger for case in bank.cases()] == [Trigger.COMPLAINT]


@dataclass
class _Hears:
    """The rails, but for what they make of the question."""

    rails: Rails
    heard: Verdict

    async def check_input(self, context: RailContext) -> Verdict:
        return self.heard

    async def check_retrieval(self, context: RailContext) -> Verdict:
        return await self.rails.check_retrieval(context)

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict:
        return await self.rails.check_output(context, resolve, rulebook)
