"""A follow-up is put whole only where a table holds both names; whatever says more, or names nothing, is left alone."""

from __future__ import annotations

import pytest

from knowledge_bases.schema import Language
from retrieval.dialogue import InContext
from retrieval.exchanged import Alike, Synonyms, put_whole
from retrieval.follow_ups import whole
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.types import Query

WORDS = Synonyms(shipped_lexicon(), shipped_thesaurus())
CARDS = Alike(("Platinum", "Gold", "Green", "USD Gold"), "Minimum payment and late charge")
KA = Alike(("白金卡", "金卡", "綠卡", "美元金卡"), "外幣交易手續費")
MARKETS = Alike(("United States stocks", "Japan stocks", "United Kingdom stocks"), "Commission")
WAYS = Alike(("Mobile app or website", "Telephone", "Monthly stock savings plan"), "How the order is placed")
CLASSES = Alike(("Class A (HKD)", "Class I (HKD)"), "Charges")
LEVELS = Alike(("Level 1 (basic)", "Level 2 (verified)"), "Highest balance")
FEES = Alike(
    ("Harbour Platinum Card", "Harbour Gold Card", "Harbour USD Gold Card"), "2. Annual fee, per card per year"
)
CURRENCIES = Alike(("HKD", "USD", "RMB"), "Time deposit rate")
LATE = "What is the late charge on the green card?"


@pytest.mark.parametrize(
    ("turn", "before", "alike", "put"),
    [
        ("and for the platinum?", LATE, CARDS, "what is the late charge on the platinum card?"),
        ("咁綠卡呢？", "白金卡外幣手續費幾多？", KA, "绿卡外币手续费几多?"),
        ("那美元金卡呢？", "金卡外币手续费多少", KA, "美元金卡外币手续费多少"),
        ("咁英國呢？", "commission on Japan stocks", MARKETS, "commission on united kingdom stocks"),
        ("and over the phone?", "commission in the app?", WAYS, "commission in the telephone?"),
        ("and class I?", "subscription fee of class A?", CLASSES, "subscription fee of class i?"),
        ("那第二级呢？", "highest balance of level 1?", LEVELS, "highest balance of level 2?"),
    ],
)
def test_another_name_takes_the_place_of_the_one_before(turn: str, before: str, alike: Alike, put: str) -> None:
    assert put_whole(turn, before, [alike], WORDS) == put


@pytest.mark.parametrize(
    ("turn", "before", "put"),
    [
        ("and when I turn 60?", "premium at age 40?", "premium at age 60?"),
        ("如果是60万呢？", "我有30万港元，存6个月定期利率多少？", "我有60万港元,存6个月定期利率多少?"),
        ("and in year 8?", "charge of Evergreen 10 in policy year 4", "charge of evergreen 10 in policy year 8"),
    ],
)
def test_a_figure_takes_the_place_of_one_of_its_kind(turn: str, before: str, put: str) -> None:
    assert put_whole(turn, before, [], WORDS) == put


@pytest.mark.parametrize(
    "turn",
    [
        "How do I complain about a branch?",
        "and a safe deposit box?",
        "and what does the platinum card cost at an airport?",
        "the second one",
        "What is the annual fee?",
        "and for 123456789012?",
        "and for green?",
        "",
    ],
)
def test_what_says_more_or_names_no_other_thing_is_left_alone(turn: str) -> None:
    assert put_whole(turn, LATE, [CARDS], WORDS) == ""


def test_a_turn_that_a_table_is_all_about_takes_the_product_that_is_talked_about() -> None:
    assert asked("What is the annual fee?", [LATE_ON_GOLD], FEES) == "harbour gold card What is the annual fee?"


@pytest.mark.parametrize(
    ("turn", "history", "alike"),
    [
        ("How do I report a loss?", "late charge on the gold card?", FEES),
        ("What is the annual fee of platinum?", "late charge on the gold card?", FEES),
        ("What is the annual fee?", "low balance fee of the US dollar savings account?", FEES),
        ("time deposit rate", "low balance fee of the USD savings account?", CURRENCIES),
    ],
)
def test_another_topic_is_not_dragged_back_to_the_product_before(turn: str, history: str, alike: Alike) -> None:
    assert asked(turn, [history], alike) == ""


def test_the_turns_between_are_put_whole_one_after_the_other() -> None:
    history = [LATE, "and gold?"]
    assert asked("and the platinum?", history, CARDS) == "what is the late charge on the platinum card?"


LATE_ON_GOLD = "What is the late charge on the gold card?"


def asked(turn: str, history: list[str], alike: Alike) -> str:
    def tables(_: InContext) -> tuple[Alike, ...]:
        return (alike,)

    return whole(Query(turn, Language.EN, 8, tuple(history)), tables, WORDS)
