"""The gate as a specification: a model's sentence is shown once it is verified and stored, and never taken back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import date

import pytest

from app.answering.causes import BY_CUSTOMER, NOBODY_READS, STOPPED, UNSHOWN, notice_of
from app.answering.parts import Parts
from app.answering.pipeline import Pipeline
from app.answering.ports import Brief, Contrast, FixedStanding, OneRulebook, Patience
from app.answering.texts import texts
from app.answering.turns import Turns
from app.answering.types import Answer, AnswerStatus, Question, Sentence
from app.evidence.errors import CitedVersionWithdrawn
from app.switches.types import Mode, Standing, Topic
from guardrails.rulebook import load_rulebook
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage, Verdict
from knowledge_bases.schema import Language, Passage, VersionKey
from retrieval.quotable import quotables
from tests.fakes.answering import FakeKnowledge, FakeListener, FakeModel, FakeRails, FakeRecorder, institution, passage

ASKED = "What is the annual fee of the gold card?"
FEE = "The annual fee of the Gold Card is HK$1,800."
WAIVED = "The annual fee of the Gold Card is waived for the first two years."
TRUE, ALSO, FALSE = "The Gold Card costs HK$1,800 a year.", "Its first two years are free.", "It costs HK$9."
RULEBOOK = load_rulebook()
ALLOWED = Verdict(Action.ALLOW, "")
FOUND = Finding("P07", Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.UNVERIFIED, detail="another figure")
HELD = Verdict(Action.HOLD, "", (FOUND,), Reason.UNVERIFIED)


def elsewhere(text: str) -> Passage:
    """A passage of another document than ``passage`` gives."""
    found = passage(text, rank=2, key=VersionKey("card-waivers", "1"))
    return replace(found, chunk=replace(found.chunk, parse_sha256="b" * 64))


class Desk:
    """A pipeline over fakes, and the customer who reads along."""

    def __init__(self, model: FakeModel, listener: FakeListener | None = None) -> None:
        self.model, self.listener = model, listener or FakeListener()
        self.knowledge = FakeKnowledge((passage(FEE), elsewhere(WAIVED)))
        self.rails, self.recorder = FakeRails(), FakeRecorder()
        parts = Parts(self.knowledge, self.rails, OneRulebook(RULEBOOK), self.recorder, lambda: date(2026, 11, 22))
        self.parts = replace(parts, writer_of=lambda _: model)

    async def ask(self, text: str = ASKED) -> Answer:
        return await Pipeline(self.parts).answer(institution(), Question("test-bank", text), self.listener)

    @property
    def shown(self) -> list[str]:
        """The sentences that the customer was shown, in order."""
        return [sentence.text for piece in self.listener.shown for sentence in piece.sentences]

    @property
    def drafts(self) -> list[tuple[str, str]]:
        return [(draft.composer, draft.ended) for draft in self.recorder.trails[-1].drafts]


async def test_each_sentence_is_stored_before_it_is_shown_and_the_whole_afterwards() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{ALSO}"))
    answer = await desk.ask()
    assert desk.shown == [TRUE, ALSO]
    assert [len(stored.sentences) for stored in desk.recorder.pieces] == [1, 2]
    assert [stored.answer_id for stored in desk.recorder.pieces] == [answer.answer_id] * 2
    assert desk.recorder.answers == [replace(answer, timings_ms=desk.recorder.answers[0].timings_ms)]
    assert answer.status is AnswerStatus.ANSWERED


async def test_what_was_shown_opens_the_whole_answer_word_for_word() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{ALSO}"))
    answer = await desk.ask()
    first, second = desk.listener.shown
    words = [first.lead, *(s.text for s in first.sentences), *(d.text for d in first.disclosures)]
    words += [*(s.text for s in second.sentences), *(d.text for d in second.disclosures)]
    assert answer.text.startswith("\n\n".join(words))


async def test_the_statements_that_it_owes_stand_in_the_first_piece_and_are_not_said_twice() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{ALSO}"))
    answer = await desk.ask()
    first, second = desk.listener.shown
    assert "D01" in {disclosure.rule_id for disclosure in first.disclosures}
    assert not {d.text for d in first.disclosures} & {d.text for d in second.disclosures}
    assert answer.text.count("To borrow or not to borrow?") == 1


async def test_the_rails_judge_the_new_sentence_in_the_whole_text_so_far() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{ALSO}"))
    await desk.ask()
    first, second = desk.rails.seen
    assert [[claim.text for claim in context.claims] for context in (first, second)] == [[TRUE], [ALSO]]
    assert TRUE in second.text
    assert {d.rule_id for d in first.disclosures} <= {d.rule_id for d in second.disclosures}


async def test_a_sentence_that_fails_is_written_once_more_told_what_was_found() -> None:
    desk = Desk(FakeModel(FALSE, again=TRUE))
    desk.rails.on_output = [HELD]
    answer = await desk.ask()
    assert desk.model.criticised == [(FALSE, "another figure")]
    assert desk.shown == [TRUE]
    assert FALSE not in answer.text
    assert desk.drafts == [("generate", ""), ("rewrite", "")]


async def test_a_sentence_that_fails_twice_gives_way_to_the_quote_of_its_span() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{FALSE}", again="It costs HK$8."))
    desk.rails.on_output = [ALLOWED, HELD, HELD]
    answer = await desk.ask()
    assert desk.shown == [TRUE, FEE]
    assert [sentence.quoted for sentence in answer.sentences] == [False, True]
    assert answer.status is AnswerStatus.ANSWERED


async def test_a_sentence_whose_quote_fails_as_well_is_left_out() -> None:
    desk = Desk(FakeModel(f"{FALSE}\n{TRUE}"))
    desk.rails.on_output = [HELD, HELD]
    await desk.ask()
    assert desk.shown == [TRUE]


async def test_where_nothing_is_left_of_the_model_s_answer_the_documents_speak() -> None:
    desk = Desk(FakeModel(FALSE))
    desk.rails.on_output = [HELD, HELD]
    answer = await desk.ask()
    assert (answer.status, desk.shown) == (AnswerStatus.QUOTED, [])
    assert answer.sentences[0].text == FEE


async def test_where_nothing_passes_at_all_the_answer_is_held() -> None:
    desk = Desk(FakeModel(FALSE))
    desk.rails.on_output = [HELD] * 9
    answer = await desk.ask()
    assert (answer.status, desk.shown) == (AnswerStatus.HELD, [])


async def test_a_model_that_breaks_off_after_a_release_leaves_the_rest_to_quotes_and_the_customer_is_told() -> None:
    desk = Desk(FakeModel(TRUE, breaks_off=True))
    answer = await desk.ask()
    assert desk.shown == [TRUE, WAIVED]
    assert [sentence.quoted for sentence in answer.sentences] == [False, True]
    assert answer.notices == ("The writing model broke off; the quotations above are our documents' own words.",)
    assert desk.drafts == [("generate", "broke_off"), ("quote", "")]


async def test_where_the_documents_have_nothing_to_add_the_customer_is_told_that_the_answer_may_be_incomplete() -> None:
    desk = Desk(FakeModel(TRUE, breaks_off=True))
    desk.knowledge.passages = (passage(FEE),)
    answer = await desk.ask()
    assert desk.shown == [TRUE]
    assert answer.notices == ("The writing model broke off, so this answer may be incomplete.",)


@pytest.mark.parametrize(("cause", "said"), [("down", "unavailable"), ("busy", "Many customers")])
async def test_a_model_that_gives_nothing_leaves_all_to_quotes_and_the_customer_is_told(cause: str, said: str) -> None:
    desk = Desk(FakeModel(down=cause))
    answer = await desk.ask()
    assert (answer.status, desk.shown) == (AnswerStatus.QUOTED, [])
    assert said in answer.notices[0]


async def test_a_model_that_is_slow_is_not_waited_for() -> None:
    desk = Desk(FakeModel("", hangs=True, patience=Patience(first_s=0.05, total_s=9.0)))
    answer = await desk.ask()
    assert answer.status is AnswerStatus.QUOTED
    assert desk.drafts[0] == ("generate", "timed_out")
    assert desk.model.closed


async def test_where_nobody_reads_on_the_model_is_let_go_and_the_answer_is_whole_for_whoever_comes_back() -> None:
    desk = Desk(FakeModel(TRUE, hangs=True), FakeListener(leaves_after=1))
    answer = await desk.ask()
    assert desk.drafts[0] == ("generate", NOBODY_READS)
    assert desk.model.closed
    assert [sentence.text for sentence in answer.sentences] == [TRUE, WAIVED]
    assert answer.notices[0].startswith("The connection broke while this was being written; the quotations above are")


async def test_a_version_that_is_withdrawn_before_the_first_sentence_makes_the_answer_anew() -> None:
    desk = Desk(FakeModel(TRUE))
    desk.recorder.withdrawn = 1
    answer = await desk.ask()
    assert (answer.status, desk.shown) == (AnswerStatus.ANSWERED, [TRUE])


async def test_one_that_is_withdrawn_after_it_ends_the_answer_and_takes_nothing_back() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{ALSO}"))
    desk.recorder.withdrawn_after = 1
    answer = await desk.ask()
    assert desk.shown == [TRUE]
    assert desk.drafts == [("generate", STOPPED)]
    assert answer.notices == ("This answer ends here: something it rests on has just changed. Please ask again.",)
    assert desk.recorder.answers == [replace(answer, timings_ms=desk.recorder.answers[0].timings_ms)]


async def test_one_that_is_withdrawn_while_the_rest_is_quoted_is_told_instead_of_the_model_s_breaking_off() -> None:
    desk = Desk(FakeModel(TRUE, breaks_off=True))
    desk.recorder.withdrawn_after = 1
    answer = await desk.ask()
    assert desk.shown == [TRUE]
    assert answer.notices == ("This answer ends here: something it rests on has just changed. Please ask again.",)
    assert desk.drafts == [("generate", "broke_off"), ("quote", STOPPED)]


async def test_a_customer_who_presses_stop_reads_no_more_and_the_evidence_says_so() -> None:
    desk = Desk(FakeModel(TRUE, hangs=True), FakeListener(stops_after=1))
    answer = await desk.ask()
    assert desk.shown == [TRUE]
    assert answer.notices == ("You stopped this answer here. Please ask again if you want the rest.",)
    assert desk.drafts == [("generate", BY_CUSTOMER)]
    assert desk.model.closed


async def test_who_presses_stop_before_the_first_words_reads_those() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{ALSO}"), FakeListener(stops_after=0))
    answer = await desk.ask()
    assert desk.shown == [TRUE]
    assert "You stopped" in answer.notices[0]


async def test_who_presses_stop_while_the_rest_is_quoted_is_not_told_that_the_model_broke_off() -> None:
    desk = Desk(FakeModel(TRUE, breaks_off=True), FakeListener(stops_after=1))
    answer = await desk.ask()
    assert desk.shown == [TRUE]
    assert answer.notices == ("You stopped this answer here. Please ask again if you want the rest.",)
    assert desk.drafts == [("generate", "broke_off"), ("quote", BY_CUSTOMER)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("cause", [*UNSHOWN, BY_CUSTOMER, NOBODY_READS, "broke_off", "busy", "down"])
def test_every_end_is_told_in_the_customer_s_language(language: Language, cause: str) -> None:
    ways = [(False, False), (True, False), (True, True)]
    assert all(texts(language)[notice_of(cause, released=said, quoted=quoted)] for said, quoted in ways)


async def test_withdrawn_twice_before_anything_was_shown_nothing_is_released() -> None:
    desk = Desk(FakeModel(TRUE))
    desk.recorder.withdrawn = 2
    with pytest.raises(CitedVersionWithdrawn):
        await desk.ask()
    assert desk.shown == []


async def test_an_answer_that_a_person_must_release_is_never_read_along_with() -> None:
    desk = Desk(FakeModel(TRUE))
    topic = Topic("cards", "Cards", Mode.HOLD, tags=("credit_card",))
    desk.parts = replace(desk.parts, switches=FixedStanding(Standing(topics=(topic,))))
    answer = await desk.ask()
    assert (answer.status, answer.reason) == (AnswerStatus.HELD, Reason.AWAITING_RELEASE)
    assert (desk.shown, desk.recorder.pieces) == ([], [])


async def test_who_waits_for_the_whole_is_shown_nothing_before() -> None:
    desk = Desk(FakeModel(TRUE), FakeListener(along=False))
    answer = await desk.ask()
    assert answer.status is AnswerStatus.ANSWERED
    assert (desk.shown, desk.recorder.pieces) == ([], [])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the annual fee of the gold card?", "金卡年費為港幣1,800元。"),
        ("金卡年費幾多？", "The annual fee is HK$1,800."),
    ],
)
async def test_a_sentence_in_another_language_than_the_customer_s_is_not_shown(question: str, said: str) -> None:
    desk = Desk(FakeModel(said))
    answer = await desk.ask(question)
    assert said not in answer.text
    assert desk.model.criticised == [(said, "it is not in the customer's language")]


async def test_a_model_that_speaks_another_language_twice_gives_way_to_the_quotes_of_every_answer() -> None:
    desk = Desk(FakeModel("金卡年費為港幣1,800元。", again="年費為港幣1,800元。"))
    answer = await desk.ask()
    assert answer.status is AnswerStatus.QUOTED
    assert answer.notices == ("The writing model is unavailable, so you see the documents' own words.",)
    assert desk.drafts == [("generate", "other_language"), ("rewrite", ""), ("quote", "")]


async def test_a_stray_sentence_in_another_language_gives_way_to_its_own_quote() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n金卡年費為港幣1,800元。"))
    await desk.ask()
    assert desk.shown == [TRUE, FEE]


async def test_a_chinese_answer_in_the_other_script_is_not_shown() -> None:
    desk = Desk(FakeModel("金卡年费为港币1,800元。"))
    answer = await desk.ask("金卡年費幾多？")
    assert answer.language is Language.ZH_HANT
    assert "年费" not in answer.text


async def test_an_answer_has_an_end_however_much_the_model_writes() -> None:
    class Endless(FakeModel):
        async def write(self, brief: Brief):  # type: ignore[no-untyped-def]
            number = 0
            while True:
                number += 1
                yield replace(self._sentence(brief, TRUE), text=f"{TRUE} {number}")

    desk = Desk(Endless())
    answer = await desk.ask()
    assert len(answer.sentences) == 6


async def test_a_quote_is_not_shown_twice() -> None:
    desk = Desk(FakeModel(f"{FALSE}\nIt costs HK$7.\n{TRUE}"))
    desk.rails.on_output = [HELD, ALLOWED, HELD]
    await desk.ask()
    assert desk.shown == [FEE, TRUE]


def test_a_sentence_says_whether_it_is_a_quote_also_when_it_is_read_again() -> None:
    sentence = Sentence("x", (), "Fees", quoted=True)
    answer = Answer("a", AnswerStatus.ANSWERED, None, Language.EN, "x", "", (sentence, replace(sentence, quoted=False)))
    assert [each.quoted for each in Answer.from_json(answer.to_json()).sentences] == [True, False]


async def test_words_of_a_topic_that_does_not_go_out_at_once_are_not_shown_beside_others() -> None:
    desk = Desk(FakeModel(TRUE))
    other = elsewhere("The annual fee of the Gold Card is HK$2,000.")
    contrast = next(iter(quotables(other))), next(iter(quotables(passage(FEE))))
    desk.knowledge.passages = (passage(FEE),)
    desk.knowledge.contradicting = (Contrast("pair", contrast),)
    desk.knowledge.others = {other.chunk.key: frozenset({"loan"})}
    held = Topic("loans", "Loans", Mode.HOLD, tags=("loan",))
    desk.parts = replace(desk.parts, switches=FixedStanding(Standing(topics=(held,))))
    answer = await desk.ask()
    assert "2,000" not in str(desk.listener.shown)
    assert (answer.status, answer.reason) == (AnswerStatus.HELD, Reason.AWAITING_RELEASE)


async def test_a_rail_that_takes_too_long_over_a_model_s_sentence_leaves_the_answer_to_quotes() -> None:
    class Slow(FakeRails):
        async def check_output(self, *args):  # type: ignore[no-untyped-def]
            if args[0].claims[0].text == TRUE:
                await asyncio.sleep(3600)
            return await super().check_output(*args)

    desk = Desk(FakeModel(TRUE, patience=Patience(first_s=0.1, total_s=9.0)))
    desk.rails = Slow()
    desk.parts = replace(desk.parts, rails=desk.rails)
    answer = await desk.ask()
    assert answer.status is AnswerStatus.QUOTED
    assert desk.drafts[0] == ("generate", "timed_out")


async def test_a_sentence_that_came_late_but_in_time_has_the_time_of_its_check() -> None:
    class Late(FakeModel):
        async def write(self, brief: Brief):  # type: ignore[no-untyped-def]
            yield self._sentence(brief, TRUE)
            await asyncio.sleep(0.9)  # of 1.2
            yield self._sentence(brief, ALSO)

    class Slow(FakeRails):
        async def check_output(self, *args):  # type: ignore[no-untyped-def]
            await asyncio.sleep(0.4 if args[0].claims[0].text == ALSO else 0.0)
            return await super().check_output(*args)

    desk = Desk(Late(patience=Patience(first_s=0.6, total_s=60.0)))
    desk.parts = replace(desk.parts, rails=Slow())
    await desk.ask()
    assert desk.shown == [TRUE, ALSO]
    assert desk.drafts == [("generate", "")]


async def test_whoever_writes_nothing_now_puts_no_question_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    left, step_aside = list[Turns](), Turns.step_aside

    def noted(turns: Turns) -> None:
        left.append(turns)
        step_aside(turns)

    monkeypatch.setattr(Turns, "step_aside", noted)
    await Desk(FakeModel(down="open_circuit", refuses=True)).ask()
    assert not left
    await Desk(FakeModel(down="down")).ask()
    assert left


async def test_a_model_that_stalls_after_a_sentence_is_not_waited_for_to_its_end() -> None:
    desk = Desk(FakeModel(TRUE, hangs=True, patience=Patience(first_s=0.2, total_s=3600.0)))
    answer = await desk.ask()
    assert desk.shown == [TRUE, WAIVED]
    assert "broke off" in answer.notices[0]


async def test_the_end_of_a_model_s_time_is_counted_from_the_question() -> None:
    class Slow(FakeRails):
        async def check_input(self, context: RailContext) -> Verdict:
            await asyncio.sleep(0.3)
            return await super().check_input(context)

    desk = Desk(FakeModel(TRUE, hangs=True, patience=Patience(first_s=0.4, total_s=0.5)))
    desk.parts = replace(desk.parts, rails=Slow())
    began = time.monotonic()
    await desk.ask()
    assert time.monotonic() - began < 0.8  # the words were there after 0.3 s, and the next had 0.8 s by themselves
    assert desk.drafts[0] == ("generate", "timed_out")


async def test_a_sentence_said_twice_is_shown_once() -> None:
    desk = Desk(FakeModel(f"{TRUE}\n{TRUE}\n{TRUE}"))
    await desk.ask()
    assert desk.shown == [TRUE]


async def test_a_model_that_breaks_what_reads_it_leaves_the_answer_to_quotes() -> None:
    class Broken(FakeModel):
        async def write(self, brief: Brief):  # type: ignore[no-untyped-def]
            raise RecursionError
            yield

    desk = Desk(Broken())
    answer = await desk.ask()
    assert answer.status is AnswerStatus.QUOTED
    assert desk.drafts[0] == ("generate", "nonsense")
