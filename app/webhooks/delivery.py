"""Sending events: to the address that was looked at and no other, without redirects or a proxy, within seconds."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult

import httpx
import structlog

from app.webhooks.addresses import AllowedHosts
from app.webhooks.errors import AddressRefused
from app.webhooks.outbox import Outbox
from app.webhooks.signing import signed
from app.webhooks.types import Claimed, Reply

TOTAL_S, CONNECT_S, READ_S = 8.0, 3.0, 5.0
AT_ONCE, A_ROUND, AN_INSTITUTION = 32, 64, 8  # sent side by side; claimed before any is sent, in all and of each

Resolve = Callable[[str, int], Awaitable[list[str]]]

log = structlog.get_logger(__name__)


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True)
class Sender:
    """Sends one event. ``client`` follows no redirects and knows no proxy (see ``deliver``)."""

    allowed: AllowedHosts
    client: httpx.AsyncClient
    resolve: Resolve = resolved

    async def send(self, claimed: Claimed) -> Reply:
        """How the receiver took it: well with a status of 200 to 299. Of its reply nothing but the status is read."""
        try:
            async with asyncio.timeout(TOTAL_S):
                return await self._sent(claimed)
        except AddressRefused:
            return Reply(False, "address_refused")
        except TimeoutError:
            return Reply(False, "timeout")
        except Exception as error:  # whatever it is, it must not end the round for everybody else
            return Reply(False, type(error).__name__)

    async def _sent(self, claimed: Claimed) -> Reply:
        parts = self.allowed.check_url(claimed.webhook.url)
        address = await self._address(parts)
        headers = {
            **signed(claimed.event, claimed.secrets, int(time.time())),
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "User-Agent": "Candour-Webhooks/1",
        }
        pinned = {"sni_hostname": parts.hostname}  # the certificate must be the name's, whatever its address
        async with self.client.stream(
            "POST", _at(parts, address), content=claimed.event.body(), headers=headers, extensions=pinned
        ) as response:
            return Reply(response.is_success, f"status_{response.status_code}")

    async def _address(self, parts: SplitResult) -> str:
        """One that may be sent to: if any of a name's may not, none is. Raises AddressRefused and OSError."""
        addresses = await self.resolve(parts.hostname or "", parts.port or 443)
        for address in addresses:
            self.allowed.check_address(address)
        if not addresses:
            raise AddressRefused("the name of the host resolves to no address")
        return addresses[0]


def _at(parts: SplitResult, address: str) -> str:
    """The same request at an address that was looked at: a name that resolves otherwise meanwhile changes nothing."""
    host = f"[{address}]" if ":" in address else address
    netloc = f"{host}:{parts.port}" if parts.port else host
    return parts._replace(netloc=netloc).geturl()


async def deliver(claimed: Iterable[Claimed], outbox: Outbox, allowed: AllowedHosts) -> tuple[Reply, ...]:
    """Sends events side by side and writes down, as each ends, what became of it; in the order of ``claimed``."""
    room, timeout = asyncio.Semaphore(AT_ONCE), httpx.Timeout(READ_S, connect=CONNECT_S)
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout, limits=limits) as client:
        sender = Sender(allowed, client)

        async def one(each: Claimed) -> Reply:
            async with room:
                reply = await sender.send(each)
            await asyncio.to_thread(outbox.settle, each, reply)
            if not reply.well:
                event = each.event
                log.warning("webhook.failed", institution_id=event.institution_id, reason=reply.said, action=event.kind)
            return reply

        return tuple(await asyncio.gather(*(one(each) for each in claimed)))


def deliver_due(institution_ids: list[str], outbox: Outbox, allowed: AllowedHosts) -> int:
    """Sends what is due of all institutions until nothing is; how many tries it took. No institution waits for another
    one's backlog: each round takes a few events of each, in no fixed order.
    """
    tries = 0
    while claimed := _round(institution_ids, outbox):
        tries += len(asyncio.run(deliver(claimed, outbox, allowed)))
    return tries


def _round(institution_ids: list[str], outbox: Outbox) -> list[Claimed]:
    claimed: list[Claimed] = []
    for institution_id in random.sample(institution_ids, len(institution_ids)):
        room = min(AN_INSTITUTION, A_ROUND - len(claimed))
        claimed += outbox.claim(institution_id, room) if room else ()
    return claimed
