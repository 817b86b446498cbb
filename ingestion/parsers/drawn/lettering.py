"""Characters as pdfium gives them, and as a reader means them."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from ingestion.parsers.elements import BLANK, CONTROL
from ingestion.parsers.labels import CJK

HYPHENS = "\ufffe\x02"  # pdfium's marks for a hyphen that ends a line
# Chromium writes some Chinese characters as the radicals they look like; the reader means the character.
RADICALS = "\u2e80-\u2fdf"
LINE_END = re.compile(rf"(?P<hyphen>[{HYPHENS}])(?:\r?\n|\r)?|\r?\n|\r")
SEEN, UNSEEN = b"\0\1"
BEYOND = 0xFFFF  # stands for all characters beyond the first plane, too: they are seen
BLANKS = np.array(
    [(c.isspace() or CONTROL.match(c) is not None) and c not in HYPHENS for c in map(chr, range(BEYOND))] + [False]
)
TO_MEND = re.compile(rf"{CONTROL.pattern}|[\x02\ufffe{RADICALS}]|[^\S ]|  |(?<=[{CJK}]) (?=[{CJK}])")
RADICAL = re.compile(f"[{RADICALS}]")
FALSE_BLANK = re.compile(rf"(?<=[{CJK}])[ \u00a0]+(?=[{CJK}])")


def line_ends(text: str) -> list[tuple[int, int]]:
    """Where each line ends and the next begins: around a line end, or after a hyphen that pdfium marks."""
    ends = LINE_END.finditer(text)
    return [(end.end("hyphen") if end["hyphen"] else end.start(), end.end()) for end in ends]


def unseen(text: str) -> bytes:
    """A byte for each character: ``UNSEEN`` for blanks and control marks, else ``SEEN``."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype=np.uint32)
    return BLANKS[np.minimum(codes, BEYOND)].tobytes()


def reading(text: str) -> str:
    """Drawn characters as a reader means them: no control marks, hyphens as such, no blanks inside Chinese."""
    if text.isascii() and text.isprintable() and "  " not in text:  # most lines
        return text.strip()
    if TO_MEND.search(text) is None:
        return text.strip()
    text = text.replace("\ufffe", "-").replace("\x02", "-")
    text = RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return FALSE_BLANK.sub("", BLANK.sub(" ", CONTROL.sub("", text))).strip()


def character(code: int) -> str:
    """The character of a code point; one that cannot be seen for what is none."""
    return "\ufeff" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
