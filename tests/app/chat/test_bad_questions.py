"""Bad questions in the chat: the customer is told what to do, and the next question is answered."""

from __future__ import annotations

import asyncio

import pytest

from tests.app.chat.open_page import Page
from tests.fakes.assistant import FakeAssistant
from tests.questions import EMPTY, ODD, TOO_LONG, UNSTORABLE

FEE = "What is the annual fee of the gold card?"


@pytest.mark.parametrize("name", [*EMPTY, *UNSTORABLE])
async def test_what_cannot_be_read_is_said_to_be(url: str, assistant: FakeAssistant, name: str) -> None:
    await _told(url, {**EMPTY, **UNSTORABLE}[name], "could not be read")


async def test_what_is_too_long_is_said_to_be(url: str, assistant: FakeAssistant) -> None:
    await _told(url, "x" * 990_000, "too long", "2000")


async def test_more_than_a_socket_takes_costs_that_connection_and_nothing_else(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asyncio.to_thread(Page, url)
    await page.connect()
    await page.ask(TOO_LONG["a megabyte"])
    await page.reload()  # what the page does by itself once its connection is gone
    await page.ask(FEE)
    await page.reads("Gold Card")
    await page.lose_connection()


@pytest.mark.parametrize("name", list(ODD))
async def test_what_asks_nothing_known_has_a_reply(url: str, assistant: FakeAssistant, name: str) -> None:
    await _told(url, ODD[name], "AI")


async def _told(url: str, question: str, *words: str) -> None:
    page = await asyncio.to_thread(Page, url)
    await page.connect()
    await page.ask(question)
    await page.reads(*words)
    await page.ask(FEE)
    await page.reads("Gold Card")
    await page.lose_connection()
