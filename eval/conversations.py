"""Whole conversations, turn by turn through the product without a model: is the last turn answered rightly?

    python -m eval.conversations [A | B | all] [DATA]

``eval/questions/dialogues`` is in the form of ``eval/answers.py``; a gold place has a ``section`` too (its innermost
heading; empty where there is none, or several), ``kind`` is what the last turn does, and ``history`` is put to the
assistant like a customer's turns: what it asks back, and what the next turn chooses, count. Half A is tuned on and its
failures are named; B is only counted (``eval/halves.py``). ``DATA`` keeps the documents that were read.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.answering.parts import quotes_only
from app.answering.pipeline import Pipeline
from app.answering.types import Answer, Question, Sentence
from app.assistant.service import ConversationAssistant
from eval.answers import squeeze
from eval.halves import half_of
from eval.known import samples_in_force
from eval.shares import Share
from knowledge_bases.schema import Language

DIALOGUES = Path(__file__).parent / "questions" / "dialogues"
FIRST, SHOWN = "right place first", "right place shown"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Played:
    """A dialogue and what its last turn got; ``place`` of the sentence that answers, from 1, None where none does."""

    row: Row
    answer: Answer
    place: int | None

    @property
    def half(self) -> str:
        """A or B."""
        return half_of(self.row["history"][0]).value

    def line(self) -> str:
        """It as a line to read."""
        said = self.answer.sentences[0].text.replace("\n", " / ")[:90] if self.answer.sentences else ""
        status = self.answer.status.value if self.place is None else f"{self.answer.status.value}, at {self.place}"
        return f"  {self.row['id']} [{self.row['kind']}] {' > '.join((*self.row['history'], self.row['question']))}" + (
            f"\n      {status} {self.answer.reason.value if self.answer.reason else ''} {said}"
        )


async def played(assistant: ConversationAssistant, institution: str, row: Row) -> Played:
    """The dialogue as a customer has it."""
    language = Language(row["language"])
    conversation = assistant.open_conversation(institution, language, "")
    for turn in row["history"]:
        await assistant.ask(Question(institution, turn, conversation_id=conversation))
    answer = await assistant.ask(Question(institution, row["question"], language, conversation))
    assert answer is not None  # noqa: S101 -- no person has this conversation
    return Played(row, answer, _place(row["gold"], answer.sentences))


def _place(gold: Sequence[Row], sentences: Sequence[Sentence]) -> int | None:
    places = (place for place, said in enumerate(sentences, 1) if any(_is_right(each, said) for each in gold))
    return next(places, None)


def _is_right(gold: Row, said: Sentence) -> bool:
    cited = any(
        citation.key.document == gold["document"] and gold["section"] in ("", citation.heading)
        for citation in said.citations
    )
    return cited and squeeze(gold["contains"]) in squeeze(said.text)


async def _all(assistant: ConversationAssistant, half: str) -> list[Played]:
    rows = [(path.stem, json.loads(line)) for path in sorted(DIALOGUES.glob("*.jsonl")) for line in path.open("rb")]
    wanted = [(name, row) for name, row in rows if half in ("all", half_of(row["history"][0]).value)]
    return [await played(assistant, name, row) for name, row in wanted]


def lines(results: Sequence[Played]) -> Iterator[str]:
    """The counts by half, language and kind, and the failures of half A."""
    for half in sorted({each.half for each in results}):
        own = [each for each in results if each.half == half]
        yield f"half {half}: {len(own)}"
        yield from (f"  {what:18} {_share(own, first).line()}" for what, first in ((FIRST, True), (SHOWN, False)))
        groups: dict[str, list[Played]] = defaultdict(list)
        for each in own:
            groups[each.row["language"]].append(each)
            groups[each.row["kind"]].append(each)
        for name, group in sorted(groups.items()):
            yield f"  {name:18} first {_share(group, True).hits}, shown {_share(group, False).hits} of {len(group)}"
        statuses = Counter(each.answer.status.value for each in own)
        yield "  " + ", ".join(f"{status} {number}" for status, number in sorted(statuses.items()))
    yield from (each.line() for each in results if each.half == "A" and each.place != 1)


def _share(own: Sequence[Played], first: bool) -> Share:
    return Share(sum(each.place == 1 if first else each.place is not None for each in own), len(own))


def main(half: str = "all", data: str = "") -> None:
    """Prints the counts."""
    with samples_in_force(Path(data) if data else None) as platform:
        silent = replace(platform.assistant, pipeline=Pipeline(replace(platform.parts, writer_of=quotes_only)))
        print("\n".join(lines(asyncio.run(_all(silent, half)))))


if __name__ == "__main__":
    main(*sys.argv[1:3])
