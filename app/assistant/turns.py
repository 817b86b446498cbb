"""Earlier questions that come with a request and are stored nowhere here: masked before anything is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.language import detect_language
from app.answering.ports import Rails
from app.answering.types import MAX_QUESTION_CHARACTERS
from app.assistant.errors import TurnsUnread
from app.assistant.so_far import HISTORY
from guardrails.rails.inspection import WITHHELD
from guardrails.types import RailContext
from knowledge_bases.schema import Institution


@dataclass(frozen=True)
class EarlierTurns:
    """``masked`` are taken as history, the oldest first; ``left_out`` is how many of those that came are not."""

    masked: tuple[str, ...]
    left_out: int


async def earlier_turns(rails: Rails, institution: Institution, said: Sequence[str]) -> EarlierTurns:
    """The last ``HISTORY`` of what the customer said before, masked; one that is too long to be a question is left out.

    As in a stored conversation, a question that was refused stays history: the rails want to see what led here.

    Raises:
        TurnsUnread: a rail failed or is busy; without what came before, nothing is answered.
    """
    kept = []
    readable = (text for text in said[-HISTORY:] if len(text) <= MAX_QUESTION_CHARACTERS)
    for text in readable:  # one after the other: a request is not to take the room of six
        verdict = await rails.check_input(RailContext(institution, detect_language(text), text))
        if verdict.text == WITHHELD:
            raise TurnsUnread
        kept.append(verdict.text)
    return EarlierTurns(tuple(kept), len(said) - len(kept))
