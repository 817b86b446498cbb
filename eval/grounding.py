"""How well the groundedness score parts what its source bears out from what it does not, beside plain scores.

``candour eval grounding DATA``: half A, which it was learned from, or with ``--blind`` half B; all scores on the same
pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.grounding_sets import SETS, Pair, pairs
from eval.halves import Half
from eval.metrics import Estimate, auroc
from guardrails.quantities import missing_quantities
from guardrails.verification import groundedness
from retrieval.ports import Embedder

OURS = "ours"
MOST = 1000  # pairs of a set that are looked at, in its order
RESAMPLES = 1000
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
Numbers = NDArray[np.float64]
Judge = Callable[[Pair], float]


@dataclass(frozen=True)
class Judged:
    """A set: every judge's area under the ROC curve, and how far ours is above each other, with bootstrap intervals."""

    name: str
    supported: int
    unsupported: int
    areas: dict[str, Estimate]
    above: dict[str, Estimate]


@dataclass(frozen=True)
class GroundingReport:
    """All sets of one run."""

    half: Half
    embedder: str
    sets: Sequence[Judged]

    def to_value(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"half": self.half.value, "embedder": self.embedder, "sets": [asdict(one) for one in self.sets]}

    def lines(self) -> Iterator[str]:
        """A block of lines a set, in hundredths."""
        yield f"half {self.half.value}; cosines by {self.embedder}; 95 % intervals by {RESAMPLES} resamples"
        for one in self.sets:
            yield f"{one.name}: {one.supported} borne out, {one.unsupported} not"
            for name, area in one.areas.items():
                gain = f"   ours is {_said(one.above[name], '+')} above" if name in one.above else ""
                yield f"  {name:26} {_said(area)}{gain}"


def _said(value: Estimate, sign: str = "") -> str:
    return f"{100 * value.mean:{sign}.1f} [{100 * value.low:{sign}.1f}, {100 * value.high:{sign}.1f}]"


def evaluate(data: Path, embedder: Embedder, half: Half) -> GroundingReport:
    """Every set that lies under ``data``; one that does not is left out."""
    sets = [_judged(name, chosen, embedder) for name in SETS if (chosen := _chosen(name, data, half))]
    return GroundingReport(half, embedder.id, sets)


def _chosen(name: str, data: Path, half: Half) -> list[Pair]:
    try:
        return [pair for pair in pairs(name, data) if pair.half is half][:MOST]
    except OSError:
        return []


def _judged(name: str, chosen: Sequence[Pair], embedder: Embedder) -> Judged:
    supported = np.array([pair.supported for pair in chosen])
    scores = {judge: np.array([score(pair) for pair in chosen]) for judge, score in judges().items()}
    scores["embedding similarity"] = cosines(chosen, embedder)
    drawn = _drawn(supported)
    areas = {judge: _areas(values, supported, drawn) for judge, values in scores.items()}
    return Judged(
        name,
        int(supported.sum()),
        int((~supported).sum()),
        {judge: _estimate(values) for judge, values in areas.items()},
        {judge: _estimate(areas[OURS] - values) for judge, values in areas.items() if judge != OURS},
    )


def judges() -> dict[str, Judge]:
    """Ours and the plain scores that need no model."""
    return {
        OURS: lambda pair: groundedness(pair.sentence, pair.source),
        "word overlap": overlap,
        "no number the source lacks": lambda pair: -float(any(missing_quantities(pair.sentence, pair.source))),
    }


def overlap(pair: Pair) -> float:
    """The share of the sentence's different words (Chinese: characters) that stand in the source."""
    said, stated = (set(_WORD.findall(text.lower())) for text in (pair.sentence, pair.source))
    return len(said & stated) / max(1, len(said))


def cosines(chosen: Sequence[Pair], embedder: Embedder) -> Numbers:
    """How like the vectors of sentence and source are."""
    said, stated = (embedder.embed(texts) for texts in ([p.sentence for p in chosen], [p.source for p in chosen]))
    return np.asarray((said * stated).sum(axis=1), dtype=np.float64)


def _drawn(supported: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The pairs as they are, then resamples of them; one that lost a side is drawn again."""
    generator = np.random.default_rng(0)
    drawn = [np.arange(len(supported))]
    while len(drawn) <= RESAMPLES:
        rows = generator.integers(0, len(supported), len(supported))
        if 0 < supported[rows].sum() < len(rows):
            drawn.append(rows)
    return drawn


def _areas(values: Numbers, supported: NDArray[np.bool_], drawn: Sequence[NDArray[np.int64]]) -> Numbers:
    return np.array([auroc(values[r][supported[r]], values[r][~supported[r]]).mean for r in drawn])


def _estimate(areas: Numbers) -> Estimate:
    low, high = np.percentile(areas[1:], (2.5, 97.5))
    return Estimate(float(areas[0]), float(low), float(high), len(areas) - 1)
