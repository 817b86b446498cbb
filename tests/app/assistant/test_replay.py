"""Promise 8: what was said can be built again, whatever was published or withdrawn since; differences are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.ports import OneRulebook
from app.answering.types import AnswerStatus
from app.assistant.replay import Replayed, Replayer
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.evidence.errors import EvidenceNotFound
from app.evidence.types import ReadAs
from app.jobs.intake import Intake, publish_taken
from guardrails.types import Reason
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.errors import SnapshotMissing
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, SmallBank, take_one
from tests.fakes.answering import FakeModel

TOMORROWS_FEES = "# Credit card fees\n\nThe annual fee of the Gold Card is HK$990.\n"


async def replayed(bank: SmallBank, answer_id: str) -> Replayed:
    platform = bank.platform
    return await Replayer(bank.foundation, platform.knowledge, platform.parts).replay(bank.institution, answer_id)


def publish_new_fees(bank: SmallBank, folder: Path) -> None:
    path = folder / "new-fees.md"
    path.write_text(TOMORROWS_FEES, encoding="utf-8")
    info = VersionInfo(VersionKey("card-fees", "2026-12"), "Card Fees", Language.EN)
    publish_taken(bank.foundation, BANK, [take_one(bank.foundation, BANK, Intake(path, info))], "tests")


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (FEE_QUESTION, AnswerStatus.QUOTED),
        ("補發信用卡收費幾多？", AnswerStatus.QUOTED),
        ("Which fund should I buy?", AnswerStatus.REFUSED),
        ("What is the mortgage rate?", AnswerStatus.REFUSED),
        ("Good morning!", AnswerStatus.GREETED),
        ("My HKID is A123456(3). I want to talk to a human", AnswerStatus.HANDED_OFF),
    ],
)
async def test_an_answer_is_built_again_word_for_word(
    small_bank: SmallBank, question: str, status: AnswerStatus
) -> None:
    answer = await small_bank.ask(question)
    assert answer.status is status
    again = await replayed(small_bank, answer.answer_id)
    assert again.differences == ()
    assert again.to_json() == {"answer_id": answer.answer_id, "same": True, "differences": []}


async def test_so_is_one_to_a_mistyped_question_and_how_it_was_read_is_kept(small_bank: SmallBank) -> None:
    answer = await small_bank.ask("What is the anual fee of the Gold Card?")
    again = await replayed(small_bank, answer.answer_id)
    assert again.evidence.read_as == (ReadAs("anual", "annual"),)
    assert again.evidence.question == "What is the anual fee of the Gold Card?"
    assert again.differences == ()


async def test_so_is_a_follow_up_and_what_the_button_for_a_person_said(small_bank: SmallBank) -> None:
    conversation = small_bank.platform.assistant.open_conversation(BANK, Language.EN, "here")
    await small_bank.ask(conversation=conversation)
    follow_up = await small_bank.ask("How about platinum?", conversation)
    button = small_bank.platform.assistant.want_human(BANK, conversation, Language.ZH_HANS)
    for answer in (follow_up, button):
        assert (await replayed(small_bank, answer.answer_id)).differences == ()


@pytest.mark.parametrize(
    ("model", "status"),
    [
        (FakeModel("The annual fee of the Gold Card is HK$720."), AnswerStatus.ANSWERED),
        (FakeModel("The annual fee of the Gold Card is HK$5."), AnswerStatus.QUOTED),
        (FakeModel(down=True), AnswerStatus.QUOTED),
    ],
    ids=["released", "rejected", "down"],
)
async def test_a_models_words_are_replayed_without_the_model(
    small_bank: SmallBank, model: FakeModel, status: AnswerStatus
) -> None:
    answer = await small_bank.with_writer(model).ask()
    assert answer.status is status
    assert (await replayed(small_bank, answer.answer_id)).differences == ()


async def test_what_was_published_since_changes_nothing(small_bank: SmallBank, tmp_path: Path) -> None:
    answer = await small_bank.ask()
    publish_new_fees(small_bank, tmp_path)
    assert "HK$990" in (await small_bank.ask()).text
    assert (await replayed(small_bank, answer.answer_id)).differences == ()


async def test_what_was_withdrawn_since_changes_nothing(small_bank: SmallBank) -> None:
    answer = await small_bank.ask()
    small_bank.withdraw()
    assert (await small_bank.ask()).reason is Reason.NOT_FOUND
    assert (await replayed(small_bank, answer.answer_id)).differences == ()


async def test_what_had_been_withdrawn_before_does_not_come_back(small_bank: SmallBank) -> None:
    small_bank.withdraw()
    answer = await small_bank.ask()
    again = await replayed(small_bank, answer.answer_id)
    assert again.differences == ()
    assert again.evidence.reason is Reason.NOT_FOUND


async def test_a_rulebook_that_is_not_kept_any_more_is_named_as_what_differs(small_bank: SmallBank) -> None:
    answer = await small_bank.ask()
    assert answer.disclosures
    rulebook = replace(small_bank.platform.rulebooks.shipped, version="f" * 64, disclosures=())
    changed = small_bank.with_parts(lambda parts: replace(parts, rulebooks=OneRulebook(rulebook)))
    again = await replayed(changed, answer.answer_id)
    differences = {d.what: d for d in again.differences}
    assert set(differences) == {"rulebook", "disclosures", "released"}
    assert differences["rulebook"].now == "f" * 64
    assert answer.disclosures[0].text in differences["released"].then
    assert answer.disclosures[0].text not in differences["released"].now
    assert again.to_json()["same"] is False


async def test_a_replay_leaves_no_trace(small_bank: SmallBank) -> None:
    answer = await small_bank.ask("Which fund should I buy?")
    before = len(small_bank.cases()), await audit_entries(small_bank)
    await replayed(small_bank, answer.answer_id)
    assert (len(small_bank.cases()), await audit_entries(small_bank)) == before


async def test_an_erased_conversation_says_so_and_an_unknown_answer_is_not_found(small_bank: SmallBank) -> None:
    answer = await small_bank.ask()
    conversation = small_bank.evidence(answer.answer_id).conversation_id
    with small_bank.foundation.database.write() as session:
        ConversationService(session, BANK, small_bank.foundation.ledger).erase(conversation, "tests")
    with pytest.raises(ConversationErased):
        await replayed(small_bank, answer.answer_id)
    with pytest.raises(EvidenceNotFound):
        await replayed(small_bank, "no-such-answer")
    assert small_bank.is_whole()


async def test_another_institution_cannot_replay_it(small_bank: SmallBank) -> None:
    answer = await small_bank.ask()
    rival = small_bank.platform.assistant.institution(RIVAL)
    replayer = Replayer(small_bank.foundation, small_bank.platform.knowledge, small_bank.platform.parts)
    with pytest.raises(EvidenceNotFound):
        await replayer.replay(rival, answer.answer_id)


async def test_a_snapshot_that_is_gone_is_said_to_be_gone(small_bank: SmallBank) -> None:
    answer = await small_bank.ask()
    assert answer.snapshot is not None
    small_bank.platform.knowledge.__post_init__()  # as in a process that starts afterwards
    (small_bank.foundation.index_root(BANK) / "snapshots" / f"{answer.snapshot}.json").unlink()
    with pytest.raises(SnapshotMissing):
        await replayed(small_bank, answer.answer_id)


async def test_after_all_of_it_the_log_is_whole(small_bank: SmallBank, tmp_path: Path) -> None:
    answers = [await small_bank.ask(text) for text in (FEE_QUESTION, "Which fund should I buy?", "I want a human")]
    publish_new_fees(small_bank, tmp_path)
    small_bank.withdraw(VersionKey("card-fees", "2026-12"))
    with small_bank.foundation.database.write() as session:
        erased = small_bank.evidence(answers[0].answer_id).conversation_id
        ConversationService(session, BANK, small_bank.foundation.ledger).erase(erased, "tests")
    for answer in answers[1:]:
        assert (await replayed(small_bank, answer.answer_id)).differences == ()
    assert small_bank.is_whole()


async def audit_entries(bank: SmallBank) -> int:
    from app.evidence.export import AuditExport

    with bank.foundation.database.read() as session:
        return len(list(AuditExport(session, BANK).lines()))
