"""Words into Markdown so that they are shown as they are, character by character.

Every ASCII punctuation mark may be backslash-escaped (CommonMark 0.31, section 2.4), and an escaped mark has no meaning
in Markdown, GFM tables or directives. Nothing else in a line is special, once spaces at its ends are written as
references.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import punctuation

_SPECIAL = re.compile(f"[{re.escape(punctuation)}]")
_EDGE_SPACES = re.compile(r"^\s+|\s+$")


def escape(line: str) -> str:
    """One line of text as Markdown that renders to exactly that text."""
    escaped = _SPECIAL.sub(lambda mark: "\\" + mark.group(), line)
    return _EDGE_SPACES.sub(lambda run: "".join(f"&#{ord(c)};" for c in run.group()), escaped)


def paragraph(text: str) -> str:
    """Text as a paragraph; its line ends stay line ends (Chainlit's paragraphs are ``white-space: pre-wrap``)."""
    return "\n".join(escape(line) for line in text.strip("\n").split("\n"))


def quote(block: str) -> str:
    """A Markdown block as a block quote."""
    return "\n".join(f"> {line}".rstrip() for line in block.split("\n"))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A GFM table; every row has as many cells as the header."""
    lines = [header, *rows]
    body = ["| " + " | ".join(escape(cell) for cell in line) + " |" for line in lines]
    return "\n".join([body[0], "|" + " --- |" * len(header), *body[1:]])


def link(label: str, url: str) -> str:
    """A link; ``url`` is percent-encoded already and holds no space or bracket."""
    return f"[{escape(label)}](<{url}>)"
