"""Why a served model gave no reply, or not all of it. Never in the server's own words.

AnsweringError
    ModelUnavailable        ``why`` says in one of a few constant words what happened
"""

from __future__ import annotations

from enum import StrEnum

from app.answering.errors import AnsweringError


class Why(StrEnum):
    """For logs, evidence and counts."""

    DOWN = "down"  # nobody listens there, or not within the time to connect
    TIMED_OUT = "timed_out"  # no first piece, or no end, within the time given
    ERROR_STATUS = "error_status"  # an HTTP status other than 200, or an error in the middle of the stream
    BUSY = "busy"  # as many requests as are allowed are under way: asked nobody
    OPEN_CIRCUIT = "open_circuit"  # every address is known to be down: asked nobody
    TOO_LONG = "too_long"  # more bytes than are read of one reply, or a packed reply
    CUT_OFF = "cut_off"  # the reply reached the most tokens it may have
    BROKE_OFF = "broke_off"  # the connection ended before the reply did
    NONSENSE = "nonsense"  # not the protocol


class ModelUnavailable(AnsweringError):
    """The reply can't be had, or breaks off here; pieces that came before it are as the model said them.

    ``status`` is the HTTP status behind ``Why.ERROR_STATUS``, where there was one.
    """

    def __init__(self, why: Why, status: int | None = None) -> None:
        super().__init__(f"the model is not available ({why.value if status is None else status})")
        self.why = why
        self.status = status
