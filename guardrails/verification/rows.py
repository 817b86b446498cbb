"""Rows of tables that come as lines of comma-separated values, in the form of the others: cells between bars."""

from __future__ import annotations

import csv

FEWEST = 3  # cells of a row


def barred(text: str) -> str:
    """``text`` with bars between its cells where every line is a row of equally many; else as it stands."""
    lines = text.splitlines()
    if len(lines) < 2 or "|" in text or "," not in lines[0] or ", " in lines[0]:
        return text
    rows = list(csv.reader(lines))
    if len(rows[0]) < FEWEST or any(len(row) != len(rows[0]) for row in rows):
        return text
    return "\n".join(" | ".join(cell.strip() for cell in row) for row in rows)
