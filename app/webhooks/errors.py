"""What can go wrong with webhooks.

WebhooksError
├── AddressRefused     events may not be sent there; the message says why, and what would do
├── KindUnknown        nothing of that kind can be subscribed to
├── PayloadRefused     an event would carry more than ids and states: a mistake of ours
├── TooManyWebhooks    an institution has as many as it may
└── WebhookNotFound    no such webhook in this institution
"""

from __future__ import annotations

from app.db.errors import RowNotFound


class WebhooksError(Exception):
    """The root of this tree."""


class AddressRefused(WebhooksError):
    """The message never holds the path, which may hold a token."""


class KindUnknown(WebhooksError):
    """A subscription that nothing would ever reach."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind!r} is no kind of event; write one as case.opened, a group as case.*, or *")


class PayloadRefused(WebhooksError):
    """Nothing was stored: words of customers must not leave by this way."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"the event {kind} would carry {name!r}, which is no id, state, number or time")


class TooManyWebhooks(WebhooksError):
    """Every event is stored once for each."""

    def __init__(self, most: int) -> None:
        super().__init__(f"an institution has at most {most} webhooks; remove one first")


class WebhookNotFound(WebhooksError, RowNotFound):
    """Removed ones are not found either."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"there is no webhook {webhook_id!r} here; `candour webhooks list` shows them")
