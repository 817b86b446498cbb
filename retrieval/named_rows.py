"""Of a table of products, the rows of those that a question names: "gold card" asks nothing of the platinum card.

The others share almost every word with the row that is asked for, and would follow it. Where a question names several,
each has its row, in the order they are named; where it does so in no words of the table, all rows stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge_bases.schema import UnitKind
from retrieval.alternatives import NEAR, header_of, lists_products
from retrieval.countries import spelt_out
from retrieval.exchanged import short
from retrieval.follow_ups import name_in, run_of
from retrieval.quotable import MARK
from retrieval.ranking import CELL, Quote
from retrieval.tokens import normalise, terms
from retrieval.told_names import told

BEHIND = 0.1  # beyond what would still be quoted beside the best


@dataclass(frozen=True)
class _Table:
    """A table of products: the ``names`` of all its rows, and by its place the name of each that is among the quotes.

    A row that shares no word with the question is no quote; that it is there tells "gold" from what all cards share.
    """

    names: tuple[str, ...]
    rows: Mapping[int, str]


def of_the_named(question: str, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """``quotes`` in their order, of tables of products without the rows that are named otherwise than is asked for."""
    asked = normalise(spelt_out(question))
    left_out = {number for table in _tables(quotes) for number in _named_otherwise(asked, table)}
    return tuple(quote for number, quote in enumerate(quotes) if number not in left_out)


def each_named(question: str, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """``quotes`` with a row of each product first, where ``question`` names several that stand in one table.

    They score as the best does, which may be a sentence that names them all, and then must say no more of the question
    than they do together. Sentences that say no more follow behind what is quoted beside the best.
    """
    asked = normalise(spelt_out(question))
    for table in _tables(quotes):
        first = [quotes[number] for number in _of_each(asked, table)]
        said = frozenset(term for quote in first for term in quote.covered)
        if first and quotes[0].covered.intersection(terms(question)) <= said:
            return _with_first(first, quotes, said)
    return tuple(quotes)


def _with_first(first: Sequence[Quote], quotes: Sequence[Quote], said: frozenset[str]) -> tuple[Quote, ...]:
    best = quotes[0].score
    rest = [_behind(quote, best) if _only_repeats(quote, said) else quote for quote in quotes if quote not in first]
    named = [replace(quote, score=best) for quote in first]
    return (*named, *sorted(rest, key=lambda quote: -quote.score))


def _only_repeats(quote: Quote, said: frozenset[str]) -> bool:
    return quote.covered <= said and not lists_products(quote)


def _behind(quote: Quote, best: float) -> Quote:
    return replace(quote, score=min(quote.score, best - NEAR - BEHIND))


def _of_each(question: str, table: _Table) -> tuple[int, ...]:
    """The places of the rows of each product that ``question`` names, as it orders them; none where it is one."""
    named = [table.names[place] for place in told(question, table.names)]
    if len(named) < 2:
        return ()
    return tuple(number for name in named for number, own in table.rows.items() if own == name)


def _tables(quotes: Sequence[Quote]) -> list[_Table]:
    """The tables of products that ``quotes`` have rows of, the one with the best row first."""
    rows: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    names: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for number, quote in enumerate(quotes):
        header = header_of(quote)
        if header is not None and lists_products(quote):
            chunk = quote.quotable.passage.chunk
            key = (chunk.parse_sha256, chunk.words(header.span))
            rows[key][number] = _name(quote.quotable.focus)
            lines = (chunk.words(unit.span) for unit in chunk.units if unit.kind is UnitKind.ROW)
            names[key].update(dict.fromkeys(map(_name, lines)))
    return [_Table(tuple(names[key]), rows[key]) for key in rows]


def _named_otherwise(question: str, table: _Table) -> frozenset[int]:
    """The places of the rows of other products than those that ``question`` names; none where it names none."""
    each = _of_each(question, table)
    if each:
        return frozenset(table.rows.keys() - frozenset(each))
    named = name_in(question, table.names) if len(table.names) > 1 else ""
    if not named or name_in(question.replace(run_of(question, named), " "), table.names):
        return frozenset()
    return frozenset(number for number, name in table.rows.items() if short(name) != named)


def _name(row: str) -> str:
    return MARK.sub("", row.partition(CELL)[0]).strip()
