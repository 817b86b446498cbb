"""How much a file may cost to parse in this installation: the same for every way in."""

from __future__ import annotations

from app.settings import Settings
from ingestion.limits import ParseLimits


def parse_limits(settings: Settings) -> ParseLimits:
    """As large as an upload may be; what else it may cost does not depend on the installation."""
    return ParseLimits(file_bytes=settings.max_upload_bytes)
