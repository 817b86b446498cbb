"""A small HTTP server on the loopback that speaks OpenAI's chat protocol, says what a test tells it, and remembers."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["_Handler"], None]


@dataclass
class ModelServer:
    """Answers every chat completion with ``reply``; ``requests`` and ``keys`` hold what was asked, in order.

    ``hang_ups`` has a moment (monotonic seconds) for each caller that was seen to go before its reply ended.
    """

    reply: Reply
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hang_ups: list[float] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)  # set by the first of them
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)  # ends the replies that hang

    @property
    def base_url(self) -> str:
        """As a setting: ends in /v1."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def prompt(self) -> str:
        """All messages of the last request."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    asked: Mapping[str, Any] = {}  # the request being answered

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.asked = json.loads(self.rfile.read(length))
        self.server.model.requests.append(dict(self.asked))
        self.server.model.keys.append(self.headers.get("Authorization", ""))
        self.close_connection = True  # a connection is for one question
        try:
            self.server.model.reply(self)
        except OSError:  # the caller hung up
            self.server.model.hang_ups.append(time.monotonic())
            self.server.model.hung_up.set()

    def do_GET(self) -> None:
        self.server.model.keys.append(self.headers.get("Authorization", ""))
        self.send(200, json.dumps({"object": "list", "data": [{"id": "tiny", "object": "model"}]}).encode())

    def send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_head(status, {"Content-Type": content_type, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def begin_stream(self) -> None:
        """The head of a stream of server-sent events."""
        self.send_head(200, {"Content-Type": "text/event-stream; charset=utf-8", "Transfer-Encoding": "chunked"})

    def send_event(self, data: str) -> None:
        """One server-sent event."""
        self.send_chunk(f"data: {data}\n\n".encode())

    def send_chunk(self, chunk: bytes) -> None:
        """A chunk of the body; an empty one ends it."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.flush()

    def wait(self, seconds: float) -> None:
        """Waits, and not a moment longer than the test.

        Raises:
            ConnectionAbortedError: the caller hung up meanwhile.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.server.model.released.is_set():
            ready, _, _ = select.select([self.connection], [], [], min(left, 0.02))
            if ready and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ModelServer


@contextmanager
def serving(reply: Reply) -> Iterator[ModelServer]:
    """A running server; stopped at the end of the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.model = ModelServer(reply, port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.model
    finally:
        server.model.released.set()
        server.shutdown()
        server.server_close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def completion(content: object, finish_reason: str = "stop") -> bytes:
    """The body of a chat completion that says ``content``."""
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "tiny",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    ).encode()


def says(content: object, finish_reason: str = "stop") -> Reply:
    """A model that says ``content``, in two pieces where a stream is asked for."""

    def reply(handler: _Handler) -> None:
        if handler.asked.get("stream") and isinstance(content, str):
            middle = len(content) // 2
            streams(content[:middle], content[middle:], finish_reason=finish_reason)(handler)
        else:
            handler.send(200, completion(content, finish_reason))

    return reply


def streams(*steps: str | float, finish_reason: str | None = "stop", usage: bool = True, done: bool = True) -> Reply:
    """A model that says its reply piece by piece, as vLLM streams it. Numbers are seconds between two pieces.

    ``finish_reason`` None: the last chunk says none. ``done``: whether the stream says that it is at its end.
    """

    def reply(handler: _Handler) -> None:
        _say(handler, steps)
        if finish_reason is not None:
            handler.send_event(_chunk(_choice({"content": ""}, finish_reason)))
        if usage:
            handler.send_event(_chunk(None, {"prompt_tokens": 7, "completion_tokens": len(steps), "total_tokens": 9}))
        if done:
            handler.send_event("[DONE]")
        handler.send_chunk(b"")

    return reply


def dies_after(*steps: str | float) -> Reply:
    """A server that is killed in the middle of a reply: the connection breaks, nothing says that it is over."""
    return lambda handler: _say(handler, steps)


def hangs_after(*steps: str | float) -> Reply:
    """A server that says some of its reply and then nothing, with the connection open."""

    def reply(handler: _Handler) -> None:
        _say(handler, steps)
        handler.wait(30)

    return reply


def errs_after(*steps: str | float) -> Reply:
    """A server whose engine fails in the middle of a reply, and which says so as vLLM does."""

    def reply(handler: _Handler) -> None:
        _say(handler, steps)
        error = {"message": "internal words", "type": "InternalServerError", "code": 500}
        handler.send_event(json.dumps({"error": error}))
        handler.send_event("[DONE]")
        handler.send_chunk(b"")

    return reply


def keeps_alive(handler: _Handler) -> None:
    """A server that never says a word and never lets a single read time out."""
    handler.begin_stream()
    while not handler.server.model.released.is_set():
        handler.send_chunk(b": ping\n\n")
        handler.wait(0.05)


def redirects(to: str) -> Reply:
    """A server that sends its callers on."""
    return lambda handler: handler.send_head(307, {"Location": to, "Content-Length": "0"})


def packs(handler: _Handler) -> None:
    """A server that packs its reply, asked or not."""
    handler.send_head(200, {"Content-Encoding": "gzip", "Content-Length": "0"})


def in_turn(*replies: Reply) -> Reply:
    """Each reply once, in this order; the last one from then on."""
    left = list(replies)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def _say(handler: _Handler, steps: tuple[str | float, ...]) -> None:
    handler.begin_stream()
    handler.send_event(_chunk(_choice({"role": "assistant", "content": ""})))
    for step in steps:
        if isinstance(step, str):
            handler.send_event(_chunk(_choice({"content": step})))
        else:
            handler.wait(step)


def _choice(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason, "token_ids": None}


def _chunk(choice: dict[str, Any] | None, usage: dict[str, int] | None = None) -> str:
    choices = [] if choice is None else [choice]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}
    return json.dumps({**head, "choices": choices} | ({} if usage is None else {"usage": usage}))


def answers(*sentences: tuple[str, list[str]]) -> Reply:
    """A model that keeps to the agreed JSON: texts with the ids of the spans they rest on."""
    return says(json.dumps({"sentences": [{"text": text, "spans": spans} for text, spans in sentences]}))


def fails(status: int) -> Reply:
    """A server that is broken."""
    return lambda handler: handler.send(status, json.dumps({"error": {"message": "internal words"}}).encode())


def sends(body: bytes, content_type: str = "application/json") -> Reply:
    """A server that says something else than a completion."""
    return lambda handler: handler.send(200, body, content_type)


def hangs(handler: _Handler) -> None:
    """A server that takes the question and says nothing."""
    handler.wait(30)


def drips(handler: _Handler) -> None:
    """A server that never ends its reply, a byte at a time: no single read times out."""
    handler.send_head(200, {"Content-Type": "application/json", "Content-Length": "100000"})
    while not handler.server.model.released.is_set():
        handler.wfile.write(b" ")
        handler.wfile.flush()
        handler.wait(0.05)


def hangs_up(handler: _Handler) -> None:
    """A server that dies in the middle of its reply."""
    handler.send_head(200, {"Content-Length": "1000"})
    handler.wfile.write(b'{"id": ')
    handler.close_connection = True
