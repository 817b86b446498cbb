"""How many planted disagreements of figures are found, and how many alarms the documents as they are give.

    python -m eval.disagreements

Five ways of planting, each with one figure changed by a digit: in one of two language siblings; in a simplified copy of
a traditional sibling, to be told from the English one that it is linked to only over the other; in a notice that
repeats a table row, a sentence, or a row in a sentence of its own. The seeds are fixed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import opencc

from app.documents.disagreements import Disagreement, Source, disagreements
from app.documents.lines import CELL, Line, LineKind, lines_of
from app.documents.siblings import connected
from app.samples import sample_folders
from ingestion.sandbox import parse_file
from knowledge_bases.loader import InstitutionFolder
from knowledge_bases.parsed import Block, BlockKind, ParsedDocument, Table
from knowledge_bases.schema import Language, Span, VersionKey

SIBLINGS, NOTICES = 20, 8  # planted in each institution: in siblings, and of each kind of notice
FIGURE = re.compile(
    r"(?:HK\$|US\$|RMB)\s?\d[\d,]*(?:\.\d+)?|\d+(?:\.\d+)?%"
    r"|\d+(?= (?:calendar |business |working )?(?:days?|months?|years?)\b)"
    r"|\d+(?=\s?(?:日|天|個月|年|個工作天|個營業日|個曆日))"
)
BEFORE_DAY = re.compile(r"\d{4}\s?年|月\s?$|[A-Z][a-z]+ $")
YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(frozen=True)
class Planted:
    """A set of documents with one disagreement in it. ``pair`` are the two documents that disagree."""

    way: str
    sources: tuple[Source, ...]
    pair: frozenset[str]
    words: str

    def found(self) -> bool:
        """Whether an alarm names both documents and the changed words."""
        return any(
            {s.key.document for s in alarm.statements} == self.pair
            and any(self.words in s.text or s.text in self.words for s in alarm.statements)
            for alarm in alarms_of(self.sources)
        )


def alarms_of(sources: Sequence[Source]) -> tuple[Disagreement, ...]:
    """All alarms among the documents, siblings followed as they are linked."""
    return disagreements(sources, connected(source.info for source in sources))


def in_force(folder: InstitutionFolder, on: date) -> tuple[Source, ...]:
    """The folder's documents in force on a day, parsed."""
    return tuple(
        Source(source.info, lines_of(parse_file(source.path, source.path.name)))
        for source in folder.sources
        if source.info.in_force(on)
    )


def plant(sources: Sequence[Source], rng: random.Random) -> Iterator[Planted]:
    """The institution's planted sets, one disagreement each."""
    links = {source.info.key.document: source.info.sibling or "" for source in sources}
    yield from _in_siblings("sibling", sources, links, rng)
    for way in ("row", "sentence", "row in a sentence"):
        yield from _in_notices(sources, rng, way)
    copies = _simplified(sources)
    ends = {copy.info.key.document: links[copy.info.sibling or ""] for copy in copies}
    yield from _in_siblings("sibling of a sibling", (*sources, *copies), ends, rng)


def _in_siblings(
    way: str, sources: Sequence[Source], others: Mapping[str, str], rng: random.Random
) -> Iterator[Planted]:
    """A figure is changed in a document that ``others`` names, to be told from the other it is named with."""
    known = {source.info.key.document for source in sources}
    places = [
        (n, m, found)
        for n, source in enumerate(sources)
        if others.get(source.info.key.document) in known
        for m, line in enumerate(source.lines)
        if line.kind not in (LineKind.HEADING, LineKind.CAPTION, LineKind.HEADER)
        for found in _figures(line.text)
    ]
    for n, m, found in rng.sample(places, min(SIBLINGS, len(places))):
        source = sources[n]
        line = source.lines[m]
        changed = replace(line, text=_another(line.text, found, rng))
        lines = (*source.lines[:m], changed, *source.lines[m + 1 :])
        planted = (*sources[:n], replace(source, lines=lines), *sources[n + 1 :])
        pair = frozenset({source.info.key.document, others[source.info.key.document]})
        yield Planted(way, planted, pair, changed.text)


def _simplified(sources: Sequence[Source]) -> tuple[Source, ...]:
    """A copy in simplified characters of every traditional document with a sibling, linked to it alone."""
    known, convert = {source.info.key.document for source in sources}, opencc.OpenCC("t2s").convert
    return tuple(
        Source(
            replace(
                source.info,
                key=VersionKey(f"{source.info.key.document}-hans", "1"),
                language=Language.ZH_HANS,
                sibling=source.info.key.document,
            ),
            tuple(replace(line, text=convert(line.text)) for line in source.lines),
        )
        for source in sources
        if source.info.language is Language.ZH_HANT and source.info.sibling in known
    )


