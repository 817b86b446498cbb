"""Who writes here, a person or a machine: asked, and told; a wish for a person is another thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guardrails.detectors import greeting, human_wanted
from guardrails.types import Action, Reason
from tests.guardrails.builders import asked

ASKED = [
    "Are you a real person?",
    "so r u human or a bot??",
    "Is this a robot?",
    "am i talking to a person or a machine",
    "who am i talking to?",
    "你係咪真人？",
    "你係真人定機械人呀",
    "你是机器人吗？",
    "我係咪同緊真人傾偈？",
]
OTHER = [
    "Are you a member of the Deposit Protection Scheme?",
    "Is this a joint account?",
    "Are you a real person? I want one",
    "我要搵真人",
    "你哋係咪持牌銀行？",
]


@pytest.mark.parametrize("text", ASKED)
def test_who_asks_what_writes_here_is_told_and_not_handed_on(text: str) -> None:
    (found,) = greeting.detect(asked(text))
    assert (found.action, found.reason) == (Action.ALLOW, Reason.WHO_ANSWERS)
    assert human_wanted.detect(replace(asked(text), intents=frozenset({"P14"}))) == ()


@pytest.mark.parametrize("text", OTHER)
def test_what_asks_more_or_something_else_is_another_question(text: str) -> None:
    assert greeting.detect(asked(text)) == ()


def test_a_wish_for_a_person_is_still_heard() -> None:
    assert human_wanted.detect(asked("Are you human? No bots, get me a real person"))


@pytest.mark.parametrize("text", ["Can I use live chat to report a lost card?", "Transfer it to my repayment account"])
def test_to_report_and_to_repay_are_no_representative(text: str) -> None:
    assert human_wanted.detect(asked(text)) == ()
