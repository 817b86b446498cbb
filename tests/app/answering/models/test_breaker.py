"""The circuit breaker: five failures in a row open it, a probe after a while decides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.answering.models.addresses import PROBE_S
from app.answering.models.breaker import OPENS_AFTER, STAYS_OPEN_S, Breaker, Circuit
from app.answering.models.registry import PROBE_EVERY_S


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(OPENS_AFTER):
        breaker.failed()
    return breaker


def test_five_failures_in_a_row_open_it_and_no_fewer() -> None:
    breaker = Breaker(Clock())
    for _ in range(OPENS_AFTER - 1):
        breaker.failed()
    assert breaker.circuit is Circuit.CLOSED
    breaker.failed()
    assert (OPENS_AFTER, breaker.circuit) == (5, Circuit.OPEN)


def test_a_success_between_failures_starts_the_count_again() -> None:
    breaker = Breaker(Clock())
    for _ in range(OPENS_AFTER - 1):
        breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.circuit is Circuit.CLOSED


def test_a_probe_is_due_within_half_a_minute_and_decides() -> None:
    clock = Clock()
    well, ill = opened(clock), opened(clock)
    clock.s = STAYS_OPEN_S
    assert STAYS_OPEN_S + PROBE_EVERY_S + 2 * PROBE_S <= 30
    assert {well.circuit, ill.circuit} == {Circuit.HALF_OPEN}
    well.readmit()
    ill.failed()
    assert (well.circuit, ill.circuit) == (Circuit.CLOSED, Circuit.OPEN)
    clock.s += STAYS_OPEN_S - 1
    assert ill.circuit is Circuit.OPEN


def test_after_a_probe_one_failure_opens_it_again_and_an_answer_settles_it() -> None:
    clock = Clock()
    ill, well = opened(clock), opened(clock)
    for breaker in (ill, well):
        breaker.readmit()
        assert breaker.is_doubtful
    ill.failed()
    well.succeeded()
    well.failed()
    assert (ill.circuit, well.circuit) == (Circuit.OPEN, Circuit.CLOSED)


def test_a_late_failure_does_not_keep_it_open_for_longer() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.s = STAYS_OPEN_S - 1
    breaker.failed()
    clock.s = STAYS_OPEN_S
    assert breaker.circuit is Circuit.HALF_OPEN


@given(st.lists(st.sampled_from(["succeeded", "failed", "readmit", "wait"]), max_size=60))
def test_whatever_happens_a_probe_is_due_within_half_a_minute_of_silence(steps: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for step in steps:
        if step == "wait":
            clock.s += 7
        else:
            getattr(breaker, step)()
    clock.s += 30
    assert breaker.circuit is not Circuit.OPEN
