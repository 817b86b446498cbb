"""Personal data and secrets out, tokens in: ``my HKID is A123456(3)`` becomes ``my HKID is [HKID]``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from guardrails.types import Finding
from knowledge_bases.schema import Span

FEW_WORDS = 4  # of a clause that only says who somebody is: "my HKID is", "account number"
FEW_CHARACTERS = 8  # the same in Chinese: 身份證號碼係
_TOKEN = re.compile(r"\[[A-Z_]+\]")
_ENDS_IN_TOKEN = re.compile(r"\[[A-Z_]+\]\W*$")
_CLAUSE = re.compile(r"[^,.;:?!，。；：？！、\n]+[,.;:?!，。；：？！、\n]*")
_WORD = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]", re.IGNORECASE)


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


def subject(masked: str) -> str:
    """What a masked text is about: without its tokens, and without clauses that only named personal data.

    Nothing is looked up by who somebody is. A text of nothing but such clauses comes back without its tokens.
    """
    kept = "".join(clause for clause in _CLAUSE.findall(masked) if not _only_identifies(clause))
    return _TOKEN.sub(" ", kept if _WORD.search(kept) else masked).strip()


def _only_identifies(clause: str) -> bool:
    """Whether a few words lead up to a token and nothing follows it."""
    rest = _TOKEN.sub("", clause)
    few = FEW_WORDS if rest.isascii() else FEW_CHARACTERS
    return _ENDS_IN_TOKEN.search(clause) is not None and len(_WORD.findall(rest)) <= few


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
