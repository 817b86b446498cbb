from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from app.web.body_limit import MOST_BYTES, BodyLimit


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(BodyLimit)

    @app.post("/{path:path}")
    async def take(request: Request) -> int:
        return len(await request.body())

    return TestClient(app)


def in_pieces(length: int) -> Iterator[bytes]:
    yield from (b"x" * 1024 for _ in range(length // 1024))


def test_a_body_within_the_limit_passes(client: TestClient) -> None:
    assert client.post("/v1/answers", content=b"x" * MOST_BYTES).json() == MOST_BYTES


def test_a_longer_body_is_refused_by_its_declared_length(client: TestClient) -> None:
    response = client.post("/v1/answers", content=b"x" * (MOST_BYTES + 1))
    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")


def test_a_longer_body_without_a_length_is_refused_while_it_comes_in(client: TestClient) -> None:
    assert client.post("/v1/answers", content=in_pieces(4 * MOST_BYTES)).status_code == 413


def test_the_console_counts_its_uploads_itself(client: TestClient) -> None:
    assert client.post("/console/upload", content=b"x" * (2 * MOST_BYTES)).json() == 2 * MOST_BYTES
