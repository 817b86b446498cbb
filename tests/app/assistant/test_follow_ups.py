"""A follow-up is heard by the rails, looked up and kept in evidence with what was carried over to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.answering.types import Answer, AnswerStatus
from app.assistant.replay import Replayer
from app.jobs.intake import Intake, publish_taken
from guardrails.rulebook import Rulebook
from guardrails.types import Action, RailContext, Reason, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.assistant.test_clarifying import TABLE
from tests.app.small_bank import BANK, SmallBank, take_one

OPENING = "What is the monthly fee of the Plus Account?"
WHOLE = "what is the monthly fee of the premier account?"


@dataclass
class Listening:
    """The rails of the product, and what they heard; ``forbidden`` is refused."""

    rails: object
    forbidden: str = "\0"
    heard: list[str] = field(default_factory=list)

    async def check_input(self, context: RailContext) -> Verdict:
        self.heard.append(context.text)
        if self.forbidden in context.text:
            return Verdict(Action.REFUSE, context.text, reason=Reason.ADVICE)
        return await self.rails.check_input(context)  # type: ignore[attr-defined, no-any-return]

    async def check_retrieval(self, context: RailContext) -> Verdict:
        return await self.rails.check_retrieval(context)  # type: ignore[attr-defined, no-any-return]

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict:
        return await self.rails.check_output(context, resolve, rulebook)  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def bank(small_bank: SmallBank, tmp_path: Path) -> SmallBank:
    path = tmp_path / "account-fees.md"
    path.write_text(TABLE, encoding="utf-8")
    info = VersionInfo(VersionKey("account-fees", "1"), "Account Fees", Language.EN)
    publish_taken(small_bank.foundation, BANK, [take_one(small_bank.foundation, BANK, Intake(path, info))], "tests")
    return small_bank


async def followed(bank: SmallBank, *turns: str) -> Answer:
    conversation = bank.platform.assistant.open_conversation(BANK, Language.EN, "here")
    return [await bank.ask(turn, conversation) for turn in turns][-1]


async def test_another_product_is_answered_for_and_the_evidence_says_what_was_carried(bank: SmallBank) -> None:
    answer = await followed(bank, OPENING, "and the premier account?")
    assert "HK$280" in answer.sentences[0].text
    evidence = bank.evidence(answer.answer_id)
    assert (evidence.question, evidence.whole) == ("and the premier account?", WHOLE)


async def test_a_replay_takes_from_the_evidence_what_was_carried(bank: SmallBank) -> None:
    answer = await followed(bank, OPENING, "and the premier account?")
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    assert (await replayer.replay(bank.institution, answer.answer_id)).differences == ()


async def test_the_rails_hear_the_turn_with_what_was_carried(bank: SmallBank) -> None:
    rails = Listening(bank.platform.parts.rails)
    listening = bank.with_parts(lambda parts: replace(parts, rails=rails))
    await followed(listening, OPENING, "and the premier account?")
    assert rails.heard == [OPENING, WHOLE]


async def test_what_the_rails_refuse_of_the_whole_is_refused(bank: SmallBank) -> None:
    rails = Listening(bank.platform.parts.rails, forbidden=WHOLE)
    listening = bank.with_parts(lambda parts: replace(parts, rails=rails))
    assert (await followed(listening, OPENING, "and the premier account?")).status is AnswerStatus.REFUSED


async def test_a_turn_that_says_more_is_heard_as_it_was_said(bank: SmallBank) -> None:
    rails = Listening(bank.platform.parts.rails)
    listening = bank.with_parts(lambda parts: replace(parts, rails=rails))
    answer = await followed(listening, OPENING, "and should I move all my savings to premier?")
    assert rails.heard[-1] == "and should I move all my savings to premier?"
    assert bank.evidence(answer.answer_id).whole == ""
