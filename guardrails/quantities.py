"""Every number of a text with its unit, in one form: HK$1.5m, HK$1,500,000 and 港幣150萬元 are the same quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from guardrails.dates import DATE, dates
from guardrails.numerals import in_digits

MONEY = "money"  # "$" or 元 without saying whose
CURRENCIES = frozenset(
    {"HKD", "USD", "CNY", "EUR", "GBP", "JPY", "AUD", "CAD", "NZD", "SGD", "CHF", "MOP", "TWD", "KRW", "THB"}
)

_CURRENCY_NAMES = {
    "HKD": (r"hk\$", "hkd", "港币", "港元", "港纸", "港圆", "hong kong dollars?"),
    "USD": (r"us\$", "usd", "美元", "美金", "us dollars?", r"u\.s\. dollars?", "united states dollars?"),
    "CNY": ("rmb", "cny", "cnh", r"cn¥", "人民币", "renminbi", "yuan"),
    "EUR": ("eur", "€", "欧元", "欧罗", "euros?"),
    "GBP": ("gbp", "£", "英镑", "pounds?(?: sterling)?"),
    "JPY": ("jpy", "jp¥", "日元", "日圆", "円", "(?:japanese )?yen"),
    "AUD": (r"au?\$", "aud", "澳元", "澳币", "australian dollars?"),
    "CAD": (r"ca?\$", "cad", "加元", "加币", "canadian dollars?"),
    "NZD": (r"nz\$", "nzd", "纽元", "新西兰元", "纽西兰元", "new zealand dollars?"),
    "SGD": (r"sg?\$", "sgd", "新加坡元", "坡元", "星元", "singapore dollars?"),
    "CHF": ("chf", "瑞士法郎", "瑞郎", "swiss francs?"),
    "MOP": (r"mop\$?", "澳门币", "葡币", "澳门元", "patacas?"),
    "TWD": (r"nt\$", "twd", "新台币", "台币", "新台币", "taiwan dollars?"),
    "KRW": ("krw", "韩元", "韩圜", "(?:korean )?won"),
    "THB": ("thb", "泰铢", "baht"),
    MONEY: (r"\$", "¥", "元", "圆", "块", "蚊", "dollars?"),
}
_SPAN_NAMES = {
    "minute": ("minutes?", "mins?", "分钟"),
    "hour": ("hours?", "hrs?", "小时", "钟头"),
    "day": (
        r"(?:calendar |clear |consecutive |business |working |banking |trading |dealing )?days?",
        "(?:个)?(?:公历|历|工作|营业|交易|银行工作|银行营业|自然|连续)?(?:天|日)(?!元|圆)",
    ),
    "week": ("weeks?", "(?:个)?(?:星期|礼拜|周)(?!年)"),
    "month": ("(?:calendar )?months?", "个(?:历|公历)?月"),
    "quarter": ("quarters?", "个?季(?:度)?(?!节)"),
    "year": ("years?", "yrs?", "年", "岁", "周岁"),
    "percent": ("%", "per ?cent", "pct", "个?百分点", "percentage points?", "厘"),
    "basis point": ("basis points?", "bps?", "个?基点", "点子"),
}
_SCALES = {
    "thousand": 10**3, "k": 10**3, "千": 10**3, "万": 10**4, "百万": 10**6, "million": 10**6, "m": 10**6,
    "mn": 10**6, "mln": 10**6, "mil": 10**6, "千万": 10**7, "亿": 10**8, "billion": 10**9, "bn": 10**9, "b": 10**9,
}  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """``unit``: a currency code, MONEY, a span of time, "percent", "date" (yyyymmdd, absent parts 0), "time" or "".

    A time of day is counted in minutes since midnight.
    """

    value: Decimal
    unit: str

    def stands_for(self, other: Quantity) -> bool:
        """Whether both say the same; an unnamed currency agrees with any currency."""
        units = {self.unit, other.unit}
        same_unit = len(units) == 1 or (MONEY in units and bool(units & CURRENCIES))
        return self.value == other.value and same_unit


@dataclass(frozen=True)
class Located:
    """A quantity and where it stands in the text ``in_digits`` gives, its unit included."""

    start: int
    end: int
    quantity: Quantity


def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of ``text``, in order; a date counts once, not as its parts."""
    return tuple(one.quantity for one in located(in_digits(text)))


@lru_cache(maxsize=512)
def located(plain: str) -> tuple[Located, ...]:
    """All quantities of a text in the form ``in_digits`` gives, in order and with their places."""
    found = [Located(*place, Quantity(Decimal(value), unit)) for place, value, unit in dates(plain)]
    taken = DATE.sub(lambda match: " " * len(match[0]), plain) if found else plain
    for one in found:  # a time of day, which is no date
        taken = taken[: one.start] + " " * (one.end - one.start) + taken[one.end :]
    numbers = [_number(match, taken) for match in _DIGITS.finditer(taken)]
    return tuple(sorted([*found, *_ranged(numbers, plain)], key=lambda one: one.start))


