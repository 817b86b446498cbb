"""What this machine reads scanned pages with."""

from __future__ import annotations

from ingestion.ocr.reader import Reader


def engines() -> tuple[str, ...]:
    """The engines at hand, the preferred one first; none means that scanned pages cannot be read."""
    return Reader().names
