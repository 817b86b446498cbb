from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.chat.texts import CHAT_TEXTS
from app.chat.tokens import ChatTokens
from app.chat.visit import ChatServices
from app.web.page_images import PageImages
from app.web.texts import Texts
from tests.app.chat.open_page import READY_S
from tests.fakes.assistant import FakeAssistant, an_institution
from tests.fakes.library import FakeLibrary

SITE = "https://www.harbourbank.example"
HOST = "https://chat.example"
TTL_S = 600
TODAY = date(2026, 11, 22)


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def chat_texts() -> Texts:
    return CHAT_TEXTS


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(an_institution(sites=(SITE,)), an_institution("lantern-insurance", sites=(SITE,)))


@pytest.fixture
def services(assistant: FakeAssistant, clock: Clock) -> ChatServices:
    tokens = ChatTokens(b"k" * 32, TTL_S, clock)
    return ChatServices(assistant, tokens, lambda institution, language: "You are chatting with an AI.", lambda: TODAY)


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def client(services: ChatServices, library: FakeLibrary, tmp_path: Path) -> Iterator[TestClient]:
    from app.chat.mount import mount_chat

    served = FastAPI()
    mount_chat(served, services, library, PageImages(tmp_path))
    with TestClient(served, base_url=HOST, follow_redirects=False) as client:
        yield client


@pytest.fixture
def url(services: ChatServices, library: FakeLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The chat served for real, with short looks."""
    from app.chat import following, picking_up
    from app.chat.mount import mount_chat

    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(picking_up, "LOOK_EVERY_S", 0.05)
    served = FastAPI()
    mount_chat(served, services, library, PageImages(tmp_path))
    server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + READY_S
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
