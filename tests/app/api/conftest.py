"""The whole web application over a small bank, without a worker."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from app.chat.tokens import ChatTokens
from app.composition import Platform
from app.main import create_app
from knowledge_bases.schema import Language
from tests.app.small_bank import BANK, EMBEDDER, settings_of, shared_rails

Mint = Callable[..., str]


@pytest.fixture(scope="module")
def client(small_bank_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the application; the tests of a module share it and its data folder."""
    home = tmp_path_factory.mktemp("api") / "data"
    shutil.copytree(small_bank_home, home)
    with shared_rails(), patch("app.composition.make_embedder", lambda *_: EMBEDDER):
        app = create_app(settings_of(home))
    with (
        patch.object(app.state.platform.rails, "close", lambda: None),  # shared by the session
        TestClient(app, raise_server_exceptions=False) as opened,
    ):
        yield opened


@pytest.fixture
def platform(client: TestClient) -> Platform:
    """What answers behind the client."""
    platform: Platform = client.app.state.platform  # type: ignore[attr-defined]
    return platform


@pytest.fixture
def token(client: TestClient, platform: Platform) -> Mint:
    """Mints a customer's token, with a new conversation if none is given."""
    tokens: ChatTokens = client.app.state.chat_tokens  # type: ignore[attr-defined]

    def mint(institution: str = BANK, conversation: str | None = None) -> str:
        held = conversation or platform.assistant.open_conversation(institution, Language.EN, "http://localhost:8000")
        return tokens.mint(institution, "http://localhost:8000", held, Language.EN)

    return mint
