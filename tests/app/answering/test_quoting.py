"""Which of the spans found become an answer that is made of quotes alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.answering.composers.quoting import QuotingComposer
from app.answering.ports import Brief, Retrieved
from knowledge_bases.schema import Language, Passage, UnitKind
from retrieval.quotable import quotables
from retrieval.ranking import Quote
from retrieval.tokens import terms
from tests.fakes.answering import institution
from tests.fakes.library import an_info
from tests.retrieval.chunks import make_chunk
from tests.retrieval.test_quotable import lines_as_units, passage

CLAIM = ("索償須於90日內提交。", "claims-zh", Language.ZH_HANT)
SAME = ("Claims must be submitted within 90 days.", "claims-en", Language.EN)
MORE = ("Claims above HK$5,000 must be submitted within 30 days.", "large-claims-en", Language.EN)


async def composed(*found: tuple[str, str, Language]) -> list[str]:
    """The texts of the quotes of an answer for which ``found`` was found, the best first."""
    chunks = [replace(make_chunk(text, name, language=of), parse_sha256=name) for text, name, of in found]
    passages = [Passage(chunk, 1, 1.0, None, None) for chunk in chunks]
    quotes = tuple(
        Quote(next(quotables(passage)), 5.0 - place, frozenset([str(place)])) for place, passage in enumerate(passages)
    )
    versions = {passage.chunk.key: an_info(passage.chunk.key.document) for passage in passages}
    retrieved = Retrieved(tuple(passages), "s", 0.9, versions, quotes)
    draft = await QuotingComposer().compose(Brief(institution(), "索償期限", Language.ZH_HANT, retrieved))
    return [sentence.text for sentence in draft.sentences]


async def test_a_clause_is_not_said_again_in_another_language() -> None:
    assert await composed(CLAIM, SAME) == [CLAIM[0]]


async def test_what_only_a_document_in_another_language_says_is_shown_too() -> None:
    assert await composed(CLAIM, MORE) == [CLAIM[0], MORE[0]]


async def test_an_answer_that_stands_in_another_language_alone_is_shown() -> None:
    assert await composed(SAME, MORE) == [SAME[0], MORE[0]]


@pytest.mark.parametrize(
    ("question", "lines", "shown"),
    [
        ("fee of the green card", ("Card | Cash fee", "Green Card | 4%", "Card | Annual fee", "Green Card | Nil"), 2),
        ("綠卡收費", ("信用卡 | 透支收費", "綠卡 | 4%", "信用卡 | 每年的收費", "綠卡 | 豁免"), 2),
        ("绿卡收费", ("信用卡 | 透支收費", "綠卡 | 4%", "信用卡 | 每年的收費", "綠卡 | 豁免"), 2),
        (
            "cash fee of the green card",
            ("Card | Cash fee", "Green Card | 4%", "Card | Annual fee", "Green Card | Nil"),
            1,
        ),
        ("綠卡透支收費", ("信用卡 | 透支收費", "綠卡 | 4%", "信用卡 | 每年的收費", "綠卡 | 豁免"), 1),
    ],
)
async def test_each_fee_of_a_product_is_shown_where_a_question_does_not_say_which(
    question: str, lines: tuple[str, ...], shown: int
) -> None:
    asked, found = frozenset(terms(question)), list[Quote]()
    for place, table in enumerate((lines[:2], lines[2:])):
        part = passage("\n".join(table), lines_as_units("\n".join(table), (UnitKind.HEADER, UnitKind.ROW)))
        (row,) = quotables(part)
        found.append(Quote(row, 5.0 - 3 * place, asked & frozenset(terms(f"{row.focus} {row.around}"))))
    versions = {quote.quotable.passage.chunk.key: an_info("fees") for quote in found}
    passages = tuple(quote.quotable.passage for quote in found)
    retrieved = Retrieved(passages, "s", 0.9, versions, tuple(found))
    draft = await QuotingComposer().compose(Brief(institution(), question, Language.EN, retrieved))
    assert len(draft.sentences) == shown
