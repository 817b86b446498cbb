"""A real Chromium, a real server on this machine, and a page of another site that embeds the widget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI

from app.chat.tokens import ChatTokens
from app.chat.visit import ChatServices
from app.web.mount import mount_web
from app.web.page_images import PageImages
from tests.fakes.assistant import PARSE, FakeAssistant, an_institution
from tests.fakes.library import FakeLibrary, a_fee_document, a_text_document, an_info
from tests.requirements import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--test-third-party-cookie-phaseout",  # third-party cookies are blocked
]
D47 = "You are chatting with an AI assistant, not a human."
READY_S = 20
TTL_S = 3600


@dataclass
class SkewedClock:
    """The time, ``ahead_s`` seconds from now."""

    ahead_s: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@dataclass(frozen=True)
class Served:
    """A running server with the fake behind it. ``other_site`` is a listed page elsewhere."""

    url: str
    other_site: str
    assistant: FakeAssistant
    clock: SkewedClock


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class EmbeddingPage(BaseHTTPRequestHandler):
    """A page of another site with the one tag on it; its path names the institution."""

    def __init__(self, candour: str, *args: object) -> None:
        self.candour = candour
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        tag = f'<script src="{self.candour}/widget.js" data-institution="{self.path.strip("/")}" async></script>'
        page = f"<!doctype html><html lang='en'><title>Elsewhere</title><body><h1>Elsewhere</h1>{tag}</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Referrer-Policy", "no-referrer")  # the strictest host page
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def other_site_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def served(other_site_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    other_site = f"http://127.0.0.1:{other_site_port}"
    assistant = FakeAssistant(
        an_institution(sites=(other_site,)), an_institution("lantern-insurance"), an_institution("peak-mpf")
    )
    port, clock = free_port(), SkewedClock()
    server = uvicorn.Server(
        uvicorn.Config(served_app(assistant, clock, tmp_path_factory.mktemp("pages")), port=port, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://localhost:{port}"
    elsewhere = ThreadingHTTPServer(("127.0.0.1", other_site_port), partial(EmbeddingPage, url))
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    wait_until(lambda: server.started)
    yield Served(url, other_site, assistant, clock)
    elsewhere.shutdown()
    server.should_exit = True
    thread.join(timeout=10)


def served_app(assistant: FakeAssistant, clock: SkewedClock, images: Path) -> FastAPI:
    from app.chat.mount import mount_chat

    library = FakeLibrary()
    document, pdf = a_fee_document()
    library.add("harbour-bank", an_info("card-fees-en"), document, pdf)
    library.aliases[PARSE] = document.sha256
    library.add("harbour-bank", an_info("privacy-notice"), a_text_document())
    tokens = ChatTokens(b"k" * 32, TTL_S, clock)
    services = ChatServices(assistant, tokens, lambda institution, language: D47, lambda: date(2026, 11, 22))
    served = FastAPI()
    mount_web(served, assistant.institution)
    mount_chat(served, services, library, PageImages(images))
    return served


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_S
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing("browser", f"no Chromium at {CHROMIUM}; install the package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """A fresh profile; the test fails if any page asked another host than ours."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(READY_S * 1000)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    ours = {urlsplit(served.url).netloc, urlsplit(served.other_site).netloc}
    strangers = {url for url in asked if urlsplit(url).netloc not in ours and not url.startswith(("data:", "blob:"))}
    assert strangers == set()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
