"""Whatever is asked, the retriever answers: quickly, in [0, 1], and without anything but its documented error."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_bases.schema import Language
from retrieval.langchain import PassageRetriever
from retrieval.retriever import Retriever
from retrieval.snapshot import Snapshot
from retrieval.types import LONGEST_QUERY, Query
from tests.retrieval.test_retriever import EMBEDDER, retriever, snapshot  # noqa: F401 - fixtures

MEGABYTE = 1_000_000
BAD = {
    "empty": "",
    "blank": " \t\r\n\u3000\u200b",
    "emoji": "😀👨‍👩‍👧‍👦🇭🇰❓",
    "control": "".join(map(chr, range(32))) + "\x7f\x85\u202e\u2066",
    "half pairs": "\ud800\udfff fee \ud83d",
    "mixed scripts": "gold 金卡 Золотая ゴールド 골드 ذهبية \u0301\u0301 annual 年費?",
    "digits": "1" * MEGABYTE,
    "numerals": "一" * MEGABYTE,
    "amounts": "HK$1,000 " * (MEGABYTE // 9),
    "words": "what is the annual fee of the gold card? " * (MEGABYTE // 41),
    "characters": "金卡年費是多少？" * (MEGABYTE // 8),
    "marks": "a\u0301" * (MEGABYTE // 2),
}
EXPECTED_S = 20.0  # a second on a quiet machine; a step that takes the square of a megabyte takes hours


@pytest.mark.parametrize("language", [Language.EN, Language.ZH_HANT])
@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_query_is_answered_like_any_other(retriever: Retriever, name: str, language: Language) -> None:  # noqa: F811
    begun = time.monotonic()
    result = retriever.retrieve(Query(BAD[name], language, history=(BAD[name],)))
    assert time.monotonic() - begun < EXPECTED_S
    assert 0 <= result.strength <= 1
    assert result.degraded == ()


@pytest.mark.parametrize("name", ["empty", "blank", "emoji", "control"])
def test_a_query_without_words_is_no_evidence_of_anything(retriever: Retriever, name: str) -> None:  # noqa: F811
    assert retriever.retrieve(Query(BAD[name], Language.EN)).strength < 0.5


def test_of_a_long_query_only_the_beginning_is_read() -> None:
    query = Query("x" * MEGABYTE, Language.EN, history=("y" * MEGABYTE,))
    assert (len(query.text), [len(text) for text in query.history]) == (LONGEST_QUERY, [LONGEST_QUERY])


def test_langchains_face_takes_the_same(retriever: Retriever) -> None:  # noqa: F811
    face = PassageRetriever(retriever=retriever, language=Language.EN)
    for text in BAD.values():
        face.invoke(text)


@given(
    st.text(st.characters(exclude_categories=()), max_size=300),
    st.lists(st.text(max_size=60), max_size=3),
    st.sampled_from(Language),
)
@settings(max_examples=60, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_raises_anything(
    snapshot: Snapshot,  # noqa: F811
    text: str,
    history: list[str],
    language: Language,
) -> None:
    result = Retriever(snapshot, EMBEDDER).retrieve(Query(text, language, history=tuple(history)))
    assert 0 <= result.strength <= 1


@given(st.integers(max_value=0))
def test_the_one_documented_error_is_for_no_passages_wanted(k: int) -> None:
    with pytest.raises(ValueError, match="ask for at least one passage"):
        Query("fee", Language.EN, k=k)
