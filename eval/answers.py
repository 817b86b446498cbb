"""Are the right pages cited, and is silence kept where the documents say nothing?

A suite is a file of JSON lines, one question each::

    {"id", "language", "question", "answerable", "gold": [{"document", "pages": [..], "contains": ".."}]}

``document`` is a document's id, or its file's name. An answerable question is *cited right* when one citation points
to a gold document on a gold page (without pages: its words or section hold ``contains``). *Said right* is stricter:
the quoted words, or the page's own words around them, hold ``contains``. An unanswerable one is *declined* when
nothing was quoted.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.answering.types import Answer
from knowledge_bases.schema import Citation, Language

Ask = Callable[[str, Language], Awaitable[Answer]]
FileOf = Callable[[Citation], str]


class SuiteError(Exception):
    """A question file that cannot be used: the message names file and line."""


@dataclass(frozen=True)
class Gold:
    """One place where the answer stands. ``pages`` is empty for formats without pages."""

    document: str
    pages: frozenset[int]
    contains: str


@dataclass(frozen=True)
class Case:
    """One question of a suite."""

    id: str
    language: Language
    question: str
    answerable: bool
    gold: tuple[Gold, ...]
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How one question went. ``cited`` lists document:page of every citation, for reading failures."""

    id: str
    language: str
    question: str
    answerable: bool
    status: str
    confidence: float
    cited_right: bool
    said_right: bool
    cited: tuple[str, ...]
    quote_characters: tuple[int, ...]

    @property
    def failed(self) -> bool:
        """Answerable and not cited right, or unanswerable and answered."""
        return not self.cited_right if self.answerable else self.status in ("quoted", "answered")


@dataclass(frozen=True)
class AnswersReport:
    """The figures of a suite, each as (hits, of)."""

    outcomes: tuple[Outcome, ...]

    def share(self, answerable: bool, right: Callable[[Outcome], bool]) -> tuple[int, int]:
        """How many outcomes of one kind satisfy ``right``, and of how many."""
        of = [o for o in self.outcomes if o.answerable is answerable]
        return sum(map(right, of)), len(of)

    def to_json(self) -> dict[str, Any]:
        """What ``candour eval answers --json`` prints."""
        lengths = [n for o in self.outcomes if o.answerable for n in o.quote_characters]
        return {
            "cited_right": self.share(True, lambda o: o.cited_right),
            "said_right": self.share(True, lambda o: o.said_right),
            "declined": self.share(False, lambda o: not o.failed),
            "median_quote_characters": statistics.median(lengths) if lengths else None,
            "failures": [asdict(o) for o in self.outcomes if o.failed],
        }


def read_suite(path: Path) -> tuple[Case, ...]:
    """The questions of a file, in order.

    Raises:
        SuiteError: a line is not a question of the form above.
    """
    return tuple(_cases(path))


def _cases(path: Path) -> Iterable[Case]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _case(json.loads(line))
        except (KeyError, ValueError, TypeError) as error:
            raise SuiteError(f"{path.name}, line {number}: not a question ({error}); see eval/answers.py") from error


def _case(value: dict[str, Any]) -> Case:
    gold = tuple(Gold(g["document"], frozenset(g.get("pages") or ()), g.get("contains", "")) for g in value["gold"])
    asked = value["id"], Language(value["language"]), value["question"], value["answerable"]
    return Case(*asked, gold, tuple(value.get("history", ())))


async def evaluate(cases: Iterable[Case], ask: Ask, file_of: FileOf) -> AnswersReport:
    """Asks every question, one after the other; ``file_of`` names the file a citation's version came from."""
    return AnswersReport(tuple([judge(case, await ask(case.question, case.language), file_of) for case in cases]))


def judge(case: Case, answer: Answer, file_of: FileOf) -> Outcome:
    """How ``answer`` meets what is known of the question."""
    citations = [c for s in answer.sentences for c in s.citations]
    return Outcome(
        id=case.id,
        language=case.language.value,
        question=case.question,
        answerable=case.answerable,
        status=answer.status.value,
        confidence=round(answer.confidence, 3),
        cited_right=any(_right_place(g, c, file_of) for g in case.gold for c in citations),
        said_right=any(squeeze(g.contains) in squeeze(s.text) for g in case.gold for s in answer.sentences),
        cited=tuple(dict.fromkeys(f"{c.key.document}:{c.page or c.heading}" for c in citations)),
        quote_characters=tuple(len(s.text) for s in answer.sentences),
    )


def _right_place(gold: Gold, citation: Citation, file_of: FileOf) -> bool:
    if gold.document not in (citation.key.document, file_of(citation)):
        return False
    if gold.pages:
        return citation.page in gold.pages
    return squeeze(gold.contains) in squeeze(citation.quote)


def squeeze(text: str) -> str:
    """``text`` without white space and marks of Markdown, for comparing words across formats."""
    return re.sub(r"[\s|*_`]+", "", text).lower()
