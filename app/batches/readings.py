"""What is read out of an uploaded file before anybody has said what it is: what proposals are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.answering.language import detect_language
from app.batches.likeness import Likeness, Sketch, likeness, sketch
from app.batches.stated_days import StatedDay, StatedDays, stated_days
from knowledge_bases.parsed import Block, BlockKind, ParsedDocument
from knowledge_bases.schema import Language, VersionKey

SAMPLE_CHARACTERS = 4000  # of a text, enough to tell its language
MAX_TITLE = 120
MOST_ALIKE = 6  # known versions kept of each file
WORTH_KEEPING = 0.15


@dataclass(frozen=True)
class Alike:
    """A known version that a file is like."""

    key: VersionKey
    likeness: Likeness


@dataclass(frozen=True)
class Reading:
    """A file's ``title`` as it calls itself (empty where it has none), its days, and the known versions it is like.

    ``alike`` holds the most alike first. ``pages`` is None for formats without pages; ``problems`` and ``hidden`` count
    what a person will have to look at.
    """

    title: str
    days: StatedDays
    sketch: Sketch
    alike: tuple[Alike, ...] = ()
    pages: int | None = None
    problems: int = 0
    hidden: int = 0

    @property
    def language(self) -> Language:
        """The language the text is written in."""
        return self.sketch.language

    def to_json(self) -> dict[str, Any]:
        """The reading as plain values, as a batch stores it."""
        days = {"as_at": self.days.as_at, "starts": self.days.starts, "ends": self.days.ends}
        return {
            "title": self.title,
            "days": {name: [stated.day.isoformat(), stated.words] for name, stated in days.items() if stated},
            "language": self.language.value,
            "words": list(self.sketch.words),
            "figures": sorted(self.sketch.figures),
            "alike": [[a.key.document, a.key.version, a.likeness.words, a.likeness.figures] for a in self.alike],
            "pages": self.pages,
            "problems": self.problems,
            "hidden": self.hidden,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Reading:
        """The reading that ``to_json`` wrote."""
        days = {name: StatedDay(date.fromisoformat(day), words) for name, (day, words) in value["days"].items()}
        return cls(
            title=value["title"],
            days=StatedDays(**days),
            sketch=Sketch(Language(value["language"]), tuple(value["words"]), frozenset(value["figures"])),
            alike=tuple(Alike(VersionKey(d, v), Likeness(words, figures)) for d, v, words, figures in value["alike"]),
            pages=value["pages"],
            problems=value["problems"],
            hidden=value["hidden"],
        )


def reading_of(parsed: ParsedDocument, known: Iterable[tuple[VersionKey, Sketch]]) -> Reading:
    """What is read out of a parsed file, beside what is ``known`` already."""
    own = sketch(parsed.text, detect_language(parsed.text[:SAMPLE_CHARACTERS]))
    found = [Alike(key, likeness(own, other)) for key, other in known]
    worth = [each for each in found if max(each.likeness.words, each.likeness.figures) >= WORTH_KEEPING]
    return Reading(
        title=_title(parsed),
        days=stated_days(parsed.text),
        sketch=own,
        alike=tuple(sorted(worth, key=_most_alike_first)[:MOST_ALIKE]),
        pages=len(parsed.pages) or None,
        problems=len(parsed.problems) + sum(page.problem is not None for page in parsed.pages),
        hidden=len(parsed.hidden),
    )


def _most_alike_first(alike: Alike) -> tuple[float, VersionKey]:
    return (-max(alike.likeness.words, alike.likeness.figures), alike.key)


def _title(parsed: ParsedDocument) -> str:
    """The first heading, else the first words where they are short enough to be one."""
    first = next(filter(_is_heading, parsed.blocks), None) or next(iter(parsed.blocks), None)
    words = "" if first is None else " ".join(first.span.slice(parsed.text).split())
    return words if len(words) <= MAX_TITLE else ""


def _is_heading(block: Block) -> bool:
    return block.kind is BlockKind.HEADING
