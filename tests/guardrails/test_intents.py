"""What a question means adds to what its words call for; where it surely means something else, they stand back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from guardrails.detectors import detectors
from guardrails.disclosure import Occasion, owed_rules
from guardrails.intents import NO_INTENTS, Plainly, against
from guardrails.rails.engine import Rails
from guardrails.rule_examples import home_of
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Reason, Stage
from knowledge_bases.schema import Language, Span
from tests.guardrails.builders import asked

UNHEARD = "Hmm."


class Reads:
    """Reads the same into every text."""

    def __init__(self, *rule_ids: str) -> None:
        self._rule_ids = frozenset(rule_ids)

    def labels(self, text: str) -> frozenset[str]:
        return self._rule_ids


class TakesGreetingsForWishes:
    """Reads a wish for advice into every text that greets or thanks."""

    def labels(self, text: str) -> frozenset[str]:
        return frozenset({"P01"} if "你好" in text or "thanks" in text else ())


class Blind:
    """Cannot read."""

    def labels(self, text: str) -> frozenset[str]:
        raise OSError


async def test_a_question_is_refused_for_what_it_means_where_no_word_tells(rulebook: Rulebook) -> None:
    rails = Rails(rulebook, intents=Reads("P01"))
    verdict = await rails.check_input(asked(UNHEARD))
    rails.close()
    assert (verdict.action, verdict.reason) == (Action.REFUSE, Reason.ADVICE)
    assert verdict.findings[0].span == Span(0, len(UNHEARD))


@pytest.mark.parametrize("text", ["你好，孖展利息幾多", "margin interest rate, thanks"])
async def test_a_polite_question_means_what_it_means_without_its_courtesies(rulebook: Rulebook, text: str) -> None:
    rails = Rails(rulebook, intents=Plainly(TakesGreetingsForWishes()))
    verdict = await rails.check_input(asked(text))
    rails.close()
    assert verdict.action is Action.ALLOW


async def test_what_was_read_goes_on_with_the_verdict(rulebook: Rulebook) -> None:
    rails = Rails(rulebook, intents=Reads("D01"))
    verdict = await rails.check_input(asked(UNHEARD))
    rails.close()
    assert verdict.action is Action.ALLOW
    assert verdict.intents == {"D01"}


async def test_a_reader_that_fails_holds_the_question(rulebook: Rulebook) -> None:
    rails = Rails(rulebook, intents=Blind())
    verdict = await rails.check_input(asked("When does the branch open?"))
    rails.close()
    assert (verdict.action, verdict.reason) == (Action.HOLD, Reason.RAIL_FAILED)


@pytest.mark.parametrize("rule_id", ["D01", "D18", "D46"])
def test_a_statement_is_owed_for_what_a_question_means(rulebook: Rulebook, rule_id: str) -> None:
    where = home_of(rulebook.rule(rule_id))
    plain = Occasion(where, Language.EN, date(2026, 11, 26), UNHEARD, answer=".", as_at=date(2026, 11, 1))
    meant = replace(plain, intents=frozenset({rule_id}))
    assert rule_id not in {rule.id for rule in owed_rules(rulebook, plain)}
    assert rule_id in {rule.id for rule in owed_rules(rulebook, meant)}


def test_a_rule_that_no_words_trigger_is_not_triggered_by_meaning(rulebook: Rulebook) -> None:
    untriggered = next(rule for rule in rulebook.disclosures if not rule.triggers and rule.tags)
    where = home_of(untriggered)
    occasion = Occasion(
        where, Language.EN, date(2026, 11, 26), UNHEARD, answer=".", intents=frozenset({untriggered.id})
    )
    assert untriggered.id not in {rule.id for rule in owed_rules(rulebook, occasion)}


def test_words_are_heard_without_a_reader() -> None:
    assert NO_INTENTS.labels("Which fund should I buy?") == frozenset()
    advice = next(detector for detector in detectors() if detector.name == "advice")
    assert advice.stage is Stage.INPUT
    assert advice.detect(asked("Which fund should I buy?"))


DEPOSIT = "Is my structured deposit protected?"  # D09 by its words


def owed_ids(rulebook: Rulebook, **changes: object) -> set[str]:
    where = home_of(rulebook.rule("D09"))
    plain = Occasion(where, Language.EN, date(2026, 11, 26), DEPOSIT, answer=".", as_at=date(2026, 11, 1))
    return {rule.id for rule in owed_rules(rulebook, replace(plain, **changes))}  # type: ignore[arg-type]


def test_a_questions_words_stand_back_where_it_surely_means_something_else(rulebook: Rulebook) -> None:
    assert "D09" in owed_ids(rulebook)
    assert "D09" not in owed_ids(rulebook, intents=frozenset({against("D09")}))


def test_a_tag_and_a_documents_words_owe_a_statement_whatever_the_question_means(rulebook: Rulebook) -> None:
    meant = frozenset({against("D09")})
    assert "D09" in owed_ids(rulebook, intents=meant, tags=frozenset({"structured_deposit"}))
    assert "D09" in owed_ids(rulebook, intents=meant, answer="A structured deposit is not protected.")


async def test_a_conduct_rules_words_stand_back_likewise(rulebook: Rulebook) -> None:
    wish = "Which fund should I buy?"
    verdicts = []
    for reader in (Reads(), Reads(against("P01"))):
        rails = Rails(rulebook, intents=reader)
        verdicts.append(await rails.check_input(asked(wish)))
        rails.close()
    assert [verdict.action for verdict in verdicts] == [Action.REFUSE, Action.ALLOW]
