"""The rulebook beside the chat: words that one person proposes and another approves are in the next answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.journeys.customer import Customer
from tests.browser.journeys.product import SEEDED_S, Product
from tests.browser.journeys.staff import Staff

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(SEEDED_S + 120)]

RULE, TITLE = "D14", "Exchange rate risk"
QUESTION = "How much does a transfer in US dollars to London cost?"
OLD = "Foreign currency investments are subject to exchange rate risk"
NEW = "Exchange rates move: you may lose money when you convert a foreign currency back to HKD."


def test_new_words_of_a_rule_are_proposed_approved_by_a_second_person_and_in_the_next_answer(
    page: Page, browser: Browser, product: Product
) -> None:
    customer = Customer.opens(page, product.url)
    maker = Staff.logs_in(browser, product.url, "maker")
    proposes(maker, "The product team words it so from now on.")
    words = customer.asks(QUESTION).inner_text()
    assert OLD in words, "nothing changes before a second person approves"
    assert NEW not in words
    maker.leaves()
    head = Staff.logs_in(browser, product.url, "head")
    approves(head)
    words = customer.asks(QUESTION).inner_text()
    assert NEW in words, "in the chat that was open all along"
    assert OLD not in words
    stands_in_the_history(head)
    head.leaves()


def proposes(maker: Staff, reason: str) -> None:
    """Finds the rule, writes the new words, looks at what they would do, and sends them to a second person."""
    page = maker.page
    page.get_by_role("link", name="Rules").click()
    page.get_by_label("Find").fill(RULE)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name=TITLE).click()
    assert OLD in page.get_by_role("region", name="English").inner_text()
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("English").fill(NEW)
    page.get_by_label("Why").fill(reason)
    page.get_by_role("button", name="Look at what it would do").click()
    page.get_by_role("heading", name="What changes").wait_for()
    page.get_by_role("button", name="Send for approval").click()
    page.get_by_text("You proposed this, so a second person decides.").wait_for()
    assert page.get_by_role("button", name="Approve").count() == 0


def approves(head: Staff) -> None:
    """Opens what waits in the Rules room, and says yes to it."""
    head.page.get_by_role("link", name="Rules").click()
    head.page.get_by_role("region", name="Waiting").get_by_role("link", name=RULE).click()
    assert "Exchange rates move: lose money" in " ".join(head.page.locator(".comparison ins").all_inner_texts())
    head.page.get_by_role("button", name="Approve").click()
    head.page.locator(".head .chip", has_text="Approved").wait_for()


def stands_in_the_history(head: Staff) -> None:
    head.page.goto(f"{head.rooms}/rules/rule/{RULE}")
    assert NEW in head.page.get_by_role("region", name="English").inner_text()
    past = head.page.locator("details.past")
    assert "demo-maker → demo-head" in past.locator("summary").inner_text()
