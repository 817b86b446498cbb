"""A model's answer is read on by whoever opens its conversation meanwhile: after a reload, or in another tab."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from eval.model_server import serving
from tests.browser.journeys.customer import REPLIES, Customer
from tests.browser.journeys.product import SEEDED_S, Product

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import FrameLocator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(SEEDED_S + 240)]

QUESTION = "How do I report a lost card?"
EVERY_S = 2.0  # between two sentences of the model
READ_MS = 30_000


@pytest.fixture
def slowly_writing(product: Product, tmp_path: Path) -> Iterator[Product]:
    """The product beside a model that takes its time over each sentence."""
    with serving("truths", tmp_path, every_s=EVERY_S, most=3) as model:
        served = {"addresses": [model.base_url], "model": "scripted", "first_sentence_s": 20, "total_s": 60}
        product.stop()
        product.settings["CANDOUR_MODELS"] = json.dumps({"*": served})
        product.start()
        product.wait_until_ready()
        yield product
        product.stop()  # the next journey starts it again, without
        product.settings.clear()


def test_a_reload_and_another_tab_show_what_was_released_and_then_each_sentence_as_it_comes(
    page: Page, slowly_writing: Product
) -> None:
    customer = Customer.opens(page, slowly_writing.url)
    customer.says(QUESTION)
    first = _released(customer.chat, 1)[0]
    beside = Customer.opens(page.context.new_page(), slowly_writing.url)
    assert _released(beside.chat, 1)[0] == first
    page.reload()
    assert _released(customer.chat, 1)[0] == first
    for chat in (customer.chat, beside.chat):
        said = _released(chat, 3)
        assert said[0] == first
        assert len(set(said)) == len(said)
        chat.get_by_role("button", name="Helpful", exact=True).wait_for()
        assert chat.get_by_text("broke off").count() == 0


def _released(chat: FrameLocator, sentences: int) -> list[str]:
    """The sentences of the answer once there are so many: above each source stands the one that names it."""
    reply = chat.locator(REPLIES).filter(has_text="Source:")
    reply.get_by_role("link").nth(sentences - 1).wait_for(timeout=READ_MS)
    lines = [line.strip() for line in reply.inner_text().splitlines() if line.strip()]
    return [said for said, below in pairwise(lines) if below.startswith("Source")]
