"""Tables in one form: a row a line, bars between its cells."""

from __future__ import annotations

import csv
import re

FEWEST = 3  # cells of a row of comma-separated values
_NEXT_ROW = re.compile(r"\|[ \t]+(?=\|)")


def barred(text: str) -> str:
    """``text`` with a line a row: of comma-separated values, or of a table whose rows stand behind each other."""
    lines = text.splitlines()
    if "|" in text:
        return _NEXT_ROW.sub("|\n", text) if sum("|" in line for line in lines) == 1 else text
    if len(lines) < 2 or "," not in lines[0] or ", " in lines[0]:
        return text
    rows = list(csv.reader(lines))
    if len(rows[0]) < FEWEST or any(len(row) != len(rows[0]) for row in rows):
        return text
    return "\n".join(" | ".join(cell.strip() for cell in row) for row in rows)
