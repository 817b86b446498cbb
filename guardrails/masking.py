"""Personal data and secrets out, tokens in: ``my HKID is A123456(3)`` becomes ``my HKID is [HKID]``."""

from __future__ import annotations

from collections.abc import Iterable

from guardrails.types import Finding
from knowledge_bases.schema import Span


def mask(text: str, findings: Iterable[Finding]) -> str:
    """``text`` with the span of each finding replaced by its token, ``[DETAIL]``; nothing else changes.

    Overlapping spans become one, with the token of the one that starts first (the longer one on a tie). Findings
    without a span are ignored.
    """
    parts: list[str] = []
    position = 0
    for span, token in _merged(findings):
        parts += [text[position : span.start], f"[{token}]"]
        position = span.end
    return "".join([*parts, text[position:]])


def _merged(findings: Iterable[Finding]) -> list[tuple[Span, str]]:
    marked = [(finding.span, finding.detail) for finding in findings if finding.span]
    merged: list[tuple[Span, str]] = []
    for span, token in sorted(marked, key=lambda pair: (pair[0].start, -pair[0].end, pair[1])):
        if merged and span.start < merged[-1][0].end:
            first, kept = merged[-1]
            merged[-1] = (Span(first.start, max(first.end, span.end)), kept)
        else:
            merged.append((span, token))
    return merged
