"""From what a client raises to one of the constant words of ``Why``."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import openai

from app.answering.capped import ReplyTooLong
from app.answering.models.errors import ModelUnavailable, Why

# the first kind that is found in the chain of errors
_KINDS: tuple[tuple[type[BaseException], Why], ...] = (
    (ReplyTooLong, Why.TOO_LONG),
    (httpx.ConnectError, Why.DOWN),
    (httpx.ConnectTimeout, Why.DOWN),
    (httpx.TimeoutException, Why.TIMED_OUT),
    (httpx.TransportError, Why.BROKE_OFF),
    (OSError, Why.BROKE_OFF),
)


def reason_of(error: BaseException) -> ModelUnavailable:
    """What went wrong; whatever is not known is nonsense."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return ModelUnavailable(Why.ERROR_STATUS, status)
    chain = tuple(_chain(error))
    for kind, why in _KINDS:
        if any(isinstance(each, kind) for each in chain):
            return ModelUnavailable(why)
    if type(error) is not openai.APIError:
        return ModelUnavailable(Why.NONSENSE)
    # the server says within the stream that it failed: a full vLLM does so too, with the code of the status
    body = error.body if isinstance(error.body, dict) else {}
    code = body.get("code")
    return ModelUnavailable(Why.ERROR_STATUS, code if isinstance(code, int) else None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
