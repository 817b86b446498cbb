"""The addresses that serve one model: which is asked next, and what is known of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from app.answering.models import counts
from app.answering.models.breaker import OPENS_AFTER, Breaker, Circuit
from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.types import Line, Prompted, Until, Worth

_ASKED_WRONGLY = frozenset({400, 413, 422})  # the request is too long, say: another one may do

RECENT_S = 3.0  # an address that was heard so lately is well
PROBE_S = 2.0  # a token takes tens of milliseconds where the server is well

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AddressCondition:
    """How an address is. ``up``: what the last probe or reply says; None before the first. ``why`` it is not."""

    url: str
    up: bool | None
    circuit: Circuit
    why: str = ""


@dataclass
class Address:
    """One address and its requests under way. ``patience_s``: who waits longer in vain was failed by the address."""

    url: str
    line: Line
    patience_s: float
    breaker: Breaker = field(default_factory=Breaker)
    under_way: int = 0
    up: bool | None = None
    heard_at: float = float("-inf")  # monotonic seconds: the last piece of any reply
    _why: str = ""
    _trial: asyncio.Future[None] | None = None

    @property
    def takes(self) -> bool:
        """Whether a request may go there; of one that nobody knows to be well, as many as it takes to find out."""
        enough = self.under_way >= OPENS_AFTER and not self._is_well
        return self.up is not False and self.breaker.circuit is Circuit.CLOSED and not enough

    @property
    def _is_well(self) -> bool:
        heard = time.monotonic() - self.heard_at < RECENT_S
        return heard or (self.up is True and not self.breaker.is_doubtful)

    @property
    def condition(self) -> AddressCondition:
        return AddressCondition(self.url, self.up, self.breaker.circuit, self._why)

    async def read(
        self, prompted: Prompted, cache_salt: str, until: Until, told: Worth | None = None
    ) -> AsyncGenerator[str, None]:
        """See ``Line.read``; what becomes of it, by what its reader has ``told``, is told to the breaker.

        Raises:
            ModelUnavailable: see ``Line.read``.
        """
        worth = told or Worth()
        worth.wanted()
        self.under_way += 1
        try:
            async with aclosing(self.line.read(prompted, cache_salt, until)) as pieces:
                async for piece in pieces:
                    self.heard_at = time.monotonic()
                    if told is None:
                        worth.used()
                    yield piece
                    if told is None:
                        worth.wanted()
            self._learn(True)
        except BaseException as error:  # a reader that goes away, too
            self._learn(_did_its_part(error, worth, self.patience_s))
            raise
        finally:
            self.under_way -= 1

    async def probe(self) -> None:
        """Asks for one token, and keeps whether it came."""
        found, now = None, asyncio.get_running_loop().time()
        try:
            async with aclosing(
                self.line.read(_ONE_TOKEN, "probe", Until(now, now + PROBE_S, now + PROBE_S))
            ) as pieces:
                async for _ in pieces:
                    pass
        except ModelUnavailable as error:
            found = None if error.why is Why.CUT_OFF else error
        self.note_probe(found)

    def try_if_due(self) -> None:
        """Sends the probe that decides on a circuit that is due; nobody waits for it."""
        if self.breaker.circuit is Circuit.HALF_OPEN and (self._trial is None or self._trial.done()):
            self._trial = asyncio.ensure_future(self.probe())

    async def aclose(self) -> None:
        """Closes its connections; what is under way ends."""
        if self._trial is not None:
            self._trial.cancel()
        await self.line.aclose()

    def note_probe(self, found: ModelUnavailable | None) -> None:
        """``found`` is why the probe failed. A change is logged; an open circuit that is due closes, or opens again."""
        due, up = self.breaker.circuit is Circuit.HALF_OPEN, found is None
        if due:
            self._tell(self.breaker.readmit if up else self.breaker.failed)
        if up is not self.up:
            why = "" if found is None else found.why.value
            (log.info if up else log.warning)("model.address", address=self.url, up=up, why=why)
        self.up, self._why = up, "" if found is None else str(found.status or found.why.value)

    def show(self) -> None:
        """Sets what /metrics tells of it to how it is now."""
        circuits = {circuit.value: circuit is self.breaker.circuit for circuit in Circuit}
        counts.show_address(self.url, self.under_way, self.up is not False, circuits)

    def _learn(self, served: bool | None) -> None:
        """Whether a request was served; None says nothing of the address."""
        if served is not None:
            self._tell(self.breaker.succeeded if served else self.breaker.failed)

    def _tell(self, happened: Callable[[], None]) -> None:
        before = self.breaker.circuit
        happened()
        if self.breaker.circuit is not before:
            log.warning("model.circuit", address=self.url, before=before.value, now=self.breaker.circuit.value)


_ONE_TOKEN = Prompted("Answer with one word.", "Hello", name="probe", max_tokens=1)


class Addresses:
    """All addresses of one model. The one with the fewest requests under way is next; of equals, each in its turn."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self.all = tuple(addresses)
        self._turn = 0

    @property
    def take(self) -> bool:
        """Whether one of them takes a request."""
        return any(address.takes for address in self.all)

    def try_those_due(self) -> None:
        """See ``Address.try_if_due``."""
        for address in self.all:
            address.try_if_due()

    def next(self, but: Address | None = None) -> Address | None:
        """The address to ask, ``but`` not this one; None where none takes requests."""
        in_turn = (*self.all[self._turn :], *self.all[: self._turn])
        able = [address for address in in_turn if address.takes and address is not but]
        if not able:
            return None
        chosen = min(able, key=lambda address: address.under_way)
        self._turn = (self.all.index(chosen) + 1) % len(self.all)
        return chosen


def _did_its_part(error: BaseException, worth: Worth, patience_s: float) -> bool | None:
    """Whether the address did, of which no more than this was read; None: nobody can tell.

    Little time may be left for a question: it says nothing of the address that none of a reply came in it. A reply that
    drips, or floods, and has nothing to be used in it is no better than silence.
    """
    if isinstance(error, ModelUnavailable) and error.why is not Why.TIMED_OUT:
        return error.why is Why.CUT_OFF or error.status in _ASKED_WRONGLY
    if worth.flooded or worth.waited(patience_s):
        return False
    return True if worth.uses else None
