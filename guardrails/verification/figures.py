"""A quantity in its sentence: what it counts in a unit that compares, which end of a range it is, before or after what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from guardrails.normalise import fold
from guardrails.quantities import CURRENCIES, MONEY, Located
from guardrails.verification.types import Place

_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_BUSINESS = re.compile(fold(r"business|working|banking|trading|dealing|工作|營業|交易"))
_REACH = 40  # characters before a figure that may say which end it is

_LOW = (
    r"at least|minimum(?: of)?|min\.?|(?:no|not) (?:less|fewer|lower) than|(?:not|never) (?:be )?(?:less|lower|fewer|under|below)(?: than)?"
    r"|more than|over|above|exceed(?:s|ing|ed)?|greater than|higher than|older than|starting (?:from|at)|starts? (?:from|at)|upwards? of|floor of|in excess of"
    "|至少|最少|不少於|不低於|最低|起碼|超過|多於|高於|逾|下限|不得少於|不可少於|不得低於|不能少於|不能低於|大於|未少於|須達|滿|年滿"
)
_HIGH = (
    r"at most|maximum(?: of)?|max\.?|up to|(?:no|not) (?:more|greater|higher|longer|later) than|(?:not|never|cannot|n't) (?:be )?(?:exceed(?:ing)?|above|over|more than|greater than)"
    r"|less than|below|under|fewer than|lower than|younger than|within|capped at|cap of|limit of|ceiling of|limited to|as much as|does not exceed"
    "|最多|至多|不超過|不多於|不高於|最高|上限|低於|少於|不逾|未滿|不足|不得超過|不可超過|不會超過|不能超過|不得多於|不得高於|高達|限於|小於|多達"
)
_LOW_AFTER = r"or (?:above|more|over|older|later|higher|longer)|and (?:above|over)|at (?:the )?least|minimum|upwards|\+(?!\d)|或以上|以上|起|及以上"
_HIGH_AFTER = r"or (?:below|less|under|younger|fewer|lower)|at (?:the )?most|maximum|at the latest|或以下|以下|或以內|之內|以內|內|及以下|為限|封頂"
_BEFORE = r"before|by|(?:no|not) later than|prior to|until|till|on or before|up to|不遲於|截至|直至|早於"
_AFTER = r"after|from|since|(?:no|not) earlier than|on or after|starting|beginning|effective(?: from| on)?|with effect from|as (?:of|from)|following|自|由|從|不早於|遲於"
_BEFORE_NEXT = r"\s?(?:before|prior to|in advance|earlier|ago)\b|(?:或)?(?:之前|以前|前)"
_AFTER_NEXT = r"\s?(?:after|following|later|from|onwards?)\b|(?:或)?(?:之後|以後|後|起)"

_WHOLE = "(?<![a-z])(?:{})(?![a-z])"  # whole words
_BOUND = re.compile(fold(_WHOLE.format(f"(?P<high>{_HIGH})|(?P<low>{_LOW})")))
_LEFT_ORDER = re.compile(fold(_WHOLE.format(rf"(?P<before>{_BEFORE})|(?P<after>{_AFTER})")))
_RIGHT_BOUND = re.compile(fold(rf"[\s(]{{0,2}}(?:(?P<low>{_LOW_AFTER})|(?P<high>{_HIGH_AFTER}))(?![a-z])"))
_RIGHT_ORDER = re.compile(fold(rf"(?P<before>{_BEFORE_NEXT})|(?P<after>{_AFTER_NEXT})"))
_BREAK = re.compile(r"[。;,:()\n|、!?]|\d|\. ")
_RANGE_NEXT = re.compile(fold(r"\s?(?:-|–|—|~|to |and |至|到)\s?(?:[a-z]{2}\$|[$£€¥]|[a-z]{3} )?\d"))
_RANGE_BACK = re.compile(
    fold(r"\d(?:%|[a-z ]{0,8}|[^\x00-\x7f]{0,3})\s?(?:-|–|—|~| to | and |至|到)\s?(?:[a-z]{2}\$|[$£€¥]|[a-z]{3} )?$")
)
_LOOSE = frozenset({"within", fold("內"), fold("之內"), fold("以內"), fold("滿"), fold("年滿"), "over", "under"})


_HALF_OF_DAY = re.compile(fold(r"[ap]\.?m|noon|night|morning|evening|午|早|晚|晨|夜|晝|(?<!\d)(?:1[3-9]|2\d)[:時点點]"))


@dataclass(frozen=True)
class Figure:
    """``kind`` and ``value`` compare across units of one kind (a week is 7 days); ``bound``: "low", "high" or "".

    ``order``: "before", "after" or "". ``loose``: the bound is one that a faithful sentence may leave unsaid; of a
    time of day, that it does not say which half of the day it is in.
    ``said`` is the number as it stands, before its unit was turned into the kind's.
    """

    kind: str
    value: Decimal
    unit: str
    place: Place
    bound: str = ""
    order: str = ""
    loose: bool = False
    said: Decimal = Decimal(0)

    def states(self, wanted: Figure) -> bool:
        """Whether this figure of the evidence says what ``wanted`` says, its ends aside."""
        if "date" in (self.kind, wanted.kind):
            return self._same_day(wanted)
        if not wanted.unit and self.kind != "time":
            return self.said == wanted.said  # "ninety" after "45 days"
        if self.kind != wanted.kind:
            return False
        if self.kind == "money":
            return abs(self.value) == abs(wanted.value) and (
                self.unit == wanted.unit or MONEY in (self.unit, wanted.unit)
            )
        half_a_day = self.kind == "time" and wanted.loose and abs(self.value - wanted.value) == 720
        return half_a_day or self.value == wanted.value

    def _same_day(self, wanted: Figure) -> bool:
        """What ``wanted`` says of a date is part of what this one says; a bare year may be a year."""
        if self.kind != wanted.kind:
            year = self.value // 10000 if self.kind == "date" else wanted.value // 10000
            bare = wanted if self.kind == "date" else self
            only_year = self.kind == "date" or wanted.value % 10000 == 0
            return not bare.unit and bare.value == year and only_year
        return all(not want or want == own for want, own in zip(_parts(wanted.value), _parts(self.value), strict=True))


def _parts(value: Decimal) -> tuple[int, int, int]:
    number = int(value)
    return number // 10000, number // 100 % 100, number % 100


def figure_at(text: str, found: Located, place: Place) -> Figure:
    """The figure of a quantity that stands in ``text`` (as ``in_digits`` gives it)."""
    said = text[found.start : found.end]
    kind, value = _canonical(found.quantity.value, found.quantity.unit, said)
    left = _before(text, found.start)
    right = text[found.end : found.end + 24]
    bound, words = _bound(left, right)
    loose = words in _LOOSE if kind != "time" else not _HALF_OF_DAY.search(said)
    if kind in ("date", "time"):
        bound = ""  # what is before and after is its order
    elif not bound:
        bound = _range_end(text, found)
    return Figure(
        kind, value, found.quantity.unit, place, bound, _order(left, right, kind), loose, found.quantity.value
    )


def _canonical(value: Decimal, unit: str, said: str) -> tuple[str, Decimal]:
    if unit in CURRENCIES or unit == MONEY:
        return "money", value
    if unit == "day" and _BUSINESS.search(said):
        return "business day", value
    if unit in _MINUTES:
        return "span", value * _MINUTES[unit]
    if unit in _MONTHS:
        return "months", value * _MONTHS[unit]
    return unit, value


def _before(text: str, start: int) -> str:
    """What stands before a figure in its clause, back to the figure before it."""
    left = text[max(0, start - _REACH) : start]
    breaks = [match.end() for match in _BREAK.finditer(left)]
    return left[breaks[-1] :] if breaks else left


def _bound(left: str, right: str) -> tuple[str, str]:
    if after := _RIGHT_BOUND.match(right):
        return ("low" if after["low"] else "high"), (after["low"] or after["high"])
    last = _last(_BOUND, left)
    if last is None:
        return "", ""
    return ("high" if last["high"] else "low"), last[0]


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter([*pattern.finditer(text)][-1:]), None)


def _range_end(text: str, found: Located) -> str:
    if _RANGE_NEXT.match(text, found.end):
        return "low"
    return "high" if _RANGE_BACK.search(text[max(0, found.start - 16) : found.start]) else ""


def _order(left: str, right: str, kind: str) -> str:
    after = _RIGHT_ORDER.match(right)
    if after:
        return "before" if after["before"] else "after"
    if kind not in ("date", "time"):
        return ""
    last = _last(_LEFT_ORDER, left)
    return "" if last is None else ("before" if last["before"] else "after")
