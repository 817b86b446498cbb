"""The engine is killed in the middle of a reply (kill -9): the customer has an answer all the same.

Runs last: nothing is left to ask afterwards.
"""

from __future__ import annotations

import asyncio
import signal

from app.answering.types import AnswerStatus, Question
from app.composition import Platform
from tests.fakes.answering import FakeListener
from tests.vllm.lessons import Exchange
from tests.vllm.server import VllmServer, wait_until

BANK, QUESTION = "harbour-bank", "What is the deposit protection limit?"
BROKE_OFF, UNAVAILABLE = "The writing model broke off", "The writing model is unavailable"
GONE_WITHIN_S = 30
WRITES_S, WAITS_S = 0.03, 0.3  # the reply takes half a second of the one, checking a sentence little of the other


async def a_few_tokens(server: VllmServer) -> None:
    """Lets the engine write for a moment, then freezes it: so it is in the middle whenever a sentence is shown."""
    server.signal_engine(signal.SIGCONT)
    await asyncio.sleep(WRITES_S)
    server.signal_engine(signal.SIGSTOP)
    await asyncio.sleep(WAITS_S)


async def test_a_kill_in_the_middle_of_a_reply_leaves_what_was_read_then_marked_quotes_and_no_process(
    platform: Platform, server: VllmServer, taught: dict[str, Exchange]
) -> None:
    reader = FakeListener()
    asking = asyncio.create_task(platform.assistant.ask(Question(BANK, QUESTION), reader))
    while not reader.shown:
        assert not asking.done()
        await a_few_tokens(server)
    server.signal_engine(signal.SIGKILL)
    answer = await asyncio.wait_for(asking, 5)

    assert answer is not None
    said = [sentence.text for piece in reader.shown for sentence in piece.sentences]
    assert said == [sentence.text for sentence in answer.sentences]
    assert said[0] in taught[QUESTION].reply
    assert not answer.sentences[0].quoted
    assert answer.sentences[-1].quoted
    assert any(notice.startswith(BROKE_OFF) for notice in answer.notices)
    assert wait_until(lambda: server.process.poll() is not None, GONE_WITHIN_S)  # it ends by itself
    assert wait_until(lambda: server.processes() == {}, GONE_WITHIN_S)

    afterwards = await platform.assistant.ask(Question(BANK, QUESTION))
    assert afterwards is not None
    assert afterwards.status is AnswerStatus.QUOTED
    assert "HK$800,000" in afterwards.text
    assert any(notice.startswith(UNAVAILABLE) for notice in afterwards.notices)
