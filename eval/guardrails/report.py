"""The table of ``candour eval guardrails``, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from eval.guardrails.measure import Cost, Share

SHOWN = 110  # characters of a text that went wrong


def table(shares: Iterable[Share], costs: Iterable[Cost]) -> str:
    """A line a group, then a line a detector."""
    lines = [_line(share) for share in shares]
    return "\n".join(
        [*lines, "", *(f"{cost.detector:28} p50 {cost.p50:7.2f} ms  p95 {cost.p95:7.2f} ms" for cost in costs)]
    )


def failures(shares: Iterable[Share]) -> str:
    """The texts that went wrong, by group: for development sets only."""
    return "\n".join(
        f"{share.group} · not as wanted ({share.what}): {' '.join(text.split())[:SHOWN]}"
        for share in shares
        for text in share.missed
    )


def as_json(shares: Sequence[Share], costs: Sequence[Cost]) -> str:
    """Counts, intervals and times; no texts."""
    rows = [
        {
            "group": s.group,
            "what": s.what,
            "hits": s.hits,
            "total": s.total,
            "interval": [round(x, 4) for x in s.interval],
        }
        for s in shares
    ]
    times = [{"detector": c.detector, "p50_ms": round(c.p50, 3), "p95_ms": round(c.p95, 3)} for c in costs]
    return json.dumps({"shares": rows, "costs": times}, ensure_ascii=False)


def _line(share: Share) -> str:
    low, high = share.interval
    rate = 100 * share.hits / share.total if share.total else 0.0
    return (
        f"{share.group:32} {share.what:34} {share.hits:5}/{share.total:<5} {rate:6.2f} %"
        f"  [{100 * low:5.1f}, {100 * high:5.1f}]"
    )
