"""Numbers, percentages, currencies and dates of three languages as tokens in one normal form.

``#1500000`` is a number, ``#5%`` a percentage, ``$hkd`` a currency, ``@2024-10-01`` a date; no word can look like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from retrieval.numerals import (
    ENGLISH,
    HALF,
    chinese_value,
    decimal_value,
    english_value,
    fraction,
    plain,
    scaled_value,
)

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may may", "jun june", "jul july", "aug august",
         "sep september sept", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
CURRENCIES = {
    "hk$": "hkd", "hkd": "hkd", "港币": "hkd", "港元": "hkd", "港纸": "hkd", "us$": "usd", "usd": "usd", "美元": "usd",
    "美金": "usd", "rmb": "cny", "cny": "cny", "cnh": "cny", "人民币": "cny",
}  # fmt: skip

CENTURY = 2000  # of a year of two digits
SHORT_NUMERAL = 2  # 三 and 十一 may be part of a word; 一百五十萬 is a number and nothing else

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ZH = "零〇一壹二两贰三叁四肆五伍六陆七柒八捌九玖十拾廿卅百佰千仟万亿"
_ZH_DECIMAL = rf"[{_ZH}]+点[零〇一二三四五六七八九]+"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CHINESE_SCALE = r"[十百千]?[万亿]|[百千](?![分])"
_COUNTER = r"(?:个?月|日|号|天|年|元|蚊|次|张|项|周|星期|小时|岁|倍|期|厘|宗|名|份)"
_TENS = "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_NAMED = rf"{_TENS}[- ](?:one|two|three|four|five|six|seven|eight|nine)|{'|'.join(ENGLISH)}".replace(" ", r"\ ")
_MANY = r"(?:hundred|thousand|million|billion)\b"  # without it "one" and "a" say nothing of a number
_PERCENT = r"%|per\ cent\b|percent\b|percentage\ points?\b|个?百分点"
_PATTERN = re.compile(
    rf"""
    (?P<iso>(?<!\d)\d{{4}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}(?!\d))
  | (?P<zhdate>(?:\d{{4}}|[零〇一二三四五六七八九]{{4}})\s?年\s?(?P<zm>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s?月
        \s?(?P<zd>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?[日号])
  | (?P<dmy>(?<![\w/])\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\.?,?\s+\d{{4}})
  | (?P<mdy>\b(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})
  | (?P<slash>(?<![\d/.-])\d{{1,2}}(?:/\d{{1,2}}/(?:\d{{2}}){{1,2}}|(?P<dot>[-.])\d{{1,2}}(?P=dot)\d{{4}})
        (?![\d/]|[-.]\d))
  | (?P<zhpercent>百[分份]之(?P<pct>{_DIGITS}|{_ZH_DECIMAL}|[{_ZH}]+))
  | (?P<rate>(?<![\d.])(?P<whole>{_DIGITS}|{_ZH_DECIMAL}|[{_ZH}]+|半个?)\s?
        (?:(?P<and_half>个半)?\s?巴仙
         |厘(?!米)(?P<after>半|(?:\d{{1,2}}|[一二三四五六七八九]{{1,2}})(?![\d.{_ZH}]|{_COUNTER}))?))
  | (?P<tenths>(?P<of_ten>[一二两三四五六七八九十])成(?P<half_tenth>半)?(?![不交份分功员就年日本果立衣长]))
  | (?P<zhdecimal>{_ZH_DECIMAL})(?P<times>{_CHINESE_SCALE})
  | (?P<currency>hk\$|us\$|\b(?:hkd|usd|rmb|cny|cnh)(?=\b|\d)|港币|港元|港纸|美元|美金|人民币)
  | (?P<number>(?<![\d.])(?:(?<![a-z])|(?<=hkd|usd|rmb|cny|cnh))(?P<digits>{_DIGITS}|\d+)
        (?:\s?(?P<percent>{_PERCENT})|\s?(?P<hundredth>bps?\b|basis\ points?\b)
         |\s?(?P<scale>thousand\b|million\b|billion\b|mil\b|mn\b|bn\b|{_CHINESE_SCALE})|(?P<letter>[kmb])\b)?)
  | (?P<chinese>[{_ZH}]{{2,}}|[{_ZH}](?={_COUNTER}))
  | (?P<english>\b(?:half\ an?(?=\ {_MANY})|(?:an?|one)(?=\ {_MANY}|\ and\ a\ half\b)|{_NAMED})
        (?:\ and\ a\ half\b)?(?:\ hundred\b(?:(?:\ and)?\ (?:{_NAMED}|one)\b)?)?(?:\ {_MANY})?\b)
        (?:\ (?P<in_percent>{_PERCENT}))?
    """,
    re.VERBOSE,
)


class Found(NamedTuple):
    """Tokens of one number in ``text[start:end]``; ``keeps_words``: its characters are words too (三個月, thirty)."""

    start: int
    end: int
    tokens: tuple[str, ...]
    keeps_words: bool


def find_numbers(text: str) -> Iterator[Found]:
    """The numbers of a folded, lower-case, NFKC-normal text, in reading order, without overlap."""
    for match in _PATTERN.finditer(text):
        tokens = _read(match)
        if tokens:
            short = bool(match["chinese"]) and len(match["chinese"]) <= SHORT_NUMERAL
            keeps_words = short or bool(match["english"] or match["tenths"])
            yield Found(match.start(), match.end(), tokens, keeps_words)


def _read(match: re.Match[str]) -> tuple[str, ...]:
    for kind in ("iso", "zhdate", "dmy", "mdy", "slash"):
        if match[kind]:
            return _date(match, kind)
    if match["currency"]:
        return ("$" + CURRENCIES[match["currency"]],)
    value = _value(match)
    return () if value is None else (f"#{plain(value)}{'%' if _is_percent(match) else ''}",)


def _is_percent(match: re.Match[str]) -> bool:
    return any(match[kind] for kind in ("zhpercent", "rate", "tenths", "percent", "hundredth", "in_percent"))


def _value(match: re.Match[str]) -> Decimal | None:
    if match["zhpercent"]:
        return decimal_value(match["pct"])
    if match["rate"]:
        return _rate(match)
    if match["tenths"]:
        value = chinese_value(match["of_ten"])
        return value and (value + (HALF if match["half_tenth"] else 0)) * 10
    if match["zhdecimal"]:
        value = decimal_value(match["zhdecimal"])
        return value and value * scaled_value("1", match["times"])
    if match["chinese"]:
        return chinese_value(match["chinese"])
    if match["english"]:
        return english_value(match["english"].replace("-", " ").split())
    return _digits(match)


def _rate(match: re.Match[str]) -> Decimal | None:
    """三厘半 and 三個半巴仙 are 3.5, 四厘二五 is 4.25, 半厘 0.5."""
    value = HALF if match["whole"][0] == "半" else decimal_value(match["whole"])
    after = match["after"] or ""
    return value and value + (HALF if match["and_half"] or after == "半" else fraction(after or "0"))


def _digits(match: re.Match[str]) -> Decimal:
    letter = match["letter"] if match["letter"] == "k" or _is_money(match) else ""
    value = scaled_value(match["digits"], match["scale"] or letter or "")
    return value / 100 if match["hundredth"] else value


def _is_money(match: re.Match[str]) -> bool:
    """Whether a currency stands before the digits: only then does "5m" mean five million and not five metres."""
    return match.string[: match.start("digits")].rstrip().endswith(("$", *CURRENCIES))


def _date(match: re.Match[str], kind: str) -> tuple[str, ...]:
    """The day and its year, so that "in 2024" finds a full date; nothing where no calendar has that day."""
    year, month, day = _parts(match, kind)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ()
    return (f"@{year:04}-{month:02}-{day:02}", f"#{year}")


def _parts(match: re.Match[str], kind: str) -> tuple[int, int, int]:
    text = match[kind]
    if kind == "zhdate":
        year, month, day = (decimal_value(part) or 0 for part in (text[:4], match["zm"], match["zd"]))
        return int(year), int(month), int(day)
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if kind == "iso":
        return numbers[0], numbers[1], numbers[2]
    if kind == "slash":  # Hong Kong writes day first
        return numbers[2] if numbers[2] > 99 else CENTURY + numbers[2], numbers[1], numbers[0]
    month = next(MONTHS[word] for word in re.findall(r"[a-z]+", text) if word in MONTHS)
    return numbers[1], month, numbers[0]
