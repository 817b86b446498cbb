"""From a kept pair of places to the two quotes a customer reads: taken from the snapshot the answer was made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from app.answering.ports import Contrast
from app.documents.figure_pairs import FigurePair, Side
from knowledge_bases.schema import Citation, Passage, Span, Unit, UnitKind, VersionKey
from retrieval.quotable import Quotable, quotables
from retrieval.snapshot import Snapshot

STATING = frozenset({UnitKind.SENTENCE, UnitKind.ROW})


def in_force(pair: FigurePair, versions: Collection[VersionKey]) -> bool:
    """Whether both sides are of ``versions``."""
    return all(side.key in versions for side in pair.sides)


def any_cited(pair: FigurePair, citations: Sequence[Citation]) -> bool:
    """Whether an answer that cites ``citations`` states one of the two figures."""
    return any(states(citation, side) for citation in citations for side in pair.sides)


def states(citation: Citation, side: Side) -> bool:
    """Whether the cited words are, or are part of, what states a side's figure."""
    return citation.parse_sha256 == side.parse_sha256 and citation.span.overlaps(side.span)


def contrasts_in(snapshot: Snapshot, pairs: Iterable[FigurePair]) -> tuple[Contrast, ...]:
    """The pairs as quotes, in the order of their places; one that the snapshot does not hold both sides of is left out:
    what cannot be cited is not shown.
    """
    found = []
    for pair in sorted(pairs, key=lambda pair: [(side.key, side.span) for side in pair.sides]):
        first, second = (_quotable(snapshot, side) for side in pair.sides)
        if first is not None and second is not None:
            found.append(Contrast(pair.id, (first, second)))
    return tuple(found)


def _quotable(snapshot: Snapshot, side: Side) -> Quotable | None:
    rows = snapshot.rows.get(side.key, range(0))
    chunks = (snapshot.chunks[row] for row in rows)
    near = (c for c in chunks if c.parse_sha256 == side.parse_sha256 and any(_shared(u, side.span) for u in c.units))
    spans = chain.from_iterable(quotables(Passage(c, 1, 0.0, None, None), window=1) for c in near)
    return max(spans, key=lambda quotable: max(_shared(unit, side.span) for unit in quotable.units), default=None)


def _shared(unit: Unit, span: Span) -> int:
    """How many characters of ``span`` a unit that states something holds."""
    return max(0, min(unit.span.end, span.end) - max(unit.span.start, span.start)) if unit.kind in STATING else 0
