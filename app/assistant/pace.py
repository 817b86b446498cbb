"""How fast one conversation may ask: bounded in this process, which is where its socket ends."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

MOST_A_MINUTE = 20  # messages; whoever reads the answers sends fewer
REMEMBERED = 10_000  # conversations; the one that asked longest ago is forgotten first
_WINDOW_S = 60.0


class Pace:
    """Counts each conversation's messages of the last minute; safe to share between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, conversation_id: str) -> bool:
        """Whether the conversation may ask once more; counts it where it may."""
        with self._lock:
            now, asked = self._now(), self._asked.pop(conversation_id, deque[float](maxlen=MOST_A_MINUTE))
            self._asked[conversation_id] = asked
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
            if len(asked) == MOST_A_MINUTE and now - asked[0] < _WINDOW_S:
                return False
            asked.append(now)
            return True
