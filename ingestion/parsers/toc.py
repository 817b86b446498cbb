"""Lines of a table of contents: they name what stands elsewhere and answer nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

LEADERS = re.compile(r"(\.\s?){6,}\s*[\divxIVX]*|…{2,}|(·\s?){6,}|_{6,}\s*\d+$")


TITLE = re.compile(r"\s*(?:table of )?contents\s*|\s*目\s*[錄录次]\s*", re.IGNORECASE)
ENDS_IN_PAGE = re.compile(r"(?:^|[\s.…·])(?:\d{1,3}|[ivxIVX]{1,5})\s*$")
SHARE = 0.5
FEWEST_DOTS = 6


def is_contents_page(lines: Sequence[str], *, follows: bool) -> bool:
    """Whether a page is a table of contents: titled so, or following one, and half its lines end in a page number.

    ``follows`` says that the page before was one.
    """
    if not any(TITLE.fullmatch(line) for line in lines) and not follows:
        return False
    numbered = sum(is_contents_line(line) or ENDS_IN_PAGE.search(line) is not None for line in lines)
    return numbered >= SHARE * len(lines)


def is_contents_line(text: str) -> bool:
    """Whether the line leads by dots to a page number."""
    if text.count(".") < FEWEST_DOTS and not any(mark in text for mark in "…·_"):  # spares most lines the pattern
        return False
    return LEADERS.search(text) is not None
