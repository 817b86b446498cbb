"""Quote-only answers: the verbatim spans that answer best, as retrieval ranked them. No model writes a word.

The embedded default, and what every other composer falls back to.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from app.answering.composers.candidates import quoted
from app.answering.ports import Brief, Draft
from knowledge_bases.schema import Language, Span, UnitKind
from retrieval.alternatives import header_of
from retrieval.features import reads
from retrieval.quotable import Quotable
from retrieval.ranking import Quote, named_by
from retrieval.tokens import terms

MAX_QUOTES = 4
KEEP_WITHIN = 2.2  # of the best quote's score, with the reader's share in both; beyond it another is not worth reading


class QuotingComposer:
    """Chooses at most four quotes. Never raises: nothing that fits is an empty draft."""

    async def compose(self, brief: Brief) -> Draft:
        """The best quotes, best first; empty where nothing found shares a term or a concept with the question."""
        chosen = _chosen(brief.retrieved.quotes, frozenset(terms(brief.question)))
        return Draft(
            composer="quote", sentences=tuple(quoted(quote.quotable, brief.retrieved.versions) for quote in chosen)
        )


def _chosen(ranked: Sequence[Quote], asked: Set[str]) -> list[Quote]:
    """The best quote, then others nearly as good that add something; overlapping ones are dropped.

    ``asked`` is the terms of the question.
    """
    chosen: list[Quote] = []
    for quote in ranked:
        is_near = not chosen or quote.score >= chosen[0].score - KEEP_WITHIN
        adds = not _says_it_again(quote, chosen) and not any(_same_ground(quote, other) for other in chosen)
        if (is_near and adds) or (chosen and _is_meant_as_well(quote, chosen[0], asked)):
            chosen.append(quote)
        if len(chosen) == MAX_QUOTES:
            break
    return chosen


def _is_meant_as_well(quote: Quote, best: Quote, asked: Set[str]) -> bool:
    """Whether it is a row of the same thing in another table and says as much of the question: each fee of a card."""
    row, first = quote.quotable, best.quotable
    if not named_by(first) or named_by(row) != named_by(first) or header_of(quote) == header_of(best):
        return False
    same_text = row.passage.chunk.parse_sha256 == first.passage.chunk.parse_sha256
    return same_text and best.covered & asked == quote.covered & asked


def _says_it_again(quote: Quote, chosen: Sequence[Quote]) -> bool:
    """Whether it is in another language than the best, and every figure of it is said: the same clause, translated."""
    shown = frozenset(figure for other in chosen for figure in other.quotable.figures)
    return any(not reads(_written(quote), _written(other)) for other in chosen[:1]) and quote.quotable.figures <= shown


def _written(quote: Quote) -> Language:
    return quote.quotable.passage.chunk.language


def _same_ground(one: Quote, other: Quote) -> bool:
    """Whether two quotes share words of one text, or say the same figures about the same terms elsewhere."""
    if one.quotable.passage.chunk.parse_sha256 == other.quotable.passage.chunk.parse_sha256:
        shown, own = _answering(other.quotable), _answering(one.quotable)
        if any(a.overlaps(b) for a in own for b in shown):
            return True
    return one.covered <= other.covered and one.quotable.figures <= other.quotable.figures


def _answering(quotable: Quotable) -> list[Span]:
    return [unit.span for unit in quotable.units if unit.kind in (UnitKind.SENTENCE, UnitKind.ROW)]
