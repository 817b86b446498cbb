"""Are the right pages cited, and is silence kept where the documents say nothing?

A suite is a file of JSON lines, one question each::

    {"id", "language", "question", "answerable", "gold": [{"document", "pages": [..], "contains": ".."}]}

``document`` is a document's id, or its file's name. An answerable question is *cited right* when one citation points
to a gold document on a gold page (without pages: its words or section hold ``contains``). *Said right* is stricter:
the quoted words, or the page's own words around them, hold ``contains``, which must not be empty. An unanswerable one
is *declined* when nothing was quoted.

*Citation precision* is the share of an answer's sentences that rest on a gold place, over all questions: what is said
of the unanswerable rests on none. *Citation recall* is the share of gold places that are cited, over the answerable;
where any one of several gold places answers (``alternatives``), they count as one.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.answering.types import Answer
from eval.shares import Share
from knowledge_bases.schema import Citation, Language

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
    alternatives: bool = True


Ask = Callable[[Case], Awaitable[Answer]]


@dataclass(frozen=True)
class Outcome:
    """How one question went. ``cited`` lists document:page of every citation, for reading failures.

    ``resting`` of ``said`` sentences rest on a gold place; ``found`` of ``sought`` gold places are cited.
    """

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
    reason: str | None = None
    resting: int = 0
    said: int = 0
    found: int = 0
    sought: int = 0

    @property
    def answered(self) -> bool:
        """Whether anything of the documents was said."""
        return self.status in ("quoted", "answered")

    @property
    def failed(self) -> bool:
        """Answerable and not cited right, or unanswerable and answered."""
        return not self.cited_right if self.answerable else self.answered


@dataclass(frozen=True)
class AnswersReport:
    """The figures of a suite, each as (hits, of)."""

    outcomes: tuple[Outcome, ...]

    def share(self, answerable: bool, right: Callable[[Outcome], bool]) -> tuple[int, int]:
        """How many outcomes of one kind satisfy ``right``, and of how many."""
        of = [o for o in self.outcomes if o.answerable is answerable]
        return sum(map(right, of)), len(of)

    def shares(self) -> dict[str, Share]:
        """What the report counts, by name; ``refused_wrongly`` is of the answerable, ``declined`` of the others."""
        outcomes = self.outcomes
        by_model = [o for o in outcomes if o.answered]
        return {
            "cited_right": Share(*self.share(True, lambda o: o.cited_right)),
            "said_right": Share(*self.share(True, lambda o: o.said_right)),
            "citation_precision": Share(sum(o.resting for o in outcomes), sum(o.said for o in outcomes)),
            "citation_recall": Share(sum(o.found for o in outcomes), sum(o.sought for o in outcomes)),
            "answered": Share(*self.share(True, lambda o: o.answered)),
            "refused_wrongly": Share(*self.share(True, lambda o: not o.answered)),
            "declined": Share(*self.share(False, lambda o: not o.answered)),
            "in_a_models_words": Share(sum(o.status == "answered" for o in by_model), len(by_model)),
        }

    def reasons(self) -> dict[str, int]:
        """Why what is answerable was not answered, the most frequent reason first."""
        silent = (o.reason or o.status for o in self.outcomes if o.answerable and not o.answered)
        return dict(Counter(silent).most_common())

    def to_json(self) -> dict[str, Any]:
        """What ``candour eval answers --json`` prints."""
        lengths = [n for o in self.outcomes if o.answerable for n in o.quote_characters]
        return {
            **{name: (share.hits, share.n) for name, share in self.shares().items()},
            "reasons": self.reasons(),
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


async def evaluate(cases: Iterable[Case], ask: Ask, file_of: FileOf, at_once: int = 1) -> AnswersReport:
    """Asks every question, ``at_once`` at a time; ``file_of`` names the file a citation's version came from."""
    room = asyncio.Semaphore(at_once)

    async def outcome(case: Case) -> Outcome:
        async with room:
            return judge(case, await ask(case), file_of)

    return AnswersReport(tuple(await asyncio.gather(*map(outcome, cases))))


def judge(case: Case, answer: Answer, file_of: FileOf) -> Outcome:
    """How ``answer`` meets what is known of the question."""
    citations = [c for s in answer.sentences for c in s.citations]
    found = [any(_right_place(gold, c, file_of) for c in citations) for gold in case.gold]
    sought = (min(1, len(found)) if case.alternatives else len(found)) if case.answerable else 0
    return Outcome(
        id=case.id,
        language=case.language.value,
        question=case.question,
        answerable=case.answerable,
        status=answer.status.value,
        confidence=round(answer.confidence, 3),
        cited_right=any(found),
        said_right=any(
            g.contains and squeeze(g.contains) in squeeze(s.text) for g in case.gold for s in answer.sentences
        ),
        cited=tuple(dict.fromkeys(f"{c.key.document}:{c.page or c.heading}" for c in citations)),
        quote_characters=tuple(len(s.text) for s in answer.sentences),
        reason=None if answer.reason is None else answer.reason.value,
        resting=sum(any(_right_place(g, c, file_of) for g in case.gold for c in s.citations) for s in answer.sentences),
        said=len(answer.sentences),
        found=min(sought, sum(found)),
        sought=sought,
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
