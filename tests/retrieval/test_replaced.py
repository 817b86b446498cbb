from __future__ import annotations

import pytest

from knowledge_bases.schema import Language
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.needs import Need, Rarity, needs
from retrieval.replaced import left_behind
from tests.retrieval.test_features import asked
from tests.retrieval.test_ranking import candidate, table

RARITY = Rarity(lambda concept: 1.0, lambda term: 1.0)
CARDS = table("Harbour Gold Card | HK$880", "Harbour Platinum Card | HK$2,000", "Harbour USD Gold Card | US$120")
CARDS_ZH = table("海港金卡 | HK$880", "海港白金卡 | HK$2,000", language=Language.ZH_HANT)
FEES = table("Cash withdrawal | HK$25", "Annual fee | HK$880")


def named(text: str) -> tuple[Need, ...]:
    return needs(text, shipped_thesaurus(), RARITY)


def left(earlier: str, follow_up: str) -> set[str]:
    """The words of what is asked of no more."""
    views = [view for one in (CARDS, CARDS_ZH, FEES) for view in one.views]
    gone = left_behind(named(f"{earlier} {follow_up}"), named(follow_up), views)
    return {term for need in gone for term in need.terms}


@pytest.mark.parametrize(
    ("earlier", "follow_up", "gone"),
    [
        ("annual fee of the platinum card?", "and for the gold one?", "platinum"),
        ("annual fee of the gold card?", "what about platinum?", "gold"),
        ("白金卡年費幾多？", "咁金卡呢？", "白金"),
    ],
)
def test_of_two_rows_named_alike_the_one_named_now_is_asked_of(earlier: str, follow_up: str, gone: str) -> None:
    found = left(earlier, follow_up)
    assert gone in found
    assert "annual" not in found


def test_rows_of_other_things_stand_for_nothing() -> None:
    assert left("annual fee of the gold card", "and a cash withdrawal?") == set()


def test_without_a_table_all_that_was_said_still_counts() -> None:
    views = candidate("The Gold Card costs HK$880 and the Platinum Card HK$2,000.").views
    assert left_behind(named("gold card, and the platinum one?"), named("and the platinum one?"), views) == frozenset()


def test_a_question_without_some_needs_keeps_the_words_of_the_others() -> None:
    question = asked("gold card or USD gold card?")
    dropped = frozenset(need for need in question.needs if "$usd" in need.terms or "usd" in need.terms)
    fewer = question.without(dropped)
    assert set(fewer.needs) == set(question.needs) - dropped
    assert "gold" in fewer.weights
