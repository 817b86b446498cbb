"""How a text owes a statement by its words."""

from __future__ import annotations

import pytest

from guardrails.lexicon import Lexicon
from guardrails.places import places_of
from guardrails.rulebook import load_rulebook
from guardrails.spelling import Spelling
from guardrails.triggers import Concept, Hears, Trigger, sentences
from knowledge_bases.schema import Sector
from tests.guardrails.builders import BANK, TRUSTEE

NO_TAGS: frozenset[str] = frozenset()
DEPOSIT = Concept("deposit", {"en": (r"\bdeposits?\b",), "zh": ("存款",)}, but=(r"\bsafe deposit box\b",))
RATE = Concept("rate", {"en": (r"\brates?\b",), "zh": ("利率",)})
MONEY = Concept("money", {}, of=(DEPOSIT,))
LEXICON = Lexicon({c.name: c for c in (DEPOSIT, RATE, MONEY)}, Spelling.of(["deposit", "mortgage"]))


def fires(trigger: Trigger, text: str) -> bool:
    return trigger.fires(LEXICON.read(text), NO_TAGS, BANK)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A deposit, please", True),
        ("我想開定期存款", True),
        ("我想开定期存款", True),
        ("MY DEPOSIT！", True),
        ("my depsoit", True),
        ("my depositt", True),
        ("a safe deposit box", False),
        ("a safe deposit box and a deposit", True),
        ("a deposition", False),
    ],
)
def test_a_concept_is_said_in_any_language_script_and_spelling(text: str, expected: bool) -> None:
    assert fires(Trigger(((DEPOSIT,),)), text) is expected


def test_one_concept_of_each_group_must_be_said_and_none_of_the_exceptions() -> None:
    trigger = Trigger(((DEPOSIT,), (RATE,)))
    assert fires(trigger, "the rate of a deposit")
    assert not fires(trigger, "a deposit")
    assert not fires(Trigger(((DEPOSIT,),), unless=(RATE,)), "the rate of a deposit")


def test_a_kind_of_a_concept_is_the_concept() -> None:
    assert fires(Trigger(((MONEY,),)), "存款")


def test_a_trigger_within_tags_needs_one_of_them() -> None:
    trigger = Trigger(((RATE,),), within=frozenset({"loan"}))
    reading = LEXICON.read("what is the rate")
    assert trigger.fires(reading, frozenset({"loan", "fees"}), BANK)
    assert not trigger.fires(reading, NO_TAGS, BANK)


def test_a_trigger_of_one_trade_counts_only_where_nothing_else_is_done() -> None:
    trigger = Trigger(((RATE,),), only_in=frozenset({Sector.MPF}))
    reading = LEXICON.read("what is the rate")
    assert trigger.fires(reading, NO_TAGS, TRUSTEE)
    assert not trigger.fires(reading, NO_TAGS, BANK)


def test_concepts_of_different_sentences_of_a_document_are_not_taken_together() -> None:
    trigger = Trigger(((DEPOSIT,), (RATE,)))
    readings = list(LEXICON.read_sentences("We take deposits. The rate of the loan is 5%."))
    assert len(readings) == 2
    assert not any(trigger.fires(reading, NO_TAGS, BANK) for reading in readings)


def test_sentences_end_where_they_end_in_either_language() -> None:
    assert list(sentences("存款。利率？Rates at 3.5% p.a. now")) == ["存款", "利率", "Rates at 3.5% p.a", "now"]


def test_everyday_words_are_not_mended() -> None:
    spelling = load_rulebook().lexicon.spelling
    everyday = "contact license broken states interested shopping changes listen matter property covert"
    assert spelling.mend(everyday) == everyday
    assert spelling.mend("my morgage and insurence") == "my mortgage and insurance"


def test_a_trigger_that_hears_questions_is_deaf_to_what_documents_mention() -> None:
    trigger = Trigger(((RATE,),), hears=Hears.QUESTION)
    assert fires(trigger, "What is the rate?")
    (stated,) = LEXICON.read_sentences("The rate may change.")
    assert not trigger.fires(stated, NO_TAGS, BANK)
    assert Trigger(((RATE,),)).fires(stated, NO_TAGS, BANK)


def test_words_are_marked_where_somebody_hears_them() -> None:
    rule = load_rulebook().rule("D50")
    assert places_of(rule, "What are the features of the card?", asked=True)
    assert places_of(rule, "What are the features of the card?", asked=False) == ()
