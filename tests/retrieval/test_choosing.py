"""A few words choose one of some things, by name in either language or by place; anything more chooses none."""

from __future__ import annotations

import pytest

from retrieval.choosing import chosen, named, wants_all
from retrieval.lexicon_files import shipped_lexicon

CARDS = ("Harbour Platinum Card", "Harbour Gold Card", "Harbour Green Card", "Harbour USD Gold Card")
KA = ("海港白金卡", "海港金卡", "海港綠卡（學生卡）", "海港美元金卡")
ASKED = "What is the annual fee?"


@pytest.mark.parametrize(
    ("text", "names", "place"),
    [
        ("platinum", CARDS, 0),
        ("the gold one please", CARDS, 1),
        ("Harbour USD Gold Card", CARDS, 3),
        ("I mean the annual fee of the green card", CARDS, 2),
        ("the second one", CARDS, 1),
        ("2", CARDS, 1),
        ("the last", CARDS, 3),
        ("白金卡", CARDS, 0),
        ("金卡", KA, 1),
        ("绿卡", KA, 2),
        ("我係美元金卡", KA, 3),
        ("第二張", KA, 1),
        ("最後嗰個", KA, 3),
    ],
)
def test_a_choice_is_found(text: str, names: tuple[str, ...], place: int) -> None:
    assert chosen(text, names, shipped_lexicon(), ASKED) == place


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", CARDS),
        ("the card", CARDS),
        ("gold or platinum", CARDS),
        ("is the platinum lounge open on Sunday?", CARDS),
        ("What is the late charge of the gold card?", CARDS),
        ("How do I report a lost card?", CARDS),
        ("the fifth one", CARDS),
        ("all of them", CARDS),
        ("3", CARDS[:2]),
        ("卡", KA),
        ("點樣報失？", KA),
        ("anything", ()),
    ],
)
def test_what_is_no_choice_chooses_none(text: str, names: tuple[str, ...]) -> None:
    assert chosen(text, names, shipped_lexicon(), ASKED) is None


def test_a_turn_names_a_thing_where_a_word_tells_it_from_the_others() -> None:
    assert named("Tell me about the platinum card", CARDS, shipped_lexicon())
    assert not named("Tell me about your cards", CARDS, shipped_lexicon())
    assert not named("anything", (), shipped_lexicon())


@pytest.mark.parametrize("text", ["all of them", "both", "not sure", "I don't know", "全部", "唔知", "不清楚"])
def test_whoever_cannot_choose_wants_all(text: str) -> None:
    assert wants_all(text, ASKED)


@pytest.mark.parametrize(
    "text", ["the gold one", "I lost all my cards", "全部卡都唔見咗", "call me on 91234567, all of you"]
)
def test_whoever_says_more_than_all_does_not(text: str) -> None:
    assert not wants_all(text, ASKED)
