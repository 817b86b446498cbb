"""The switches beside the chat: one person stops a topic for the very next question, two people let it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.journeys.customer import Customer
from tests.browser.journeys.product import SEEDED_S, Product
from tests.browser.journeys.staff import BANK, Staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(SEEDED_S + 120)]

TOPIC = "Borrowing: loans, mortgages, credit cards"
QUESTION = "What is the annual fee of the gold card?"
IN_OTHER_WORDS = "How much is the gold card a year?"  # the same words again and again would be taken for a flood
PHONE = "+852 2000 0000"


@pytest.fixture
def head(browser: Browser, product: Product) -> Iterator[Staff]:
    staff = Staff.logs_in(browser, product.url, "head")
    yield staff
    staff.leaves()


@pytest.fixture
def operator(browser: Browser, product: Product) -> Iterator[Staff]:
    staff = Staff.logs_in(browser, product.url, "operator")
    yield staff
    staff.leaves()


def test_a_suspended_topic_is_refused_from_the_next_question_on_until_two_people_lift_it(
    page: Page, product: Product, head: Staff, operator: Staff
) -> None:
    customer = Customer.opens(page, product.url)
    assert "HK$880*" in customer.asks(QUESTION).inner_text()
    suspends(head, "The fee table shows last year's fees.")
    reply = customer.asks(QUESTION)
    assert PHONE in reply.inner_text(), "a way to a person"
    assert "HK$880" not in reply.inner_text()
    assert reply.locator("blockquote").count() == 0
    assert searched(customer)["withheld"] > 0
    assert "card-fees-en" not in documents(searched(customer))
    assert "HK$800,000" in customer.asks("What is the deposit protection limit?").inner_text(), "another topic"
    asks_for_the_lift(head, "Corrected.")
    assert "HK$880" not in customer.asks(IN_OTHER_WORDS).inner_text(), "one person lifts nothing"
    lifts(operator)
    assert "HK$880*" in customer.asks(QUESTION).inner_text()
    assert "card-fees-en" in documents(searched(customer))


def suspends(staff: Staff, reason: str) -> None:
    page = staff.page
    page.get_by_role("link", name="Switches").click()
    topic = page.get_by_role("listitem").filter(has=page.get_by_text(TOPIC, exact=True))
    topic.get_by_text("Suspend…").click()
    topic.get_by_label("Why?").first.fill(reason)
    topic.get_by_role("button", name="Suspend").click()
    page.get_by_role("status").get_by_role("link", name=TOPIC).wait_for()


def asks_for_the_lift(staff: Staff, reason: str) -> None:
    page = staff.page
    page.get_by_text("Ask for it to be lifted…").click()
    page.get_by_label("Why can it be lifted?").fill(reason)
    page.get_by_role("button", name="Ask a second person").click()
    page.get_by_role("button", name="Take it back").wait_for()
    assert page.get_by_role("button", name="Lift it").count() == 0, "not the one who asked"


def lifts(staff: Staff) -> None:
    page = staff.page
    page.get_by_role("link", name="Switches").first.click()
    page.get_by_role("button", name="Lift it").click()
    page.get_by_role("heading", name="Lifted").wait_for()
    assert page.get_by_role("status").count() == 0, "no banner any more"


def searched(customer: Customer) -> dict[str, Any]:
    """What a program finds with the customer's token."""
    return customer.posts("/v1/search", {"institution": BANK, "query": QUESTION})


def documents(found: dict[str, Any]) -> set[str]:
    return {passage["document"] for passage in found["passages"]}
