"""What an answer must not say: in generated sentences, and what even a quote may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guardrails.detectors import promises
from guardrails.types import Action, Claim, RailContext
from knowledge_bases.schema import Language
from tests.guardrails.builders import BANK, cited

SITE = replace(BANK, sites=("https://bank.example",))
GENERATED = [
    ("P01", "I recommend the growth fund for you."),
    ("P01", "我們建議您買入這隻基金。"),
    ("P01", "这个计划最适合您。"),
    ("P02", "Apply now, only a few places left!"),
    ("P02", "名額有限，萬勿錯過。"),
    ("P02", "机不可失，马上申请。"),
    ("P03", "This fund is risk-free and you can't lose money."),
    ("P03", "呢個產品穩賺。"),
    ("P03", "金价将会上升。"),
    ("P04", "Your loan will be approved."),
    ("P04", "你的貸款申請一定批。"),
    ("P04", "您的信用卡已获批。"),
    ("P06", "We are the best bank in Hong Kong."),
    ("P06", "我們的利率優於其他銀行。"),
    ("P06", "我们是全港最便宜的。"),
    ("P08", "The fund returned 12%."),
    ("P08", "基金回報 12%。"),
    ("P08", "基金跑赢 3%。"),
    ("P10", "You can log in at https://bank.example/login to pay."),
    ("P10", "請到 https://other.example/fees 查看。"),
    ("P10", "请打开 https://bank.example/pay 付款。"),
    ("P13", "I am a real person in the customer service team."),
    ("P13", "我係真人，唔係機械人。"),
    ("P13", "我是客服专员，不是机器人。"),
    ("P28", "This assistant is approved by the HKMA."),
    ("P28", "金管局已批准本助理。"),
    ("P28", "证监会推荐这只基金。"),
]
SOUND = [
    "The annual fee is HK$1,800.",
    "The Guaranteed Fund guarantees a return of 1% a year on conditions set out in the brochure.",
    "The fund returned 12% in 2025.",
    "Details are on https://bank.example/fees.",
    "Approval is subject to our assessment.",
    "Only products authorised by the SFC may be offered to the public.",
    "保證基金由保證人在符合條件下提供保證。",
    "申请须经本行审批。",
]
# An approved document may advertise; what no document may do is promise profit without risk, or lead to a login.
QUOTED_AND_FINE = [
    "The Guaranteed Fund offers a guaranteed return on conditions.",
    "Apply now to enjoy a limited time offer.",
    "We recommend that you read the brochure.",
    "本行建議你細閱章程。",
]
QUOTED_AND_HELD = [
    ("P03", "This product is risk-free."),
    ("P03", "本產品穩賺不賠。"),
    ("P10", "Pay at https://elsewhere.example/pay."),
]


def broken(text: str, quoted: bool = False) -> set[str]:
    claim = Claim(text, (cited(text if quoted else "Something else."),))
    findings = promises.detect(RailContext(SITE, Language.EN, text, claims=(claim,)))
    assert {finding.action for finding in findings} <= {Action.HOLD}
    return {finding.rule_id for finding in findings}


@pytest.mark.parametrize(("rule_id", "text"), GENERATED)
def test_a_generated_sentence_that_breaks_a_rule_is_held(rule_id: str, text: str) -> None:
    assert rule_id in broken(text)


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_sentence_passes(text: str) -> None:
    assert broken(text) == set()


@pytest.mark.parametrize("text", QUOTED_AND_FINE)
def test_a_documents_own_words_pass(text: str) -> None:
    assert broken(text, quoted=True) == set()


@pytest.mark.parametrize(("rule_id", "text"), QUOTED_AND_HELD)
def test_what_no_document_may_say_is_held_in_a_quote_too(rule_id: str, text: str) -> None:
    assert rule_id in broken(text, quoted=True)
