"""The console beside the chat: what staff publish is answered from, what customers complain of is reviewed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.journeys.customer import Customer
from tests.browser.journeys.product import SEEDED_S, Product
from tests.browser.journeys.staff import Staff

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(SEEDED_S + 120)]

READ_MS = 60_000
LOCKERS = """# Umbrella Locker Service

## Rental

The monthly rental of an umbrella locker at a branch is HK$37. The deposit for the locker key is HK$150.
"""


def test_a_document_is_uploaded_read_approved_and_answered_from(
    page: Page, browser: Browser, product: Product, tmp_path: Path
) -> None:
    file = tmp_path / "umbrella-lockers.md"
    file.write_text(LOCKERS, encoding="utf-8")
    maker = Staff.logs_in(browser, product.url, "maker")
    maker.uploads(file, "Umbrella Locker Service", "2026-11")
    maker.page.get_by_role("button", name="Send for approval").click(timeout=READ_MS)
    maker.page.locator(".head .chip", has_text="In review").wait_for()
    address = maker.page.url
    maker.leaves()
    customer = Customer.opens(page, product.url)
    question = "What is the monthly rental of an umbrella locker?"
    assert "HK$37" not in customer.asks(question).inner_text(), "not approved yet"
    checker = Staff.logs_in(browser, product.url, "checker")
    checker.page.goto(address)
    checker.page.get_by_role("button", name="Approve and publish").click()
    checker.page.locator(".head .chip", has_text="Published").wait_for()
    checker.leaves()
    reply = customer.asks(question)
    assert (
        "The monthly rental of an umbrella locker at a branch is HK$37."
        in reply.locator("blockquote").all_inner_texts()[0]
    )
    source = customer.follows(reply.get_by_role("link", name=re.compile("Umbrella Locker Service")).first)
    assert "HK$37" in source.locator("mark#quote").inner_text()


def test_a_thumbs_down_is_reviewed_and_rejected_with_a_reason(page: Page, browser: Browser, product: Product) -> None:
    customer = Customer.opens(page, product.url)
    reply = customer.asks("What is the annual fee of the gold card?")
    reply.get_by_role("button", name="Not helpful").click()
    customer.chat.get_by_text("a person will look at this answer").wait_for()
    reviewer = Staff.logs_in(browser, product.url, "reviewer").page
    reviewer.get_by_role("link", name="Review").click()
    reviewer.get_by_role("link", name="Thumbs down").first.click()
    assert "What is the annual fee of the gold card?" in reviewer.locator(".transcript").inner_text()
    assert "HK$880*" in reviewer.locator(".citations").inner_text()
    reviewer.get_by_label("Reason").fill("Joint accounts are left out.")
    reviewer.get_by_role("button", name="Reject").click()
    decision = reviewer.locator(".decision")
    decision.get_by_text("Joint accounts are left out.").wait_for()
    assert "demo-reviewer" in decision.inner_text()
    reviewer.context.close()
