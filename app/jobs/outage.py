"""How a job bears a database that is away: it waits, and gives up only what breaks off again and again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 15.0
MOST_BREAKS = 20  # of one step, each after the database had answered again; how long it is away is not counted

_NEXT = "choose “Read again” on its page, and tell your operator if it breaks once more"
BROKE = f"{{document}}: reading it broke, and not for what is in the file; {_NEXT}"
BROKE_OFF = f"{{document}}: the database broke off again and again while it was read; {_NEXT}"


def pauses_s(breaks: int) -> Iterator[float]:
    """After the step broke off for the ``breaks``-th time (from 1): each pause twice the one before, up to a limit."""
    return (min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(n, 10)) for n in count(breaks - 1))
