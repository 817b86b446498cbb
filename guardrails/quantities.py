"""Every number of a text with its unit, in one form: HK$1.5m, HK$1,500,000 and 港幣150萬元 are the same quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from guardrails.normalise import fold, normalise

MONEY = "money"  # "$" or 元 without saying whose
CURRENCIES = frozenset({"HKD", "USD", "CNY", "EUR", "GBP", "JPY"})

_CURRENCY_NAMES = {
    "HKD": (r"hk\$", "hkd", "港币", "港元", "港纸", "hong kong dollars?"),
    "USD": (r"us\$", "usd", "美元", "美金", "us dollars?"),
    "CNY": ("rmb", "cny", "cnh", "人民币", "renminbi"),
    "EUR": ("eur", "€", "欧元", "euros?"),
    "GBP": ("gbp", "£", "英镑"),
    "JPY": ("jpy", "日元", "日圆"),
    MONEY: (r"\$", "¥", "元", "块", "蚊", "dollars?"),
}
_SPAN_NAMES = {
    "minute": ("minutes?", "mins?", "分钟"),
    "hour": ("hours?", "小时", "钟头"),
    "day": (r"(?:calendar |business |working |banking )?days?", "(?:个)?(?:历|工作|营业)?(?:天|日)"),
    "week": ("weeks?", "(?:个)?(?:星期|礼拜|周)"),
    "month": ("months?", "个月"),
    "year": ("years?", "年"),
    "percent": ("%", "per ?cent", "厘"),
}
_SCALES = {
    "thousand": 10**3, "k": 10**3, "千": 10**3, "万": 10**4, "百万": 10**6, "million": 10**6, "m": 10**6,
    "mn": 10**6, "千万": 10**7, "亿": 10**8, "billion": 10**9, "bn": 10**9,
}  # fmt: skip
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-one": 21,
    "twenty-four": 24, "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90,
}  # fmt: skip
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True)
class Quantity:
    """``unit``: a currency code, MONEY, a span of time, "percent", "date" (then ``value`` is yyyymmdd) or ""."""

    value: Decimal
    unit: str

    def stands_for(self, other: Quantity) -> bool:
        """Whether both say the same; an unnamed currency agrees with any currency."""
        units = {self.unit, other.unit}
        same_unit = len(units) == 1 or (MONEY in units and bool(units & CURRENCIES))
        return self.value == other.value and same_unit


def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of ``text``, in order; a date counts once, not as its parts."""
    folded = _arabic(normalise(text).text)
    dates = [(match.span(), _date(match)) for match in _DATE.finditer(folded)]
    blanked = _DATE.sub(lambda match: " " * len(match[0]), folded)
    numbers = [(match.span(), _number(match)) for match in _NUMBER.finditer(blanked)]
    return tuple(quantity for _, quantity in sorted([*dates, *numbers], key=lambda pair: pair[0]))


def _alternatives(names: dict[str, tuple[str, ...]]) -> str:
    return "|".join(f"(?P<{{prefix}}{unit}>{'|'.join(alternatives)})" for unit, alternatives in names.items())


_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COUNTED = r"(?=[ -](?:calendar|business|working|banking|minutes?|hours?|days?|weeks?|months?|years?|per)\b)"
_SPELT = "|".join(sorted(_WORDS, key=len, reverse=True))
_SCALE = "|".join(sorted((rf"{s}\b" if s.isascii() else s for s in _SCALES), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?:(?:{_alternatives(_CURRENCY_NAMES).format(prefix='before_')})\s?)?"
    rf"(?P<digits>(?<![\d.])(?:{_DIGITS})|\b(?:{_SPELT}){_COUNTED})"
    rf"(?:\s?(?P<scale>{_SCALE}))?[\s-]?"
    rf"(?:{_alternatives(_CURRENCY_NAMES | _SPAN_NAMES).format(prefix='after_')})?",
    re.ASCII,
)
_MONTH = "(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}"
_DATE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH.format('m1')},? (?P<y1>(?:19|20)\d\d)\b"
    rf"|\b{_MONTH.format('m2')} (?:(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?P<y2>(?:19|20)\d\d)\b"
    r"|(?<!\d)(?P<y3>(?:19|20)\d\d)\s?[年/.\-]\s?(?P<m3>\d{1,2})(?:\s?[月/.\-]\s?(?P<d3>\d{1,2})日?|月)(?!\d)"
    r"|(?<!\d)(?P<d4>\d{1,2})/(?P<m4>\d{1,2})/(?P<y4>(?:19|20)\d\d)(?!\d)",
    re.ASCII,
)
_CHINESE = re.compile(
    f"[{''.join(_NUMERALS)}十百千]{{1,9}}(?=[万亿]|个|天|日|年|月|元|港|蚊|厘|周|星|小)|(?<=百分之)[{''.join(_NUMERALS)}十百]+"
)


def _number(match: re.Match[str]) -> Quantity:
    digits = match["digits"].replace(",", "")
    value = Decimal(_WORDS.get(digits, digits)) * _SCALES.get(match["scale"] or "", 1)
    named = [name.split("_")[1] for name, said in match.groupdict().items() if said and "_" in name]
    return Quantity(value.normalize(), max(named, key=lambda unit: unit != MONEY, default=""))


def _date(match: re.Match[str]) -> Quantity:
    said = {name[0]: value for name, value in match.groupdict().items() if value}
    month = _MONTHS.get(said["m"]) or int(said["m"])
    return Quantity(Decimal(int(said["y"]) * 10000 + month * 100 + int(said.get("d", 0))), "date")


def _arabic(text: str) -> str:
    """Chinese numerals as digits where a unit follows, and 百分之五 as 5%."""
    digits = _CHINESE.sub(lambda match: str(_chinese_value(match[0])), text)
    return re.sub(fold("百分之") + r"\s?(\d+(?:\.\d+)?)", r"\1%", digits)


def _chinese_value(numeral: str) -> int:
    total, last = 0, 0
    for character in numeral:
        if character in _POWERS:
            total += (last or 1) * _POWERS[character]
            last = 0
        else:
            last = last * 10 + _NUMERALS[character]
    return total + last


def missing_quantities(claim: str, evidence: str) -> Iterator[Quantity]:
    """The quantities of ``claim`` that ``evidence`` does not state.

    A number of the evidence without unit (a table cell) takes any unit that the evidence names elsewhere (its header).
    """
    stated = quantities(evidence)
    named = {quantity.unit for quantity in stated} | _units_named(evidence)
    for wanted in quantities(claim):
        bare = any(s.value == wanted.value and not (s.unit and wanted.unit) for s in stated)
        in_table = bare and (not wanted.unit or wanted.unit in named)
        if not in_table and not any(wanted.stands_for(s) for s in stated):
            yield wanted


def _units_named(text: str) -> set[str]:
    folded = normalise(text).text
    names = _CURRENCY_NAMES | _SPAN_NAMES
    return {unit for unit, alternatives in names.items() if re.search("|".join(alternatives), folded, re.ASCII)}
