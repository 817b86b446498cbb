"""The watchdog goes by the searching thread's own processor time, whatever other threads use up meanwhile."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from guardrails import watchdog
from guardrails.errors import PatternTimeout
from guardrails.expressions import Expression
from guardrails.watchdog import WATCHDOG_S, in_time

BUSY_THREADS = 3


@pytest.fixture
def busy_threads() -> Iterator[None]:
    """Threads that use processors all the time, without the interpreter."""
    words, over = bytes(range(256)) * 4096, threading.Event()

    def work() -> None:
        while not over.is_set():
            zlib.compress(words)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(BUSY_THREADS)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


def using(own_s: float) -> Callable[[float], str]:
    """A search that needs so much of its own thread's time, stopped by the time of all threads as ``regex`` does."""

    def search(timeout_s: float) -> str:
        own, everybodys = time.thread_time(), time.process_time()
        while time.thread_time() - own < own_s:
            if time.process_time() - everybodys > timeout_s:
                raise TimeoutError
        return "found"

    return search


@pytest.mark.usefixtures("busy_threads")
def test_a_search_is_not_stopped_for_what_other_threads_use_up() -> None:
    assert in_time(using(WATCHDOG_S / 2)) == "found"


@pytest.mark.usefixtures("busy_threads")
def test_a_slow_pattern_finds_what_it_finds_beside_busy_threads() -> None:
    slow = Expression([r"(?:a)+(?!b)d"])  # a tenth of a second over two thousand letters
    assert slow.occurs("a" * 2000 + "c ad")


@pytest.mark.usefixtures("busy_threads")
def test_a_search_that_explodes_is_stopped_beside_busy_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WATCHDOG_S", 0.05)
    with pytest.raises(PatternTimeout):
        Expression([r"(?:a|aa)+(?!b)d"]).occurs("a" * 60 + "c ad")


def test_a_search_that_used_up_its_own_time_is_not_begun_again() -> None:
    asked: list[float] = []

    def search(timeout_s: float) -> str:
        asked.append(timeout_s)
        return using(60)(timeout_s)

    with pytest.raises(PatternTimeout):
        in_time(search)
    assert asked[0] == WATCHDOG_S
    assert len(asked) <= 2  # a second one where another thread used a little of the first one's time


def test_a_search_that_never_gets_the_processor_counts_as_failed() -> None:
    def starved(timeout_s: float) -> str:
        raise TimeoutError

    with pytest.raises(PatternTimeout):
        in_time(starved)
