"""What a search gives: passages and quotes, and how sure it is; and how a question was read before they were scored."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_bases.schema import Passage
from retrieval.matches import Read
from retrieval.ranking import Candidate, Quote
from retrieval.slips import Slip
from retrieval.strength import Signs
from retrieval.views import Asked

READER = "reader"  # degraded: what reads question and passage, or question and span, together was late or failed
NOTHING_FOUND = -6.0  # a lead below those of nearly all passages


@dataclass(frozen=True)
class Result:
    """What one question found: passages, and the quotable spans of the first of them, each best first.

    ``strength`` in [0, 1] says how likely the first quote answers. ``degraded`` names the legs that were down:
    "dense", and READER where a cross-encoder did not order what was found. ``slips`` are the words of the question that
    were read otherwise than typed.
    """

    passages: tuple[Passage, ...]
    quotes: tuple[Quote, ...]
    strength: float
    degraded: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A question beside what was found for it, as the scorer reads it.

    ``known`` in [0, 1] is the share of its terms, by their rarity, that any document has.
    """

    asked: Asked
    candidates: tuple[Candidate, ...]
    degraded: tuple[str, ...]
    read: Read
    known: float
    slips: tuple[Slip, ...] = ()

    def signs(self, span: float, read: bool = False) -> Signs:
        """What the search says of whether the question is answered; ``span`` is the best span's lead over silence.

        ``read`` is whether a reader of spans has a share in it.
        """
        passage = max((candidate.found.lead for candidate in self.candidates), default=NOTHING_FOUND)
        return Signs(
            passage, span, self.known, len(set(self.read.terms)), self.read.chinese, self.read.familiarity, read
        )
