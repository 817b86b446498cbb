"""While the database is away every customer gets a word: what happened, whom to call, and to ask again."""

from __future__ import annotations

import asyncio

import pytest
from fastapi.testclient import TestClient

from app.chat.unanswered import MOST, Unanswered
from tests.app.chat.conftest import SITE
from tests.app.chat.open_page import Page
from tests.fakes.assistant import FakeAssistant

FRAME = "/chat/harbour-bank/"
FEE = "What is the annual fee of the gold card?"


async def test_who_asks_meanwhile_is_told_whom_to_call_and_hears_of_it_again_after_a_reload(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asyncio.to_thread(Page, url)
    await page.connect()
    assistant.away = True
    await page.ask(FEE)
    await page.reads("+852 2000 0000", "please send it again later")
    assistant.away = False
    await page.reload()
    await page.reads("The last question you sent could not be answered")
    await page.ask(FEE)
    await page.reads("Gold Card")
    await page.reload()
    await page.reads("Gold Card")
    assert not any("could not be answered" in text for text in page.waiting())
    await page.lose_connection()


async def test_a_process_that_never_read_the_institution_says_sorry_without_a_number(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asyncio.to_thread(Page, url)
    assistant.away = assistant.unread = True
    await page.connect()
    await page.reads("Please try again in a few minutes")
    await page.lose_connection()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Or call +852 2000 0000 (Monday to Friday, 9 am to 6 pm)."),
        ("zh-Hant", "或致電 +852 2000 0000（星期一至五，上午9時至下午6時）。"),
        ("zh-Hans", "或致电 +852 2000 0000（星期一至五，上午9时至下午6时）。"),
    ],
)
def test_who_opens_the_chat_meanwhile_gets_a_page_in_their_language(
    client: TestClient, assistant: FakeAssistant, language: str, words: str
) -> None:
    assistant.away = True
    page = client.get(FRAME, params={"language": language}, headers={"referer": f"{SITE}/"})
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert words in page.text
    assert f'lang="{language}"' in page.text
    assert SITE in page.headers["content-security-policy"]  # the widget shows it where it shows the chat
    assert page.headers["retry-after"] == "10"
    assert "set-cookie" not in page.headers


def test_without_the_institution_the_page_still_says_what_happens(client: TestClient, assistant: FakeAssistant) -> None:
    assistant.away = assistant.unread = True
    page = client.get(FRAME, params={"language": "en"})
    assert page.status_code == 503
    assert "The chat is not available just now" in page.text


def test_a_source_that_cannot_be_read_meanwhile_says_so(client: TestClient, assistant: FakeAssistant) -> None:
    client.get(FRAME)
    assistant.away = assistant.unread = True
    page = client.get("/chat/harbour-bank/privacy")
    assert (page.status_code, "not available just now" in page.text) == (503, True)


def test_of_very_many_conversations_the_oldest_are_forgotten() -> None:
    unanswered = Unanswered()
    for number in range(MOST + 1):
        unanswered.note(f"c-{number}")
    assert "c-0" not in unanswered
    assert {"c-1", f"c-{MOST}"} <= {each for each in ("c-1", f"c-{MOST}") if each in unanswered}
