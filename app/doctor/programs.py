"""What goes out to institutions' own systems."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.doctor.part import Part, institution_ids, looked_at
from app.foundation import Foundation
from app.webhooks.addresses import AllowedHosts
from app.webhooks.service import WebhookService


def webhooks(foundation: Foundation) -> Iterator[Part]:
    """Of every institution that has any."""
    for institution_id in institution_ids(foundation):
        with foundation.database.read() as session:
            if not WebhookService(session, institution_id, foundation.ledger).all():
                continue
        yield looked_at(f"webhooks of {institution_id}", partial(_webhooks, foundation, institution_id))


def _webhooks(foundation: Foundation, institution_id: str) -> str:
    """Raises:
    AddressRefused: nothing may be sent to one of them any more. ValueError: events were given up.
    """
    with foundation.database.read() as session:
        service = WebhookService(session, institution_id, foundation.ledger)
        known, standings = service.all(), service.standings()
    for webhook in known:
        AllowedHosts.of(foundation.settings.webhook_hosts).check_url(webhook.url)
        standing = standings[webhook.id]
        if standing.dead:
            said = f"{standing.dead} events could not be delivered to {webhook.host} ({standing.said})"
            raise ValueError(f"{said}; mend the receiver, then send them again in the console under Programs")
    waiting = sum(standing.waiting for standing in standings.values())
    return f"{len(known)} set up, {waiting} events on their way"
