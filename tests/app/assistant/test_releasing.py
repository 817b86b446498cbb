"""An answer held for a person reaches its customer once they release it, and not where what was right is so no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answering.types import Answer, AnswerStatus
from app.assistant.ports import Role
from app.assistant.releasing import SHOWN_QUESTION, Releasing, released
from app.assistant.replay import Replayer
from app.cases.errors import CaseDecided, NotReleasable
from app.cases.service import CaseService
from app.cases.types import Case, Flag, Trigger
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.switches.service import SwitchService
from app.switches.topic_changes import TopicService
from app.switches.types import Kind, Mode, Switch, Topic
from app.webhooks.addresses import AllowedHosts
from app.webhooks.repository import OutboxRepository
from app.webhooks.service import WebhookService
from guardrails.types import Reason, Severity
from knowledge_bases.schema import Language
from tests.app.assistant.test_figures_differ import card_notice, differing_cases
from tests.app.assistant.test_rulebooks import change_of
from tests.app.small_bank import BANK, FEE_QUESTION, FEES, SmallBank

CARDS = Topic("borrowing", "Borrowing", Mode.HOLD, tags=("credit_card",))


@pytest.fixture
def bank(small_bank: SmallBank) -> SmallBank:
    """A bank that holds answers about cards."""
    rule(small_bank, CARDS)
    return small_bank


def rule(bank: SmallBank, topic: Topic) -> None:
    with bank.foundation.database.write() as session:
        topics = TopicService(session, BANK, bank.foundation.ledger)
        topics.decide(topics.propose(topic, "hugo", "new fees").id, "helen", approve=True)


async def held(bank: SmallBank, language: Language = Language.EN) -> tuple[str, Answer]:
    """A conversation in which an answer waits."""
    conversation = bank.platform.assistant.open_conversation(BANK, language, "test")
    answer = await bank.ask(conversation=conversation, language=language)
    assert answer.reason is Reason.AWAITING_RELEASE
    return conversation, answer


def waiting(bank: SmallBank) -> Case:
    (case,) = bank.cases()
    assert case.trigger is Trigger.RELEASE
    return case


def approved(cases: CaseService, case_id: str, by: str = "rita") -> Case:
    """The release of a held answer by two people: hugo proposes, ``by`` approves."""
    return cases.approve(case_id, by, proposal=cases.propose(case_id, "hugo").id)


def rejected(cases: CaseService, case_id: str, by: str = "rita") -> Case:
    """A severe case rejected by two people."""
    proposal = cases.propose_closing(case_id, "hugo", approves=False, reason="not for chat").id
    return cases.reject(case_id, by, "", proposal=proposal)


def decide(bank: SmallBank, *, release: bool) -> Answer | None:
    case = waiting(bank)
    with bank.foundation.database.write() as session:
        cases = CaseService(session, BANK, bank.foundation.ledger)
        decided = approved(cases, case.id) if release else rejected(cases, case.id)
        return Releasing(session, BANK, bank.foundation.ledger, bank.platform.rulebooks).after(decided)


def said(bank: SmallBank, conversation: str) -> list[Answer]:
    transcript = bank.platform.assistant.transcript(BANK, conversation)
    return [message.answer for message in transcript if message.role is Role.ASSISTANT and message.answer]


@pytest.mark.parametrize(("release", "kind"), [(True, "answer.released"), (False, "answer.declined")])
async def test_the_institutions_systems_are_told_what_became_of_it_and_where_to_read_it(
    bank: SmallBank, release: bool, kind: str
) -> None:
    with bank.foundation.database.write() as session:
        webhooks = WebhookService(session, BANK, bank.foundation.ledger)
        webhooks.add("http://127.0.0.1:9/desk", ["answer.*"], AllowedHosts.of("127.0.0.1:9"), "otto")
    conversation, first = await held(bank)
    answer = decide(bank, release=release)
    with bank.foundation.database.read() as session:
        rows = [row for row in OutboxRepository(session, BANK).stream() if row.kind == kind]
        told = [(row.subject_id, dict(row.payload)) for row in rows]
    assert answer is not None
    assert told == [(answer.answer_id, {"conversation_id": conversation, "releases": first.answer_id})]


async def test_the_released_answer_is_the_held_one_word_for_word_below_the_question_it_answers(
    bank: SmallBank,
) -> None:
    conversation, first = await held(bank)
    assert "HK$720" not in first.text
    answer = decide(bank, release=True)
    assert answer is not None
    assert [each.answer_id for each in said(bank, conversation)] == [first.answer_id, answer.answer_id]
    assert (answer.status, answer.releases) == (AnswerStatus.QUOTED, first.answer_id)
    assert "HK$720" in answer.text
    assert FEE_QUESTION in answer.lead
    assert [d.rule_id for d in answer.disclosures] == ["D01", "D50"]
    evidence = bank.evidence(answer.answer_id)
    assert (evidence.cited, evidence.decided_by, evidence.releases) == ({FEES}, "rita", first.answer_id)
    assert evidence.released == answer.text
    assert bank.is_whole()


async def test_a_declined_answer_is_never_shown_and_its_customer_is_told_whom_to_call(bank: SmallBank) -> None:
    conversation, _ = await held(bank)
    answer = decide(bank, release=False)
    assert answer is not None
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.NOT_RELEASED)
    assert "+852 2000 0000" in answer.text
    assert not any("HK$720" in each.text for each in said(bank, conversation))
    assert bank.is_whole()


@pytest.mark.parametrize("release", [True, False])
async def test_both_can_be_replayed(bank: SmallBank, release: bool) -> None:
    _, first = await held(bank)
    answer = decide(bank, release=release)
    assert answer is not None
    rule(bank, Topic(CARDS.id, "Borrowing", Mode.AUTO, tags=("credit_card",)))  # then is not now
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    for answer_id in (first.answer_id, answer.answer_id):
        assert (await replayer.replay(bank.institution, answer_id)).differences == ()


async def test_it_is_decided_once(bank: SmallBank) -> None:
    await held(bank)
    case = waiting(bank)
    decide(bank, release=True)
    with pytest.raises(CaseDecided), bank.foundation.database.write() as session:
        approved(CaseService(session, BANK, bank.foundation.ledger), case.id)


async def test_an_answer_from_a_document_withdrawn_meanwhile_stays_held_and_undecided(bank: SmallBank) -> None:
    conversation, first = await held(bank)
    bank.withdraw(FEES)
    with pytest.raises(NotReleasable, match="no longer in force"):
        decide(bank, release=True)
    assert [each.answer_id for each in said(bank, conversation)] == [first.answer_id]
    assert decide(bank, release=False) is not None


@pytest.mark.parametrize("switch", [Switch(Kind.TOPIC, "borrowing"), Switch(Kind.LANGUAGE, "en")])
async def test_a_person_cannot_release_against_a_switch(bank: SmallBank, switch: Switch) -> None:
    await held(bank)
    with bank.foundation.database.write() as session:
        SwitchService(session, BANK, bank.foundation.ledger).set(switch, "hugo", "wrong figures")
    with pytest.raises(NotReleasable):
        decide(bank, release=True)


async def test_what_was_erased_cannot_be_released(bank: SmallBank) -> None:
    conversation, _ = await held(bank)
    with bank.foundation.database.write() as session:
        ConversationService(session, BANK, bank.foundation.ledger).erase(conversation, "otto")
    with pytest.raises(ConversationErased):
        decide(bank, release=True)


async def test_deciding_any_other_case_says_nothing_to_the_customer(small_bank: SmallBank) -> None:
    await small_bank.ask("I want to talk to a human")
    (case,) = small_bank.cases()
    with small_bank.foundation.database.write() as session:
        decided = CaseService(session, BANK, small_bank.foundation.ledger).approve(case.id, "rita")
        assert Releasing(session, BANK, small_bank.foundation.ledger).after(decided) is None


@pytest.mark.parametrize("trigger", [Trigger.PLANTED, Trigger.ABUSE])
async def test_another_case_about_the_held_answer_does_not_decide_what_becomes_of_it(
    bank: SmallBank, trigger: Trigger
) -> None:
    conversation, first = await held(bank)
    with bank.foundation.database.write() as session:
        cases = CaseService(session, BANK, bank.foundation.ledger)
        other = cases.open(Flag(trigger, Severity.S2, conversation, first.answer_id))
        decided = cases.approve(other.id, "rita")
        assert Releasing(session, BANK, bank.foundation.ledger).after(decided) is None
    assert [each.answer_id for each in said(bank, conversation)] == [first.answer_id]
    assert decide(bank, release=False) is not None


async def test_what_was_made_by_rules_that_were_replaced_does_not_go_out_as_it_stands(bank: SmallBank) -> None:
    await held(bank)
    evidence = bank.evidence(waiting(bank).answer_id or "")
    change_of(bank)
    with pytest.raises(NotReleasable, match="rules it was made by were replaced"):
        decide(bank, release=True)
    with bank.foundation.database.read() as session:
        releasing = Releasing(session, BANK, bank.foundation.ledger, bank.platform.rulebooks)
        assert "replaced" in str(releasing.obstacle(evidence))
    assert decide(bank, release=False) is not None


async def test_figures_that_differ_are_looked_into_once_their_customer_reads_both(
    bank: SmallBank, tmp_path: Path
) -> None:
    card_notice(bank, tmp_path)
    await held(bank)
    assert differing_cases(bank) == []
    answer = decide(bank, release=True)
    assert answer is not None
    assert [case.answer_id for case in differing_cases(bank)] == [answer.answer_id]


def test_a_long_question_is_named_by_its_beginning() -> None:
    answer = Answer("a-1", AnswerStatus.QUOTED, None, Language.EN, "lead\n\nwords", "lead")
    shown = released(answer, "why " * 200, "a-1")
    assert len(shown.lead) < SHOWN_QUESTION + 100
    assert shown.text.endswith("…”.\n\nlead\n\nwords")
