"""Of a table whose columns stand for one another, the column that a question means.

"Late charge of the gold card?" over ``Item | Platinum | Gold | Green`` is answered by two cells of a row and the two
above them. What is left out of a row is never what the rest depends on: in ``Card | Fee | Minimum fee`` no column
stands for another, and its rows stay whole. So do those of any table in doubt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge_bases.schema import Chunk, Span, Unit, UnitKind
from retrieval.concepts import Thesaurus
from retrieval.needs import ASKED, Wanted, said
from retrieval.quotable import MARK, Quotable, rowed
from retrieval.ranking import Candidate
from retrieval.tokens import is_character, normalise, terms
from retrieval.views import Asked, View, Words

CELL = " | "  # how a parsed table parts its cells (knowledge_bases.parsed.Table)
BAR = "|"
ALIKE = 2 / 3  # of the rows that say something twice: their cells say the same kind of thing
_MEASURES = re.compile(
    "|".join((ASKED[Wanted.MONEY], ASKED[Wanted.PERCENT], ASKED[Wanted.PERIOD]))
    + r"|limit|minimum|maximum|highest|lowest|least|most|balance|total|level|amount|number|condition|\?$"
    + r"|上限|下限|限額|限额|最低|最高|最少|最多|結餘|结余|總|总|水平|金額|金额|次數|次数|條件|条件",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*[(（].*$")


@dataclass(frozen=True)
class Columns:
    """The names of a table's columns, the first of which names its rows; ``header`` is the line they stand in."""

    header: Unit
    names: tuple[str, ...]

    @cached_property
    def telling(self) -> tuple[frozenset[str], ...]:
        """For each column the terms of its name that not all columns beside it share; none for the first."""
        named = [_name_terms(name) for name in self.names[1:]]
        shared = frozenset.intersection(*named)
        return (frozenset(), *(name - shared for name in named))

    def meant(self, question: str, own: Iterable[str]) -> frozenset[int]:
        """The columns that ``question`` names in full, or in its words, or in ``own``: these and their equals."""
        in_full, rest = self._in_full(question)
        ways = (in_full | self.named_by(terms(rest)), self.named_by(own))
        return next(filter(None, ways), frozenset())

    def named_by(self, words: Iterable[str]) -> frozenset[int]:
        """The columns named by ``words`` better than another is: "USD Gold" and not "Gold", or the other way round."""
        spoken = frozenset(words)
        met = {number: own & spoken for number, own in enumerate(self.telling) if own & spoken}
        return frozenset(
            number
            for number, one in met.items()
            if not any(one < other for other in met.values())
            and not (one < self.telling[number] and any(one == own == met.get(n) for n, own in enumerate(self.telling)))
        )

    def _in_full(self, question: str) -> tuple[frozenset[int], str]:
        """The columns whose whole names stand in ``question``, the longest first, and what it says beside them."""
        text = normalise(question)
        names = Counter(map(_plain, self.names[1:]))
        found = set()
        for number in sorted(range(1, len(self.names)), key=lambda n: -len(_plain(self.names[n]))):
            name = _plain(self.names[number])
            pattern = rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])"
            rest, times = re.subn(pattern, BAR, text)
            if times and names[name] == 1:
                found.add(number)
                text = rest
        return frozenset(found), text


def columns_of(chunk: Chunk) -> Columns | None:
    """The columns of the table in ``chunk``, if those beside the first are of one kind: products, plans, currencies."""
    headers = [unit for unit in chunk.units if unit.kind is UnitKind.HEADER]
    if len(headers) != 1:
        return None
    names = tuple(_cells(chunk.words(headers[0].span)))
    beside = [_plain(name) for name in names[1:]]
    if len(beside) < 2 or len(set(names[1:])) < len(beside) or not all(beside) or any(map(_MEASURES.search, names[1:])):
        return None
    rows = [_cells(chunk.words(unit.span)) for unit in chunk.units if unit.kind is UnitKind.ROW]
    return Columns(headers[0], names) if _are_alike(names, rows) else None


