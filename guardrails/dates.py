"""Dates and times of day in the forms Hong Kong writes them, with or without a year, in text whose numbers are digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_NAME = (
    "(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_FULL = "(?P<{0}>january|february|april|june|july|august|september|october|november|december)"
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: day)?(?: of)?[ -]{_NAME.format('m1')}\b(?<!may(?= (?:not|be|have|also|only|still|open|use|join|ask|apply|choose|pay|get|receive|make)\b))\.?,?(?:[ -](?P<y1>{_YEAR})\b)?"
    rf"|\b{_NAME.format('m2')}\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![\d,.]*\d|:|\s?%|\s?[ap]\.?m)(?:,? (?P<y2>{_YEAR})\b)?"
    rf"|\b{_NAME.format('m6')}\.?,? (?P<y6>{_YEAR})\b"
    rf"|(?<!\d)(?P<y3>{_YEAR})\s?[年/.\-]\s?(?P<m3>\d{{1,2}})(?:\s?[月/.\-]\s?(?P<d3>\d{{1,2}})[日号]?|月)(?!\d)"
    rf"|(?<!\d)(?P<d4>\d{{1,2}})[/.\-](?P<m4>\d{{1,2}})[/.\-](?P<y4>{_YEAR})(?!\d)"
    r"|(?<![\d个])(?P<m5>\d{1,2})月(?:(?P<d5>\d{1,2})[日号])?"
    rf"|(?<!\d)(?P<y7>{_YEAR})年(?!期)"
    rf"|\b{_FULL.format('m8')}\b(?!\.?,? \d)|\b(?:in|by|until|since|during|every|each|from) (?P<m9>may|march)\b(?! not| be|,? \d)",
    re.ASCII,
)
_TIME = re.compile(
    r"(?P<half>上午|早上|朝早|凌晨|中午|正午|下午|下昼|晏昼|晚上|夜晚|傍晚|早(?=\d)|晚(?=\d))?\s?(?<![\d.:$])(?P<hour>\d{1,2})"
    r"(?:[:：](?P<minute>\d\d)\s?(?P<ap>[ap]\.?m\b\.?)?|\s?(?P<ap2>[ap]\.?m\b\.?)"
    r"| (?:o'clock )?(?P<part>in the (?:morning|afternoon|evening)|at night)\b|(?:时|点(?!子|数))(?:(?P<minute3>\d{1,2})分|(?P<thirty>半))?)"
    r"(?![\d%])|\b(?P<noon>(?:12 )?(?:noon|midday))\b|(?P<noon2>正午)(?!\s?\d)|(?P<midnight>\b(?:12 )?midnight\b|午夜(?!\s?\d))",
    re.ASCII,
)
_LATE = frozenset(
    {"下午", "下昼", "晏昼", "晚上", "夜晚", "晚", "傍晚", "in the afternoon", "in the evening", "at night"}
)

Place = tuple[int, int]


def dates(text: str) -> Iterator[tuple[Place, int, str]]:
    """Each date as (place, yyyymmdd, "date"), parts not said being 0, and each time of day as (place, minutes, "time").

    A day or month that does not exist is still a date: it is wrong, and must not pass as two numbers.
    """
    places = []
    for match in DATE.finditer(text):
        places.append(match.span())
        yield match.span(), _date(match), "date"
    for match in _TIME.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in places):
            yield match.span(), _time(match), "time"


def _date(match: re.Match[str]) -> int:
    said = {name[0]: value for name, value in match.groupdict().items() if value}
    month = said.get("m", "0")
    number = int(month) if month.isdigit() else _MONTHS[month[:3]]
    return int(said.get("y", 0)) * 10000 + number * 100 + int(said.get("d", 0))


def _time(match: re.Match[str]) -> int:
    if match["noon"] or match["noon2"] or match["midnight"]:
        return 0 if match["midnight"] else 12 * 60
    hour = int(match["hour"])
    minute = int(match["minute"] or match["minute3"] or 0) + 30 * bool(match["thirty"])
    half = (match["ap"] or match["ap2"] or "")[:1]
    late = half == "p" or match["half"] in _LATE or match["part"] in _LATE
    if late and hour < 12:
        hour += 12
    elif hour == 12 and (half == "a" or match["half"] in _LATE - {"下午", "下昼", "晏昼"}):
        hour = 0
    return (0 if hour == 24 else hour) * 60 + minute