def _in_notices(sources: Sequence[Source], rng: random.Random, way: str) -> Iterator[Planted]:
    wanted = (LineKind.PARAGRAPH, LineKind.LIST_ITEM) if way == "sentence" else (LineKind.ROW,)
    places = [
        (source, line)
        for source in sources
        if way != "row in a sentence" or source.info.language is Language.EN
        for line in source.lines
        if line.kind in wanted and any(True for _ in _figures(line.text))
        if way != "row in a sentence" or len(line.column_headers) == len(line.cells)
    ]
    for source, line in rng.sample(places, min(NOTICES, len(places))):
        text = _another(line.text, rng.choice(list(_figures(line.text))), rng)
        document, words = _notice(way, line, text, rng)
        info = replace(source.info, key=VersionKey("notice", "1"), title="Notice", sibling=None)
        planted = (*sources, Source(info, lines_of(document)))
        yield Planted(way, planted, frozenset({"notice", source.info.key.document}), words)


def _notice(way: str, line: Line, text: str, rng: random.Random) -> tuple[ParsedDocument, str]:
    """A document of one table row, or of one sentence, under the heading it stood under."""
    if way == "row":
        header = CELL.join(line.column_headers) or "-"
        return _document(line.heading or "Notice", [header, text]), text
    if way == "sentence":
        return _document(line.heading or "Notice", [text]), text
    cells = text.split(CELL)
    changed = [i for i in range(1, len(cells)) if cells[i] != line.cells[i]]
    column = changed[0] if changed else len(cells) - 1
    words = f"The {line.column_headers[column]} of {cells[0]} is {cells[column]}."
    return _document(line.heading or "Notice", [words]), words


def _document(heading: str, lines: Sequence[str]) -> ParsedDocument:
    text = "\n".join([heading, *lines])
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append(Span(at, at + max(len(line), 1)))
        at += len(line) + 1
    title = Block(BlockKind.HEADING, spans[0], None, (), level=1)
    if len(lines) == 1:
        return ParsedDocument(text, (title, Block(BlockKind.PARAGRAPH, spans[1], None, (heading,))), "notice-1")
    table = Table(None, (spans[1],), (spans[2],), ())
    block = Block(BlockKind.TABLE, Span(spans[1].start, spans[2].end), None, (heading,), table=table)
    return ParsedDocument(text, (title, block), "notice-1")


def _figures(text: str) -> Iterator[re.Match[str]]:
    """The figures of a line that are amounts, percentages or spans of time, not parts of a date."""
    for found in FIGURE.finditer(text):
        in_date = BEFORE_DAY.search(text[max(0, found.start() - 6) : found.start()]) or YEAR.match(found[0])
        if not in_date:
            yield found


def _another(text: str, found: re.Match[str], rng: random.Random) -> str:
    """The text with the figure's first digit made another one."""
    place = next(i for i in range(found.start(), found.end()) if text[i].isdigit())
    digit = rng.choice([d for d in "123456789" if d != text[place]])
    return text[:place] + digit + text[place + 1 :]


def _told(alarm: Disagreement) -> str:
    sides = (f"{s.key.document}@{s.key.version}: {s.text[:110]!r} [{s.figures}]" for s in alarm.statements)
    return f"  {alarm.why.value}: " + "\n      ".join(sides)


def main() -> None:
    """Prints the alarms of each sample as it is, then what was found of what was planted."""
    totals: dict[str, list[bool]] = {}
    for folder in sample_folders():
        sources = in_force(folder, date(2026, 11, 25))
        for name, shown in (("as they are", sources), ("with simplified copies", (*sources, *_simplified(sources)))):
            alarms = alarms_of(shown)
            print(f"{folder.institution.id}: {len(shown)} documents in force {name}, {len(alarms)} alarms")
            for alarm in alarms:
                print(_told(alarm))
        for planted in plant(sources, random.Random(f"{folder.institution.id} 1")):  # noqa: S311
            totals.setdefault(planted.way, []).append(planted.found())
            if not planted.found():
                print(f"  missed ({planted.way}) {sorted(planted.pair)}: {planted.words[:150]!r}")
    for way, hits in totals.items():
        print(f"{way}: {sum(hits)} of {len(hits)} found")


if __name__ == "__main__":
    main()
