"""Abuse is met calmly, a threat goes to a person, and floods are turned away with honest words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guardrails.detectors import flooding, toxic
from guardrails.types import Action, Severity
from tests.guardrails.builders import asked

THREATS = [
    "I will burn down your branch",
    "I'm going to kill you all",
    "your staff should die",
    "我一定斩死你哋个经理",
    "我要炸咗間分行",
    "我要殺咗張卡嗰個經理",
    "你哋等住，全家唔好過",
]
IDIOMS = [
    "This queue is killing me",
    "I'd kill for a better rate",
    "我热到死",
    "笑死我",
    "等到死都未到我",
    "你們殺價嗎",
    "我想殺咗張卡，點取消？",
    "我要斩掉呢个户口",
    "我想殺死個自動增值功能",
]


@pytest.mark.parametrize("text", ["How the fuck do I block my card?", "屌，張卡點樣停用？", "妈的，手续费是多少？"])
def test_abuse_beside_a_question_is_noted_and_the_question_is_answered(text: str) -> None:
    assert {finding.action for finding in toxic.detect(asked(text))} == {Action.ALLOW}


@pytest.mark.parametrize("text", ["you useless idiots", "仆街", "傻逼"])
def test_abuse_alone_gets_calm_words(text: str) -> None:
    assert [finding.action for finding in toxic.detect(asked(text))] == [Action.REFUSE]


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_goes_to_a_person_at_once(text: str) -> None:
    assert [(f.action, f.severity) for f in toxic.detect(asked(text))] == [(Action.HAND_OFF, Severity.S1)]


@pytest.mark.parametrize("text", IDIOMS)
def test_figures_of_speech_are_no_threat(text: str) -> None:
    assert toxic.detect(asked(text)) == ()


@pytest.mark.parametrize(
    ("text", "kind"), [("x y z " * 400, "TOO_LONG"), ("fee? " * 200, "REPETITIVE"), ("年費" * 150, "REPETITIVE")]
)
def test_floods_are_refused_and_the_finding_says_which(text: str, kind: str) -> None:
    assert [finding.detail for finding in flooding.detect(asked(text))] == [kind]


def test_the_same_message_a_fourth_time_is_a_flood_and_a_third_time_is_not() -> None:
    again = replace(asked("What is the fee?"), history=("What is the fee?",) * 3)
    assert [finding.detail for finding in flooding.detect(again)] == ["SAME_AGAIN"]
    assert flooding.detect(replace(again, history=again.history[1:])) == ()


def test_a_long_honest_question_is_no_flood() -> None:
    text = (
        "I opened an account in March and was told that the fee is waived when the balance is above ten thousand. In "
        "May my salary came late, the balance fell to nine thousand for two days, and forty dollars were taken. The "
        "branch said that the average counts, the letter says that the lowest day counts. Which of the two is right, "
        "from when does the rule apply, and can a fee that was taken by mistake be paid back to me without a form?"
    )
    assert flooding.detect(asked(text)) == ()
