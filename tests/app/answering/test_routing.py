"""What the switches and release modes make of a question, over fakes: nothing that is stopped is ever composed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from app.answering.parts import Parts
from app.answering.pipeline import Pipeline
from app.answering.ports import Brief, FixedStanding, OneRulebook, Retrieved
from app.answering.routing import open_passages
from app.answering.trail import Trail
from app.answering.types import Answer, AnswerStatus, Question, Sentence
from app.db.errors import DatabaseAway
from app.switches.errors import SwitchesChanged
from app.switches.types import Composer, Kind, Mode, Standing, Switch, Topic
from guardrails.rulebook import load_rulebook
from guardrails.types import Action, Finding, Reason, Severity, Stage, Verdict
from knowledge_bases.schema import Language, VersionKey
from tests.fakes.answering import FakeKnowledge, FakeModel, FakeRails, FakeRecorder, institution, passage

FEE = "The annual fee of the Gold Card is HK$1,800."
ASKED = "What is the annual fee of the gold card?"
RULEBOOK = load_rulebook()
NOTHING = Standing()
TODAY = date(2026, 11, 22)
CARDS = Topic("cards", "Cards", Mode.AUTO, tags=("credit_card",))


def on(kind: Kind, subject: str = "", *topics: Topic) -> Standing:
    return Standing((Switch(kind, subject),), topics)


class Desk:
    """A pipeline over fakes, under one standing."""

    def __init__(self, standing: Standing = NOTHING, model: FakeModel | None = None) -> None:
        self.knowledge = FakeKnowledge((passage(FEE),))
        self.rails = FakeRails()
        self.recorder = FakeRecorder()
        self.institution = institution()
        parts = Parts(self.knowledge, self.rails, OneRulebook(RULEBOOK), self.recorder, lambda: TODAY)
        self.parts = replace(parts, switches=FixedStanding(standing), writer_of=lambda _: model)

    async def ask(self, text: str = ASKED, **fields: object) -> Answer:
        question = Question("test-bank", text, **fields)  # type: ignore[arg-type]
        return await Pipeline(self.parts).answer(self.institution, question)

    @property
    def trail(self) -> Trail:
        return self.recorder.trails[-1]


def finding(rule_id: str, action: Action = Action.ALLOW) -> Finding:
    return Finding(rule_id, Stage.INPUT, Severity.S3, action)


# Every question to a person


async def test_hand_off_gives_every_question_to_a_person_without_looking_anything_up() -> None:
    desk = Desk(on(Kind.HAND_OFF))
    answer = await desk.ask()
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.STAFF_ONLY)
    assert "+852 2000 0000" in answer.text
    assert desk.knowledge.asked == []


@pytest.mark.parametrize(
    "screened",
    [
        Verdict(Action.ALLOW, "hello", reason=Reason.GREETING),
        Verdict(Action.REFUSE, "masked", reason=Reason.ADVICE),
        Verdict(Action.HOLD, "masked", reason=Reason.RAIL_FAILED),
    ],
)
async def test_hand_off_comes_before_greetings_refusals_and_failing_rails(screened: Verdict) -> None:
    desk = Desk(on(Kind.HAND_OFF))
    desk.rails.on_input = screened
    answer = await desk.ask()
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.STAFF_ONLY)
    assert desk.trail.question.text == screened.text  # masked first, whatever is switched


@pytest.mark.parametrize("kind", [Kind.HAND_OFF, Kind.LANGUAGE])
async def test_who_is_in_trouble_reads_the_words_for_that(kind: Kind) -> None:
    desk = Desk(on(kind, "en" if kind.has_subject else ""))
    desk.rails.on_input = Verdict(Action.HAND_OFF, "masked", reason=Reason.FRAUD)
    answer = await desk.ask()
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.FRAUD)


# A language


@pytest.mark.parametrize(
    ("language", "words", "others"),
    [
        (Language.EN, "can't answer in English just now", "繁體中文, 简体中文"),
        (Language.ZH_HANT, "暫時未能以繁體中文回答", "English、简体中文"),
        (Language.ZH_HANS, "暂时无法用简体中文回答", "English、繁體中文"),
    ],
)
async def test_a_suspended_language_says_so_in_itself_and_offers_the_others_and_a_person(
    language: Language, words: str, others: str
) -> None:
    desk = Desk(on(Kind.LANGUAGE, language.value))
    answer = await desk.ask(language=language)
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.LANGUAGE_SUSPENDED)
    assert words in answer.text
    assert "+852 2000 0000" in answer.text
    assert others in answer.notices[0]
    assert desk.knowledge.asked == []


async def test_the_other_languages_are_answered_as_ever() -> None:
    assert (await Desk(on(Kind.LANGUAGE, "zh-Hant")).ask()).status is AnswerStatus.QUOTED


async def test_where_every_language_is_suspended_none_is_offered() -> None:
    standing = Standing(tuple(Switch(Kind.LANGUAGE, language.value) for language in Language))
    answer = await Desk(standing).ask()
    assert (answer.reason, answer.notices) == (Reason.LANGUAGE_SUSPENDED, ())


async def test_a_greeting_in_a_suspended_language_is_not_told_that_questions_are_answered() -> None:
    desk = Desk(on(Kind.LANGUAGE, "en"))
    desk.rails.on_input = Verdict(Action.ALLOW, "hello", reason=Reason.GREETING)
    assert (await desk.ask("hello")).reason is Reason.LANGUAGE_SUSPENDED


# Generation


async def test_without_generation_the_documents_speak_and_the_customer_is_told() -> None:
    answer = await Desk(on(Kind.GENERATION), FakeModel()).ask()
    assert answer.status is AnswerStatus.QUOTED
    assert answer.sentences[0].text == FEE
    assert answer.notices == ("So that nothing is reworded, you see our documents' own words just now.",)


async def test_where_no_model_is_set_stopping_generation_changes_nothing() -> None:
    answer = await Desk(on(Kind.GENERATION)).ask()
    assert (answer.status, answer.notices) == (AnswerStatus.QUOTED, ())


# A composer of its own


QUOTED = replace(CARDS, composer=Composer.QUOTE)


async def test_a_topic_may_be_answered_in_the_documents_own_words_where_others_are_written() -> None:
    desk = Desk(Standing(topics=(QUOTED,)), FakeModel())
    answer = await desk.ask()
    assert (answer.status, answer.notices) == (AnswerStatus.QUOTED, ())
    assert [draft.composer for draft in desk.trail.drafts] == ["quote"]


async def test_of_several_topics_the_stricter_composer_answers() -> None:
    written = Topic("fees", "Fees", tags=("credit_card",), composer=Composer.GENERATE)
    assert (await Desk(Standing(topics=(QUOTED, written)), FakeModel()).ask()).status is AnswerStatus.QUOTED
    assert (await Desk(Standing(topics=(written,)), FakeModel()).ask()).status is AnswerStatus.ANSWERED


async def test_a_finding_of_the_question_has_it_quoted_too() -> None:
    desk = Desk(Standing(topics=(Topic("money", "Money", findings=("P15",), composer=Composer.QUOTE),)), FakeModel())
    desk.rails.on_input = Verdict(Action.ALLOW, ASKED, (finding("P15"),))
    assert (await desk.ask()).status is AnswerStatus.QUOTED


async def test_a_model_is_shown_nothing_of_a_topic_that_is_only_quoted() -> None:
    seen: list[Retrieved] = []

    class Watched(FakeModel):
        def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
            seen.append(brief.retrieved)
            return super().write(brief)

    other = VersionKey("late-fees", "1")
    late = passage("The annual fee of the Gold Card rises by HK$30 when late.", rank=2, key=other)
    desk = Desk(Standing(topics=(Topic("late", "Late", products=("late",), composer=Composer.QUOTE),)), Watched())
    knowledge = TwoProducts((passage(FEE), late), products={other: "late"})
    desk.parts = replace(desk.parts, knowledge=knowledge)  # type: ignore[arg-type]
    assert (await desk.ask()).status is AnswerStatus.ANSWERED
    assert [[p.chunk.key.document for p in found.passages] for found in seen] == [["card-fees"]]
    assert len(desk.trail.retrieved.passages) == 2


# Read-only


async def test_read_only_goes_on_answering() -> None:
    assert (await Desk(on(Kind.READ_ONLY)).ask()).status is AnswerStatus.QUOTED


# Topics


async def test_a_suspended_topic_is_not_composed_and_the_customer_reads_why() -> None:
    desk = Desk(on(Kind.TOPIC, "cards", CARDS), FakeModel())
    answer = await desk.ask()
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.TOPIC_SUSPENDED)
    assert "HK$1,800" not in answer.text
    assert desk.trail.drafts == []


async def test_another_topic_is_answered() -> None:
    desk = Desk(on(Kind.TOPIC, "cards", CARDS))
    desk.knowledge.tags = frozenset({"deposit"})
    assert (await desk.ask()).status is AnswerStatus.QUOTED


async def test_a_topic_for_staff_is_handed_over() -> None:
    desk = Desk(Standing(topics=(replace(CARDS, mode=Mode.REFUSE),)))
    answer = await desk.ask()
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.TOPIC_STAFF)
    assert desk.trail.drafts == []


async def test_a_topic_is_known_by_what_the_rails_found_in_the_question_before_anything_is_looked_up() -> None:
    desk = Desk(Standing(topics=(Topic("calls", "Calls", Mode.REFUSE, findings=("P19",)),)))
    desk.rails.on_input = Verdict(Action.ALLOW, ASKED, (finding("P19"),))
    assert (await desk.ask()).reason is Reason.TOPIC_STAFF
    assert desk.knowledge.asked == []


async def test_one_quote_of_a_ruled_topic_rules_the_whole_answer() -> None:
    other = VersionKey("late-fees", "1")
    desk = Desk(on(Kind.TOPIC, "late", Topic("late", "Late", products=("late",))))
    late = passage("The annual fee of the Gold Card rises by HK$30 when late.", rank=2, key=other)
    late = replace(late, chunk=replace(late.chunk, parse_sha256="b" * 64))
    desk.knowledge = TwoProducts((passage(FEE), late), products={other: "late"})
    desk.parts = replace(desk.parts, knowledge=desk.knowledge)
    answer = await desk.ask()
    assert answer.reason is Reason.TOPIC_SUSPENDED
    assert len(desk.trail.drafts) == 1  # only the whole draft showed it


@dataclass
class TwoProducts(FakeKnowledge):
    """Versions with a product each."""

    products: dict[VersionKey, str] = field(default_factory=dict)

    def retrieve(self, *asked: object) -> object:  # type: ignore[override]
        found = super().retrieve(*asked)  # type: ignore[arg-type]
        versions = {k: replace(v, product=self.products.get(k)) for k, v in found.versions.items()}
        return replace(found, versions=versions)


async def test_a_held_answer_is_not_shown_and_waits_with_what_is_said_if_it_is_declined() -> None:
    desk = Desk(Standing(topics=(replace(CARDS, mode=Mode.HOLD),)))
    answer = await desk.ask()
    assert (answer.status, answer.reason, answer.sentences) == (AnswerStatus.HELD, Reason.AWAITING_RELEASE, ())
    assert "HK$1,800" not in answer.text
    held = desk.trail.held
    assert held is not None
    assert held.answer.status is AnswerStatus.QUOTED
    assert FEE in held.answer.text
    assert "To borrow or not to borrow?" in held.answer.text  # what it owes is in it already
    assert "+852 2000 0000" in held.declined


async def test_a_finding_of_the_question_holds_its_answer_too() -> None:
    desk = Desk(Standing(topics=(Topic("hard", "Hard", Mode.HOLD, findings=("P16",)),)))
    desk.rails.on_input = Verdict(Action.ALLOW, ASKED, (finding("P16"),))
    assert (await desk.ask()).reason is Reason.AWAITING_RELEASE


async def test_an_answer_that_fails_verification_is_held_for_that_and_never_released_as_it_is() -> None:
    desk = Desk(Standing(topics=(replace(CARDS, mode=Mode.HOLD),)))
    desk.rails.on_output = [Verdict(Action.HOLD, "", reason=Reason.UNVERIFIED)]
    assert (await desk.ask()).reason is Reason.UNVERIFIED
    assert desk.trail.held is None


# When nobody knows


class Away:
    def standing(self, institution_id: str) -> Standing:
        raise DatabaseAway


async def test_nothing_is_answered_while_nobody_knows_what_is_switched() -> None:
    desk = Desk()
    desk.parts = replace(desk.parts, switches=Away())
    with pytest.raises(DatabaseAway):
        await desk.ask()
    assert (desk.knowledge.asked, desk.recorder.answers) == ([], [])


async def test_a_switch_turned_meanwhile_has_the_question_routed_again() -> None:
    desk = Desk()
    standings = iter([Standing(), on(Kind.HAND_OFF)])

    class Turning:
        def standing(self, institution_id: str) -> Standing:
            return next(standings)

    class Strict(FakeRecorder):
        def record(self, trail: Trail, answer: Answer) -> None:
            if not trail.standing.switches:
                raise SwitchesChanged
            super().record(trail, answer)

    recorder = Strict()
    desk.parts = replace(desk.parts, switches=Turning(), recorder=recorder)
    assert (await desk.ask()).reason is Reason.STAFF_ONLY
    assert [answer.reason for answer in recorder.answers] == [Reason.STAFF_ONLY]


@pytest.mark.parametrize("mode", [Mode.HOLD, Mode.REFUSE])
def test_a_search_shows_no_passage_of_a_topic_that_a_person_answers(mode: Mode) -> None:
    found = FakeKnowledge((passage(FEE),)).retrieve(institution(), Question("test-bank", ASKED), Language.EN, TODAY)
    held = Standing(topics=(replace(CARDS, mode=mode),))
    assert open_passages(held, Language.EN, found) == ()
    assert open_passages(Standing(topics=(replace(CARDS, tags=("loan",)),)), Language.EN, found) == found.passages


def test_a_search_shows_no_passage_of_a_version_that_nothing_is_known_of_while_a_topic_is_suspended() -> None:
    found = FakeKnowledge((passage(FEE),)).retrieve(institution(), Question("test-bank", ASKED), Language.EN, TODAY)
    unknown = replace(found, versions={})
    assert open_passages(NOTHING, Language.EN, unknown) == found.passages
    assert open_passages(on(Kind.TOPIC, "cards", CARDS), Language.EN, unknown) == ()
