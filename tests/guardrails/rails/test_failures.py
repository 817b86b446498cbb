"""Whatever goes wrong with a rail, the check closes, and says so."""

from __future__ import annotations

import asyncio
import builtins
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from guardrails.detectors import Detector
from guardrails.rails import engine
from guardrails.rails.engine import Rails
from guardrails.rails.inspection import WITHHELD
from guardrails.rails.limits import AT_ONCE, LONGEST, THREADS
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from knowledge_bases.schema import Span
from tests.guardrails.builders import asked, stored

SOUND = Finding("P01", Stage.INPUT, Severity.S3, Action.REFUSE, Reason.ADVICE)
NONSENSE: dict[str, Any] = {
    "nothing": None,
    "a word": "advice",
    "a list": [SOUND],
    "words in a tuple": ("advice",),
    "true": True,
    "an unknown rule": (replace(SOUND, rule_id="P99"),),
    "a span beyond the text": (replace(SOUND, span=Span(0, 4000)),),
    "another stage": (replace(SOUND, stage=Stage.OUTPUT),),
    "an action that is none": (replace(SOUND, action="refuse"),),  # type: ignore[arg-type]
    "a severity that is none": (replace(SOUND, severity=1),),  # type: ignore[arg-type]
    "a reason that is none": (replace(SOUND, reason="advice"),),  # type: ignore[arg-type]
    "a passage that is none": (replace(SOUND, passage=7),),
    "a detail that is none": (replace(SOUND, detail=b"x"),),  # type: ignore[arg-type]
}


def advice(detect: Any) -> Detector:
    return Detector("advice", Stage.INPUT, False, detect)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_a_rail_that_returns_nonsense_holds(rulebook: Rulebook, nonsense: str) -> None:
    rails = Rails(rulebook, [advice(lambda context: NONSENSE[nonsense])])
    verdict = await rails.check_input(asked("When does the branch open?"))
    rails.close()
    assert (verdict.action, verdict.reason) == (Action.HOLD, Reason.RAIL_FAILED)


async def test_a_rail_that_hangs_holds_and_its_thread_is_replaced(rulebook: Rulebook, release: threading.Event) -> None:
    def hangs(context: RailContext) -> tuple[Finding, ...]:
        if "hang" in context.text:
            release.wait(60)
        return ()

    rails = Rails(rulebook, [advice(hangs)], timeout_s=0.3)
    hung = await asyncio.gather(*(rails.check_input(asked("hang, please")) for _ in range(2 * THREADS)))
    assert {verdict.reason for verdict in hung} == {Reason.RAIL_FAILED}
    assert rails.condition().hanging >= THREADS
    assert "hang" in rails.condition().faults[0]
    rails._timeout_s = 5.0
    assert (await rails.check_input(asked("When does the branch open?"))).action is Action.ALLOW
    release.set()
    await asyncio.sleep(0.1)
    assert rails.condition().faults == ()
    rails.close()


async def test_when_too_many_threads_hang_everything_is_held_at_once(
    rulebook: Rulebook, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "HANGING", 2)
    rails = Rails(rulebook, [advice(lambda context: tuple([][: release.wait(60)]))], timeout_s=0.2)
    await asyncio.gather(*(rails.check_input(asked("?")) for _ in range(2)))
    rails._timeout_s = 60.0
    started = time.monotonic()
    verdict = await rails.check_input(asked("When does the branch open?"))
    assert verdict.reason is Reason.RAIL_FAILED
    assert verdict.text == WITHHELD
    assert time.monotonic() - started < 30, "nothing was waited for"
    assert "every answer is held" in rails.condition().faults[0]
    rails.close()


async def test_more_questions_than_the_rails_take_on_are_told_so_at_once(
    rulebook: Rulebook, release: threading.Event
) -> None:
    rails = Rails(rulebook, [advice(lambda context: tuple([][: release.wait(60)]))], timeout_s=60)
    waiting = [asyncio.create_task(rails.check_input(asked("?"))) for _ in range(AT_ONCE)]
    await asyncio.sleep(0.05)
    verdict = await rails.check_input(asked("My HKID is A123456(3)"))
    assert (verdict.action, verdict.reason, verdict.text) == (Action.REFUSE, Reason.BUSY, WITHHELD)
    release.set()
    assert {verdict.action for verdict in await asyncio.gather(*waiting)} == {Action.ALLOW}
    assert (await rails.check_input(asked("When does the branch open?"))).action is Action.ALLOW
    rails.close()


@pytest.mark.parametrize("text", ["a" * 1_000_000, "A123456(3) " * 100_000, "費" * 1_000_000, "1" * (10_001)])
async def test_a_text_of_a_megabyte_closes_unread(rulebook: Rulebook, text: str) -> None:
    rails = Rails(rulebook)
    started = time.monotonic()
    question = await rails.check_input(asked(text))
    answer = await rails.check_output(replace(asked(""), text=text * 6), stored)
    rails.close()
    assert (question.action, question.reason, question.text) == (Action.REFUSE, Reason.TOO_LONG, WITHHELD)
    assert (answer.action, answer.reason, answer.text) == (Action.HOLD, Reason.TOO_LONG, WITHHELD)
    assert time.monotonic() - started < 20, "nothing of it was matched"


@pytest.mark.parametrize("letter", ["a", "1", "費", "\u200b", "а"])
async def test_the_longest_text_that_is_read_gets_a_verdict(rulebook: Rulebook, letter: str) -> None:
    rails = Rails(rulebook, timeout_s=30)
    verdict = await rails.check_input(asked(letter * LONGEST[Stage.INPUT]))
    rails.close()
    assert verdict.reason is not Reason.RAIL_FAILED


async def test_without_nemo_the_process_starts_masks_and_holds(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith(("nemoguardrails", "guardrails.rails.nemo")):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    rails = Rails(rulebook)
    monkeypatch.undo()
    verdict = await rails.check_input(asked("My HKID is A123456(3)"))
    assert (verdict.action, verdict.reason) == (Action.HOLD, Reason.RAIL_FAILED)
    assert verdict.text == "My HKID is [HKID]"
    assert not await rails.canary()
    assert "NeMo Guardrails can't be used" in rails.condition().faults[0]
    rails.close()
