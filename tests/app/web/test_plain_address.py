"""An address with a NUL names nothing, and no database is asked for it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.web.plain_address import PlainAddress


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(PlainAddress)
    app.get("/{name}")(lambda name, q="": {"name": name, "q": q})
    return TestClient(app)


@pytest.mark.parametrize("address", ["/a%00b", "/a?q=%00", "/a?%00=1"])
def test_an_address_with_a_nul_is_not_found(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def test_any_other_address_is_let_through(client: TestClient) -> None:
    assert client.get("/%E5%B9%B4%E8%B2%BB?q=a%0A%2500").json() == {"name": "年費", "q": "a\n%00"}
