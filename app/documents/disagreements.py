"""Documents in force that disagree on a figure: pure, from their lines to the pairs of statements a person should see.

An alarm that is wrong costs more than one that is missed: two statements are set against each other only where they
are the same line of language siblings, the same row and column, or the same sentence but for the figure, and where
nothing around them says that they are of different things (``subjects``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import chain, combinations

from app.documents.figures import (
    PROSE,
    Source,
    Statement,
    all_figures,
    cell_figures,
    content_words,
    contradicting,
    sentences,
)
from app.documents.lines import Line, LineKind
from app.documents.subjects import Standing, same_subject
from app.documents.wording import similar_steps
from guardrails.quantities import Quantity
from knowledge_bases.schema import Span, VersionInfo, VersionKey

__all__ = ["Disagreement", "Kinship", "Said", "Source", "akin", "disagreements"]

FEWEST_WORDS = 3  # of a row's label and column, or of a sentence; fewer do not say what the figure is
TWICE = 2  # a sentence that stands more often in one document is a form
MOST_LIKE = 4  # statements with the same words within one document; more are a form, not a fact
SPANS = frozenset({"day", "week", "month", "year"})
_COMPARED = frozenset({LineKind.ROW, *PROSE})


class Kinship(StrEnum):
    """Why two statements should say the same."""

    SIBLINGS = "siblings"
    SAME_ROW = "same_row"
    SAME_SENTENCE = "same_sentence"
    ROW_IN_WORDS = "row_in_words"


@dataclass(frozen=True)
class Said:
    """One side: the figure with its unit as it was understood, and the line where it stands.

    ``place`` is the sentence of the line that states it, or a row as a whole.
    """

    key: VersionKey
    title: str
    as_at: date | None
    span: Span
    place: Span
    page: int | None
    heading: str
    text: str
    figures: str


@dataclass(frozen=True)
class Disagreement:
    """Two statements in force that differ in a figure, of one document or of two; in the order of ids and places."""

    why: Kinship
    statements: tuple[Said, Said]


def disagreements(
    sources: Sequence[Source], families: Mapping[str, frozenset[str]], of: Collection[VersionKey] | None = None
) -> tuple[Disagreement, ...]:
    """All disagreements among documents in force and within each, by document.

    ``families`` (``siblings.families``) holds for each document those that say the same in other languages. Only those
    in which a version of ``of`` has a part; None: all. Versions that are never in force on one day have none together.
    """
    ordered = [_Reading(source) for source in sorted(sources, key=lambda source: source.info.key)]
    own = {one.info.key for one in ordered} if of is None else set(of)
    found: dict[tuple[tuple[VersionKey, Span], ...], Disagreement] = {}
    within = (alarm for one in ordered if one.info.key in own for alarm in _within(one))
    for alarm in chain(within, _among(ordered, families, own)):
        found.setdefault(tuple((s.key, s.span) for s in alarm.statements), alarm)
    return tuple(found.values())


def _among(
    ordered: Sequence[_Reading], families: Mapping[str, frozenset[str]], own: set[VersionKey]
) -> Iterator[Disagreement]:
    for one, other in combinations(ordered, 2):
        if own.isdisjoint({one.info.key, other.info.key}) or not _ever_together(one.info, other.info):
            continue
        family = families.get(one.info.key.document, frozenset())
        yield from _between(one, other, siblings=other.info.key.document in family)


class _Reading:
    """A source with what is looked up in it again for every other document."""

    def __init__(self, source: Source) -> None:
        self.source, self.info = source, source.info

    @cached_property
    def lines(self) -> list[Line]:
        return [line for line in self.source.lines if line.kind in _COMPARED and all_figures(line)]

    @cached_property
    def values(self) -> list[str]:
        return [_values(line) for line in self.lines]

    @cached_property
    def rows(self) -> Facts:
        return _row_facts(self.source)

    @cached_property
    def said(self) -> Facts:
        return _sentences(self.source)

    @cached_property
    def holders(self) -> dict[str, list[tuple[str, ...]]]:
        holders: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for words in self.said:
            for word in set(words):
                holders[word].append(words)
        return holders


def _ever_together(one: VersionInfo, other: VersionInfo) -> bool:
    first = max(one.effective_from or date.min, other.effective_from or date.min)
    return first < min(one.effective_to or date.max, other.effective_to or date.max)


def _within(one: _Reading) -> Iterator[Disagreement]:
    """A sentence that stands twice, and a row put in words. Not rows: the same label twice parts a table in groups."""
    for statements in one.said.values():
        if len(statements) == TWICE:
            yield from _set_against(Kinship.SAME_SENTENCE, one.source, statements[:1], one.source, statements[1:])
    yield from _in_words(one, one)


def _between(one: _Reading, other: _Reading, *, siblings: bool) -> Iterator[Disagreement]:
    """Two of one language, as a long family may have, are no translations of each other line by line."""
    if one.info.key.document == other.info.key.document:
        return
    if one.info.language is not other.info.language:
        yield from _of_siblings(one, other) if siblings else ()
    elif siblings or akin(one.info, other.info):
        yield from _of_same_words(one, other)


def akin(one: VersionInfo, other: VersionInfo) -> bool:
    """Whether the documents are about the same product, or share a tag."""
    same_product = one.product is not None and one.product == other.product
    return same_product or not one.tags.isdisjoint(other.tags)


def _of_siblings(one: _Reading, other: _Reading) -> Iterator[Disagreement]:
    """Lines are paired by their figures; between two pairs that agree, by kind and units, where no choice is left."""
    for tag, i1, i2, j1, j2 in similar_steps(one.values, other.values, exact=True):
        if tag == "replace":
            for a, b in _unambiguous(one.lines[i1:i2], other.lines[j1:j2]):
                if differing := _line_contradiction(a, b):
                    yield _alarm(Kinship.SIBLINGS, (one.source, a, differing[0]), (other.source, b, differing[1]))


def _values(line: Line) -> str:
    kind = "row" if line.kind is LineKind.ROW else "prose"
    return kind + " ".join(sorted(_written(quantity) for quantity in all_figures(line)))


def _unambiguous(mine: Sequence[Line], theirs: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    groups: tuple[dict[str, list[Line]], dict[str, list[Line]]] = (defaultdict(list), defaultdict(list))
    for side, lines in zip(groups, (mine, theirs), strict=True):
        for line in lines:
            side[_shape(line)].append(line)
    for shape, lines in groups[0].items():
        others = groups[1].get(shape, [])
        if len(lines) == len(others):
            yield from zip(lines, others, strict=True)


def _shape(line: Line) -> str:
    cells = len(line.cells) if line.kind is LineKind.ROW else 0
    return f"{cells} {sorted(quantity.unit for quantity in all_figures(line))}"


def _line_contradiction(one: Line, other: Line) -> tuple[Quantity, Quantity] | None:
    if one.kind is LineKind.ROW and len(one.cells) == len(other.cells):
        pairs = [contradicting(a, b) for a, b in zip(cell_figures(one), cell_figures(other), strict=True)]
        found = [pair for pair in pairs if pair]
        return found[0] if len(found) == 1 else None
    return contradicting(all_figures(one), all_figures(other))


def _of_same_words(one: _Reading, other: _Reading) -> Iterator[Disagreement]:
    """The same row and column, the same sentence, and a row of the one put in words by the other."""
    for label in one.rows.keys() & other.rows.keys():
        yield from _set_against(Kinship.SAME_ROW, one.source, one.rows[label], other.source, other.rows[label])
    for words in one.said.keys() & other.said.keys():
        yield from _set_against(Kinship.SAME_SENTENCE, one.source, one.said[words], other.source, other.said[words])
    yield from _in_words(one, other)
    for alarm in _in_words(other, one):
        yield Disagreement(alarm.why, (alarm.statements[1], alarm.statements[0]))


Facts = dict[tuple[str, ...], list[Statement]]


def _row_facts(source: Source) -> Facts:
    """Cells by heading, row label and column, as they are written."""
    facts: Facts = defaultdict(list)
    for line in source.lines:
        if line.kind is not LineKind.ROW or len(line.column_headers) != len(line.cells):
            continue
        for column, cell, figures in list(zip(line.column_headers, line.cells, cell_figures(line), strict=True))[1:]:
            if figures and line.cells[0]:
                facts[line.heading, line.cells[0], column].append(Statement(line, cell, figures, column))
    return facts


def _sentences(source: Source) -> Facts:
    facts: Facts = defaultdict(list)
    for line in source.lines:
        for statement in sentences(line) if line.kind in PROSE else ():
            if len(statement.words) >= FEWEST_WORDS:
                facts[statement.words].append(statement)
    return facts


def _set_against(
    why: Kinship, one: Source, mine: list[Statement], other: Source, theirs: list[Statement]
) -> Iterator[Disagreement]:
    """Disagree, unless somewhere in both documents the same words come with the same figures.

    Dates are left out: each document has its own.
    """
    if max(len(mine), len(theirs)) > MOST_LIKE:
        return
    pairs = [(a, b, contradicting(a.figures, b.figures)) for a in mine for b in theirs]
    if pairs and all(differing for *_, differing in pairs):
        a, b, differing = pairs[0]
        assert differing is not None  # noqa: S101 - all of them are set
        within = one is other
        if _tells(differing[0], a) and same_subject(Standing(one.info, a, within), Standing(other.info, b, within)):
            yield _alarm(why, (one, a.line, differing[0]), (other, b.line, differing[1]))


def _tells(differing: Quantity, statement: Statement) -> bool:
    """Not a date, and not the term of a rate: 2% for three months and 2% for six are two rates."""
    is_term = differing.unit in SPANS and any(figure.unit == "percent" for figure in statement.figures)
    return differing.unit != "date" and not is_term


def _in_words(one: _Reading, other: _Reading) -> Iterator[Disagreement]:
    """Rows whose label and column a sentence names, and nothing else but what stands above the row."""
    for (heading, label, column), statements in one.rows.items():
        named = frozenset(content_words(f"{label} {column}"))
        if len(named) < FEWEST_WORDS:
            continue
        around = f"{heading} {statements[0].line.caption} {one.info.title} {statements[0].text}"
        rarest = min(named, key=lambda word: len(other.holders.get(word, ())))
        for words in other.holders.get(rarest, ()):
            if named <= set(words) <= named | set(content_words(around)):
                yield from _set_against(Kinship.ROW_IN_WORDS, one.source, statements, other.source, other.said[words])


def _alarm(why: Kinship, one: tuple[Source, Line, Quantity], other: tuple[Source, Line, Quantity]) -> Disagreement:
    return Disagreement(why, (_said(*one), _said(*other)))


def _said(source: Source, line: Line, quantity: Quantity) -> Said:
    info, place = source.info, _place(line, quantity)
    stands = (line.span, place, line.page, line.heading, line.text)
    return Said(info.key, info.title, info.as_at, *stands, _written(quantity))


def _place(line: Line, quantity: Quantity) -> Span:
    stating = [s for s in sentences(line) if quantity in s.figures] if line.kind in PROSE else []
    if not stating:
        return line.span
    start = line.span.start + line.text.index(stating[0].text)
    return Span(start, start + len(stating[0].text))


def _written(quantity: Quantity) -> str:
    return f"{quantity.value:f} {quantity.unit}".strip()
