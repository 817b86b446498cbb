"""A scripted model behind OpenAI's streaming protocol, in a process of its own, for measurements.

    python -m eval.model_server SCRIPT LOG [--first 0.1] [--every 0] [--most 4]

Prints its port, then serves until it is ended. LOG gets a JSON line for what happens, with the moment on the clock
that all processes of a machine share (``time.monotonic``). Probes for one token are answered, but by a script that
fails: that fails them too.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Annotated, Any

import typer

from eval.model_scripts import SCRIPTS, Asked, Mark, Script, Step, fails, script

PROBED = "ok"
READY_S = 20.0


@dataclass(frozen=True)
class Event:
    """``what``: asked, probed, said (a whole sentence is sent), told (the reply is over) or left (nobody reads on)."""

    at: float
    what: str
    request: int
    question: str
    text: str


@dataclass
class Server:
    """One script, said to everybody."""

    says: Script
    log: IO[str]
    healthy: bool
    _numbers: Iterator[int] = field(default_factory=count)

    async def serve(self) -> None:
        """Prints the port and serves until cancelled."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1000)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(self._numbers)
        try:
            asked = Asked.of(json.loads(await _body(reader)))
            self._note("probed" if asked.is_probe else "asked", number, asked)
            gone = asyncio.ensure_future(reader.read(1))
            reply = asyncio.ensure_future(self._reply(writer, asked, number))
            await asyncio.wait({gone, reply}, return_when=asyncio.FIRST_COMPLETED)
            self._note("told" if reply.done() and reply.exception() is None else "left", number, asked)
            for task in (gone, reply):
                task.cancel()
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass  # whoever asked is gone, or asks for something else than a completion
        finally:
            with suppress(OSError):
                writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, asked: Asked, number: int) -> None:
        if not self.healthy:
            body = b'{"error": {"message": "overloaded"}}'
            writer.write(
                b"HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            )
            writer.write(body)
            return await writer.drain()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        steps: Iterator[Step] = iter((PROBED,)) if asked.is_probe and self.says not in _SILENT else self.says(asked)
        for step in steps:
            if isinstance(step, Mark):
                self._note("said", number, asked, step.sentence)
            elif isinstance(step, str):
                writer.write(_event({"content": step}))
                await writer.drain()
            else:
                await asyncio.sleep(step)
        writer.write(_event({"content": ""}, "stop") + _USAGE + b"data: [DONE]\n\n")
        await writer.drain()

    def _note(self, what: str, number: int, asked: Asked, text: str = "") -> None:
        noted = {"at": time.monotonic(), "what": what, "request": number, "question": asked.question, "text": text}
        self.log.write(json.dumps(noted, ensure_ascii=False) + "\n")
        self.log.flush()


@dataclass(frozen=True)
class Served:
    """A running server as its measurement sees it. ``base_url`` ends in /v1, as a setting does."""

    base_url: str
    log: Path

    def events(self) -> list[Event]:
        """What has happened so far, in order."""
        return [Event(**json.loads(line)) for line in self.log.read_text("utf-8").splitlines()]


@contextmanager
def serving(name: str, folder: Path, first_s: float = 0.1, every_s: float = 0.0, most: int = 4) -> Iterator[Served]:
    """A server in a process of its own that says the script ``name``; ended with the block. Its log is in ``folder``.

    Raises:
        RuntimeError: it does not start.
    """
    log = folder / f"model-{name}-{time.monotonic_ns()}.jsonl"
    log.touch()
    timed = ["--first", str(first_s), "--every", str(every_s), "--most", str(most)]
    command = [sys.executable, "-m", "eval.model_server", name, str(log), *timed]
    with Popen(command, stdout=PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            if not port:
                raise RuntimeError("the scripted model did not start: see what it printed")
            yield Served(f"http://127.0.0.1:{port}/v1", log)
        finally:
            server.kill()


_SILENT = (SCRIPTS["hangs"], SCRIPTS["drips"])  # for these a probe is a question like any other


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return await reader.readexactly(int(lengths[0])) if lengths else b""


def _event(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    return _chunk({"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})


def _chunk(value: dict[str, Any]) -> bytes:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    return b"data: " + json.dumps({**head, **value}, ensure_ascii=False).encode() + b"\n\n"


_OVERLOADED = b"HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_USAGE = _chunk({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}})


def main(
    name: Annotated[str, typer.Argument(metavar="SCRIPT")],
    log: Path,
    first: float = 0.1,
    every: float = 0.0,
    most: int = 4,
) -> None:
    """Serve the script until ended."""
    if name not in SCRIPTS:
        raise typer.BadParameter(f"there is no script {name}: name one of {', '.join(SCRIPTS)}")
    with log.open("a", encoding="utf-8") as file:
        asyncio.run(Server(script(name, first, every, most), file, healthy=name != fails.__name__).serve())


if __name__ == "__main__":
    typer.run(main)
