"""Where the evidence of a told sentence stands in the documents in force: the chunks, and the spans to cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.answering.composers.candidates import cite
from app.answering.types import Part
from eval.guard_texts import Portion, rows
from eval.lies import TRUTH
from knowledge_bases.schema import Chunk, Language, Unit

COVERED = 0.7  # of the evidence's letters that the cited spans must hold
_LETTERS = re.compile(r"[^\w%$£€.\-]+")


@dataclass(frozen=True)
class Line:
    """A sentence that a model might say of a passage (``eval/guard_sets``). The kind of a truth is "truth"."""

    id: str
    language: Language
    institution: str
    document: str
    evidence: str
    question: str
    text: str
    kind: str

    @property
    def is_true(self) -> bool:
        return self.kind == TRUTH


@dataclass(frozen=True)
class Place:
    """The chunks that hold the evidence, in reading order, and the spans that a sentence resting on it cites."""

    chunks: tuple[Chunk, ...]
    parts: tuple[Part, ...]


def told_lines(portion: Portion) -> Iterator[Line]:
    """All lines of a portion, language by language.

    Raises:
        SetMissing: a file is not there.
    """
    for language in Language:
        for row in rows(f"lies-{language.value}", portion):
            kept = {name: row[name] for name in ("id", "institution", "document", "evidence", "question", "kind")}
            yield Line(language=language, text=" ".join(row["text"].split()), **kept)


def place_of(line: Line, chunks: Iterable[Chunk]) -> Place | None:
    """Where the line's evidence stands among ``chunks``; None where too little of it is found."""
    wanted, found = letters(line.evidence), list[tuple[Chunk, Sequence[Unit]]]()
    own = [chunk for chunk in chunks if chunk.key.document == line.document]
    for chunk in sorted(own, key=lambda chunk: -_covered(chunk, wanted)):
        known = {unit.span for _, units in found for unit in units}
        new = [unit for unit in _held(chunk, wanted) if unit.span not in known]
        if new and _share(found, wanted) < COVERED:
            found.append((chunk, new))
    if _share(found, wanted) < COVERED:
        return None
    parts = [Part(unit.kind, cite(chunk, unit)) for chunk, units in found for unit in units]
    return Place(tuple(chunk for chunk, _ in found), tuple(sorted(parts, key=lambda part: part.citation.span.start)))


def letters(text: str) -> str:
    """``text`` without what differs between a document and how a person copies it out: blanks, bars and commas."""
    return _LETTERS.sub("", text).lower()


def _held(chunk: Chunk, wanted: str) -> list[Unit]:
    """The units whose words are in the evidence, or that hold all of it."""
    return [unit for unit in chunk.units if _meets(letters(chunk.words(unit.span)), wanted)]


def _meets(words: str, wanted: str) -> bool:
    return bool(words) and (words in wanted or wanted in words)


def _covered(chunk: Chunk, wanted: str) -> float:
    return _share([(chunk, _held(chunk, wanted))], wanted)


def _share(found: Sequence[tuple[Chunk, Sequence[Unit]]], wanted: str) -> float:
    """How much of the evidence the units hold, in [0, 1]."""
    words = {unit.span: letters(chunk.words(unit.span)) for chunk, units in found for unit in units}
    return min(1.0, sum(map(len, words.values())) / max(1, len(wanted)))
