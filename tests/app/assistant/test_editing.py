"""A reviewer's words in place of a held answer: cited, checked like any draft, kept beside what they replaced."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from sqlmodel import select

from app.answering.types import Answer, AnswerStatus
from app.assistant.editing import Bench, Editing
from app.assistant.releasing import Releasing
from app.assistant.replay import Replayer
from app.assistant.stored_writer import StoredWriter
from app.assistant.wordings import Checked, Wording, as_it_stands, is_kept
from app.cases.errors import CaseDecided, EditRefused, NotReleasable
from app.cases.service import CaseService
from app.cases.types import Case
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.evidence.tables import AuditEntryRow
from app.evidence.types import DraftRecord, Edit, EditRecord, SentenceRecord
from app.switches.service import SwitchService
from app.switches.types import Kind, Mode, Switch, Topic
from guardrails.types import Reason
from guardrails.verification import Support
from knowledge_bases.schema import Language
from tests.app.assistant.test_releasing import CARDS, approved, decide, held, rule, said, waiting
from tests.app.assistant.test_rulebooks import NEW_WORDS, change_of
from tests.app.small_bank import BANK, FEES, SmallBank

REWORDED = "The Gold Card has an annual fee of HK$720."


@pytest.fixture
def bank(small_bank: SmallBank) -> SmallBank:
    """A bank that holds answers about cards."""
    rule(small_bank, CARDS)
    return small_bank


def editing(bank: SmallBank) -> Editing:
    return Editing(bank.foundation, bank.platform.knowledge, bank.platform.parts, bank.institution)


async def bench_of(bank: SmallBank, case: Case | None = None) -> Bench:
    case = case or waiting(bank)
    assert case.answer_id is not None
    return await editing(bank).bench(bank.evidence(case.answer_id))


async def check(bank: SmallBank, *edit: Wording) -> Checked:
    answer_id = waiting(bank).answer_id
    assert answer_id is not None
    evidence = bank.evidence(answer_id)
    return await editing(bank).check(evidence, await editing(bank).bench(evidence), edit)


def release(bank: SmallBank, checked: Checked, case_id: str | None = None) -> Answer:
    with bank.foundation.database.write() as session:
        case = approved(CaseService(session, BANK, bank.foundation.ledger), case_id or waiting(bank).id)
        return Releasing(session, BANK, bank.foundation.ledger, bank.platform.rulebooks).edited(case, checked)


def source_with(bench: Bench, words: str) -> str:
    return next(source.id for source in bench.sources if words in source.text)


async def reworded(bank: SmallBank, text: str = REWORDED) -> Wording:
    bench = await bench_of(bank)
    return replace(as_it_stands(0, bench.held.sentences[0]), text=text, sources=(source_with(bench, "HK$720"),))


async def test_a_held_answer_may_rest_on_its_own_sources_and_on_what_was_found_beside_them(bank: SmallBank) -> None:
    await held(bank)
    bench = await bench_of(bank)
    first = as_it_stands(0, bench.held.sentences[0])
    assert set(first.sources) <= {source.id for source in bench.sources}
    assert is_kept(first, bench.held.sentences)
    assert any("HK$300" in source.text for source in bench.sources)
    assert len({source.id for source in bench.sources}) == len(bench.sources)


async def test_an_edited_answer_goes_out_below_the_question_with_its_citations_and_the_statements_it_owes(
    bank: SmallBank,
) -> None:
    conversation, first = await held(bank)
    checked = await check(bank, await reworded(bank))
    assert [each.support for each in checked.judgements] == [Support.SUPPORTED]
    answer = release(bank, checked)
    assert [each.answer_id for each in said(bank, conversation)] == [first.answer_id, answer.answer_id]
    assert (answer.status, answer.releases) == (AnswerStatus.ANSWERED, first.answer_id)
    assert answer.lead.startswith("A member of our staff has checked and edited this answer to your question")
    assert answer.lead.endswith("Based on our documents:")
    assert [sentence.text for sentence in answer.sentences] == [REWORDED]
    assert answer.sentences[0].citations[0].key == FEES
    assert [d.rule_id for d in answer.disclosures] == ["D01", "D50"]
    assert all(d.text in answer.text for d in answer.disclosures)


async def test_both_texts_are_evidence_with_who_changed_what_and_the_log_stays_whole(bank: SmallBank) -> None:
    _, first = await held(bank)
    before = (await bench_of(bank)).held.sentences
    answer = release(bank, await check(bank, await reworded(bank)))
    evidence, old = bank.evidence(answer.answer_id), bank.evidence(first.answer_id)
    assert (evidence.releases, evidence.decided_by, evidence.released) == (first.answer_id, "rita", answer.text)
    removed = tuple(EditRecord(Edit.REMOVED, sentence.text, "") for sentence in before[1:])
    assert evidence.edits == (EditRecord(Edit.CHANGED, before[0].text, REWORDED), *removed)
    assert evidence.drafts[-1].composer == "reviewer"
    assert evidence.cited == {FEES}
    assert evidence.created_at > old.created_at
    assert old.held is not None
    assert before[0].text in old.held.answer
    assert bank.is_whole()
    with bank.foundation.database.read() as session:
        told = session.exec(select(AuditEntryRow).where(AuditEntryRow.action == "answer:edit:done")).one()
    assert told.subject_id == answer.answer_id
    assert json.loads(told.fields)["by"] == "rita"
    assert REWORDED not in told.fields


@pytest.mark.parametrize("text", [REWORDED, "The annual fee of the Gold Card is HK$720."])
async def test_an_edited_answer_replays_without_a_difference_whatever_is_switched_since(
    bank: SmallBank, text: str
) -> None:
    await held(bank)
    wording = await reworded(bank, text)
    late = source_with(await bench_of(bank), "HK$300")
    added = Wording("A late charge of HK$300 applies to each missed payment.", (late,))
    answer = release(bank, await check(bank, wording, added))
    rule(bank, Topic(CARDS.id, "Borrowing", Mode.REFUSE, tags=("credit_card",)))
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    assert (await replayer.replay(bank.institution, answer.answer_id)).differences == ()


async def test_what_is_left_of_quotes_is_still_led_in_as_the_documents_own_words(bank: SmallBank) -> None:
    await held(bank)
    bench = await bench_of(bank)
    added = next(s for s in bench.sources if "HK$300" in s.text)
    kept = as_it_stands(0, bench.held.sentences[0])
    answer = release(bank, await check(bank, kept, Wording(added.text, (added.id,))))
    assert answer.status is AnswerStatus.QUOTED
    assert answer.lead.endswith("This is what our documents say:")


@pytest.mark.parametrize(
    ("text", "support"),
    [
        ("The Gold Card has an annual fee of HK$270.", Support.CONTRADICTED),
        ("The Gold Card has no annual fee of HK$720.", Support.CONTRADICTED),
        ("Ferries leave the harbour before breakfast.", Support.NOT_FOUND),
    ],
)
async def test_a_sentence_that_its_sources_do_not_bear_out_does_not_go_out_and_is_named(
    bank: SmallBank, text: str, support: Support
) -> None:
    conversation, first = await held(bank)
    checked = await check(bank, await reworded(bank, text))
    assert checked.answer is None
    assert [each.support for each in checked.judgements] == [support]
    assert "P07" in {finding.rule_id for finding in checked.findings}
    with pytest.raises(EditRefused):
        release(bank, checked)
    assert [each.answer_id for each in said(bank, conversation)] == [first.answer_id]
    assert waiting(bank).decision is None


async def test_what_is_no_answer_is_refused_with_the_sentence_that_is_wrong(bank: SmallBank) -> None:
    await held(bank)
    bench = await bench_of(bank)
    fine, source = await reworded(bank), source_with(bench, "HK$720")
    for edit, named in (
        ((), "No sentence is left"),
        ((fine, Wording("And more.", ())), "Sentence 2 rests on no source"),
        ((Wording(" ", (source,), 0),), "Sentence 1 is empty"),
        ((Wording("x" * 1_501, (source,)),), "1,501 characters"),
        ((replace(fine, sources=("elsewhere@1:0:0-1",)),), "not offered"),
        ((fine, fine), "each once"),
        ((replace(fine, was=99),), "each once"),
        (tuple(as_it_stands(n, s) for n, s in enumerate(bench.held.sentences)), "Nothing was changed"),
    ):
        with pytest.raises(EditRefused, match=named):
            await check(bank, *edit)


async def test_under_rules_that_were_replaced_an_answer_goes_out_unchanged_once_it_is_checked_again(
    bank: SmallBank,
) -> None:
    await held(bank)
    version = change_of(bank)
    sentences = (await bench_of(bank)).held.sentences
    checked = await check(bank, *(as_it_stands(place, sentence) for place, sentence in enumerate(sentences)))
    assert checked.changes == ()
    answer = release(bank, checked)
    assert NEW_WORDS["en"] in answer.text
    assert bank.evidence(answer.answer_id).rulebook_version == version
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    assert (await replayer.replay(bank.institution, answer.answer_id)).differences == ()


async def test_chinese_words_are_led_in_and_checked_in_chinese(bank: SmallBank) -> None:
    conversation = bank.platform.assistant.open_conversation(BANK, Language.ZH_HANT, "test")
    first = await bank.ask("金卡年費幾多？", conversation=conversation, language=Language.ZH_HANT)
    assert first.reason is Reason.AWAITING_RELEASE
    bench = await bench_of(bank)
    kept = as_it_stands(0, bench.held.sentences[0])
    other = next(s for s in bench.sources if s.id not in kept.sources)
    answer = release(bank, await check(bank, kept, Wording(other.text, (other.id,))))
    assert answer.lead.startswith("有關你的問題「金卡年費幾多？」，職員已覆核並修訂以下答覆。")


async def test_an_answer_from_a_document_withdrawn_meanwhile_names_the_sentences_that_lost_their_ground(
    bank: SmallBank,
) -> None:
    await held(bank)
    fine = await reworded(bank)
    checked = await check(bank, fine)
    bank.withdraw(FEES)
    with pytest.raises(NotReleasable, match="edit it to rest on documents that are"):
        release(bank, checked)
    bench = await bench_of(bank)
    assert bench.lost
    assert all(source.parts[0].citation.key != FEES for source in bench.sources)
    with pytest.raises(EditRefused, match="no longer in force"):
        await check(bank, fine)


@pytest.mark.parametrize("switch", [Switch(Kind.TOPIC, "borrowing"), Switch(Kind.LANGUAGE, "en")])
async def test_nobodys_words_go_out_against_a_switch(bank: SmallBank, switch: Switch) -> None:
    await held(bank)
    checked = await check(bank, await reworded(bank))
    with bank.foundation.database.write() as session:
        SwitchService(session, BANK, bank.foundation.ledger).set(switch, "hugo", "wrong figures")
    with pytest.raises(NotReleasable, match="wait until that is lifted"):
        release(bank, checked)


async def test_of_two_reviewers_the_first_one_decides_and_the_customer_reads_one_answer(bank: SmallBank) -> None:
    conversation, _ = await held(bank)
    case, mine = waiting(bank), await check(bank, await reworded(bank))
    theirs = await check(bank, await reworded(bank, "For the Gold Card, the annual fee is HK$720."))
    tried = await asyncio.gather(
        *(asyncio.to_thread(release, bank, each, case.id) for each in (mine, theirs)), return_exceptions=True
    )
    assert sorted(type(each) for each in tried if isinstance(each, Exception)) == [CaseDecided]
    assert len(said(bank, conversation)) == 2
    assert bank.is_whole()


async def test_a_customer_who_erases_meanwhile_is_told_nothing_and_nothing_is_stored(bank: SmallBank) -> None:
    conversation, _ = await held(bank)
    case, checked = waiting(bank), await check(bank, await reworded(bank))
    with bank.foundation.database.write() as session:
        ConversationService(session, BANK, bank.foundation.ledger).erase(conversation, "otto")
    with pytest.raises(ConversationErased):
        release(bank, checked, case.id)
    with bank.foundation.database.read() as session:
        assert CaseService(session, BANK, bank.foundation.ledger).get(case.id).decision is None
    assert bank.is_whole()


async def test_an_edit_decided_by_one_person_reaches_a_customer_whom_another_has_taken_over(bank: SmallBank) -> None:
    conversation, _ = await held(bank)
    case, checked = waiting(bank), await check(bank, await reworded(bank))
    bank.platform.assistant.want_human(BANK, conversation, Language.EN)
    answer = release(bank, checked, case.id)
    assert said(bank, conversation)[-1].answer_id == answer.answer_id


async def test_an_answer_that_a_model_wrote_is_edited_no_differently(bank: SmallBank) -> None:
    _, quoted = await held(bank)
    held_quotes = bank.evidence(quoted.answer_id).held
    assert held_quotes is not None
    cited = Answer.from_json(json.loads(held_quotes.answer)).sentences[0].citations
    sentence = SentenceRecord("You pay HK$720 a year for the Gold Card.", cited)
    written = DraftRecord("generate", (sentence,), model="tiny")
    decide(bank, release=True)
    conversation, first = await held(bank.with_writer(StoredWriter(written)))
    assert [s.text for s in (await bench_of(bank)).held.sentences] == [sentence.text]
    answer = release(bank, await check(bank, await reworded(bank)))
    assert said(bank, conversation)[-1].answer_id == answer.answer_id
    assert bank.evidence(answer.answer_id).drafts[-1].model is None, "nobody takes it for the model's"
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    for answer_id in (first.answer_id, answer.answer_id):
        assert (await replayer.replay(bank.institution, answer_id)).differences == ()
