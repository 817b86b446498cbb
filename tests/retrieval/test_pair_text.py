from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge_bases.schema import Language, Passage
from retrieval.bert.reader import tokenizer_of
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import packaged_model
from retrieval.pair_text import AROUND, BY_CONCEPT, BY_WORD, FOCUS, IN_FOCUS, MARKS, MOST, QUESTION, Pair, PairText
from retrieval.quotable import Quotable, quotables
from tests.retrieval.chunks import make_chunk

CHARACTERS = "费证遗"
TOKENS = {number: token for token, number in tokenizer_of(packaged_model().path, CHARACTERS).get_vocab().items()}


@pytest.fixture(scope="module")
def text() -> PairText:
    return PairText(tokenizer_of(packaged_model().path, CHARACTERS), shipped_thesaurus())


def span(words: str, *path: str, language: Language = Language.EN) -> Quotable:
    chunk = replace(make_chunk(words, language=language), heading_path=path)
    return [*quotables(Passage(chunk, 1, 1.0, None, None))][-1]


def marked(pair: Pair) -> dict[str, int]:
    return {TOKENS[number]: mark for number, mark in zip(pair.ids, pair.marks, strict=True)}


def test_a_word_of_both_texts_is_marked_in_both(text: PairText) -> None:
    (pair,) = text.pairs("the annual fee", [span("An annual fee applies.")])
    opened, fee = [TOKENS[number] for number in pair.ids].index("[SEP]"), marked(pair)["fee"]
    asked = dict(zip((TOKENS[number] for number in pair.ids[:opened]), pair.marks, strict=False))
    assert asked["fee"] == QUESTION + BY_WORD + IN_FOCUS
    assert fee == FOCUS + BY_WORD
    assert marked(pair)["applies"] == FOCUS


def test_a_word_that_stands_only_around_the_span_is_marked_so(text: PairText) -> None:
    (pair,) = text.pairs("platinum", [span("Nothing is due.", "Platinum card")])
    assert pair.marks[1] == QUESTION + BY_WORD
    assert AROUND + BY_WORD in pair.marks


def test_a_concept_in_another_language_is_marked_as_one(text: PairText) -> None:
    (pair,) = text.pairs("lost credit card", [span("遺失信用卡須報失。", language=Language.ZH_HANT)])
    assert QUESTION + BY_CONCEPT + IN_FOCUS in pair.marks
    assert FOCUS + BY_CONCEPT in pair.marks


def test_characters_that_were_added_are_read_and_others_are_not(text: PairText) -> None:
    (pair,) = text.pairs("fee", [span("年費鑊。", language=Language.ZH_HANT)])
    assert "费" in marked(pair)
    assert "[UNK]" in marked(pair)


def test_both_scripts_are_read_alike(text: PairText) -> None:
    traditional, simplified = text.pairs("費用", [span("年費。")]), text.pairs("费用", [span("年费。")])
    assert traditional == simplified


@pytest.mark.parametrize("question", ["", "fee " * 300, "\U0001f600"])
def test_a_pair_is_never_longer_than_is_read_and_ends_with_the_marker(text: PairText, question: str) -> None:
    (pair,) = text.pairs(question, [span("A fee. " * 60, "Fees " * 80)])
    assert len(pair.ids) == len(pair.marks) <= MOST
    assert TOKENS[pair.ids[-1]] == "[SEP]"
    assert max(pair.marks) < MARKS
