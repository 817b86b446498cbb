"""Of a table of products, the rows of the one that a question names: "gold card" asks nothing of the platinum card.

The others share almost every word with the row that is asked for, and would follow it. Where a question names two, or
in no words of the table, all rows stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from retrieval.alternatives import header_of, lists_products
from retrieval.exchanged import short
from retrieval.follow_ups import name_in, run_of
from retrieval.quotable import MARK
from retrieval.ranking import CELL, Quote
from retrieval.tokens import normalise


def of_the_named(question: str, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """``quotes`` in their order, of tables of products without the rows that are named otherwise than is asked for."""
    tables: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for number, quote in enumerate(quotes):
        header = header_of(quote)
        if header is not None and lists_products(quote):
            chunk = quote.quotable.passage.chunk
            tables[chunk.parse_sha256, chunk.words(header.span)][number] = _name(quote)
    asked = normalise(question)
    left_out = {number for rows in tables.values() for number in _named_otherwise(asked, rows)}
    return tuple(quote for number, quote in enumerate(quotes) if number not in left_out)


def _named_otherwise(question: str, rows: dict[int, str]) -> frozenset[int]:
    """The places of the rows of another product than the only one that ``question`` names; none where it names two."""
    names = tuple(dict.fromkeys(rows.values()))
    named = name_in(question, names) if len(names) > 1 else ""
    if not named or name_in(question.replace(run_of(question, named), " "), names):
        return frozenset()
    return frozenset(number for number, name in rows.items() if short(name) != named)


def _name(row: Quote) -> str:
    return MARK.sub("", row.quotable.focus.partition(CELL)[0]).strip()
