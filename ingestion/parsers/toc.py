"""Lines of a table of contents: they name what stands elsewhere and answer nothing."""

from __future__ import annotations

import re

LEADERS = re.compile(r"(\.\s?){6,}\s*[\divxIVX]*|…{2,}|(·\s?){6,}|_{6,}\s*\d+$")


def is_contents_line(text: str) -> bool:
    """Whether the line leads by dots to a page number."""
    return LEADERS.search(text) is not None
