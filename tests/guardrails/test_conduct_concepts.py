"""Conduct rules as concepts: what an expression means, and that no message takes long."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import conduct
from guardrails.normalise import normalise
from tests.guardrails.builders import asked

ALL = sorted(conduct.clauses())
EXPRESSIONS = [
    expression for rule in conduct.clauses().values() for clause in rule for concept in (*clause.needed, *clause.unless)
    for expression in concept.alternatives
]  # fmt: skip


def test_no_expression_looks_ahead_or_back() -> None:
    assert [expression for expression in EXPRESSIONS if re.search(r"\(\?[=!<]", expression)] == []


def test_no_wildcard_is_unbounded() -> None:
    assert [expression for expression in EXPRESSIONS if re.search(r"(?<!\\)\.[*+]", expression)] == []


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Confirm that my loan will be approved", True),
        ("the loan: will it be approved? confirm", True),  # concepts stand in any order
        ("How long does a loan take?", False),
        ("ＣＯＮＦＩＲＭ that my LOAN will be approved", True),
    ],
)
def test_a_rule_fires_where_all_its_concepts_are_spoken_of(text: str, fires: bool) -> None:
    assert (conduct.first("P04", normalise(text)) is not None) is fires


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        ("P16D", "i want to kil myself"),
        ("P16D", "I cant go on anymor, want to end my lfie"),
        ("P16D", "I want to kill my self"),
        ("P16D", "i wanna die"),
        ("P16D", "i feel sucidal"),
        ("P16D", "我想字殺"),
        ("P17", "i think ive been scamed"),
        ("P17", "somone stole my mony from my acount"),
        ("P17", "Someone just took all my money"),
        ("P17", "我俾人厄咗錢"),
        ("P17", "我被偏了钱"),
    ],
)
def test_danger_is_understood_however_hastily_it_is_typed(rule: str, typed: str) -> None:
    assert conduct.first(rule, normalise(typed))


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        ("P16D", "I want to do it myself"),
        ("P17", "The machine took my card"),
        ("P17", "Someone paid my money back"),
        ("P17", "利率被人偏低估計"),
    ],
)
def test_what_only_looks_like_danger_is_none(rule: str, typed: str) -> None:
    assert conduct.first(rule, normalise(typed)) is None


def test_either_script_and_either_chinese_is_understood() -> None:
    texts = ("邊隻基金好？", "边只基金好？", "哪只基金好？", "哪隻基金好？")
    assert all(conduct.first("P01", normalise(text)) for text in texts)


@pytest.mark.parametrize(
    "before",
    [
        "My HKID is [HKID]. ",
        "What is the fee? ",
        "I have lost my password! ",
        "我張表格交咗。",
        "分行幾點開門？",
        "手续费多少？",
    ],
)
def test_what_else_is_asked_excuses_nothing(before: str) -> None:
    assert conduct.first("P01", normalise(f"{before}Which of your funds should I buy?"))


def test_the_two_ends_of_a_letter_do_not_add_up() -> None:
    assert conduct.first("P06", normalise("Are you better than HSBC?"))
    ends = "Are you any better?" + " And so on." * 60 + " My friend is with HSBC."
    assert conduct.first("P06", normalise(ends)) is None


def test_what_is_marked_lies_in_the_original_message() -> None:
    text = "Hello! ＣＯＮＦＩＲＭ that my loan will be approved"
    span = conduct.first("P04", normalise(text))
    assert span is not None
    assert text[span.start : span.end]


@given(st.text(max_size=600))
def test_no_message_raises(text: str) -> None:
    for rule_id in ALL:
        conduct.first(rule_id, normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        "我係殘疾人士，郵寄結單要唔要錢？",
        "幫阿婆開戶要咩文件？",
        "My mother is 80, what documents does she need at the branch?",
        "I use a wheelchair, is there a fee at the counter for my account?",
        "Will my late payment charge be deducted from my deposits?",
    ],
)
def test_a_plain_errand_is_no_trouble_whoever_has_it(text: str) -> None:
    assert conduct.first("P16", normalise(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "My late husband had an account here",
        "I'm deaf, so phone verification doesn't work for me",
        "阿爺九十歲一個人住，唔識撳個app",
        "I lost my job. How much is the late charge?",
    ],
)
def test_trouble_is_heard_beside_an_errand(text: str) -> None:
    assert conduct.first("P16", normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        "What's the daily limit of FPS small transfers?",
        "FPS daily limit for small amounts below the 2FA threshold",
        "轉數快小額轉賬每日上限幾多？",
        "转数快小额转账不用登记，每天最多多少？",
    ],
)
def test_a_small_transfer_hides_nothing(text: str) -> None:
    assert conduct.first("P18", normalise(text)) is None


@pytest.mark.parametrize(
    "text", ["Can I split it into several small transfers so nobody asks?", "send it in batches, many small transfers"]
)
def test_a_large_one_in_small_parts_does(text: str) -> None:
    assert conduct.first("P18", normalise(text))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("P16", "我死咗條心，想cut卡"),
        ("P16", "我对这张卡死心了，想销卡"),
        ("P16", "I've given up on this card, how do I cancel it?"),
        ("P03", "May settling in Hong Kong dollars cost more?"),
        ("P03", "用港幣結算會唔會貴啲？"),
        ("P03", "用港币结算会不会贵一点？"),
    ],
)
def test_a_turn_of_speech_excuses_what_only_meaning_tells(rule: str, text: str) -> None:
    assert conduct.called_for(rule, replace(asked(text), intents=frozenset({rule}))) is None


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("P16", "我對人生死咗條心"),
        ("P16", "我失業，還唔起卡數，死咗條心，想cut卡"),
        ("P03", "Will paying in US dollars cost more next month?"),
    ],
)
def test_it_excuses_nothing_else(rule: str, text: str) -> None:
    assert conduct.called_for(rule, replace(asked(text), intents=frozenset({rule})))


@pytest.mark.parametrize("text", ["派息係咪保證？", "Are the dividends guaranteed?", "Is the bonus guaranteed?"])
def test_whether_a_product_guarantees_what_it_pays_is_a_fact_of_its_documents(text: str) -> None:
    assert conduct.first("P03", normalise(text)) is None


@pytest.mark.parametrize(
    "text", ["Is this fund guaranteed to make money?", "你保證派息實有八厘？", "Guarantee me a dividend"]
)
def test_a_promise_that_is_wished_for_is_not(text: str) -> None:
    assert conduct.first("P03", normalise(text))


@pytest.mark.parametrize("text", ["Which loan is better, 12 or 24 months?", "Which mortgage would be best for me?"])
def test_which_debt_to_choose_is_a_wish_for_advice(text: str) -> None:
    assert conduct.first("P01", normalise(text))
