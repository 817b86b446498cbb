"""What a question may mean where it does not say which: the rows of one table that answer it alike.

"What is the annual fee?" over ``Card | Principal card`` is answered by every row, and by none of them. Only tables that
say in their first heading that their rows are products are asked about, and only what would not be read at a glance:
a row that sets products side by side in its columns leaves nothing to ask, and neither do two rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge_bases.schema import Span, Unit, UnitKind
from retrieval.concepts import Thesaurus
from retrieval.needs import Wanted, said, wanted
from retrieval.quotable import MARK
from retrieval.ranking import Quote, named_by
from retrieval.tokens import is_character, normalise, terms

NEAR = 2.2  # of the best quote's score, where that is a row: what would be quoted beside it
NEARER = 1.0  # where it is a sentence, which may say it for all of them
AT_A_GLANCE = 2  # rows; more of them are not read side by side
LINES_KEPT = 10_000  # headings, header lines and rows, as terms
CELL = " | "
_PRODUCTS = re.compile(
    r"(?:^|\s)(?:cards?|accounts?|(?:sub-)?funds?|loans?|mortgages?|plans?|policy|policies|products?|deposits?|markets?"
    r"|schemes?|tiers?|levels?|wallets?|insurance|portfolios?|classes|class(?:\sof\s\w+)?)$"
    r"|(?:卡|戶口|账户|賬戶|帳戶|户口|基金|貸款|贷款|按揭|計劃|计划|保單|保单|產品|产品|存款|市場|市场|級別|级别|類別|类别|錢包"
    r"|钱包|保險|保险|組合|组合)$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*[(（].*$")


@dataclass(frozen=True)
class Alternative:
    """One thing that may be meant: ``name`` is the words of ``unit``, the first cell of the row in ``quote``."""

    name: str
    unit: Unit
    quote: Quote


def alternatives(question: str, quotes: Sequence[Quote]) -> tuple[Alternative, ...]:
    """The products that ``quotes``, best first, answer for alike, in the order of the document; none where it is one.

    Nothing may say more of what was typed than these do, and where the best is no row, a figure must be asked for. A
    product that has many rows is there once, with the first.
    """
    leading = _leading(question, quotes)
    if leading is None:
        return ()
    table = sorted((quote for quote in quotes if _is_of_table(quote, leading)), key=_place)
    rows = [quote for quote in table if _said(quote) == _said(leading)]
    if _are_told_apart(rows, table) or len(rows) <= AT_A_GLANCE:
        return ()
    named = {each.name: each for each in map(_alternative, reversed(rows))}
    differ = len({quote.quotable.focus.partition(CELL)[2] for quote in rows}) > 1
    return tuple(reversed(named.values())) if len(named) > 1 and differ else ()


def _leading(question: str, quotes: Sequence[Quote]) -> Quote | None:
    """The first row of products, if nothing before it answers better than such a row does."""
    if not quotes or not (named_by(quotes[0].quotable) or wanted(question)):
        return None
    within = NEAR if named_by(quotes[0].quotable) else NEARER
    near = (quote for quote in quotes if quote.score >= quotes[0].score - within)
    leading = next(filter(lists_products, near), None) or _only_figures(question, quotes) or _headed(question, quotes)
    if leading is None or not quotes[0].covered.intersection(terms(question)) <= _said(leading):
        return None
    return leading


def _only_figures(question: str, quotes: Sequence[Quote]) -> Quote | None:
    """The first quote that says an amount, where one is asked for and those before it speak about it alone.

    "The fee is charged on top of the finance charge" stands before the rows of fees, and does not say how much.
    """
    if Wanted.MONEY not in wanted(question) or Wanted.MONEY in said(quotes[0].quotable.focus):
        return None
    own = frozenset(terms(question))
    full = (quote for quote in quotes if quotes[0].covered & own <= quote.covered)
    found = next((quote for quote in full if Wanted.MONEY in said(quote.quotable.focus)), None)
    return found if found is not None and lists_products(found) else None


def _headed(question: str, quotes: Sequence[Quote]) -> Quote | None:
    """The first row of products under a caption that says all that was typed: "annual fee" asks for nothing else."""
    own = frozenset(term for term in terms(question) if not is_character(term))
    return next((quote for quote in quotes if own <= _over(quote) and lists_products(quote)), None)


def _over(row: Quote) -> frozenset[str]:
    """The terms of the captions over its table."""
    chunk = row.quotable.passage.chunk
    captions = (chunk.words(unit.span) for unit in chunk.units if unit.kind is UnitKind.CAPTION)
    return frozenset(term for caption in captions for term in _terms(caption))


def speak_of_all(question: str, found: Sequence[Alternative], thesaurus: Thesaurus) -> bool:
    """Whether the rows speak of all that ``question`` names of a trade, and miss one other thing at the most."""
    row = found[0].quote.quotable
    words = f"{row.focus} {row.around}"
    concepts, own = thesaurus.named(words), frozenset(terms(words))
    normal = normalise(question)
    missed = [
        mention
        for mention in thesaurus.outermost(question)
        if mention.concepts.isdisjoint(concepts) and not own.issuperset(terms(normal[mention.start : mention.end]))
    ]
    return len(missed) <= 1 and not any(thesaurus.is_trade(each) for one in missed for each in one.concepts)


def _are_told_apart(rows: Sequence[Quote], table: Sequence[Quote]) -> bool:
    """Whether the question says a word that stands in the names of some of ``table`` and not in all."""
    labels = [_terms(quote.quotable.focus.partition(CELL)[0]) for quote in table]
    told = frozenset.union(*labels) - frozenset.intersection(*labels)
    return any(not told.isdisjoint(quote.covered) for quote in table if not named_by(quote.quotable).isdisjoint(told))


def lists_products(quote: Quote) -> bool:
    """Whether it is a row, and the heading over the first cells says that each row is about a product."""
    header = header_of(quote) if named_by(quote.quotable) else None
    if header is None:
        return False
    first = quote.quotable.passage.chunk.words(header.span).partition(CELL)[0]
    return _PRODUCTS.search(_ASIDE.sub("", first).strip()) is not None


def _is_of_table(quote: Quote, leading: Quote) -> bool:
    """Whether ``quote`` is a row under the same line; a long table is parted, and its line repeated."""
    mine, first = quote.quotable.passage.chunk, leading.quotable.passage.chunk
    same = mine.parse_sha256 == first.parse_sha256 and header_of(quote) == header_of(leading)
    return same and bool(named_by(quote.quotable))


def _said(row: Quote) -> frozenset[str]:
    """The terms of the question in the row and over it; a note speaks of conditions, and may name other rows."""
    chunk = row.quotable.passage.chunk
    shown = [chunk.words(unit.span) for unit in row.quotable.units if unit.kind is not UnitKind.FOOTNOTE]
    return frozenset(term for words in (*chunk.heading_path, *shown) for term in row.covered & _terms(words))


@lru_cache(maxsize=LINES_KEPT)
def _terms(words: str) -> frozenset[str]:
    return frozenset(terms(words))


def header_of(row: Quote) -> Unit | None:
    """The line over its table; None where there is none, or more than one."""
    headers = [unit for unit in row.quotable.passage.chunk.units if unit.kind is UnitKind.HEADER]
    return headers[0] if len(headers) == 1 else None


def _alternative(quote: Quote) -> Alternative:
    row, chunk = _row(quote), quote.quotable.passage.chunk
    cell = chunk.words(row.span).partition(CELL)[0]
    name = (MARK.split(cell)[0] or cell).strip()  # up to a note's mark
    start = row.span.start + cell.index(name)
    return Alternative(name, Unit(row.kind, Span(start, start + len(name)), row.page), quote)


def _row(quote: Quote) -> Unit:
    return next(unit for unit in quote.quotable.units if unit.kind is UnitKind.ROW)


def _place(quote: Quote) -> int:
    return _row(quote).span.start
