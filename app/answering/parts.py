"""What a pipeline is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from app.answering.composers.quoting import QuotingComposer
from app.answering.lanes import Lanes
from app.answering.ports import NOTHING_SWITCHED, Composer, Knowledge, Rails, Rewriter, Rulebooks, Switchboard, Writer
from app.answering.trail import Recorder
from app.answering.turns import Turns
from knowledge_bases.schema import Institution

WriterOf = Callable[[Institution], Writer | None]
RewriterOf = Callable[[Institution], Rewriter | None]


def quotes_only(_: Institution) -> None:
    """No institution has a model."""


@dataclass(frozen=True)
class Parts:
    """The roles that a pipeline calls on; ``today`` is Hong Kong's day.

    ``writer_of`` knows the model that writes an institution's answers, None where answers are quotes. ``quotes`` is
    what every answer falls back to, ``lanes`` the threads of its long steps, ``turns`` who
    is worked on. ``rewriter_of`` knows the model that puts
    an institution's follow-ups, ``asks_back`` says whether it may be asked which product is meant. Without
    ``switches`` nothing is on; a recorder that finds otherwise lets nothing out.
    """

    knowledge: Knowledge
    rails: Rails
    rulebooks: Rulebooks
    recorder: Recorder
    today: Callable[[], date]
    switches: Switchboard = NOTHING_SWITCHED
    quotes: Composer = field(default_factory=QuotingComposer)
    writer_of: WriterOf = quotes_only
    rewriter_of: RewriterOf = quotes_only
    asks_back: bool = True
    lanes: Lanes = field(default_factory=Lanes)
    turns: Turns = field(default_factory=Turns)
