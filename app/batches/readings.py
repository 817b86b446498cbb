"""What is read out of an uploaded file before anybody has said what it is: what proposals are made from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.answering.language import detect_language
from app.batches.likeness import Likeness, Sketch, likeness, sketch
from app.batches.stated_days import StatedDay, StatedDays, stated_days
from knowledge_bases.parsed import Block, BlockKind, ParsedDocument
from knowledge_bases.schema import Language, VersionKey
from retrieval.tokens import is_chinese

SAMPLE_CHARACTERS = 4000  # of a text, enough to tell its language
MAX_TITLE = 120
MOST_ALIKE = 6  # known versions kept of each file
WORTH_KEEPING = 0.15
_MAY_BE_A_TITLE = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
# what programs name sheets and slides by themselves, and what is left of broken markup
_NO_TITLE = re.compile(r"^(?:sheet|slide|工作表|投影片|幻灯片)\s?\d*$|[<>{}]|&\w+;|^[^\w]*$", re.IGNORECASE)


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
            "alike": [[a.key.document, a.key.version, a.likeness.words, a.likeness.across] for a in self.alike],
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
    own = sketch(parsed.text, _language(parsed.text[:SAMPLE_CHARACTERS]))
    found = [Alike(key, likeness(own, other)) for key, other in known]
    worth = [each for each in found if max(each.likeness.words, each.likeness.across) >= WORTH_KEEPING]
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
    return (-max(alike.likeness.words, alike.likeness.across), alike.key)


def _language(sample: str) -> Language:
    """A question with a few Chinese characters is Chinese; a document is only where most of it is."""
    return detect_language(sample) if is_chinese(sample) else Language.EN


def _title(parsed: ParsedDocument) -> str:
    """The first heading that says something, else the first words where they are short enough to be a title.

    Empty where the file starts with a table or with markup: then its name says more.
    """
    headings = (_words(block, parsed) for block in parsed.blocks if block.kind is BlockKind.HEADING)
    first = next(iter(parsed.blocks), None)
    opening = [_words(first, parsed)] if first is not None and first.kind in _MAY_BE_A_TITLE else []
    words = next((words for words in (*headings, *opening) if words and not _NO_TITLE.search(words)), "")
    return words if len(words) <= MAX_TITLE else ""


def _words(block: Block, parsed: ParsedDocument) -> str:
    return " ".join(block.span.slice(parsed.text).split())
