from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.concepts import Concept, Thesaurus
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.needs import HIGHEST_RARITY, UNKNOWN_SHARE, Need, Rarity, Wanted, needs, said, wanted
from retrieval.tokens import terms

THESAURUS = Thesaurus([Concept(("annual fee", "年費"), trade=True), Concept(("waive", "豁免"))])
RARITY = Rarity(of_concept=lambda concept: 3.0, of_term=lambda term: 2.0)


def test_a_question_needs_the_things_it_names_then_its_other_words() -> None:
    fee, waive, jar = needs("is the annual fee waived for a jar?", THESAURUS, RARITY)
    assert (fee.concepts, fee.trade, fee.known, fee.weight) == ({0}, True, True, 3.0)
    assert (waive.concepts, waive.trade) == ({1}, False)
    assert (jar.terms, jar.known, jar.weight) == ({"jar"}, False, 2.0 * UNKNOWN_SHARE)


def test_a_figure_of_the_customers_own_counts_in_full() -> None:
    (figure,) = (need for need in needs("annual fee of 300", THESAURUS, RARITY) if need.is_number)
    assert figure.weight == 2.0


def test_what_no_document_has_tells_no_more_than_what_is_rare() -> None:
    (need,) = needs("annual fee", THESAURUS, Rarity(lambda concept: 99.0, lambda term: 99.0))
    assert need.weight == HIGHEST_RARITY


def test_a_need_is_met_by_any_name_of_its_concept_or_by_its_own_words() -> None:
    need = Need(frozenset({0}), frozenset({"annual", "fee"}), 1.0)
    assert need.met(frozenset({0, 7}), frozenset())
    assert need.met(frozenset(), frozenset({"annual", "fee", "card"}))
    assert not need.met(frozenset({7}), frozenset({"annual"}))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How much is the yearly charge?", Wanted.MONEY),
        ("每次收幾多", Wanted.MONEY),
        ("定存利率多少", Wanted.PERCENT),
        ("要等幾耐", Wanted.PERIOD),
        ("冷靜期有幾多日", Wanted.PERIOD),
        ("how soon must I report it", Wanted.PERIOD),
        ("几岁可以买", Wanted.AGE),
        ("電話幾號", Wanted.CONTACT),
    ],
)
def test_the_kind_of_answer_is_told_from_the_question(question: str, kind: Wanted) -> None:
    assert kind in wanted(question)


def test_the_kind_of_answer_is_told_from_a_quote() -> None:
    assert {Wanted.MONEY, Wanted.PERIOD} <= said("HK$300 within 21 days")
    assert Wanted.PERCENT in said("年利率2.5%")


def test_a_date_is_no_period() -> None:
    assert Wanted.PERIOD in said("21日內")
    assert Wanted.PERIOD not in said("6月22日")


@given(st.text(max_size=60))
def test_every_need_of_any_question_weighs_something_finite(question: str) -> None:
    for need in needs(question, shipped_thesaurus(), RARITY):
        assert 0 < need.weight <= HIGHEST_RARITY


def test_an_empty_question_needs_nothing() -> None:
    assert needs("", THESAURUS, RARITY) == ()


@pytest.mark.parametrize("question", ["點樣豁免年費", "怎么豁免年费", "豁免年費"])
def test_a_chinese_name_is_met_by_the_names_it_is_made_of_wherever_they_stand(question: str) -> None:
    """As "annual fee waiver" is by "annual fee" over a table and "waived" in its note."""
    thesaurus = Thesaurus([Concept(("年費",)), Concept(("豁免",)), Concept(("豁免年費",))])
    (need,) = (need for need in needs(question, thesaurus, RARITY) if need.known)
    fee, waived = (frozenset(terms(words)) for words in ("年費", "豁免"))
    assert need.met(frozenset(), fee | waived)
    assert not need.met(frozenset(), fee)


def test_a_chinese_name_with_a_part_that_is_no_name_is_met_as_a_whole() -> None:
    thesaurus = Thesaurus([Concept(("年費",)), Concept(("卡年費",))])
    (need,) = needs("卡年費", thesaurus, RARITY)
    assert not need.met(frozenset(), frozenset(terms("年費")))
