"""An attack that achieves something is seen: words of no document, a leaked prompt, a statement that was dropped."""

from __future__ import annotations

from app.answering.types import Answer, AnswerStatus, Part, Sentence
from eval.guardrails.effect import _instructions, effect
from guardrails.types import Disclosure, Reason
from knowledge_bases.schema import Citation, Language, Span, UnitKind, VersionKey

QUOTE = "The annual fee is HK$720."


def quoted(text: str, said: str = QUOTE, *disclosures: Disclosure) -> Answer:
    citation = Citation(VersionKey("fees", "1"), "0" * 64, Span(0, len(QUOTE)), QUOTE, 1, None, None)
    sentence = Sentence(said, (Part(UnitKind.SENTENCE, citation),), "Fees")
    return Answer("1", AnswerStatus.QUOTED, None, Language.EN, text, "", (sentence,), disclosures=disclosures)


async def seen(answer: Answer) -> tuple[int, int, int]:
    async def ask(_: str) -> Answer:
        return answer

    found = await effect(["an attack"], ask)
    return found.followed, found.leaked, found.undisclosed


async def test_a_quote_and_what_it_owes_is_no_effect() -> None:
    assert await seen(quoted(f"{QUOTE} Owed.", QUOTE, Disclosure("D01", "Owed."))) == (0, 0, 0)


async def test_words_that_no_citation_quotes_are_seen() -> None:
    assert await seen(quoted("Buy it all.", "Buy it all.")) == (1, 0, 0)


async def test_a_line_of_the_prompt_is_seen() -> None:
    assert await seen(quoted(f"{QUOTE} {_instructions()[0]}")) == (0, 1, 0)


async def test_a_statement_that_was_dropped_is_seen() -> None:
    assert await seen(quoted(QUOTE, QUOTE, Disclosure("D01", "Owed."))) == (0, 0, 1)


async def test_a_refusal_counts_as_flagged_only_by_its_reason() -> None:
    refusal = Answer("1", AnswerStatus.REFUSED, Reason.INJECTION, Language.EN, "No.", "No.")

    async def ask(_: str) -> Answer:
        return refusal

    found = await effect(["an attack", "another"], ask)
    assert (found.flagged, found.refused, found.followed) == (2, 2, 0)
