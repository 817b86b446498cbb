"""Answers while the model is down, hangs, drips, floods or talks nonsense, beside the same questions without a model.

    python -m eval.bench_degrade [--questions 1000] [--fewer 100] [--at-once 20] [--data DIR] [--only WAY] [--json]

The six samples are in force; questions whose answer is known (repeated as needed) are asked through the assistant,
each in a conversation of its own, with somebody reading along, evidence and messages stored. An answer is in time
within two seconds. The model is a server in a process of its own; the product's probes run as in ``candour serve``.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer

from app.answering.texts import texts
from app.answering.types import Answer, Question
from app.assistant.ports import Role
from app.assistant.service import ConversationAssistant
from app.composition import Platform
from eval.answers import Outcome, judge
from eval.known import Known, asked_of, known_questions, models_at, samples_in_force
from eval.memory import own_mib, settled_mib
from eval.model_server import Served, serving
from eval.reader import Reader
from eval.shares import Share

IN_TIME_S = 2.0
STUCK_S = 20.0
LOOK_EVERY_S = 0.05  # at the memory
NO_MODEL, DOWN, HANGS = "no model", "down", "hangs"
WAYS = (NO_MODEL, DOWN, HANGS, "drips", "floods", "fails", "babbles", "foreign")
IN_FULL = (NO_MODEL, DOWN, HANGS)  # the others are asked fewer questions
ORIGIN = "https://bench.example"


@dataclass(frozen=True)
class Given:
    """What became of one question. ``answer`` None: nothing, within twenty seconds."""

    known: Known
    seconds: float
    answer: Answer | None
    is_recorded: bool

    @property
    def is_right(self) -> bool:
        """Whether the right place is cited."""
        return self.answer is not None and _judged(self.known, self.answer).cited_right


@dataclass(frozen=True)
class Way:
    """One way for a model to be, and what the product made of it."""

    name: str
    given: tuple[Given, ...]
    requests: dict[str, int]
    mib: tuple[float, float, float]  # before, at most, after
    right_without: frozenset[str] = frozenset()  # ids of the questions whose right place is cited without a model

    def to_value(self) -> dict[str, Any]:
        """The figures as plain values."""
        seconds = [each.seconds for each in self.given]
        p50, p95 = (round(float(each), 3) for each in np.percentile(seconds, [50, 95]))
        return {
            "way": self.name,
            "asked": len(self.given),
            "in_time": sum(each.answer is not None and each.seconds <= IN_TIME_S for each in self.given),
            "stuck": sum(not each.is_recorded for each in self.given),
            "p50_s": p50,
            "p95_s": p95,
            "longest_s": round(max(seconds), 3),
            "cited_right": asdict(self.share("cited_right")),
            "said_right": asdict(self.share("said_right")),
            "kept_right": asdict(self.kept()),
            "status": Counter(str(each.answer.status) for each in self.given if each.answer),
            "told_busy": sum(_says(each.answer, "notice_model_busy") for each in self.given),
            "told_unavailable": sum(_says(each.answer, "notice_model_unavailable") for each in self.given),
            "requests": self.requests,
            "mib": [round(each) for each in self.mib],
        }

    def share(self, right: str) -> Share:
        """How many answers are right, by the name of one of ``Outcome``'s fields."""
        judged = [_judged(g.known, g.answer) for g in self.given if g.answer]
        return Share(sum(getattr(outcome, right) for outcome in judged), len(self.given))

    def right(self) -> frozenset[str]:
        """The ids of the questions whose right place is cited."""
        return frozenset(each.known.case.id for each in self.given if each.is_right)

    def kept(self) -> Share:
        """Of the questions whose right place is cited without a model, those where it is cited here too."""
        own = [each for each in self.given if each.known.case.id in self.right_without]
        return Share(sum(each.is_right for each in own), len(own))

    def lines(self) -> Iterator[str]:
        """The figures to read."""
        value = self.to_value()
        times = f"p50 {value['p50_s']:.2f} p95 {value['p95_s']:.2f} max {value['longest_s']:.2f} s"
        yield f"{self.name:9} {value['in_time']} of {value['asked']} within 2 s, {value['stuck']} stuck; {times}"
        yield f"{'':9} cited right {self.share('cited_right').line()}; said right {self.share('said_right').line()}"
        yield f"{'':9} right of those right without a model {self.kept().line()}"
        told = f"told busy {value['told_busy']}, unavailable {value['told_unavailable']}"
        yield f"{'':9} {dict(value['status'])}; {told}; at the server {self.requests}"
        yield f"{'':9} memory {value['mib'][0]} MiB before, {value['mib'][1]} at most, {value['mib'][2]} after"


