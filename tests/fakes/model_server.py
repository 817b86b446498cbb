"""A small HTTP server on the loopback that speaks OpenAI's chat protocol, says what a test tells it, and remembers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["_Handler"], None]


@dataclass
class ModelServer:
    """Answers every chat completion with ``reply``; ``requests`` and ``keys`` hold what was asked, in order."""

    reply: Reply
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
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

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.model.requests.append(json.loads(self.rfile.read(length)))
        self.server.model.keys.append(self.headers.get("Authorization", ""))
        with suppress(OSError):  # the caller hung up
            self.server.model.reply(self)

    def do_GET(self) -> None:
        self.server.model.keys.append(self.headers.get("Authorization", ""))
        self.send(200, json.dumps({"object": "list", "data": [{"id": "tiny", "object": "model"}]}).encode())

    def send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
    """A model that says ``content``."""
    return lambda handler: handler.send(200, completion(content, finish_reason))


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
    handler.server.model.released.wait(30)


def drips(handler: _Handler) -> None:
    """A server that never ends its reply, a byte at a time: no single read times out."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.model.released.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def hangs_up(handler: _Handler) -> None:
    """A server that dies in the middle of its reply."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": ')
    handler.close_connection = True
