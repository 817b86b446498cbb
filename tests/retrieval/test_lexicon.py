from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import lexicon_files
from retrieval.errors import LexiconInvalid
from retrieval.expansion import SYNONYM_WEIGHT, TRANSLATION_WEIGHT, Group, Lexicon
from retrieval.lexicon_files import shipped_lexicon
from retrieval.tokens import terms

SMALL = Lexicon(
    written={"幾錢": ["費用", "收費"], "孖展": ["保證金"]},
    silent=["係咪", "是"],
    groups=[Group(("annual fee", "yearly fee"), ("年費",)), Group(("fee", "charge"), ("收費",))],
)


def test_a_questions_own_words_weigh_one_and_equals_less() -> None:
    weights = SMALL.weigh("annual fee")
    assert weights["annual"] == weights["fee"] == 1
    assert weights["年费"] == TRANSLATION_WEIGHT
    assert weights["year"] == SYNONYM_WEIGHT


def test_the_longest_entry_decides() -> None:
    assert "charg" not in SMALL.weigh("annual fee")
    assert "charg" in SMALL.weigh("fee")


@pytest.mark.parametrize("question", ["年費", "年费"])
def test_both_scripts_find_the_english_term(question: str) -> None:
    assert SMALL.weigh(question)["annual"] == TRANSLATION_WEIGHT


def test_cantonese_becomes_written_chinese_with_its_equals() -> None:
    weights = SMALL.weigh("孖展幾錢")
    assert weights["费用"] == 1
    assert weights["收费"] == SYNONYM_WEIGHT
    assert weights["证金"] == 1


def test_phrases_that_only_ask_are_dropped() -> None:
    assert SMALL.plainly("年費係咪免") == SMALL.plainly("年費是免") == "年费  免"


def test_pairs_do_not_cross_a_known_term() -> None:
    assert "卡年" not in SMALL.weigh("金卡年費")


def test_a_known_term_is_not_cut_by_a_word_that_begins_inside_it() -> None:
    small = Lexicon(written={"保": ["保障"]}, silent=[], groups=[Group(("guarantee",), ("保證",))])
    assert small.weigh("保證")["保证"] == 1
    assert "保障" not in small.weigh("保證")


@pytest.mark.parametrize("question", ["三個月定期利率", "三个月定期利率多少", "3個月定期幾多厘"])
def test_a_figure_is_sought_whatever_known_term_its_counter_is_part_of(question: str) -> None:
    assert shipped_lexicon().weigh(question)["#3"] == 1


@given(st.text(max_size=40))
def test_weights_lie_between_nought_and_one_for_any_question(question: str) -> None:
    assert all(0 < weight <= 1 for weight in shipped_lexicon().weigh(question).values())


def test_an_empty_question_has_no_terms() -> None:
    assert SMALL.weigh("") == {}


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("定期存款可唔可以提早攞返？", "deposit"),
        ("点样退保？", "surrend"),
        ("強積金幾時可以攞？", "mpf"),
        ("係咪有存款保障？", "protect"),
        ("How do I complain?", "投诉"),
        ("What is the cooling-off period?", "冷静"),
        ("How do I opt out of direct marketing?", "促销"),
        ("孖展利率", "margin"),
        ("喺日本簽賬收幾多", "外币"),
        ("Which card has no annual fee?", "nil"),
    ],
)
def test_the_shipped_lists_carry_a_question_across_languages(question: str, term: str) -> None:
    assert term in shipped_lexicon().weigh(question)


def test_no_english_question_is_rewritten_by_the_cantonese_list() -> None:
    assert shipped_lexicon().plainly("How do I make a claim for a delay?") == "how do i make a claim for a delay?"


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("I quit my job", "cessat"),
        ("my dad passed away", "death"),
        ("when does it kick in?", "commenc"),
        ("犹豫期多久", "冷静"),
        ("阿爸過咗身", "身故"),
        ("commission for US stocks", "state"),
        ("點樣可以豁免年費", "豁免"),
    ],
)
def test_everyday_words_become_those_of_documents(question: str, term: str) -> None:
    assert shipped_lexicon().weigh(question)[term] == 1


def test_words_that_were_replaced_still_count_for_less() -> None:
    assert 0 < shipped_lexicon().weigh("犹豫期")["犹豫"] < 1


def test_english_filler_is_not_sought() -> None:
    assert "wonder" not in shipped_lexicon().weigh("just wondering about the annual fee")


def test_every_shipped_entry_is_in_the_script_of_its_list() -> None:
    groups = [group for name in lexicon_files._group_files() for group in lexicon_files._groups(name)]
    assert len(groups) > 300
    assert [entry for group in groups for entry in group.english if not entry.isascii()] == []
    assert [entry for group in groups for entry in group.chinese if entry.isascii()] == []
    assert [entry for group in groups for entry in group.english if not terms(entry)] == []


def test_a_broken_list_names_its_file_and_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon_files, "_read", lambda name: {"groups": [{"en": ["fee"], "zh": []}]})
    with pytest.raises(LexiconInvalid, match=r"terms_x\.yaml.*neither empty"):
        list(lexicon_files._groups("terms_x.yaml"))


@pytest.mark.parametrize("question", ["conditions of the fund", "the end of a loan", "will i be charged"])
def test_the_small_words_of_a_question_stand_for_nothing_else(question: str) -> None:
    """An entry that is a small word beside words that are passed over ("some of") would be met by every "of"."""
    assert shipped_lexicon().plainly(question) == question
