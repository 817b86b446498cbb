"""A power cut in the middle of answering and of reading a document: nothing published is lost, nothing is half done."""

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

pytestmark = [pytest.mark.browser, pytest.mark.timeout(SEEDED_S + 240)]

READ_MS = 90_000
BEING_READ = re.compile("Reading the file|Cutting into passages|Making it searchable")
QUESTION = "What is the annual fee of the gold card?"


def test_after_a_kill_the_published_answers_stand_and_the_upload_is_read_to_its_end(
    page: Page, browser: Browser, product: Product, tmp_path: Path
) -> None:
    customer = Customer.opens(page, product.url)
    assert "HK$880*" in customer.asks(QUESTION).inner_text()
    file = tmp_path / "notices.md"
    file.write_text("\n\n".join(a_section(number) for number in range(1000)), encoding="utf-8")
    maker = Staff.logs_in(browser, product.url, "maker")
    maker.uploads(file, "A thousand notices", "2026-11")
    maker.page.get_by_text(BEING_READ).wait_for(timeout=READ_MS)
    customer.says("What is the deposit protection limit?")
    product.kill()
    product.start()
    product.wait_until_ready()
    verified = product.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert "NOT WHOLE" not in verified.stdout
    assert "HK$880*" in Customer.opens(page.context.new_page(), product.url).asks(QUESTION).inner_text()
    anew = maker.page.context.new_page()  # the old page loads itself anew as well, and one would end the other
    anew.goto(maker.page.url)
    anew.get_by_role("button", name="Send for approval").wait_for(timeout=READ_MS)
    maker.leaves()


def a_section(number: int) -> str:
    words = f"The counter {number} of the branch closes at noon on day {number + 1}. Please plan ahead."
    return f"## Notice {number}\n\n{words}"
