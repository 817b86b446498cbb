"""The time the platform adds to a model's first sentence: before it is asked, and from its last letter to the reader.

    python -m eval.bench_first_sentence [--questions 200] [--after-ms 100] [--data DIR] [--json]

The six samples are in force. A scripted model in a process of its own says one true sentence after so many
milliseconds; it is verified by all output rails, stored (SQLite, synchronous=FULL), and only then shown. Both
processes read one clock. The peer is LangChain's client alone, asked for the same: no rail, no evidence.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from app.answering.types import Question
from app.assistant.service import ConversationAssistant
from app.composition import Platform
from eval.known import MODEL, Known, asked_of, known_questions, models_at, samples_in_force
from eval.model_server import Event, serving
from eval.reader import Reader

AT_ONCE = (1, 8)
BUDGET_MS = 60.0
BEFORE = ("screen", "retrieve", "sift")
AFTER = ("contrast", "disclose", "verify", "release")
PATIENT_S = 10.0  # so that a busy machine is measured, too, instead of giving way to quotes
SPAN = "[s1] Fees: The annual fee of the Gold Card is HK$1,800, charged once a year."


@dataclass(frozen=True)
class Shown:
    """One question whose first sentence was the model's: milliseconds before it was asked, and after it had spoken."""

    before: float
    after: float
    laps: Mapping[str, float]


@dataclass(frozen=True)
class Added:
    """All questions of a round, so many at once. ``peer`` is after the model too, in milliseconds."""

    at_once: int
    asked: int
    shown: tuple[Shown, ...]
    peer: tuple[float, ...]

    def to_value(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "at_once": self.at_once,
            "asked": self.asked,
            "shown": len(self.shown),
            "before_ms": _spread([each.before for each in self.shown]),
            "after_ms": _spread([each.after for each in self.shown]),
            "peer_after_ms": _spread(self.peer),
            "laps_ms": {
                lap: _spread([each.laps[lap] for each in self.shown if lap in each.laps]) for lap in (*BEFORE, *AFTER)
            },
        }

    def lines(self) -> Iterator[str]:
        """The figures to read."""
        value = self.to_value()
        yield f"{self.at_once} at a time: {len(self.shown)} of {self.asked} answers begin with the model's sentence"
        rows = {
            f"after the model's sentence (budget p95 {BUDGET_MS:.0f})": value["after_ms"],
            "before it was asked": value["before_ms"],
            "peer: LangChain's client alone, after": value["peer_after_ms"],
            **{f"  {lap}": value["laps_ms"][lap] for lap in (*BEFORE, *AFTER)},
        }
        for name, (p50, p95) in rows.items():
            yield f"  {name:<46} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms"


@dataclass
class _Said:
    """What the server noted, handed out a question at a time."""

    events: dict[tuple[str, str], deque[Event]]

    @classmethod
    def of(cls, events: Sequence[Event]) -> _Said:
        noted = defaultdict[tuple[str, str], deque[Event]](deque)
        for event in events:
            noted[event.what, event.question].append(event)
        return cls(noted)

    def next(self, what: str, question: str) -> Event | None:
        waiting = self.events.get((what, question))
        return waiting.popleft() if waiting else None


Asking = tuple[Known, float, Reader, Mapping[str, float]]


async def _round(platform: Platform, url: str, asked: Sequence[Known], at_once: int) -> list[Asking]:
    models = models_at(url, first_sentence_s=PATIENT_S)
    assistant, waiting, told = asked_of(platform, models), iter(asked), list[Asking]()

    async def customer() -> None:
        for known in waiting:
            told.append(await _ask(assistant, known))

    await asyncio.gather(*(customer() for _ in range(at_once)))
    await models.aclose()
    return told


async def _ask(assistant: ConversationAssistant, known: Known) -> Asking:
    reader, began = Reader(), time.monotonic()
    answer = await assistant.ask(Question(known.institution, known.case.question, known.case.language), reader)
    return known, began, reader, answer.timings_ms if answer else {}


def _shown(told: Sequence[Asking], said: _Said) -> Iterator[Shown]:
    for known, began, reader, laps in sorted(told, key=lambda each: each[1]):
        question = known.case.question
        asked, sentence = said.next("asked", question), said.next("said", question)
        if asked and sentence and reader.shown and sentence.text in [s.text for s in reader.shown[0][1].sentences]:
            at = reader.shown[0][0]
            yield Shown((asked.at - began) * 1000, (at - sentence.at) * 1000, laps)


async def _peer(url: str, questions: Sequence[str]) -> list[float]:
    """The moments at which LangChain's client had the sentence."""
    chat = ChatOpenAI(base_url=url, api_key=SecretStr("none"), model=MODEL, max_retries=0)
    moments = []
    for question in questions:
        text, material = "", f"{SPAN}\n{json.dumps({'question': question})}"
        async for chunk in chat.astream([("system", "Answer."), ("human", material)]):
            text += str(chunk.content)
            if chunk.content and text.endswith('"]}'):
                moments.append(time.monotonic())
    return moments


def measured(platform: Platform, asked: Sequence[Known], at_once: int, after_s: float, folder: Path) -> Added:
    """One round over ``asked``, and the peer's."""
    with serving("truths", folder, after_s, most=1) as served:
        told = asyncio.run(_round(platform, served.base_url, asked, at_once))
        shown = tuple(_shown(told, _Said.of(served.events())))
    with serving("truths", folder, after_s, most=1) as served:
        moments = asyncio.run(_peer(served.base_url, [f"{SPAN} {number}" for number in range(len(asked))]))
        said = [event.at for event in served.events() if event.what == "said"]
    peer = tuple((moment - at) * 1000 for moment, at in zip(moments, said, strict=True))
    return Added(at_once, len(asked), shown, peer)


def _spread(milliseconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p95; of nothing, not a number."""
    if not milliseconds:
        return float("nan"), float("nan")
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return round(float(p50), 2), round(float(p95), 2)


def main(
    questions: Annotated[int, typer.Option(min=1)] = 200,
    after_ms: Annotated[float, typer.Option(help="How long the model takes.", min=1)] = 100,
    data: Annotated[Path | None, typer.Option(help="Keeps the samples between runs.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """p50 and p95 in milliseconds, alone and eight at a time, step by step."""
    with TemporaryDirectory() as folder, samples_in_force(data) as platform:
        with serving("truths", Path(folder), most=1) as served:  # opens every snapshot, loads the client
            asyncio.run(_round(platform, served.base_url, known_questions()[:40], 4))
        rounds = [
            measured(platform, known_questions(questions), each, after_ms / 1000, Path(folder)) for each in AT_ONCE
        ]
    if as_json:
        typer.echo(json.dumps([each.to_value() for each in rounds]))
    else:
        typer.echo("\n".join(line for each in rounds for line in each.lines()))


if __name__ == "__main__":
    typer.run(main)
