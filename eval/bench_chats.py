"""Five hundred chats over Chainlit's own socket, some of them answering: from a sentence of the model to the page.

    python -m eval.bench_chats [--chats 500] [--answering 50 --answering 100 …] [--seconds 60] [--data DIR] [--json]

``candour serve`` runs in a process of its own, a scripted model in another, the chats in this one; all read one clock.
A chat that answers asks again as soon as its answer is whole; the model says a sentence half a second after it was
asked, then one every two seconds, through all output rails. Gaps are from the last letter of a sentence at the model
to its arrival at the chat. Each load runs for so many seconds, the first of them not counted. The first is the goal,
the others say where it breaks: until the gap's p99 is above a second, or a socket drops. Answers that the product gave
without asking the model are counted apart, and a load in which some chat read no model at all fails the run: fewer
chats answered than it says.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import numpy as np
import typer

from app.answering.types import Question
from app.composition import Platform
from eval.chats import ANSWER_S, Chat, Cycle, asking_for, worded
from eval.known import Known, asked_of, known_questions, model_entry, models_at, samples_in_force
from eval.model_server import Event, Served, serving
from eval.reader import Reader

GOAL_MS, BROKEN_MS = 250.0, 1000.0
FIRST_S, EVERY_S = 0.5, 2.0
SETTLING_S = 10.0
OPENED_AT_ONCE = 10
READY_S = 180.0
FILES = 4096
SEVERAL = 3  # sentences
SHOWN = 80  # characters of what was said instead


@dataclass(frozen=True)
class Load:
    """What so many chats that answer at once came to.

    ``gaps_ms`` of every sentence that arrived, ``lost`` are those that did not. ``unasked``: questions that were never
    put to the model, and what was said. ``unread``: questions of chats none of whose answers had a sentence of the
    model. ``processor_s``: of the product.
    """

    answering: int
    gaps_ms: tuple[float, ...]
    lost: tuple[str, ...]
    dropped: int
    cycles: tuple[Cycle, ...]
    unasked: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    processor_s: float

    def to_value(self) -> dict[str, Any]:
        """The figures as plain values."""
        p50, p95, p99 = np.percentile(self.gaps_ms, [50, 95, 99]) if self.gaps_ms else (float("nan"),) * 3
        first = [cycle.first_s for cycle in self.cycles if cycle.first_s is not None]
        return {
            "answering": self.answering,
            "sentences": len(self.gaps_ms),
            "not_shown": len(self.lost),
            "lost": sorted(set(self.lost)),
            "dropped": self.dropped,
            "answers": len(self.cycles),
            "without_a_sentence": sum(cycle.first_s is None for cycle in self.cycles),
            "model_not_asked": [{"question": question, "said": said} for question, said in self.unasked],
            "chats_without_a_sentence": list(self.unread),
            "processor_s": round(self.processor_s, 1),
            "gap_ms": {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "p99": round(float(p99), 1)},
            "longest_ms": round(max(self.gaps_ms, default=float("nan")), 1),
            "first_s": {"p50": _at(first, 50), "p95": _at(first, 95)},
        }

    @property
    def is_broken(self) -> bool:
        return self.dropped > 0 or not self.gaps_ms or bool(np.percentile(self.gaps_ms, 99) > BROKEN_MS)

    def lines(self) -> Iterator[str]:
        """The figures to read."""
        value = self.to_value()
        gap, first = value["gap_ms"], value["first_s"]
        yield (
            f"{self.answering:4} answering: {value['sentences']} sentences, gap p50 {gap['p50']} p95 {gap['p95']} "
            f"p99 {gap['p99']} ms (goal {GOAL_MS:.0f}), longest {value['longest_ms']}; {self.dropped} sockets dropped"
        )
        yield (
            f"     {value['answers']} answers, {value['without_a_sentence']} without a sentence of the model, "
            f"{len(self.lost)} sentences said and not shown; first one after p50 {first['p50']} p95 {first['p95']} s; "
            f"{value['processor_s']} s of processor"
        )
        yield from (f"     not shown: {sentence}" for sentence in value["lost"])
        yield from (f"     the model was not asked: {question!r}, {said[:SHOWN]!r}" for question, said in self.unasked)
        yield from (f"     NO ANSWER OF THIS CHAT WAS THE MODEL'S: {question!r}" for question in self.unread)


@dataclass(frozen=True)
class Product:
    """``candour serve``, running."""

    url: str
    pid: int

    def processor_s(self) -> float:
        """Seconds of processor that it has used."""
        used = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


async def _measured(
    product: Product, asked: Sequence[Known], chats: int, loads: Sequence[int], seconds: float, served: Served
) -> list[Load]:
    """The loads, each over the same open chats, until one breaks."""
    async with _opened(product.url, [asked[number % len(asked)] for number in range(chats)]) as opened:
        found = []
        for answering in loads:
            found.append(await _loaded(opened, answering, seconds, product, served))
            typer.echo("\n".join(found[-1].lines()), err=True)
            if found[-1].is_broken:
                break
        return found


async def _loaded(opened: Sequence[Chat], answering: int, seconds: float, product: Product, served: Served) -> Load:
    dropped, began, spent = sum(chat.drops for chat in opened), time.monotonic(), product.processor_s()
    until = began + SETTLING_S + seconds
    await asyncio.gather(*(asking_for(chat, until, number) for number, chat in enumerate(opened[:answering])))
    by_chat = [[cycle for cycle in chat.taken() if cycle.asked_at >= began + SETTLING_S] for chat in opened]
    drops = sum(chat.drops for chat in opened) - dropped
    return load_of(answering, by_chat, served.events(), drops, product.processor_s() - spent)


def load_of(
    answering: int, by_chat: Sequence[Sequence[Cycle]], events: Sequence[Event], dropped: int, processor_s: float
) -> Load:
    """What the chats' questions came to, beside what happened at the model."""
    counted = tuple(chain.from_iterable(by_chat))
    gaps, lost = _gaps(counted, events)
    unread = (cycles[0].question for cycles in by_chat if cycles and all(each.first_s is None for each in cycles))
    unasked = tuple(_unasked(counted, events))
    return Load(answering, tuple(gaps), tuple(lost), dropped, counted, unasked, tuple(unread), processor_s)


