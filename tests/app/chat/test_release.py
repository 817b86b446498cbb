"""Switches and held answers as a customer meets them: the real pipeline behind the real chat, over a real socket."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from app.assistant.releasing import Releasing
from app.cases.service import CaseService
from app.cases.types import Trigger
from app.chat.markdown import escape
from app.chat.tokens import ChatTokens
from app.chat.visit import ChatServices
from app.switches.service import SwitchService
from app.switches.types import Kind, Switch
from app.web.page_images import PageImages
from tests.app.assistant.test_editing import REWORDED, check, release, reworded
from tests.app.assistant.test_overdue import later
from tests.app.assistant.test_releasing import CARDS, approved, rejected, rule
from tests.app.chat import open_page
from tests.app.chat.open_page import READY_S, Page
from tests.app.small_bank import BANK, FEE_QUESTION, SmallBank
from tests.fakes.library import FakeLibrary

ASKED = escape(FEE_QUESTION)


@pytest.fixture
def bank_url(small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The chat of the small bank, served for real, with short looks."""
    from app.chat import following
    from app.chat.mount import mount_chat

    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(open_page, "BANK", BANK)
    tokens = ChatTokens(b"k" * 32, 600)
    assistant = small_bank.platform.assistant
    services = ChatServices(assistant, tokens, lambda institution, language: "An AI.", lambda: date(2026, 11, 22))
    served = FastAPI()
    mount_chat(served, services, FakeLibrary(), PageImages(tmp_path / "pages"))
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


def turn(bank: SmallBank, switch: Switch) -> None:
    with bank.foundation.database.write() as session:
        SwitchService(session, BANK, bank.foundation.ledger).set(switch, "hugo", "wrong figures")


def decide(bank: SmallBank, *, release: bool) -> None:
    (case,) = (case for case in bank.cases() if case.trigger is Trigger.RELEASE)
    with bank.foundation.database.write() as session:
        cases = CaseService(session, BANK, bank.foundation.ledger)
        decided = approved(cases, case.id) if release else rejected(cases, case.id)
        Releasing(session, BANK, bank.foundation.ledger).after(decided)


async def asked(url: str) -> Page:
    page = await asyncio.to_thread(Page, url)
    await page.connect()
    await page.reads("An AI")
    await page.ask(FEE_QUESTION)
    return page


async def test_a_released_answer_appears_in_the_open_chat_and_once(small_bank: SmallBank, bank_url: str) -> None:
    rule(small_bank, CARDS)
    page = await asked(bank_url)
    await page.reads("a member of our staff checks it before you see it")
    await asyncio.to_thread(decide, small_bank, release=True)
    await page.reads("A member of our staff has checked this answer", "720", "Card Fees")
    await asyncio.sleep(0.3)  # some looks
    assert page.waiting() == []
    await page.reload()
    await page.reads("A member of our staff has checked this answer", "720")
    await page.lose_connection()


async def test_an_edited_answer_appears_in_the_open_chat_and_names_the_question(
    small_bank: SmallBank, bank_url: str
) -> None:
    rule(small_bank, CARDS)
    page = await asked(bank_url)
    await page.reads("during office hours", "9 to 5", "You can ask me something else meanwhile")
    checked = await check(small_bank, await reworded(small_bank))
    await asyncio.to_thread(release, small_bank, checked)
    await page.reads("has checked and edited this answer", ASKED, escape(REWORDED), "Card Fees")
    await page.reload()
    await page.reads("has checked and edited this answer", escape(REWORDED))
    await page.lose_connection()


async def test_who_waits_long_is_told_in_the_open_chat_and_gets_the_answer_all_the_same(
    small_bank: SmallBank, bank_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(small_bank, CARDS)
    page = await asked(bank_url)
    await page.reads("a member of our staff checks it")
    await asyncio.to_thread(later, small_bank, monkeypatch, 31)
    await page.reads("taking longer than we would like", ASKED, "#call-back")
    await asyncio.to_thread(decide, small_bank, release=True)
    await page.reads("A member of our staff has checked this answer", "720")
    await page.lose_connection()


async def test_the_outcome_reaches_a_customer_whom_a_person_has_taken_over_meanwhile(
    small_bank: SmallBank, bank_url: str
) -> None:
    rule(small_bank, CARDS)
    page = await asked(bank_url)
    await page.reads("a member of our staff checks it")
    await page.ask("I want to talk to a human")
    await page.reads("852 2000 0000")
    await asyncio.to_thread(decide, small_bank, release=False)
    await page.reads("About your question", ASKED, "fuller answer")
    await page.lose_connection()


async def test_who_comes_back_later_is_still_waiting_and_reads_that_it_was_declined(
    small_bank: SmallBank, bank_url: str
) -> None:
    rule(small_bank, CARDS)
    page = await asked(bank_url)
    await page.reads("a member of our staff checks it")
    await page.reload()
    await page.reads("a member of our staff checks it")
    await asyncio.to_thread(decide, small_bank, release=False)
    await page.reads("it needs a fuller answer than I can give here", "#call-back")
    await page.ask("How do I report a lost card?")  # the assistant goes on meanwhile
    await page.reads("Report a lost card")
    await page.lose_connection()


@pytest.mark.parametrize(
    ("switch", "words"),
    [
        (Switch(Kind.HAND_OFF), "a member of our staff will answer you instead"),
        (Switch(Kind.LANGUAGE, "en"), "answer in English just now"),
        (Switch(Kind.TOPIC, "borrowing"), "We are checking our information on this topic"),
    ],
)
async def test_a_switch_turned_in_an_open_chat_holds_for_the_next_question(
    small_bank: SmallBank, bank_url: str, switch: Switch, words: str
) -> None:
    page = await asked(bank_url)
    await page.reads("720")
    await asyncio.to_thread(turn, small_bank, switch)
    await page.ask(FEE_QUESTION)
    await page.reads(words)
    assert not any("720" in text for text in page.waiting())
    await page.lose_connection()
