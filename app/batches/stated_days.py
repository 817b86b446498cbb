"""The days a document states of itself: what its figures are as at, and from when to when it is in force.

In written English and Chinese, as Hong Kong's institutions write them. A document speaks of many days, so its days in
force are looked for only where it introduces itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

HEAD_CHARACTERS = 1500  # of a text: where a document introduces itself
FIRST_LINES = 6  # among them a line that starts with a day is dated by it
WORDS_AFTER = 20  # characters shown after a day, so that a person can check it at a glance

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTH_OF = {name[:3].lower(): number for number, name in enumerate(_MONTHS, start=1)}
_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in _MONTHS)
_DAY_FIRST = rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?P<m1>{_NAMES})\.?,? (?P<y1>\d{{4}})"
_MONTH_FIRST = rf"(?P<m2>{_NAMES})\.? (?P<d2>\d{{1,2}}),? (?P<y2>\d{{4}})"
_EN = rf"(?:{_DAY_FIRST}|{_MONTH_FIRST})"
_FIGURES = r"(?:(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})|(?P<d4>\d{1,2})/(?P<m4>\d{1,2})/(?P<y4>\d{4}))"
_ZH = r"(?P<y5>\d{4})\s?年\s?(?P<m5>\d{1,2})\s?月\s?(?P<d5>\d{1,2})\s?日"
_DAY = rf"(?:{_EN}|{_FIGURES}|{_ZH})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("DAY", _DAY), re.IGNORECASE)


_AS_AT = _pattern(
    r"(?:\bas (?:at|of)\b(?: \d{1,2}[:.]\d{2} ?[ap]\.?m\.?)?[^.;\n]{0,24}?|(?:截至|截止)(?:日期[:：為为]?)?\s?)DAY"
)
_STARTS = (
    _pattern(
        r"(?:in force|effective(?: date)?|takes? effect|with effect|comes? into (?:force|effect))"
        r"[: ]{1,2}(?:as )?(?:from |on |is )?DAY"
    ),
    _pattern(r"(?:on or after|commencing(?: from| on)?) DAY"),
    _pattern(
        r"(?:由|自|於|于)?\s?DAY\s?(?:或以後|或以后)?(?:起|開始|开始)?(?:正式)?(?:生效|實施|实施|執行|执行|適用|适用)"
    ),
    _pattern(r"(?:生效日期|實施日期|实施日期)[:：為为]?\s?DAY"),
)
_ENDS = (
    _pattern(r"(?:in force|effective|valid|applies|available)(?: \w+){0,6}? (?:until|to|till)(?: and including)? DAY"),
    _pattern(r"(?:有效期|有效|優惠期|优惠期|適用|适用)[^。\n截（(]{0,12}?(?:至|到)\s?DAY"),
)
_SENT = _pattern(r"\AFrom: [^\n]{0,500}; Date: (?:[A-Z][a-z]{2}, )?DAY")  # as the head of a mail is written
_LINE_OF_A_DAY = _pattern(r"\A\W{0,3}(?:(?:date|dated|日期)[:： ]{1,2})?DAY")


@dataclass(frozen=True)
class StatedDay:
    """A day and the words that state it."""

    day: date
    words: str


@dataclass(frozen=True)
class StatedDays:
    """What a document states of itself; None where it states nothing. ``ends`` is the first day not in force."""

    as_at: StatedDay | None = None
    starts: StatedDay | None = None
    ends: StatedDay | None = None


def stated_days(text: str) -> StatedDays:
    """The days that ``text`` states of itself; a text that states none has none."""
    head = text[:HEAD_CHARACTERS]
    starts = _first(head, _STARTS)
    ends = _first(head, _ENDS)
    if starts and ends and ends.day < starts.day:
        ends = None
    return StatedDays(_as_at(text) or _dated_line(head) or starts, starts, _day_after(ends))


def _as_at(text: str) -> StatedDay | None:
    """The day most figures are as at; of days as frequent, the one stated first."""
    stated = list(_stated(_AS_AT, text))
    counted = Counter(each.day for each in stated)
    return max(stated, key=lambda each: counted[each.day], default=None)


def _dated_line(head: str) -> StatedDay | None:
    lines = [line for line in head.split("\n") if line.strip()][:FIRST_LINES]
    return next(
        (found for pattern in (_LINE_OF_A_DAY, _SENT) for line in lines for found in _stated(pattern, line)), None
    )


def _first(head: str, patterns: tuple[re.Pattern[str], ...]) -> StatedDay | None:
    return next((found for pattern in patterns for found in _stated(pattern, head)), None)


def _stated(pattern: re.Pattern[str], text: str) -> Iterator[StatedDay]:
    for match in pattern.finditer(text):
        day = _day(match)
        if day is not None:
            words = text[match.start() : match.end() + WORDS_AFTER]
            yield StatedDay(day, " ".join(words.split()))


def _day(match: re.Match[str]) -> date | None:
    """None for a day that no calendar has."""
    found = match.groupdict()
    for number in "12345":
        if found[f"d{number}"]:
            month = found[f"m{number}"]
            month_number = int(month) if month.isdecimal() else _MONTH_OF[month[:3].lower()]
            try:
                return date(int(found[f"y{number}"]), month_number, int(found[f"d{number}"]))
            except ValueError:
                return None
    return None


def _day_after(last: StatedDay | None) -> StatedDay | None:
    """Documents state the last day in force; we keep the first day that is not."""
    return None if last is None else StatedDay(last.day + timedelta(days=1), last.words)
