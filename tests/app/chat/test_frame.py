"""Who gets the frame, with which token, and who does not."""

from __future__ import annotations

from fastapi.testclient import TestClient

from app.chat.visit import ChatServices
from knowledge_bases.schema import Language
from tests.app.chat.conftest import HOST, SITE, TTL_S, Clock
from tests.fakes.assistant import FakeAssistant

FRAME = "/chat/harbour-bank/"
COOKIE = "candour-chat-harbour-bank"
FRAMED = {"sec-fetch-dest": "iframe"}


def test_a_listed_site_gets_a_token_bound_to_it(client: TestClient, services: ChatServices) -> None:
    response = client.get(FRAME, headers={**FRAMED, "referer": f"{SITE}/"})
    token = services.tokens.verify(response.cookies[COOKIE], "harbour-bank")
    assert (response.status_code, token.origin) == (200, SITE)


def test_the_cookie_lives_in_the_embedding_site_s_own_jar(client: TestClient) -> None:
    cookie = client.get(FRAME).headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/", f"Max-Age={TTL_S}"} <= {
        part.strip() for part in cookie.split(";")
    }


def test_another_site_gets_no_token(client: TestClient, assistant: FakeAssistant) -> None:
    response = client.get(FRAME, headers={**FRAMED, "referer": "https://evil.example/"})
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert assistant.conversations == {}


def test_a_frame_that_hides_who_embeds_it_gets_no_token(client: TestClient) -> None:
    assert client.get(FRAME, headers=FRAMED).status_code == 403


def test_only_the_institution_s_sites_may_frame_it(client: TestClient) -> None:
    policy = client.get(FRAME).headers["content-security-policy"]
    assert f"frame-ancestors 'self' {SITE}" in policy
    assert "script-src" not in policy  # default-src 'self' holds for scripts: none inline, none from elsewhere
    assert "default-src 'self';" in policy


def test_the_page_names_no_other_host(client: TestClient) -> None:
    page = client.get(FRAME).text
    assert "http://" not in page
    assert "https://" not in page


def test_opened_by_itself_its_own_host_is_the_origin(client: TestClient, assistant: FakeAssistant) -> None:
    client.get(FRAME, headers={"sec-fetch-dest": "document"})
    assert [kept.origin for kept in assistant.conversations.values()] == [HOST]


def test_a_reload_keeps_the_conversation(client: TestClient, assistant: FakeAssistant) -> None:
    client.get(FRAME)
    client.get(FRAME)
    assert len(assistant.conversations) == 1


def test_an_expired_token_gets_a_new_conversation_and_a_page(
    client: TestClient, assistant: FakeAssistant, clock: Clock
) -> None:
    client.get(FRAME)
    clock.now += TTL_S
    assert client.get(FRAME).status_code == 200
    assert len(assistant.conversations) == 2


def test_the_language_is_the_one_asked_for_and_stays(client: TestClient) -> None:
    assert '<html lang="zh-Hans">' in client.get(f"{FRAME}?language=zh-Hans").text
    assert '<html lang="zh-Hans">' in client.get(FRAME).text


def test_without_a_wish_the_browser_s_language_decides(client: TestClient) -> None:
    assert '<html lang="zh-Hant">' in client.get(FRAME, headers={"accept-language": "zh-HK,en;q=0.8"}).text


def test_an_institution_that_is_not_there_gets_a_kind_page(client: TestClient) -> None:
    response = client.get("/chat/nobody/")
    assert response.status_code == 404
    assert "Nothing is here" in response.text


def test_a_conversation_that_is_gone_is_not_missed(client: TestClient, assistant: FakeAssistant) -> None:
    client.get(FRAME)
    assistant.conversations.clear()
    assert client.get(FRAME).status_code == 200
    assert len(assistant.conversations) == 1


def test_every_language_shows_the_way_to_a_human(client: TestClient) -> None:
    for language, words in ((Language.EN, "A human"), (Language.ZH_HANT, "真人"), (Language.ZH_HANS, "真人")):
        assert f">{words}</button>" in client.get(f"{FRAME}?language={language.value}").text
