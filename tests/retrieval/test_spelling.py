from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.concepts import Concept, Thesaurus
from retrieval.edits import WordList, errors_between
from retrieval.lookalikes import Lookalikes
from retrieval.misspelled import Misspelled
from retrieval.slips import Slip
from retrieval.tokens import terms

WORDS = st.text("abcde", max_size=6)


class Documents:
    """Terms that some documents have, each with how rare it is."""

    def __init__(self, *texts: str) -> None:
        self._terms = [term for text in texts for term in terms(text)]

    def holds(self, term: str) -> bool:
        return term in self._terms

    def idf(self, term: str) -> float:
        return 1 / (1 + self._terms.count(term))


FEES = Documents("Break a fixed deposit early.", "A deposit earns interest.", "Deposits are fixed.", "The Dapper card.")
ORDINARY = [
    "break",
    "brake",
    "fixed",
    "early",
    "find",
    "cooker",
    "rely",
    "what",
    "statement",
    "paper",
    "apparel",
    "form",
]
WORDS_KNOWN = Misspelled(ORDINARY, ["premium", "insurance"], {"brake": "break", "form": "from"})


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("early", "erly", 1), ("early", "eraly", 1), ("fixed", "fized", 1), ("deposit", "deepsit", 2), ("", "abc", 3)],
)
def test_a_letter_left_out_added_replaced_or_swapped_is_one_error(one: str, other: str, errors: int) -> None:
    assert errors_between(one, other) == errors


@given(WORDS, WORDS)
def test_errors_are_the_same_in_both_directions_and_none_only_between_equals(one: str, other: str) -> None:
    assert errors_between(one, other) == errors_between(other, one)
    assert (errors_between(one, other) == 0) == (one == other)


@given(WORDS.filter(bool), st.lists(WORDS.filter(bool)), st.integers(0, 2))
def test_looking_at_letters_first_misses_no_near_word(word: str, words: list[str], most: int) -> None:
    near = dict(WordList(words).near(word, most))
    assert near == {w: errors_between(w, word) for w in words if errors_between(w, word) <= most}


def test_unknown_words_are_read_as_the_nearest_the_documents_have() -> None:
    known = Misspelled([*ORDINARY, "deposit"], (), {})
    assert known.read("how to breakk my fixd depsit erly", FEES).text == "how to break my fixed deposit early"


def test_of_words_as_near_the_one_most_passages_have_is_read() -> None:
    known = Misspelled(["fees", "feet"], (), {})
    assert known.read("feew", Documents("fees fees", "a foot, two feet")).text == "fees"
    assert known.read("feew", Documents("fees", "feet feet", "feet")).text == "feet"


def test_what_was_read_otherwise_than_typed_is_told() -> None:
    read = WORDS_KNOWN.read("Fixd rates, please", FEES)
    assert (read.text, read.slips) == ("fixed rates, please", (Slip("Fixd", "fixed"),))


@pytest.mark.parametrize("text", ["the Depsit card", "FIX-D1 depsit9 depsit_a", "@depsit", "1depsit", "my dpt"])
def test_names_codes_and_short_words_stay_as_typed(text: str) -> None:
    assert WORDS_KNOWN.read(text, FEES).text == text


def test_a_known_word_is_never_read_as_another_of_like_spelling() -> None:
    assert WORDS_KNOWN.read("can i rely on a paper cooker", FEES).slips == ()


def test_a_word_the_documents_use_is_known_whatever_the_lists_say() -> None:
    assert WORDS_KNOWN.read("the fixt deposit", Documents("A fixt deposit", "fixed")).slips == ()


def test_a_word_of_the_trade_is_read_where_no_document_has_it() -> None:
    assert WORDS_KNOWN.read("my premum", FEES).text == "my premium"


def test_an_ordinary_word_no_document_has_is_no_reading() -> None:
    assert WORDS_KNOWN.read("a papper", FEES).slips == ()


def test_a_confused_word_counts_only_where_the_documents_have_the_other_alone() -> None:
    assert WORDS_KNOWN.read("brake my deposit", FEES).text == "break my deposit"
    assert WORDS_KNOWN.read("brake my deposit", Documents("break", "brake pads")).slips == ()
    assert WORDS_KNOWN.read("brake my deposit", Documents("deposit")).slips == ()


def test_two_errors_are_read_in_long_words_only() -> None:
    assert WORDS_KNOWN.read("a sttaemnt", Documents("A statement.")).text == "a statement"
    assert WORDS_KNOWN.read("ealryy", FEES).slips == ()


def test_without_a_list_of_ordinary_words_nothing_is_read_otherwise() -> None:
    assert Misspelled((), ["deposit"], {"brake": "break"}).read("brake my depsit", FEES).slips == ()


THESAURUS = Thesaurus(
    [
        Concept(("interest", "利息")),
        Concept(("loan", "貸款", "私人貸款")),
        Concept(("lost", "唔見咗")),
        Concept(("rent", "租金")),
    ]
)
TYPED = Lookalikes({"息": "系昔", "貸": "貨", "咗": "左", "租": "粗"}, THESAURUS)


@pytest.mark.parametrize(
    ("typed", "read", "slip"),
    [
        ("定期利系幾多", "定期利息幾多", Slip("利系", "利息")),
        ("我想借私人貨款", "我想借私人貸款", Slip("私人貨款", "私人貸款")),
        ("我想借私人货款", "我想借私人貸款", Slip("私人货款", "私人貸款")),
        ("唔見左張卡", "唔見咗張卡", Slip("唔見左", "唔見咗")),
    ],
)
def test_a_character_that_makes_no_word_is_read_as_the_one_that_does(typed: str, read: str, slip: Slip) -> None:
    spelt = TYPED.read(typed, FEES)
    assert (spelt.text, spelt.slips) == (read, (slip,))


@pytest.mark.parametrize("typed", ["利係好處", "左手", "貨運", "deposit", "ﬁ 利系", ""])
def test_other_characters_stay(typed: str) -> None:
    assert TYPED.read(typed, FEES).text == typed


def test_a_character_that_documents_have_beside_its_neighbour_stays() -> None:
    assert TYPED.read("私人貨款", Documents("貨款須於交貨時繳付")).slips == ()
