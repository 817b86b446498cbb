"""Whose question is worked on: a few at a time, in the order in which they came, so that none waits much longer.

All questions at once would share two processors and one interpreter: each would be slow, and some slow beyond their
deadline. A turn is held while the processor works, and handed back while a model or a person is waited for. A sentence
that somebody waits to read takes its turn beside the questions, and keeps new steps of theirs from beginning meanwhile.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Container, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Self

MOST_WAITING = 64  # questions; whoever comes then is told at once that too much is going on
LONGEST_WAIT_S = 10.0  # and so is whoever has waited that long; by then few still look


@dataclass
class Turn:
    """One question's, ended with its block. ``is_granted`` False: it did not come in time.

    ``held_of`` are the turns it is one of; None while others may work, and where it takes nobody's place. ``number``
    counts the questions as they came.
    """

    is_granted: bool = True
    held_of: Turns | None = None
    number: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.held_of is not None:
            self.held_of.give_back()

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Lets others work during the block, which waits for somebody else. After it, the turn comes before those of
        all questions that came later; not where the block raises."""
        turns, self.held_of = self.held_of, None
        if turns is None:
            yield
            return
        turns.step_aside()
        try:
            yield
        except BaseException:
            turns.stay_away()
            raise
        await turns.come_back(self.number)
        self.held_of = turns


@dataclass
class Turns:
    """The turns of one process; safe to use from several event loops.

    ``at_once`` questions are worked on at a time; half as many while answers are written that may be read, and one
    while a sentence is checked. Of sentences it is half as many at a time: each is there sooner than if all were. The
    institutions ``without`` take no turns: their checks wait for a model.
    """

    at_once: int = field(default_factory=lambda: 2 * (os.cpu_count() or 1))
    without: Container[str] = frozenset()
    most_waiting: int = MOST_WAITING
    longest_wait_s: float = LONGEST_WAIT_S
    _held: int = field(default=0, init=False)
    _aside: int = field(default=0, init=False)
    _said: int = field(default=0, init=False)
    _sentences: deque[Future[None]] = field(default_factory=deque, init=False, repr=False)
    _begun: list[tuple[int, int, Future[None]]] = field(default_factory=list, init=False, repr=False)
    _new: deque[Future[None]] = field(default_factory=deque, init=False, repr=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    async def question(self, institution_id: str) -> Turn:
        """The turn of a new question, when it comes; not granted where too many wait, or it has waited too long."""
        if institution_id in self.without:
            return Turn()
        number = next(self._numbers)
        granted = not self._is_full() and await self._came(self._placed(self._new.append), self.longest_wait_s)
        return Turn(granted, self if granted else None, number)

    @asynccontextmanager
    async def sentence(self, institution_id: str) -> AsyncIterator[None]:
        """The turn of one more sentence of an answer: it waits for other sentences only, as somebody is reading."""
        if institution_id in self.without:
            yield
            return
        await self._came(self._placed(self._sentences.append), None, self._end_sentence)
        try:
            yield
        finally:
            self._end_sentence()

    def step_aside(self) -> None:
        """Gives a turn back for somebody who waits for a model; they come back, or stay away."""
        self._end(held=1, aside=-1)

    def stay_away(self) -> None:
        """Ends what began with stepping aside."""
        self._end(aside=1)

    async def come_back(self, number: int) -> None:
        """Waits for a turn that comes before those of all questions with a higher number, however long that takes."""

        def queue(place: Future[None]) -> None:
            self._aside -= 1
            heapq.heappush(self._begun, (number, next(self._numbers), place))  # no two places are compared

        await self._came(self._placed(queue), None)

    def give_back(self) -> None:
        """Ends a question's turn that came."""
        self._end(held=1)

    def _end_sentence(self) -> None:
        self._end(said=1)

    def _end(self, held: int = 0, said: int = 0, aside: int = 0) -> None:
        with self._lock:
            self._held -= held
            self._said -= said
            self._aside -= aside
            self._let_in()

    @property
    def _half(self) -> int:
        return max(1, self.at_once // 2)

    @property
    def _room(self) -> int:
        """How many questions may be worked on now."""
        if self._said:
            return 1
        return self._half if self._aside else self.at_once

    async def _came(
        self, place: Future[None], within_s: float | None, give_back: Callable[[], None] | None = None
    ) -> bool:
        try:
            async with asyncio.timeout(within_s):  # not wait_for, which forgets a cancellation that comes with the turn
                await asyncio.wrap_future(place)
        except TimeoutError:
            return not place.cancel()  # it may have come at the last moment
        except asyncio.CancelledError:
            if not place.cancel():
                (give_back or self.give_back)()
            raise
        return True

    def _placed(self, queue: Callable[[Future[None]], None]) -> Future[None]:
        """A place in a queue, done when its turn comes."""
        place = Future[None]()
        with self._lock:
            queue(place)
            self._let_in()
        return place

    def _is_full(self) -> bool:
        with self._lock:
            return sum(not each.cancelled() for each in self._new) >= self.most_waiting

    def _let_in(self) -> None:
        while self._said < self._half and self._sentences:
            self._said += _is_taken(self._sentences.popleft())
        while self._held < self._room and (self._begun or self._new):
            self._held += _is_taken(heapq.heappop(self._begun)[-1] if self._begun else self._new.popleft())


def _is_taken(place: Future[None]) -> bool:
    """Whether somebody waits in ``place`` still, whose turn it then is."""
    if not place.set_running_or_notify_cancel():
        return False
    place.set_result(None)
    return True
