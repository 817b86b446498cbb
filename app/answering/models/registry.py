"""The model of each institution, and the probes that keep an eye on the addresses."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from pydantic import SecretStr

from app.answering.models.addresses import Address, AddressCondition, Addresses
from app.answering.models.served import ServedModel
from app.answering.models.settings import EVERYBODY, ServedModelSettings
from app.answering.models.types import Model

PROBE_EVERY_S = 5.0
PATIENT = 0.9  # whoever is to give up after a second may do so a moment earlier, and tells the address by it

log = structlog.get_logger(__name__)

KeyOf = Callable[[str], SecretStr]


class Models:
    """Models by institution, ``*`` for those without one of their own. ``key_of`` gives the key of an entry.

    ``salt_key`` keys the names under which servers cache: an institution's id tells nobody its own. The client takes
    two seconds to load: only where a model is asked.
    """

    def __init__(
        self,
        settings: Mapping[str, ServedModelSettings],
        key_of: KeyOf,
        salt_key: bytes,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = dict(settings)
        self._addresses = {one: _addresses(each, key_of(one)) for one, each in settings.items()}
        self._salt_key = salt_key
        self._pause = pause
        self._served: dict[str, ServedModel] = {}

    def of(self, institution_id: str) -> Model | None:
        """The institution's model; None where its answers are quotes only."""
        entry = institution_id if institution_id in self._settings else EVERYBODY
        if entry not in self._settings:
            return None
        if institution_id not in self._served:
            salt = hmac.digest(self._salt_key, institution_id.encode(), "sha256").hex()
            served = ServedModel(institution_id, self._settings[entry], self._addresses[entry], salt)
            self._served[institution_id] = served
        return self._served[institution_id]

    def conditions(self) -> dict[str, tuple[AddressCondition, ...]]:
        """How the addresses are, by institution or ``*``."""
        return {one: tuple(a.condition for a in addresses.all) for one, addresses in self._addresses.items()}

    def down(self) -> tuple[str, ...]:
        """The institutions, or ``*``, none of whose addresses takes a request now."""
        return tuple(sorted(one for one, each in self._addresses.items() if not each.take))

    async def watch(self) -> None:
        """Probes every few seconds until cancelled; ends at once where no institution has a model."""
        while self._addresses:
            try:
                await self.probe()
            except Exception as error:  # the watch goes on
                log.error("model.probe", error=type(error).__name__)
            await self._pause(PROBE_EVERY_S)

    async def probe(self) -> None:
        """Asks every address for one token, all at once; not those that were heard a moment ago."""
        await asyncio.gather(*(_probe(address) for each in self._addresses.values() for address in each.all))

    def measure(self) -> None:
        """Sets what /metrics prints to how it is now."""
        for each in self._addresses.values():
            for address in each.all:
                address.show()

    async def aclose(self) -> None:
        """Closes the connections; asks under way end."""
        for each in self._addresses.values():
            for address in each.all:
                await address.aclose()


def _addresses(settings: ServedModelSettings, key: SecretStr) -> Addresses:
    from app.answering.models.client import Client

    patience_s = PATIENT * settings.first_sentence_s
    return Addresses([Address(url, Client(settings, url, key), patience_s) for url in settings.addresses])


async def _probe(address: Address) -> None:
    if time.monotonic() - address.heard_at < PROBE_EVERY_S:
        address.note_probe(None)
        return
    await address.probe()