def _alternatives(names: dict[str, tuple[str, ...]]) -> str:
    return "|".join(
        f"(?P<{unit.replace(' ', '_')}>{'|'.join(_bounded(name) for name in alternatives)})"
        for unit, alternatives in names.items()
    )


def _bounded(name: str) -> str:
    return name if name[-1] >= "\u4e00" or name[-1] in "$%€£¥" else rf"(?:{name})(?![a-z])"


_DIGITS = re.compile(r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,9}(?!\d)(?:\.\d{1,30})?|\d{1,40}(?:\.\d{1,30})?)", re.ASCII)
_BEFORE = re.compile(rf"(?:^|(?<![a-z]))(?:{_alternatives(_CURRENCY_NAMES)})(?P<inner>\s?-)?\s?$", re.ASCII)
_SCALE = re.compile(
    r"\s?(?P<scale>"
    + "|".join(sorted((rf"{s}\b" if s.isascii() else s for s in _SCALES), key=len, reverse=True))
    + ")",
    re.ASCII,
)
_PREFIXES = re.compile(
    r"[a-z]{3}|mop\\\$\?|港币|人民币|renminbi"
)  # stand before their number: not after one where another follows
_AFTER_NAMES = {
    unit: tuple(
        rf"{n}(?!\s?\d)" if _PREFIXES.fullmatch(n) else n for n in names if not n.endswith((r"\$", "¥", "€", "£"))
    )
    for unit, names in _CURRENCY_NAMES.items()
}
_AFTER = re.compile(rf"[\s-]?(?:{_alternatives(_AFTER_NAMES | _SPAN_NAMES)})", re.ASCII)
_SIGN = re.compile(r"(?:(?:^|[^\w)\]%])[-−]|\b(?:minus|negative) |负(?:数)?)\s?$", re.ASCII)
_GAP = re.compile(r"\s?(?:-|–|—|~|to|至|到)\s?")
_LONGEST_NAME = 24


def _number(match: re.Match[str], text: str) -> Located:
    start, end = match.span()
    before = _BEFORE.search(text[max(0, start - _LONGEST_NAME) : start])
    value = Decimal(match[0].replace(",", ""))
    unit = _named(before)
    if before:
        start -= len(before[0])
    if scale := _SCALE.match(text, end):
        value, end = value * _SCALES[scale["scale"]], scale.end()
    after = _AFTER.match(text, end)
    if after and before and _named(after) in _SPAN_NAMES and before[0].strip()[-1:].isalnum():
        start, before, unit = match.start(), None, ""  # 港元3個月: the currency is of the deposit
    if after:
        unit, end = (unit if unit not in ("", MONEY) else _named(after)) or unit, after.end()
    if (before and before["inner"]) or _SIGN.search(text[max(0, start - 12) : start]):
        value = -value
    if unit == "basis point":
        value, unit = value / 100, "percent"
    return Located(start, end, Quantity(value.normalize(), unit))


def _named(match: re.Match[str] | None) -> str:
    return (match.lastgroup or "").replace("_", " ") if match and match.lastgroup != "inner" else _first(match)


def _first(match: re.Match[str] | None) -> str:
    named = match.groupdict() if match else {}
    return next((name for name, said in named.items() if said and name != "inner"), "")


def _ranged(numbers: list[Located], text: str) -> list[Located]:
    """A bare end of a range takes the unit of the other: 1-3%, HK$1,000 to 5,000."""
    for left, right in zip(range(len(numbers)), range(1, len(numbers)), strict=False):
        one, other = numbers[left], numbers[right]
        if not _GAP.fullmatch(text[one.end : other.start]):
            continue
        if not one.quantity.unit and other.quantity.unit:
            numbers[left] = replace(one, quantity=Quantity(one.quantity.value, other.quantity.unit))
        elif one.quantity.unit in CURRENCIES | {MONEY} and not other.quantity.unit:
            numbers[right] = replace(other, quantity=Quantity(other.quantity.value, one.quantity.unit))
    return numbers


def missing_quantities(claim: str, evidence: str) -> Iterator[Quantity]:
    """The quantities of ``claim`` that ``evidence`` does not state.

    A number of the evidence without unit (a table cell) takes any unit that the evidence names elsewhere (its header).
    """
    stated = quantities(evidence)
    named = {quantity.unit for quantity in stated} | units_named(in_digits(evidence))
    for wanted in quantities(claim):
        bare = any(s.value == wanted.value and not (s.unit and wanted.unit) for s in stated)
        in_table = bare and (not wanted.unit or wanted.unit in named)
        if not in_table and not any(wanted.stands_for(s) for s in stated):
            yield wanted


_NAMES = {
    unit: re.compile("|".join(alternatives), re.ASCII) for unit, alternatives in (_CURRENCY_NAMES | _SPAN_NAMES).items()
}


@lru_cache(maxsize=512)
def units_named(plain: str) -> frozenset[str]:
    """The units whose names stand anywhere in a text as ``in_digits`` gives it, with a number or without."""
    return frozenset(unit for unit, names in _NAMES.items() if names.search(plain))
