"""The scripted model as a server in a process of its own, asked by the product's client."""

from __future__ import annotations

import json
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.types import Prompted
from eval.known import models_at
from eval.model_server import Served, serving

SPANS = "Spans:\n[s1] Fees: The annual fee of the Gold Card is HK$1,800."
ASKED = Prompted("Answer.", f"{SPANS}\n\n{json.dumps({'question': 'annual fee?'})}")


async def reply(base_url: str, within_s: float = 5.0) -> str:
    models = models_at(base_url, first_sentence_s=5.0)
    model = models.of("any-bank")
    assert model is not None
    try:
        async with aclosing(model.stream(ASKED, within_s)) as pieces:
            return "".join([piece async for piece in pieces])
    finally:
        await models.aclose()


def noted_by(served: Served, most: int) -> list[str]:
    """What happened, as soon as so much did, or five seconds later."""
    until = time.monotonic() + 5
    while len(served.events()) < most and time.monotonic() < until:
        time.sleep(0.02)
    return [event.what for event in served.events()]


async def test_a_sentence_is_said_and_noted_on_the_clock_that_all_processes_share(tmp_path: Path) -> None:
    with serving("truths", tmp_path, first_s=0.05) as served:
        began = time.monotonic()
        said = json.loads(await reply(served.base_url))
        noted = served.events()
    assert said["sentences"] == [{"text": "The annual fee of the Gold Card is HK$1,800.", "spans": ["s1"]}]
    assert [event.what for event in noted] == ["asked", "said", "told"]
    assert noted[1].text == said["sentences"][0]["text"]
    assert began + 0.05 <= noted[1].at <= time.monotonic()
    assert {event.question for event in noted} == {"annual fee?"}


async def test_a_server_that_fails_says_503(tmp_path: Path) -> None:
    with serving("fails", tmp_path) as served, pytest.raises(ModelUnavailable) as raised:
        await reply(served.base_url)
    assert raised.value.why is Why.ERROR_STATUS


async def test_who_reads_no_further_is_noted_as_gone(tmp_path: Path) -> None:
    with serving("hangs", tmp_path) as served:
        with pytest.raises(ModelUnavailable):
            await reply(served.base_url, within_s=0.2)
        assert noted_by(served, 2) == ["asked", "left"]
