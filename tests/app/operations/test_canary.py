"""The canary of every process, by a clock of the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.operations.canary import INTERVAL_S, OVERDUE_S, CanaryWatch
from guardrails.detectors import Detector
from guardrails.rails.engine import Rails
from guardrails.rails.own import FolderFlows
from guardrails.rails.shipped import shipped_names
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from tests.app.small_bank import one_rulebook

STOPS_THE = """define subflow input all
  $outcome = execute mentions(words="the")
  if $outcome.is_blocked
    bot decline
    stop
"""


class Clock:
    """Time passes only while somebody pauses; after ``beats`` pauses it stands still for ever."""

    def __init__(self, beats: int = 1000) -> None:
        self.now_s, self._beats = 0.0, beats
        self.pauses: list[float] = []
        self.over = asyncio.Event()

    def __call__(self) -> float:
        return self.now_s

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds
        if len(self.pauses) == self._beats:
            self.over.set()
            await asyncio.Event().wait()


class Switch:
    """A detector that refuses everything while it is on."""

    on = False

    def detect(self, context: RailContext) -> tuple[Finding, ...]:
        refusal = Finding("P01", Stage.INPUT, Severity.S3, Action.REFUSE, Reason.ADVICE)
        return (refusal,) if self.on else ()


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def rails(switch: Switch, tmp_path: Path) -> Iterator[Rails]:
    own = FolderFlows(lambda id_: [tmp_path / id_], shipped_names())
    built = Rails(one_rulebook(), [Detector("advice", Stage.INPUT, False, switch.detect)], own=own)
    yield built
    built.close()


async def _run(watch: CanaryWatch, clock: Clock) -> None:
    task = asyncio.create_task(watch.run())
    await clock.over.wait()
    task.cancel()


async def test_a_canary_is_sent_at_once_and_every_minute(rails: Rails) -> None:
    clock = Clock(beats=3)
    watch = CanaryWatch(rails, list, clock, clock.pause)
    assert not watch.well
    await _run(watch, clock)
    assert clock.pauses == [INTERVAL_S] * 3 == [60.0] * 3
    assert watch.well
    assert watch.alarms() == ()


async def test_a_rail_that_stops_everything_raises_the_alarm_within_a_minute(rails: Rails, switch: Switch) -> None:
    clock = Clock()
    watch = CanaryWatch(rails, list, clock, clock.pause)
    await watch.send()
    switch.on = True
    with capture_logs() as logged:
        await watch.send()
    assert not watch.well
    assert "every answer is held" in watch.alarms()[0]
    assert [line["event"] for line in logged if line["event"].startswith("canary")] == ["canary.stopped"]
    switch.on = False
    await watch.send()
    assert watch.well
    assert watch.alarms() == ()


async def test_a_canary_that_does_not_come_back_is_an_alarm(rails: Rails) -> None:
    clock = Clock()
    watch = CanaryWatch(rails, list, clock, clock.pause)
    await watch.send()
    clock.now_s += OVERDUE_S + 1
    assert not watch.well
    assert "No canary" in watch.alarms()[0]


async def test_the_watch_goes_on_when_a_canary_raises(rails: Rails, monkeypatch: pytest.MonkeyPatch) -> None:
    async def raises(institution_id: str) -> bool:
        raise OSError(institution_id)

    monkeypatch.setattr(rails, "canary", raises)
    clock = Clock(beats=2)
    watch = CanaryWatch(rails, list, clock, clock.pause)
    await _run(watch, clock)
    assert not watch.well


async def test_own_flows_that_stop_everything_alarm_their_institution_only(rails: Rails, tmp_path: Path) -> None:
    for institution_id in ("a-bank", "b-bank"):
        (tmp_path / institution_id).mkdir()
    (tmp_path / "a-bank" / "own.co").write_text(STOPS_THE, "utf-8")
    watch = CanaryWatch(rails, lambda: ["a-bank", "b-bank", "c-bank"])
    await watch.send()
    assert watch.well
    assert watch.stopped() == ("a-bank",)
    assert "a-bank" in watch.alarms("a-bank")[0]
    assert watch.alarms("b-bank") == ()
    (tmp_path / "a-bank" / "own.co").write_text("import os", "utf-8")
    await watch.send()
    assert "rails/own.co line 1" in watch.alarms("a-bank")[0]
    (tmp_path / "a-bank" / "own.co").unlink()
    await watch.send()
    assert watch.alarms() == ()


async def test_while_the_database_is_away_the_shipped_rails_are_still_looked_at(rails: Rails) -> None:
    def away() -> list[str]:
        raise OSError("away")

    watch = CanaryWatch(rails, away)
    await watch.send()
    assert watch.well
