"""The table of ``candour eval guardrails``, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from eval.guardrails.groups import Group
from eval.guardrails.measure import Cost

SHOWN = 110  # characters of a text that went wrong


def table(groups: Iterable[Group], costs: Iterable[Cost]) -> str:
    """A line a group, then a line a detector."""
    lines = [f"{group.name:32} {group.what:34} {group.share.line()}" for group in groups]
    return "\n".join(
        [*lines, "", *(f"{cost.detector:28} p50 {cost.p50:7.2f} ms  p95 {cost.p95:7.2f} ms" for cost in costs)]
    )


def failures(groups: Iterable[Group]) -> str:
    """The texts that went wrong, by group: for development sets only."""
    return "\n".join(
        f"{group.name} · not as wanted ({group.what}): {' '.join(text.split())[:SHOWN]}"
        for group in groups
        for text in group.wrong
    )


def as_json(groups: Sequence[Group], costs: Sequence[Cost]) -> str:
    """Counts, intervals and times; no texts."""
    shares = [
        {
            "group": group.name,
            "what": group.what,
            "hits": group.share.hits,
            "total": group.share.n,
            "interval": [round(end, 4) for end in group.share.interval()],
        }
        for group in groups
    ]
    times = [{"detector": c.detector, "p50_ms": round(c.p50, 3), "p95_ms": round(c.p95, 3)} for c in costs]
    return json.dumps({"shares": shares, "costs": times}, ensure_ascii=False)
