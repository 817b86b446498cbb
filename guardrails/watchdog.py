"""Stops a search by the backtracking engine that takes too long, by the clock of the thread that searches.

``regex`` measures its timeout with ``clock()``: the processor time of the whole process. Beside busy threads that runs
several times as fast as the search itself does, and a search stopped then says nothing of its pattern.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from guardrails.errors import PatternTimeout

T = TypeVar("T")

WATCHDOG_S = 0.25  # of the searching thread's own processor time, for one search
# What ``regex`` is given, in times of that: enough for a thread that gets a sixteenth of the process's time. Beyond
# that nobody can tell, and the search counts as one that takes too long.
_LOOKS = (1, 2, 4, 8, 16)


def in_time(search: Callable[[float], T]) -> T:
    """What ``search`` returns, given the timeout for ``regex``; asked again where others used up the time.

    Raises:
        PatternTimeout: the search took longer than the watchdog allows.
    """
    for times in _LOOKS:
        began = time.thread_time()
        try:
            return search(WATCHDOG_S * times)
        except TimeoutError:
            if time.thread_time() - began >= WATCHDOG_S:
                break
    raise PatternTimeout(f"a pattern ran longer than {WATCHDOG_S} s; write it without assertions")
