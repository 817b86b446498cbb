from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.folding import fold
from retrieval.tokens import is_character, is_chinese, normalise, placed_terms, terms


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("銀行賬戶", "银行账户"), ("保險", "保险"), ("裏", "裡"), ("證", "证"), ("信用咭", "信用卡"), ("轉帳", "转账")],
)
def test_traditional_simplified_and_regional_forms_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_terms_hold_no_blank_and_are_never_empty(text: str) -> None:
    assert all(term and not any(character.isspace() for character in term) for term in terms(text))


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=8))
def test_a_document_and_a_question_in_the_other_script_share_their_terms(text: str) -> None:
    assert terms(text) == terms(fold(text))


def test_english_words_are_stemmed_and_lose_stop_words() -> None:
    assert terms("What are the annual fees?") == terms("annual fee")


@pytest.mark.parametrize(
    ("one", "other"), [("lost cards", "lose a card"), ("paid daily", "pay a day"), ("stolen", "stole")]
)
def test_irregular_forms_are_one_word_with_those_they_belong_to(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_a_run_of_chinese_gives_characters_and_pairs() -> None:
    assert terms("年費") == ["年", "费", "年费"]


def test_full_width_forms_are_read_like_plain_ones() -> None:
    assert terms("ＨＫ＄８００，０００") == terms("HK$800,000")


def test_an_empty_text_has_no_terms() -> None:
    assert terms("") == terms(" \n—？") == []


@pytest.mark.parametrize(
    ("text", "chinese"),
    [("年費幾多？", True), ("Gold card 嘅年費係幾多", True), ("What is the annual fee?", False), ("", False)],
)
def test_the_script_of_a_question(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese


def test_normal_form_is_lower_case_and_folded() -> None:
    assert normalise("ＶＩＰ 賬戶") == "vip 账户"


@pytest.mark.parametrize(
    "text", ["The annual fee is HK$1,800 from 1 April 2025.", "年費為港幣1,800元，三個月內繳付", ""]
)
def test_placed_terms_are_the_terms_where_they_stand_but_for_single_characters(text: str) -> None:
    placed = list(placed_terms(text))
    assert [term for *_, term in placed] == [term for term in terms(text) if not is_character(term)]
    assert all(0 <= start < end <= len(normalise(text)) for start, end, _ in placed)


def test_a_placed_word_stands_at_its_place() -> None:
    assert [(normalise("Annual fees")[start:end], term) for start, end, term in placed_terms("Annual fees")] == [
        ("annual", "annual"),
        ("fees", "fee"),
    ]