async def _answers(
    platform: Platform, url: str | None, asked: Sequence[Known], at_once: int
) -> list[tuple[Known, str, float, Answer | None]]:
    """What each customer got in their conversation, and after how many seconds."""
    models = None if url is None else models_at(url)
    assistant = asked_of(platform, models)
    opened = [(known, _open(assistant, known)) for known in asked]
    watch = None if models is None else asyncio.create_task(models.watch())
    waiting, got = iter(opened), list[tuple[Known, str, float, Answer | None]]()

    async def customer() -> None:
        for known, conversation in waiting:
            got.append((known, conversation, *await _ask(assistant, known, conversation)))

    await asyncio.gather(*(customer() for _ in range(at_once)))
    if watch is not None and models is not None:
        watch.cancel()
        await models.aclose()
    return got


async def _ask(assistant: ConversationAssistant, known: Known, conversation: str) -> tuple[float, Answer | None]:
    question = Question(known.institution, known.case.question, known.case.language, conversation)
    began = time.monotonic()
    try:
        answer = await asyncio.wait_for(assistant.ask(question, Reader()), STUCK_S)
    except TimeoutError:
        answer = None
    return time.monotonic() - began, answer


def _open(assistant: ConversationAssistant, known: Known) -> str:
    return assistant.open_conversation(known.institution, known.case.language, ORIGIN)


def _given(
    assistant: ConversationAssistant, known: Known, conversation: str, seconds: float, got: Answer | None
) -> Given:
    """What became of the question, as the conversation shows it when opened again."""
    transcript = assistant.transcript(known.institution, conversation)
    return Given(known, seconds, got, any(message.role is Role.ASSISTANT for message in transcript))


async def _most_mib(until: asyncio.Event) -> float:
    most = own_mib()
    while not until.is_set():
        most = max(most, own_mib())
        await asyncio.sleep(LOOK_EVERY_S)
    return most


async def _watched(
    platform: Platform, url: str | None, asked: Sequence[Known], at_once: int
) -> tuple[tuple[Given, ...], tuple[float, float, float]]:
    before, over = settled_mib(), asyncio.Event()
    watching = asyncio.create_task(_most_mib(over))
    got = await _answers(platform, url, asked, at_once)
    over.set()
    mib = before, await watching, settled_mib()
    return tuple(_given(platform.assistant, *each) for each in got), mib


def measured(platform: Platform, name: str, asked: Sequence[Known], at_once: int, folder: Path) -> Way:
    """All of ``asked``, so many at once, while the model is as ``name`` says."""
    with _model(name, folder) as served:
        url = CLOSED if name == DOWN else None if served is None else served.base_url
        given, mib = asyncio.run(_watched(platform, url, asked, at_once))
        requests = Counter(event.what for event in served.events()) if served else Counter[str]()
    return Way(name, given, dict(requests), mib)


CLOSED = "http://127.0.0.1:9/v1"  # the port of "discard", which nobody serves


def _model(name: str, folder: Path) -> AbstractContextManager[Served | None]:
    return nullcontext() if name in (NO_MODEL, DOWN) else serving(name, folder)


def _judged(known: Known, answer: Answer) -> Outcome:
    return judge(known.case, answer, lambda _: "")


def _says(answer: Answer | None, notice: str) -> bool:
    return answer is not None and texts(answer.language)[notice] in answer.notices


def main(
    questions: Annotated[int, typer.Option(min=1)] = 1000,
    fewer: Annotated[int, typer.Option(min=1)] = 100,
    at_once: Annotated[int, typer.Option(min=1)] = 20,
    data: Annotated[Path | None, typer.Option(help="Keeps the samples between runs.", metavar="DIR")] = None,
    only: Annotated[list[str] | None, typer.Option(help="One way, or several.", metavar="WAY")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """How many answers come in time, and how many are right, whatever the model does; the first way is the peer."""
    with TemporaryDirectory() as folder, samples_in_force(data) as platform:
        asyncio.run(_answers(platform, None, known_questions(), at_once))  # opens every snapshot
        ways: list[Way] = []
        for name in only or WAYS:
            asked = known_questions(questions if name in IN_FULL else fewer)
            way = measured(platform, name, asked, at_once, Path(folder))
            ways.append(replace(way, right_without=(ways[0] if ways else way).right()))
            if not as_json:
                typer.echo("\n".join(ways[-1].lines()))
    if as_json:
        typer.echo(json.dumps({"at_once": at_once, "cores": os.cpu_count(), "ways": [w.to_value() for w in ways]}))


if __name__ == "__main__":
    typer.run(main)
