"""What ``candour eval strength`` prints: how far each judge sets answered and unanswered questions apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.answering.pipeline import ANSWER_STRENGTH
from eval.metrics import Estimate, auroc, declined_share, point_answering
from eval.strength import STRENGTH, Scored

ANSWERED = 0.95  # of the answerable questions
ALL = "all sets"


@dataclass(frozen=True)
class Judgement:
    """A judge on one set. ``declined`` of the unanswerable, where ``ANSWERED`` of the set's answerable are answered.

    ``at_common`` are the shares answered and declined where the point is the one for all sets.
    """

    auroc: Estimate
    declined: float
    at_common: tuple[float, float]


@dataclass(frozen=True)
class StrengthReport:
    """All sets that were judged in one run, and all their questions together, each counting alike."""

    embedder: str
    half: str | None
    scored: Sequence[Scored]

    def to_value(self) -> dict[str, Any]:
        """Plain values for JSON."""
        sets = [
            {
                "folder": scored.suite,
                "answerable": len(scored.answerable[STRENGTH]),
                "unanswerable": len(scored.unanswerable[STRENGTH]),
                "judges": {name: asdict(judgement) for name, judgement in self._judgements(scored).items()},
                "shipped_point": dict(
                    zip(("answered", "declined"), _at(scored, STRENGTH, ANSWER_STRENGTH), strict=True)
                ),
            }
            for scored in self._all()
        ]
        return {"embedder": self.embedder, "half": self.half, "sets": sets}

    def lines(self) -> list[str]:
        """A block of lines a set, in hundredths."""
        return [line for scored in self._all() for line in self._lines(scored)]

    def _lines(self, scored: Scored) -> Iterator[str]:
        answerable, unanswerable = len(scored.answerable[STRENGTH]), len(scored.unanswerable[STRENGTH])
        yield f"{scored.suite}: {answerable} answerable, {unanswerable} unanswerable questions"
        for name, found in self._judgements(scored).items():
            area = f"{100 * found.auroc.mean:.1f} [{100 * found.auroc.low:.1f}, {100 * found.auroc.high:.1f}]"
            answered, declined = found.at_common
            yield (
                f"  {name:<12} AUROC {area:<20} declined {100 * found.declined:5.1f} with {100 * ANSWERED:.0f} answered"
                f"; at the point for all: answered {100 * answered:5.1f}, declined {100 * declined:5.1f}"
            )
        answered, declined = _at(scored, STRENGTH, ANSWER_STRENGTH)
        yield f"  at the shipped {ANSWER_STRENGTH}: answered {100 * answered:.1f}, declined {100 * declined:.1f}"

    def _all(self) -> list[Scored]:
        return [*self.scored, self._together()] if len(self.scored) > 1 else list(self.scored)

    def _judgements(self, scored: Scored) -> Mapping[str, Judgement]:
        common = self._together()
        return {
            name: Judgement(
                auroc(scored.answerable[name], scored.unanswerable[name]),
                declined_share(scored.answerable[name], scored.unanswerable[name], ANSWERED),
                _at(scored, name, point_answering(common.answerable[name], ANSWERED)),
            )
            for name in scored.answerable
        }

    def _together(self) -> Scored:
        names = self.scored[0].answerable
        return Scored(
            ALL,
            {name: np.concatenate([scored.answerable[name] for scored in self.scored]) for name in names},
            {name: np.concatenate([scored.unanswerable[name] for scored in self.scored]) for name in names},
        )


def _at(scored: Scored, name: str, point: float) -> tuple[float, float]:
    """The shares answered of the answerable, and declined of the unanswerable, where ``point`` and more is answered."""
    return float(np.mean(scored.answerable[name] >= point)), float(np.mean(scored.unanswerable[name] < point))
