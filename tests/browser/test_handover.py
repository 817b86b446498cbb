"""A customer asks for a person on one page, staff answer on another: the whole way in a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from fastapi import FastAPI

from app.chat.library import PublishedLibrary
from app.chat.mount import mount_chat
from app.chat.tokens import ChatTokens
from app.chat.visit import ChatServices
from app.console.desk import Answering, Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.staff.service import StaffService
from app.staff.types import Role
from app.web.page_images import PageImages
from app.web.widget import widget_routes
from guardrails.rails.engine import Rails
from knowledge_bases.office_hours import DAY_MIN, OfficeHours, Shift, Weekday
from tests.app.small_bank import BANK, FEE_QUESTION, SmallBank, make_home, one_rulebook
from tests.browser.conftest import free_port, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

ALWAYS = OfficeHours({day: (Shift(0, DAY_MIN),) for day in Weekday}, on_holidays=True)
FRAUD = "Someone claiming to be the police told me to transfer all my savings to a safe account today"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Served:
    """A running bank. ``staff`` opens a page of the console for a member of staff, ``problems`` are what pages say."""

    url: str
    bank: SmallBank
    customer: Callable[[], Page]
    staff: Callable[[str], Page]
    problems: list[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("handover"))


@pytest.fixture
def served(browser: Browser, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    from app.chat import following

    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.3)
    patient = Rails(one_rulebook(), timeout_s=60)  # two pages and a browser may keep a small machine busy
    bank = SmallBank.copy_of(home, tmp_path / "data").with_parts(lambda parts: replace(parts, rails=patient))
    port, contexts, problems = free_port(), [], []
    url = f"http://localhost:{port}"
    tokens = staff_of(bank, url)
    server = uvicorn.Server(uvicorn.Config(app_over(bank, tmp_path), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)

    def opened(size: dict[str, int], token: str | None) -> Page:
        context = browser.new_context(viewport=size, locale="en-GB")  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        contexts.append(context)
        if token is not None:
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": f"{url}/console/"}])
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield Served(url, bank, lambda: opened(PHONE, None), lambda name: opened(DESK, tokens[name]), problems)
    for context in contexts:
        context.close()
    server.should_exit = True
    thread.join(timeout=10)
    patient.close()
    bank.close()


def staff_of(bank: SmallBank, url: str) -> dict[str, str]:
    """A reviewer and a head, logged in; and the bank is always open at ``url``."""
    ledger, tokens = bank.foundation.ledger, {}
    contact = replace(bank.institution.contact, office_hours=ALWAYS)
    with bank.foundation.database.write() as session:
        InstitutionService(session, ledger).configure(replace(bank.institution, contact=contact, sites=(url,)))
        service = StaffService(session, ledger)
        for name, role in (("rita", Role.REVIEWER), ("hugo", Role.HEAD)):
            account = service.create_account(name, "a phrase that is long enough", by="tests")
            service.grant(account, BANK, role, by="tests")
            tokens[name] = service.open_session(account, 3600).token
    return tokens


def app_over(bank: SmallBank, folder: Path) -> FastAPI:
    platform, served = bank.platform, FastAPI()
    served.include_router(widget_routes(platform.assistant.institution))
    answering = Answering(platform.knowledge, platform.parts)
    mount_console(served, Desk(bank.foundation, answering=answering, known_rulebooks=platform.rulebooks))
    tokens = ChatTokens(bank.foundation.ledger.master.tokens, 3600)
    services = ChatServices(platform.assistant, tokens, lambda *_: "You are chatting with an AI.", today_in_hong_kong)
    mount_chat(served, services, PublishedLibrary(bank.foundation), PageImages(folder / "pages"))
    return served


def opens_chat(served: Served) -> Page:
    page = served.customer()
    page.goto(f"{served.url}/chat/{BANK}/")
    page.get_by_text("You are chatting with an AI.").wait_for()
    return page


def says(chat: Page | FrameLocator, words: str) -> None:
    box = chat.get_by_role("textbox", name="Your question")
    box.fill(words)
    chat.locator("#chat-submit:enabled").wait_for()
    box.press("Enter")


def asks_for_a_person(chat: Page) -> None:
    chat.locator("#human").click()
    chat.get_by_role("dialog").get_by_role("button", name="Close").click()


def test_a_person_takes_answers_and_hands_back_and_the_assistant_answers_again(served: Served) -> None:
    chat = opens_chat(served)
    says(chat, FEE_QUESTION)
    chat.locator("blockquote", has_text="HK$720").wait_for()
    rita = served.staff("rita")
    rita.goto(f"{served.url}/console/{BANK}/live")
    rita.get_by_text("Nobody is waiting").wait_for()
    asks_for_a_person(chat)
    chat.get_by_text("You are next in the queue.").wait_for()
    rita.get_by_role("link", name="Wants a person").click()
    assert "HK$720" in rita.locator("[data-part=summary]").inner_text()
    says(chat, "May I have it waived?")
    rita.locator(".transcript li.customer", has_text="May I have it waived?").wait_for()
    rita.locator("[data-part=summary] li", has_text="May I have it waived?").wait_for()
    rita.get_by_role("button", name="Take this conversation").click()
    chat.get_by_text("has joined this chat").wait_for()
    rita.get_by_label("Your reply").fill("Good morning, I look into it.")
    rita.get_by_role("button", name="Send").click()
    chat.get_by_text("Good morning, I look into it.").wait_for()
    rita.locator(".transcript li.staff", has_text="Good morning").wait_for()
    assert rita.get_by_label("Your reply").input_value() == ""
    rita.get_by_label("Your reply").fill("half a sentence")
    says(chat, "Thank you, I wait.")
    rita.locator(".transcript li.customer", has_text="Thank you, I wait.").wait_for()
    assert rita.get_by_label("Your reply").input_value() == "half a sentence", "what is being typed stays"
    rita.get_by_role("button", name="Hand back to the assistant").click()
    chat.get_by_text("The AI assistant answers again.").wait_for()
    quotes = chat.locator("blockquote").count()
    says(chat, "What does it cost to replace a lost card?")
    chat.locator("blockquote").nth(quotes).wait_for()
    assert served.bank.is_whole()
    assert served.problems == []


def test_what_the_rules_say_of_a_reply_is_shown_before_it_goes_out(served: Served) -> None:
    chat = opens_chat(served)
    asks_for_a_person(chat)
    chat.get_by_text("You are next in the queue.").wait_for()
    rita = served.staff("rita")
    rita.goto(f"{served.url}/console/{BANK}/live")
    rita.get_by_role("link", name="Wants a person").click()
    rita.get_by_role("button", name="Take this conversation").click()
    rita.get_by_label("Your reply").fill("You can apply for a personal loan at 3% a year.")
    rita.get_by_role("button", name="Send").click()
    rita.get_by_text("Before you send it").wait_for()
    assert chat.get_by_text("3% a year").count() == 0
    rita.get_by_role("button", name="Add the statement").first.click()
    rita.get_by_role("button", name="Send as it is").click()
    chat.get_by_text("3% a year").wait_for()
    chat.get_by_text("To borrow or not to borrow").wait_for()
    assert served.problems == []


def test_a_fraud_told_to_a_person_is_answered_at_once_and_seen_by_them(served: Served) -> None:
    chat = opens_chat(served)
    asks_for_a_person(chat)
    chat.get_by_text("You are next in the queue.").wait_for()
    rita = served.staff("rita")
    rita.goto(f"{served.url}/console/{BANK}/live")
    rita.get_by_role("link", name="Wants a person").click()
    rita.get_by_role("button", name="Take this conversation").click()
    rita.get_by_label("Your reply").wait_for()
    says(chat, FRAUD)
    chat.get_by_text("Anti-Scam Helpline").wait_for()
    rita.locator("[data-part=state]").get_by_text("The customer tells of a fraud").wait_for()
    rita.locator("[data-part=state]").get_by_role("link", name="Open case").click()
    rita.get_by_text("Was this dealt with?").wait_for()
    assert rita.get_by_text("Was the assistant right?").count() == 0
    assert rita.locator("[data-alarms] a").count() == 0, "the page of an alarm does not point at itself"
    rita.get_by_role("button", name="Propose “Dealt with”").click()
    rita.get_by_text("You proposed “Dealt with”").wait_for()
    hugo = served.staff("hugo")
    hugo.goto(rita.url)
    fits(rita, hugo)
    hugo.get_by_role("button", name="Confirm “Dealt with”").click()
    hugo.locator(".decision .chip", has_text="Dealt with").wait_for()


def fits(*pages: Page) -> None:
    """At a desk and on a phone nothing is wider than the page."""
    for size in (DESK, PHONE):
        for page in pages:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_second_person_reads_who_has_it(served: Served) -> None:
    chat = opens_chat(served)
    asks_for_a_person(chat)
    chat.get_by_text("You are next in the queue.").wait_for()
    rita, hugo = served.staff("rita"), served.staff("hugo")
    for page in (rita, hugo):
        page.goto(f"{served.url}/console/{BANK}/live")
        page.get_by_role("link", name="Wants a person").click()
        page.get_by_role("button", name="Take this conversation").wait_for()
    rita.get_by_role("button", name="Take this conversation").click()
    hugo.get_by_text("rita has this conversation.").wait_for()
    assert hugo.get_by_label("Your reply").count() == 0
    hugo.get_by_role("button", name="Put back in the queue").click()
    rita.get_by_role("button", name="Take this conversation").wait_for()
    chat.get_by_text("Another one will go on with it.").wait_for()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_runs_out_of_the_page(served: Served, size: dict[str, int]) -> None:
    chat = opens_chat(served)
    says(chat, FEE_QUESTION)
    chat.locator("blockquote").wait_for()
    asks_for_a_person(chat)
    chat.get_by_text("You are next in the queue.").wait_for()
    rita = served.staff("rita")
    rita.set_viewport_size(size)  # type: ignore[arg-type]
    for step in ("live", "one", "taken"):
        match step:
            case "live":
                rita.goto(f"{served.url}/console/{BANK}/live")
            case "one":
                rita.get_by_role("link", name="Wants a person").click()
                rita.get_by_role("button", name="Take this conversation").wait_for()
            case _:
                rita.get_by_role("button", name="Take this conversation").click()
                rita.get_by_label("Your reply").wait_for()
        assert rita.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
    assert served.problems == []
