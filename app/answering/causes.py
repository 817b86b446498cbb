"""Why a model's answer ends before its end, in constant words for evidence and logs, and what its customer is told."""

from __future__ import annotations

STOPPED = "stopped"  # what it rests on has changed, or a person has the conversation
BY_CUSTOMER = "stopped_by_customer"
NOBODY_READS = "nobody_reads"
SLOW, BUSY, FOREIGN, NONSENSE = "timed_out", "busy", "other_language", "nonsense"

ENDED = {STOPPED: "notice_stopped", BY_CUSTOMER: "notice_stopped_by_you"}  # after words were released: nothing follows
_BROKE_OFF = ("notice_model_broke_off", "notice_model_cut_short")
_RELEASED = {NOBODY_READS: ("notice_away", "notice_away_cut_short")}
_NOTHING = {BUSY: "notice_model_busy"}


def notice_of(cause: str, *, released: bool, quoted: bool = False) -> str:
    """The text's key. ``released``: words of the model's were; ``quoted``: the documents' own words went on behind."""
    if not released:
        return _NOTHING.get(cause, "notice_model_unavailable")
    with_quotes, without = _RELEASED.get(cause, _BROKE_OFF)
    return ENDED.get(cause) or (with_quotes if quoted else without)
