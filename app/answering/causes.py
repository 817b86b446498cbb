"""Why a model's answer ends before its end, in constant words for evidence and logs, and what its customer is told."""

from __future__ import annotations

from app.answering.errors import PersonHasConversation

STOPPED = "stopped"  # what it rests on has changed
AWAITS_PERSON, PERSON_JOINED = "awaits_person", "person_joined"  # the assistant is silent from then on
UNSHOWN = (STOPPED, AWAITS_PERSON, PERSON_JOINED)  # the sentence written last was not shown any more
BY_CUSTOMER = "stopped_by_customer"
NOBODY_READS = "nobody_reads"
SLOW, BUSY, FOREIGN, NONSENSE = "timed_out", "busy", "other_language", "nonsense"

ENDED = {  # after words were released: nothing follows
    STOPPED: "notice_stopped",
    AWAITS_PERSON: "notice_awaits_person",
    PERSON_JOINED: "notice_person_joined",
    BY_CUSTOMER: "notice_stopped_by_you",
}
_BROKE_OFF = ("notice_model_broke_off", "notice_model_cut_short")
_RELEASED = {NOBODY_READS: ("notice_away", "notice_away_cut_short")}
_NOTHING = {BUSY: "notice_model_busy"}


def end_of(error: Exception) -> str:
    """What ends an answer of which words were released, where ``error`` says that no more of it may be."""
    if isinstance(error, PersonHasConversation):
        return PERSON_JOINED if error.joined else AWAITS_PERSON
    return STOPPED


def notice_of(cause: str, *, released: bool, quoted: bool = False) -> str:
    """The text's key. ``released``: words of the model's were; ``quoted``: the documents' own words went on behind."""
    if not released:
        return _NOTHING.get(cause, "notice_model_unavailable")
    with_quotes, without = _RELEASED.get(cause, _BROKE_OFF)
    return ENDED.get(cause) or (with_quotes if quoted else without)
