"""How an event is signed: HMAC-SHA256 over ``timestamp.id.body`` with the webhook's secret, in hex.

A receiver computes the same, compares in constant time with each ``v1=`` of ``Candour-Signature``, and refuses
timestamps more than five minutes from its own clock.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256

from app.keys import MasterKey
from app.webhooks.types import Event

EVENT, TIMESTAMP, SIGNATURE = "Candour-Event", "Candour-Timestamp", "Candour-Signature"
BEGINS = "whs_"


def secret_of(master: MasterKey, institution_id: str, webhook_id: str, number: int) -> str:
    """The ``number``-th secret of a webhook: made from the master key, so that no database holds it."""
    named = f"{institution_id}/{webhook_id}/{number}".encode()
    return BEGINS + hmac.digest(master.webhooks, named, sha256).hex()


def signed(event: Event, secrets: Iterable[str], timestamp: int) -> dict[str, str]:
    """The headers of an event that is sent at ``timestamp`` (Unix seconds); a signature for each secret."""
    marks = ",".join(f"v1={signature(secret, timestamp, event.id, event.body())}" for secret in secrets)
    return {EVENT: event.id, TIMESTAMP: str(timestamp), SIGNATURE: marks}


def signature(secret: str, timestamp: int, event_id: str, body: bytes) -> str:
    """What a receiver computes, in hex."""
    return hmac.digest(secret.encode(), f"{timestamp}.{event_id}.".encode() + body, sha256).hex()
