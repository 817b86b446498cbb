"""What the rules say of a reply before it is sent: the real rules, and a person who decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.handover.advice import UNCHECKED, Advice, Reply, advise
from guardrails.disclosure import missing
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Language
from tests.app.small_bank import one_rails, one_rulebook
from tests.app.worlds import an_institution

TODAY = date(2026, 11, 26)
LOAN = "You can apply for a personal loan at 3% a year."


def a_reply(text: str, *given: str, language: Language = Language.EN, question: str = "") -> Reply:
    return Reply(an_institution(), language, question, text, given)


async def told(reply: Reply) -> Advice:
    return await advise(one_rails(), one_rulebook(), reply, TODAY)


@pytest.mark.parametrize("text", ["Thank you for waiting, I am looking into it.", "Your number is 6123 4567, right?"])
async def test_of_plain_words_the_rules_say_nothing_and_nothing_is_masked(text: str) -> None:
    assert await told(a_reply(text)) == Advice()


@pytest.mark.parametrize(
    ("text", "language", "rule"),
    [
        (LOAN, Language.EN, "D01"),
        ("你可以申請私人貸款，年利率 3%。", Language.ZH_HANT, "D01"),
        ("您可以申请私人贷款，年利率 3%。", Language.ZH_HANS, "D01"),
        ("Please tell me your one-time password.", Language.EN, "D48"),
    ],
)
async def test_a_statement_that_goes_with_it_is_named_with_its_exact_words(
    text: str, language: Language, rule: str
) -> None:
    advice = await told(a_reply(text, language=language))
    owed = {statement.rule_id: statement for statement in advice.owed}
    assert owed[rule].text == one_rulebook().rule(rule).statement.in_language(language)
    assert rule in advice.points


async def test_a_statement_that_the_customer_has_had_or_that_the_reply_carries_is_not_named() -> None:
    advice = await told(a_reply(LOAN))
    given = [statement.text for statement in advice.owed]
    assert not (await told(a_reply(LOAN, *given))).owed
    assert not (await told(a_reply("\n\n".join([LOAN, *given])))).owed
    assert not missing("\n".join(given), advice.owed)


class Saying:
    """Rails that find what they are told to."""

    def __init__(self, *found: Finding) -> None:
        self.found = found

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict:
        return Verdict(Action.HOLD, context.text, self.found)


RULE = Finding("P02", Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.GUARANTEE)


async def test_a_rule_that_fires_is_named_once() -> None:
    advice = await advise(Saying(RULE, RULE), one_rulebook(), a_reply("Hello"), TODAY)
    assert advice.rules == ("P02",)


@pytest.mark.parametrize("reason", [Reason.RAIL_FAILED, Reason.BUSY, Reason.TOO_LONG])
async def test_where_the_rails_fail_the_person_is_told_that_nobody_knows(reason: Reason) -> None:
    advice = await advise(Saying(RULE, replace(RULE, reason=reason)), one_rulebook(), a_reply("Hello"), TODAY)
    assert advice.points == {UNCHECKED}


async def test_where_a_statement_can_not_be_filled_in_the_person_is_told_too() -> None:
    bank = replace(an_institution(), slots={})
    reply = replace(a_reply("Deposits are protected by the Deposit Protection Scheme."), institution=bank)
    assert (await told(reply)).points == {UNCHECKED}
