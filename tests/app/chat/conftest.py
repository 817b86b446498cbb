from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.chat.texts import CHAT_TEXTS
from app.chat.tokens import ChatTokens
from app.chat.visit import ChatServices
from app.web.page_images import PageImages
from app.web.texts import Texts
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
