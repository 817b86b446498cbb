"""What must not be kept is nowhere: searched for in every file of the data folder and in all that was printed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.journeys.customer import Customer
from tests.browser.journeys.product import SEEDED_S, Product

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(SEEDED_S + 120)]

SECRETS = {  # none of them an example of the rulebook: those are stored
    "My HKID is {}, which card suits me?": "G512384(3)",
    "我的身份證號碼係{}，金卡年費幾多？": "Ｇ５１２３８４（３）",
    "HKID {} - what is the fee of the gold card?": "G 512 384 (3)",
    "My OTP is {}, is my card safe?": "48291357",
    "My card {} was charged a fee": "5372 0491 8836 2749",
}
NAME, PHONE = "Ngan Yuk Lan", "+852 6913 4702"


def test_secrets_typed_into_the_chat_or_sent_to_the_api_are_kept_nowhere(page: Page, product: Product) -> None:
    customer = Customer.opens(page, product.url)
    for sentence, secret in SECRETS.items():
        customer.asks(sentence.format(secret))
        customer.posts("/v1/answers", {"institution": "harbour-bank", "question": sentence.format(secret)})
    customer.chat.get_by_role("button", name="Talk to a human").click()
    customer.leaves_number(NAME, PHONE)
    for sentence, secret in SECRETS.items():
        customer.says(sentence.format(secret))
    customer.posts("/v1/answers", {"institution": "harbour-bank", "question": "My HKID is G512384(3)"})
    page.wait_for_timeout(1500)
    shown = customer.everything_shown()
    assert shown.count("[HKID]") >= 3 * 3, "stored masked: asked, sent to the API, and written to a human"
    assert {"[OTP]", "[CARD]"} <= set(re.findall(r"\[[A-Z]+\]", shown))
    for wording in wordings((*SECRETS.values(), NAME, PHONE)):
        assert wording not in shown.casefold()
    assert files_with(product, ("harbour-bank",)), "the search finds what is there"
    assert files_with(product, wordings((*SECRETS.values(), NAME, PHONE))) == set()


def wordings(secrets: Iterable[str]) -> set[str]:
    """Each secret as typed, as JSON writes it, without what stands between its digits, and its digits alone."""
    wanted = set()
    for secret in secrets:
        plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in secret)
        joined = re.sub(r"\W", "", plain)
        digits = re.sub(r"\D", "", plain)
        wanted |= {secret, json.dumps(secret).strip('"'), plain, joined, digits or joined}
    return {wording.casefold() for wording in wanted}


def files_with(product: Product, wanted: Iterable[str]) -> set[tuple[Path, str]]:
    """The files in which one of ``wanted`` stands, in UTF-8 and whatever the case."""
    found = set()
    for path in product.files():
        content = path.read_bytes().lower()
        found |= {(path, words) for words in wanted if words.encode() in content}
    return found
