"""Which quotes stand beside the first: those that may be asked for as well, or in its place.

One document says what there is to a question, as a rule: another's words stand beside the first quote only where they
are nearly as good, or the question joins several things. And who names one product is not shown another's row.
"""

from __future__ import annotations

import re
from collections.abc import Set

from knowledge_bases.schema import Chunk, UnitKind
from retrieval.alternatives import header_of, is_of_table, lists_products
from retrieval.columns import Columns
from retrieval.ranking import CELL, Quote, named_by
from retrieval.tokens import terms

NEAR = 2.2  # of the first quote's score, with the reader's share in both; beyond it another is not worth reading
NEAR_ELSEWHERE = 0.75  # in another document
_SEVERAL = re.compile(
    r"\b(?:and|or|both|plus|versus|vs)\b|as well as|[?？].*[?？]"
    r"|同埋|以及|還有|还有|仲有|定係|定系|還是|还是|或者|分別|分别|[、/]",
    re.IGNORECASE | re.DOTALL,
)


def stands_beside(question: str, first: Quote, other: Quote) -> bool:
    """Whether ``other``, which does not answer ``question`` better than ``first``, is worth reading after it."""
    behind = first.score - other.score
    if behind > NEAR:
        return False
    if _is_elsewhere(first, other) and behind > NEAR_ELSEWHERE and not _SEVERAL.search(question):
        return False
    return not _is_anothers(question, first, other)


def _is_elsewhere(first: Quote, other: Quote) -> bool:
    return _chunk(first).key != _chunk(other).key


def _is_anothers(question: str, first: Quote, other: Quote) -> bool:
    """Whether ``question`` names the product of the row in ``first``, and not the one that ``other`` is about.

    Read the other way, the rows of such a table are its columns: they are named as these are.
    """
    header = header_of(first)
    if header is None or not lists_products(first) or not is_of_table(other, first):
        return False
    rows, own = dict.fromkeys((_name(first), _name(other), *_names(_chunk(first)))), first.covered | other.covered
    meant = Columns(header, ("", *rows)).meant(question, own)
    if _name(first) == _name(other) or 1 not in meant:
        return False
    return 2 not in meant or _is_more(first, other, own.union(terms(question)))


def _is_more(first: Quote, other: Quote, spoken: Set[str]) -> bool:
    """Whether ``other`` is named like the plain row ``first``, and by more that nobody asked for: USD Gold, 白金."""
    plain, fuller = named_by(first.quotable), named_by(other.quotable)
    return plain < fuller and spoken.isdisjoint(fuller - plain)


def _names(chunk: Chunk) -> list[str]:
    return [_first_cell(chunk.words(unit.span)) for unit in chunk.units if unit.kind is UnitKind.ROW]


def _name(row: Quote) -> str:
    return _first_cell(row.quotable.focus)


def _first_cell(words: str) -> str:
    return words.partition(CELL)[0]


def _chunk(quote: Quote) -> Chunk:
    return quote.quotable.passage.chunk
