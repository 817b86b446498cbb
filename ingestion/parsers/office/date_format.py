"""Dates, times and durations as a cell's number format shows them (ECMA-376 part 1, 18.8.31)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

Moment = datetime | date | time | timedelta

# These read differently on every machine (month first or day first), so the order is made plain: year, month, day.
MACHINE_DATE = frozenset({"mm-dd-yy", "m/d/yy", "m/d/yyyy", "general", "mm/dd/yy"})
MACHINE_TIME = frozenset({"m/d/yy h:mm", "m/d/yyyy h:mm"})
SYSTEM = re.compile(r"\[\$-f[48]00\]", re.IGNORECASE)
TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[h+\]|\[m+\]|\[s+\]|\[[^\]]*\]|AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+|\.0+|.', re.IGNORECASE
)
MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def formatted(value: Moment, code: str) -> str:
    """The moment by its code; ISO form where the code leaves the order to the reader's machine."""
    section = code.split(";")[0]
    if isinstance(value, timedelta):
        return _elapsed(value, section)
    moment = _as_datetime(value)
    lowered = section.lower()
    if isinstance(value, time):
        return _written(moment, section) if "h" in lowered else f"{moment:%H:%M:%S}"
    if lowered in MACHINE_TIME:
        return f"{moment:%Y-%m-%d %H:%M}"
    if lowered in MACHINE_DATE or SYSTEM.match(section):
        return f"{moment:%Y-%m-%d}"
    return _written(moment, section)


def _written(moment: datetime, code: str) -> str:
    tokens = TOKEN.findall(code)
    half_day = any(token.upper() in ("AM/PM", "A/P") or token == "上午/下午" for token in tokens)  # noqa: S105
    parts = []
    for at, token in enumerate(tokens):
        minutes = token[0] in "mM" and len(token) < 3 and _beside_time(tokens, at)
        parts.append(f"{moment.minute:0{len(token)}d}" if minutes else _part(moment, token, half_day=half_day))
    return "".join(parts)


def _beside_time(tokens: list[str], at: int) -> bool:
    """``m`` means minutes after an hour or before a second."""
    before = next((t for t in reversed(tokens[:at]) if t[0] in "yYmMdDhHsS["), "")
    after = next((t for t in tokens[at + 1 :] if t[0] in "yYmMdDhHsS["), "")
    return before[:1] in tuple("hH") or before[:2].lower() == "[h" or after[:1] in tuple("sS")


def _part(moment: datetime, token: str, *, half_day: bool) -> str:
    length = len(token)
    match token[0].lower():
        case "y":
            return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
        case "m":
            name = MONTHS[moment.month - 1]
            return {1: str(moment.month), 2: f"{moment.month:02d}", 3: name[:3], 5: name[0]}.get(length, name)
        case "d":
            name = DAYS[moment.weekday()]
            return {1: str(moment.day), 2: f"{moment.day:02d}", 3: name[:3]}.get(length, name)
        case "h":
            hour = (moment.hour % 12 or 12) if half_day else moment.hour
            return f"{hour:0{min(length, 2)}d}"
        case "s":
            return f"{moment.second:0{min(length, 2)}d}"
    return _sign(moment, token)


def _sign(moment: datetime, token: str) -> str:
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    if token.upper() in ("AM/PM", "A/P"):
        return ("AM", "PM")[moment.hour >= 12]
    if token == "上午/下午":  # noqa: S105
        return ("上午", "下午")[moment.hour >= 12]
    return "" if len(token) > 1 or token == "@" else token  # noqa: S105


def _elapsed(value: timedelta, code: str) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}" if "s" in code.lower() else minutes


def _as_datetime(value: datetime | date | time) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, time):
        return datetime.combine(date(1900, 1, 1), value)
    return datetime(value.year, value.month, value.day)
