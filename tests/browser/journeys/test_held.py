"""An answer that a person looks at first: two people hold a topic, one edits what waits, another lets it out, and its
customer reads that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.journeys.customer import Customer
from tests.browser.journeys.product import SEEDED_S, Product
from tests.browser.journeys.staff import Staff

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(SEEDED_S + 180)]

TOPIC = "Borrowing: loans, mortgages, credit cards"
QUESTION = "What is the annual fee of the gold card?"
WRONG = "The annual fee of the Harbour Gold Card is HK$808."
RIGHT = (
    "The annual fee for the Harbour Gold Card is HK$880 for the principal card and HK$440 for each supplementary card. "
    "It is waived for the first two years from the date of card issue, only if the cardholder has held no principal "
    "card of the Bank in the 12 months before applying."
)
HELD, AUTO = "A person releases each", "At once"
SIZES = [(1440, 900), (390, 844)]


def test_a_reviewer_edits_a_held_answer_and_the_customer_reads_it_in_the_open_chat(
    page: Page, browser: Browser, product: Product
) -> None:
    sets_topic(browser, product, HELD)
    try:
        customer = Customer.opens(page, product.url)
        reply = customer.asks(QUESTION)
        assert "HK$880" not in reply.inner_text()
        assert "You can ask me something else meanwhile" in reply.inner_text()
        assert "HK$800,000" in customer.asks("What is the deposit protection limit?").inner_text(), "asked meanwhile"
        reviewer = Staff.logs_in(browser, product.url, "reviewer")
        opens_the_oldest(reviewer.page)
        edits(reviewer.page)
        assert "has checked and edited this answer" not in customer.everything_shown(), (
            "one person alone releases nothing"
        )
        reviewer.leaves()
        head = Staff.logs_in(browser, product.url, "head")
        approves(head.page)
        words = customer.chat.get_by_text("has checked and edited this answer").locator(
            "xpath=ancestor::*[@data-step-type]"
        )
        words.first.wait_for()
        assert RIGHT in words.first.inner_text()
        assert QUESTION in words.first.inner_text()
        assert RIGHT in customer.everything_shown()
        head.leaves()
    finally:
        sets_topic(browser, product, AUTO)


def sets_topic(browser: Browser, product: Product, mode: str) -> None:
    """One asks, another approves."""
    head, operator = (Staff.logs_in(browser, product.url, role) for role in ("head", "operator"))
    proposes(head.page, mode)
    head.leaves()
    operator.page.get_by_role("link", name="Switches").first.click()
    operator.page.get_by_role("button", name="Approve").click()
    topic_in(operator.page).get_by_text(mode).first.wait_for()
    operator.leaves()


def topic_in(page: Page) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(TOPIC, exact=True))


def proposes(page: Page, mode: str) -> None:
    page.get_by_role("link", name="Switches").first.click()
    topic = topic_in(page)
    topic.get_by_text("Change how answers are made and released…").click()
    topic.get_by_label("How answers are released").select_option(label=mode)
    topic.get_by_label("Why?").last.fill("New fees.")
    topic.get_by_role("button", name="Propose to a second person").click()
    page.get_by_text("proposed by").first.wait_for()


def opens_the_oldest(page: Page) -> None:
    page.get_by_role("link", name="Review").click()
    page.get_by_text("customer waits").first.wait_for()
    page.get_by_role("link", name="Answer to release").first.click()
    page.get_by_role("link", name="Edit it first").click()
    page.get_by_text(QUESTION).wait_for()


def edits(page: Page) -> None:
    """First with a figure that no document has; then rightly."""
    first = page.get_by_label("Sentence 1", exact=True)
    first.fill(WRONG)
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("alert").get_by_text("It can't go out like this").wait_for()
    assert page.get_by_role("button", name="Propose to release this").count() == 0
    fits(page)
    page.get_by_label("Sentence 1", exact=True).fill(RIGHT)
    page.get_by_role("button", name="Check it again").click()
    page.get_by_role("heading", name="It may go out").wait_for()
    fits(page)
    page.get_by_role("button", name="Propose to release this").click()
    page.get_by_text("You proposed its release").wait_for()
    fits(page)


def approves(page: Page) -> None:
    """The second person reads what the customer would read, and lets it out."""
    page.get_by_role("link", name="Review").click()
    page.get_by_text("Waits for a second person").first.wait_for()
    page.get_by_role("link", name="Answer to release").first.click()
    page.get_by_role("heading", name="What is proposed to go out").wait_for()
    fits(page)
    page.get_by_role("button", name="Release to the customer").click()
    page.get_by_role("heading", name="Edited before it went out").wait_for()
    fits(page)


def fits(page: Page) -> None:
    """At a desk and on a phone: nothing is wider than the page, every field can be reached."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
