"""How the console writes times and sizes. People in Hong Kong read Hong Kong time, whatever the server's clock says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.hong_kong import HONG_KONG

NOTHING = "–"
MOST_STRETCHES = 6  # of pages that are written out


def moment(at: datetime | None) -> str:
    """22 Nov 2026, 23:17 HKT; a dash for None."""
    if at is None:
        return NOTHING
    local = at.astimezone(HONG_KONG)
    return f"{local.day} {local:%b %Y, %H:%M} HKT"


def day(value: date | None) -> str:
    """22 Nov 2026; a dash for None."""
    return NOTHING if value is None else f"{value.day} {value:%b %Y}"


def day_of(at: datetime) -> str:
    """The day in Hong Kong: 22 Nov 2026."""
    return day(at.astimezone(HONG_KONG).date())


def is_past(at: datetime) -> bool:
    """Whether a moment has passed."""
    return at < datetime.now(UTC)


def age(at: datetime, now: datetime | None = None) -> str:
    """How long ago, in the largest whole unit: 3 d, 5 h, 12 min, now."""
    passed = (now or datetime.now(UTC)) - at
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if passed >= unit:
            return f"{passed // unit} {name}"
    return "now"


def milliseconds(value: float) -> str:
    """12.3 ms; whole ones from 100 on."""
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms"


def size(value_bytes: int) -> str:
    """1.4 MB, 12 kB; at least 1 kB but for nothing at all."""
    if value_bytes == 0:
        return "0 bytes"
    if value_bytes >= 1_000_000:
        return f"{value_bytes / 1_000_000:.1f} MB"
    return f"{max(1, round(value_bytes / 1000))} kB"


def page_list(numbers: Sequence[int]) -> str:
    """1–4, 7: ascending page numbers, neighbours drawn together; of very many stretches the first ones and the last."""
    stretches: list[tuple[int, int]] = []
    for number in numbers:
        if stretches and number == stretches[-1][1] + 1:
            stretches[-1] = stretches[-1][0], number
        else:
            stretches.append((number, number))
    written = [f"{first}" if first == last else f"{first}–{last}" for first, last in stretches]
    if len(written) > MOST_STRETCHES:
        written = [*written[: MOST_STRETCHES - 1], f"… {written[-1]}"]
    return ", ".join(written)
