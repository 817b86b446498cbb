"""Characters without a glyph that carry words, or that make a line read in another order than it is stored.

Tags and variation selectors are read after Unicode 15 sections 23.9 and 23.4, directional controls after annex 9
(the reordering of source code after CVE-2021-42574).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

ZERO_WIDTH = "\u200b-\u200f\u2060-\u2064\ufeff\u180e\u034f\u00ad"
FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"  # of England, Scotland, Wales …
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # embeddings, overrides, isolates and their ends
FEWEST = 8  # zero-width characters in a row: what people type or paste is one or two
SUSPECT = re.compile(
    "[\U000e0000-\U000e01ef\u202b\u202d\u202e\u2067]|[\ufe00-\ufe0f]{2}"
    f"|[{ZERO_WIDTH}]{{{FEWEST}}}|[\uf020-\uf07e]{{{FEWEST}}}"
)
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


class Bare(NamedTuple):
    """A text without its carriers, and what they said."""

    text: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class _Carrier:
    """A way to write words in characters that are not seen. ``decode`` gives None for an honest use."""

    pattern: re.Pattern[str]
    decode: Callable[[str], str | None]
    keeps: bool = False  # the run holds visible characters, of which only the controls go

    def stripped(self, text: str, said: list[str]) -> str:
        """``text`` without its runs; what they say is added to ``said``."""

        def taken(found: re.Match[str]) -> str:
            decoded = self.decode(found[0])
            if decoded is None:
                return found[0]
            said.append(decoded)
            return CONTROLS.sub("", found[0]) if self.keeps else ""

        return self.pattern.sub(taken, text)


def bare(text: str) -> Bare:
    """``text`` as a reader sees it, and the decoded words of every run of characters that are not seen."""
    if text.isascii() or SUSPECT.search(text) is None:
        return Bare(text, ())
    said: list[str] = []
    for carrier in CARRIERS:
        text = carrier.stripped(text, said)
    return Bare(text, tuple(said))


def _tags(run: str) -> str | None:
    if re.fullmatch(FLAG, run):
        return None
    return _legible("".join(chr(ord(c) - 0xE0000) for c in run if 0xE0000 < ord(c) < 0xE0080), run)


def _selectors(run: str) -> str:
    """Bytes in the 256 variation selectors: one after a character chooses its form, more than one choose nothing."""
    codes = (ord(c) for c in run)
    values = bytes(code - 0xFE00 if code < 0xFF00 else code - 0xE0100 + 16 for code in codes)
    return _legible(values.decode("utf-8", errors="ignore"), run)


def _bits(run: str) -> str:
    """Two characters as bits, either way round, eight to a byte."""
    kinds = sorted(set(run))
    if len(kinds) == 2:
        for zero in kinds:
            bits = "".join("0" if c == zero else "1" for c in run)
            values = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) - 7, 8))
            text = values.decode("utf-8", errors="ignore")
            if text and text.isprintable():
                return text
    return _legible("", run)


def _symbols(run: str) -> str | None:
    """Words in the private characters of a symbol font, which many readers map back to letters."""
    decoded = "".join(chr(ord(c) - 0xF000) for c in run)
    return decoded if WORDS.search(decoded) else None


def _direction(run: str) -> str | None:
    """A line that a control turns round. Right-to-left scripts need these; overrides nobody does."""
    if not re.search("[\u202d\u202e]", run) and RIGHT_TO_LEFT.search(run):
        return None
    return _legible(CONTROLS.sub("", run), run)


def _legible(decoded: str, run: str) -> str:
    visible = "".join(c for c in decoded if c.isprintable()).strip()
    return visible or f"{len(run)} characters without a glyph"


DIRECTION = re.compile("[\u202b\u202d\u202e\u2067][^\n]*?(?:[\u202c\u2069]+|$)", re.MULTILINE)
CARRIERS = (
    _Carrier(re.compile(f"{FLAG}|[\U000e0000-\U000e007f]+"), _tags),
    _Carrier(re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"), _selectors),
    _Carrier(re.compile(f"[{ZERO_WIDTH}]{{{FEWEST},}}"), _bits),
    _Carrier(re.compile(f"[\uf020-\uf07e]{{{FEWEST},}}"), _symbols),
    _Carrier(DIRECTION, _direction, keeps=True),
)
