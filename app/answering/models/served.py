"""A served model as one institution asks it: bounded, balanced, and tried at a second address before a word is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import structlog

from app.answering.models import counts
from app.answering.models.addresses import Address, Addresses
from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.settings import ServedModelSettings
from app.answering.models.types import Limits, Prompted, Until, Worth

log = structlog.get_logger(__name__)

_ANOTHER_MAY = frozenset({Why.DOWN, Why.ERROR_STATUS, Why.BROKE_OFF, Why.NONSENSE})  # where one address fails so


class ServedModel:
    """See ``Model``. ``cache_salt`` keeps what the server caches for this institution from all others."""

    def __init__(
        self, institution_id: str, settings: ServedModelSettings, addresses: Addresses, cache_salt: str
    ) -> None:
        self._institution_id = institution_id
        self._settings = settings
        self._addresses = addresses
        self._cache_salt = cache_salt
        self._under_way = 0

    @property
    def id(self) -> str:
        return self._settings.model

    @property
    def limits(self) -> Limits:
        return self._settings.limits

    @property
    def parameters(self) -> Mapping[str, float | str]:
        return {"temperature": self._settings.temperature, "max_tokens": float(self._settings.max_tokens)}

    @property
    def refuses(self) -> Why | None:
        """See ``Model.refuses``."""
        if self._under_way >= self._settings.at_once:
            return Why.BUSY
        return None if self._addresses.take else Why.OPEN_CIRCUIT

    def turn_away(self, task: str) -> None:
        """See ``Model.turn_away``."""
        self._addresses.try_those_due()
        if why := self.refuses:
            self._tell(task, why.value)
            raise ModelUnavailable(why)

    def stream(self, prompted: Prompted, within_s: float, worth: Worth | None = None) -> AsyncGenerator[str, None]:
        """See ``Model.stream``."""
        return self._counted(prompted, min(within_s, self._settings.first_sentence_s), within_s, worth)

    async def ask(self, prompted: Prompted, within_s: float) -> str:
        """See ``Model.ask``; the first piece may take as long as the whole reply."""
        async with aclosing(self._counted(prompted, within_s, within_s)) as pieces:
            return "".join([piece async for piece in pieces])

    async def _counted(
        self, prompted: Prompted, first_s: float, within_s: float, worth: Worth | None = None
    ) -> AsyncGenerator[str, None]:
        began, outcome = time.monotonic(), counts.ABANDONED
        try:
            async with aclosing(self._bounded(prompted, first_s, within_s, worth)) as pieces:
                first = True
                async for piece in pieces:
                    if first:
                        counts.time_first_piece(self._institution_id, time.monotonic() - began)
                        first = False
                    yield piece
            outcome = counts.READ
        except ModelUnavailable as error:
            outcome = error.why.value
            raise
        finally:
            self._tell(prompted.name, outcome)

    def _tell(self, task: str, outcome: str) -> None:
        """Counts what became of one ask, and says in the log where the model was at fault."""
        counts.count(self._institution_id, task, outcome)
        if outcome not in (counts.READ, counts.ABANDONED):
            log.info("model.unavailable", institution_id=self._institution_id, task=task, why=outcome)

    async def _bounded(
        self, prompted: Prompted, first_s: float, within_s: float, worth: Worth | None
    ) -> AsyncGenerator[str, None]:
        if self._under_way >= self._settings.at_once:
            raise ModelUnavailable(Why.BUSY)
        self._under_way += 1
        try:
            asked = asyncio.get_running_loop().time()
            until = Until(asked, asked + first_s, asked + within_s)
            async with aclosing(self._of_some_address(prompted, until, worth)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._under_way -= 1

    async def _of_some_address(
        self, prompted: Prompted, until: Until, worth: Worth | None
    ) -> AsyncGenerator[str, None]:
        self._addresses.try_those_due()
        address, spare = self._addresses.next(), True
        if address is None:
            raise ModelUnavailable(Why.OPEN_CIRCUIT)
        while address is not None:
            heard = False
            try:
                async with aclosing(address.read(prompted, self._cache_salt, until, worth)) as pieces:
                    async for piece in pieces:
                        heard = True
                        yield piece
                return
            except ModelUnavailable as error:
                other = self._other_than(address, error) if spare and not heard else None
                if other is None:
                    raise
                address, spare = other, False

    def _other_than(self, failed: Address, error: ModelUnavailable) -> Address | None:
        """Another address to ask the same, where that may help."""
        return self._addresses.next(but=failed) if error.why in _ANOTHER_MAY else None
