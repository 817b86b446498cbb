"""What of Chainlit can be reached, and by whom."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.app.chat.conftest import HOST, TTL_S, Clock

SETTINGS = "/chat/harbour-bank/project/settings"
SOCKET = "wss://chat.example/chat/harbour-bank/ws/socket.io/?EIO=4&transport=websocket"


@pytest.fixture
def customer(client: TestClient) -> TestClient:
    client.get("/chat/harbour-bank/")
    return client


def test_with_the_token_chainlit_answers(customer: TestClient) -> None:
    features = customer.get(SETTINGS).json()["features"]
    assert features["spontaneous_file_upload"]["enabled"] is False
    assert features["edit_message"] is False


def test_without_a_token_nothing_answers(client: TestClient) -> None:
    assert client.get(SETTINGS).status_code == 401


def test_with_another_institution_s_token_nothing_is_there(customer: TestClient) -> None:
    bearer = {"authorization": f"Bearer {customer.cookies['candour-chat-harbour-bank']}"}
    assert customer.get("/chat/lantern-insurance/project/settings", headers=bearer).status_code == 404


def test_after_its_time_the_token_opens_nothing(customer: TestClient, clock: Clock) -> None:
    clock.now += TTL_S
    assert customer.get(SETTINGS).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "login"),
        ("POST", "auth/jwt"),
        ("POST", "project/file"),
        ("GET", "project/file/1"),
        ("POST", "project/threads"),
        ("PUT", "project/element"),
        ("PUT", "feedback"),
        ("POST", "mcp"),
        ("GET", "copilot/index.js"),
        ("GET", "public/favicon.svg"),
        ("GET", "anything"),
    ],
)
def test_what_a_customer_does_not_need_is_not_there(customer: TestClient, method: str, path: str) -> None:
    assert customer.request(method, f"/chat/harbour-bank/{path}").status_code == 404


def test_a_socket_from_our_page_is_accepted(customer: TestClient) -> None:
    with customer.websocket_connect(SOCKET, headers={"origin": HOST, "upgrade": "websocket"}) as socket:
        assert socket.receive_text().startswith("0")  # Engine.IO "open"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {}])
def test_a_socket_from_another_page_is_refused(customer: TestClient, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        customer.websocket_connect(SOCKET, headers=headers),
    ):
        pass
    assert refused.value.code == 1008


def test_a_socket_without_a_token_is_refused(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers={"origin": HOST}):
        pass


def test_the_page_s_script_is_packed_and_kept_by_the_browser(customer: TestClient) -> None:
    page = customer.get("/chat/harbour-bank/").text
    script = page.split('<script type="module" src="')[1].split('"')[0]
    response = customer.get(script)
    assert response.headers["content-encoding"] == "gzip"
    assert "immutable" in response.headers["cache-control"]