def _unasked(cycles: Sequence[Cycle], events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """The questions of which the model never heard, each with what was said instead."""
    asked = {question: [each.at for each in heard] for question, heard in _by_question(events, "asked").items()}
    for cycle in cycles:
        if not any(0 <= at - cycle.asked_at <= ANSWER_S for at in asked.get(cycle.question, ())):
            yield cycle.question, " ".join(cycle.said)


def _by_question(events: Sequence[Event], what: str) -> dict[str, list[Event]]:
    found = defaultdict[str, list[Event]](list)
    for event in events:
        if event.what == what:
            found[event.question].append(event)
    return found


def _gaps(cycles: Sequence[Cycle], events: Sequence[Event]) -> tuple[list[float], list[str]]:
    """Milliseconds from said to shown, and the sentences that were said and never shown."""
    said = _by_question(events, "said")
    gaps, lost = list[float](), list[str]()
    for cycle in cycles:
        for event in (each for each in said.get(cycle.question, ()) if 0 <= each.at - cycle.asked_at <= ANSWER_S):
            at = cycle.shown_at(event.text)
            if at is None:
                lost.append(event.text)
            else:
                gaps.append((at - event.at) * 1000)
    return gaps, lost


async def _answered_by_model(platform: Platform, base_url: str, most: int) -> list[Known]:
    """At most so many known questions that the model answers in several sentences, asked as the chats will."""
    models, fit = models_at(base_url, first_sentence_s=10.0), list[Known]()
    assistant = asked_of(platform, models)
    for known in known_questions():
        reader = Reader()
        question = worded(known, len(fit), 0)
        await assistant.ask(Question(known.institution, question, known.case.language), reader)
        told = [sentence for _, piece in reader.shown for sentence in piece.sentences if not sentence.quoted]
        fit += [known] if len(told) >= SEVERAL else []
        if len(fit) == most:
            break
    await models.aclose()
    return fit


@asynccontextmanager
async def _opened(url: str, known: Sequence[Known]) -> AsyncIterator[list[Chat]]:
    """So many chats, open and greeted; closed with the block."""
    room, chats = asyncio.Semaphore(OPENED_AT_ONCE), [Chat(url, each) for each in known]

    async def opened(chat: Chat) -> None:
        async with room:
            await chat.open()

    try:
        await asyncio.gather(*map(opened, chats))
        yield chats
    finally:
        await asyncio.gather(*(chat.close() for chat in chats))


@contextmanager
def _serving(data: Path, base_url: str, port: int) -> Iterator[Product]:
    """``candour serve`` over ``data``, ready; ended with the block.

    Raises:
        RuntimeError: it does not get ready.
    """
    setting = json.dumps(model_entry(base_url, at_once=1000))
    chosen = {"CANDOUR_DATA_DIR": str(data), "CANDOUR_MODELS": setting, "CANDOUR_WORKER": "false"}
    chosen |= {"CANDOUR_LOG_LEVEL": "error", "CANDOUR_PORT": str(port)}
    command = ["/usr/bin/env", *(f"{name}={value}" for name, value in chosen.items())]
    command += [sys.executable, "-m", "app.cli", "serve"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - our own command
        try:
            url = f"http://127.0.0.1:{port}"
            _await_ready(url, server)
            yield Product(url, server.pid)
        finally:
            server.terminate()


def _await_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"candour serve did not get ready within {READY_S:.0f} s")


def _at(values: Sequence[float], percent: float) -> float | None:
    return round(float(np.percentile(values, percent)), 2) if values else None


def main(
    chats: Annotated[int, typer.Option(help="Connected chats.", min=1)] = 500,
    answering: Annotated[list[int] | None, typer.Option(help="Of them answering; again for more loads.")] = None,
    seconds: Annotated[float, typer.Option(help="For which each load is counted.", min=1)] = 60,
    port: Annotated[int, typer.Option(help="Of candour serve.")] = 8765,
    data: Annotated[Path | None, typer.Option(help="Keeps the samples between runs.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Gaps from a sentence ready to a sentence shown, dropped sockets, and the load at which it breaks."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, max(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    loads = answering or [50, 100, 150, 200]
    with TemporaryDirectory() as folder:
        kept = data or Path(folder) / "data"
        with samples_in_force(kept) as platform, serving("truths", Path(folder), first_s=0.01) as at_once:
            asked = asyncio.run(_answered_by_model(platform, at_once.base_url, max(loads)))
        with (
            serving("truths", Path(folder), FIRST_S, EVERY_S) as served,
            _serving(kept, served.base_url, port) as product,
        ):
            found = asyncio.run(_measured(product, asked, chats, loads, seconds, served))
    if as_json:
        typer.echo(json.dumps({"chats": chats, "cores": os.cpu_count(), "loads": [load.to_value() for load in found]}))
    else:
        typer.echo("\n".join(line for load in found for line in load.lines()))
    if any(load.unread for load in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
