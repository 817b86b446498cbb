"""A receiver on this machine that takes events, fails, hangs, redirects or drips, as a test asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What came, and how it is answered: a status, ``hang``, ``drip`` or ``large``; the last way holds on."""

    url: str = ""
    host: str = ""
    ways: list[int | str] = field(default_factory=lambda: [200])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    sent_bytes: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def next_way(self) -> int | str:
        return self.ways.pop(0) if len(self.ways) > 1 else self.ways[0]

    @property
    def ids(self) -> list[str]:
        return [headers["candour-event"] for headers, _ in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the length of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            with suppress(OSError):  # the sender has gone
                self._answer(receiver.next_way())

        def do_GET(self) -> None:
            receiver.got.append(({"candour-event": "redirected"}, b""))
            self.send_response(200)
            self.end_headers()

        def _answer(self, way: int | str) -> None:
            if way == "hang":
                receiver.over.wait(20)
                return
            if way == "drip":
                while not receiver.over.is_set():
                    self.wfile.write(b"H")
                    time.sleep(0.1)
                return
            if way == "large":
                self.send_response(200)
                self.end_headers()
                for _ in range(160):  # 10 MB
                    receiver.sent_bytes += self.wfile.write(b"x" * 65_536)
                return
            self.send_response(int(way))
            if str(way).startswith("3"):
                self.send_header("Location", f"{receiver.url}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.host = f"127.0.0.1:{server.server_address[1]}"
    receiver.url = f"http://{receiver.host}/hook"
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        serving.join()
        server.server_close()
