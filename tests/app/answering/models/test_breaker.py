"""The circuit breaker: five failures in a row open it, one request after a while decides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.answering.models.breaker import OPENS_AFTER, STAYS_OPEN_S, Breaker, Circuit


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(OPENS_AFTER):
        breaker.begin()
        breaker.failed()
    return breaker


def test_five_failures_in_a_row_open_it_and_no_fewer() -> None:
    breaker = Breaker(Clock())
    for _ in range(OPENS_AFTER - 1):
        breaker.failed()
    assert breaker.passes
    breaker.failed()
    assert (OPENS_AFTER, breaker.circuit, breaker.passes) == (5, Circuit.OPEN, False)


def test_a_success_between_failures_starts_the_count_again() -> None:
    breaker = Breaker(Clock())
    for _ in range(OPENS_AFTER - 1):
        breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.circuit is Circuit.CLOSED


def test_after_half_a_minute_at_most_one_request_is_let_through() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.s = STAYS_OPEN_S
    assert STAYS_OPEN_S <= 30
    assert (breaker.circuit, breaker.passes) == (Circuit.HALF_OPEN, True)
    breaker.begin()
    assert not breaker.passes


def test_what_becomes_of_it_decides() -> None:
    clock = Clock()
    well, ill, left = opened(clock), opened(clock), opened(clock)
    clock.s = STAYS_OPEN_S
    for breaker in (well, ill, left):
        breaker.begin()
    well.succeeded()
    ill.failed()
    left.abandoned()
    assert [breaker.circuit for breaker in (well, ill, left)] == [Circuit.CLOSED, Circuit.OPEN, Circuit.HALF_OPEN]
    assert left.passes
    clock.s += STAYS_OPEN_S - 1
    assert not ill.passes


def test_a_late_failure_does_not_keep_it_open_for_longer() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.s = STAYS_OPEN_S - 1
    breaker.failed()
    clock.s = STAYS_OPEN_S
    assert breaker.passes


@given(st.lists(st.sampled_from(["begin", "succeeded", "failed", "abandoned", "wait"]), max_size=60))
def test_whatever_happens_it_lets_something_through_within_half_a_minute_of_silence(steps: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for step in steps:
        if step == "wait":
            clock.s += 7
        elif step != "begin" or breaker.passes:
            getattr(breaker, step)()
    breaker.abandoned()  # the one under way, if any, ends somehow
    clock.s += 30
    assert breaker.passes