def by_column(
    asked: Asked, own: Set[str], candidates: Sequence[Candidate], thesaurus: Thesaurus, turns: Sequence[Set[str]] = ()
) -> tuple[Candidate, ...]:
    """``candidates`` in their order; of tables of which ``asked`` means some columns alone, the rows have those alone.

    ``own`` is the terms of its last turn and their equals. A column that only an earlier turn names counts for the rows
    that the last one names: what else that one says may be another column, in words that are not known. Of ``turns``
    in between, oldest first and as ``own``, the latest that names one counts: "platinum?", "and gold?", "its charge?".
    The names of these columns are then among the words that answer, as they say of what.
    """
    return tuple(_by_column(asked, own, candidate, thesaurus, turns) for candidate in candidates)


def _by_column(
    asked: Asked, own: Set[str], candidate: Candidate, thesaurus: Thesaurus, turns: Sequence[Set[str]]
) -> Candidate:
    columns = columns_of(candidate.passage.chunk)
    if columns is None:
        return candidate
    meant = columns.meant(asked.question, own)
    shown = meant or _named_before(columns, asked.weights, turns)
    if not 0 < len(shown) < len(columns.names) - 1:
        return candidate
    named = Words.of(BAR.join(columns.names[number] for number in sorted(shown)), thesaurus)
    return replace(
        candidate,
        views=tuple(
            _told_of(view, columns, shown, named) if meant or _is_named(view, own) else view for view in candidate.views
        ),
    )


def _named_before(columns: Columns, read: Iterable[str], turns: Sequence[Set[str]]) -> frozenset[int]:
    """The columns that an earlier question names, or those that a turn that went on from it names in their place."""
    before = columns.named_by(read)
    return next(filter(None, map(columns.named_by, reversed(turns))), before) if before else before


def _is_named(row: View, own: Set[str]) -> bool:
    return any(term in own and not is_character(term) for term in row.label)


def _told_of(view: View, columns: Columns, meant: Set[int], named: Words) -> View:
    narrowed = _narrowed(view.quotable, columns, meant)
    if narrowed is view.quotable:
        return view
    focus = Words(view.focus.terms | named.terms, view.focus.concepts | named.concepts)
    return replace(view, quotable=narrowed, focus=focus)


def _narrowed(quotable: Quotable, columns: Columns, meant: Set[int]) -> Quotable:
    chunk = quotable.passage.chunk
    row = next((unit for unit in quotable.units if unit.kind is UnitKind.ROW), None)
    if row is None or len(_cells(chunk.words(row.span))) != len(columns.names):
        return quotable
    kept = {0, *meant}
    captions = [unit for unit in chunk.units if unit.kind is UnitKind.CAPTION]
    heads = [*captions, *_pieces(chunk, columns.header, kept)]
    return rowed(quotable.passage, heads, list(_pieces(chunk, row, kept)))


def _pieces(chunk: Chunk, line: Unit, kept: Set[int]) -> Iterator[Unit]:
    """What of ``line`` is in the ``kept`` cells: cells side by side as one, each later one with the bar before it."""
    words = chunk.words(line.span)
    start, at = None, 0
    for number, cell in enumerate(_cells(words)):
        end = at + len(cell)
        if number in kept and start is None:
            start = at - len(CELL) + CELL.index(BAR) if number else at
        if start is not None and number + 1 not in kept:
            if words[start:end].strip():
                yield replace(line, span=Span(line.span.start + start, line.span.start + end))
            start = None
        at = end + len(CELL)


def _are_alike(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the columns beside the first say one kind of thing; where that shows in no row, their names must."""
    kinds = [[kind for cell in row[1:] if (kind := said(cell))] for row in rows if len(row) == len(names)]
    telling = [own for own in kinds if len(own) > 1]
    if not telling:
        return bool(frozenset.intersection(*map(_name_terms, names[1:])))
    return sum(len(set(own)) == 1 for own in telling) >= ALIKE * len(telling)


def _cells(line: str) -> list[str]:
    return line.split(CELL)


def _plain(name: str) -> str:
    """A column's name without notes and what is said in brackets, as questions are compared with it."""
    return normalise(_ASIDE.sub("", MARK.sub("", name))).strip()


def _name_terms(name: str) -> frozenset[str]:
    found = terms(name)
    return frozenset(term for term in found if not is_character(term)) or frozenset(found)
