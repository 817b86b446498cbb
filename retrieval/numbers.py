"""Numbers, percentages, currencies and dates of three languages as tokens in one normal form.

``#1500000`` is a number, ``#5%`` a percentage, ``$hkd`` a currency, ``@2024-10-01`` a date; no word can look like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from retrieval.numerals import ENGLISH, chinese_value, plain, scaled_value

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

SHORT_NUMERAL = 2  # 三 and 十一 may be part of a word; 一百五十萬 is a number and nothing else

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ZH = "零〇一壹二两贰三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万亿"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CHINESE_SCALE = r"[十百千]?[万亿]|[百千](?![分])"
_COUNTER = r"(?:个?月|日|天|年|元|蚊|次|张|项|周|星期|小时|岁|倍|期|厘|宗|名|份)"
_PATTERN = re.compile(
    rf"""
    (?P<iso>(?<!\d)\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d))
  | (?P<zhdate>(?:\d{{4}}|[零〇一二三四五六七八九]{{4}})\s?年\s?(?P<zm>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s?月
        \s?(?P<zd>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?[日号])
  | (?P<dmy>(?<![\w/])\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\.?,?\s+\d{{4}})
  | (?P<mdy>\b(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})
  | (?P<slash>(?<![\d/])\d{{1,2}}/\d{{1,2}}/\d{{4}}(?![\d/]))
  | (?P<zhpercent>百分之(?P<pct>{_DIGITS}|[{_ZH}]+))
  | (?P<currency>hk\$|us\$|\b(?:hkd|usd|rmb|cny|cnh)(?=\b|\d)|港币|港元|港纸|美元|美金|人民币)
  | (?P<number>(?<![\d.])(?:(?<![a-z])|(?<=hkd|usd|rmb|cny|cnh))(?P<digits>{_DIGITS}|\d+)
        (?:\s?(?P<percent>%|per\ cent\b|percent\b|厘)
         |\s?(?P<scale>thousand\b|million\b|billion\b|mn\b|bn\b|{_CHINESE_SCALE})|(?P<letter>[kmb])\b)?)
  | (?P<chinese>[{_ZH}]{{2,}}|[{_ZH}](?={_COUNTER}))(?P<zhli>厘)?
  | (?P<english>\b(?:{"|".join(ENGLISH)})\b)
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
        kind = match.lastgroup or ""
        tokens = _read(match)
        if tokens:
            keeps_words = kind == "english" or len(match["chinese"] or "...") <= SHORT_NUMERAL
            yield Found(match.start(), match.end(), tokens, keeps_words)


def _read(match: re.Match[str]) -> tuple[str, ...]:
    for kind in ("iso", "zhdate", "dmy", "mdy", "slash"):
        if match[kind]:
            return _date(match, kind)
    if match["zhpercent"]:
        value = _any_value(match["pct"])
        return () if value is None else (f"#{plain(value)}%",)
    if match["currency"]:
        return ("$" + CURRENCIES[match["currency"]],)
    if match["english"]:
        return (f"#{ENGLISH[match['english']]}",)
    if match["chinese"]:
        value = chinese_value(match["chinese"])
        return () if value is None else (f"#{plain(value)}{'%' if match['zhli'] else ''}",)
    return (_number(match),)


def _number(match: re.Match[str]) -> str:
    letter = match["letter"] if match["letter"] == "k" or _is_money(match) else ""
    value = scaled_value(match["digits"], match["scale"] or letter or "")
    return f"#{plain(value)}{'%' if match['percent'] else ''}"


def _is_money(match: re.Match[str]) -> bool:
    """Whether a currency stands before the digits: only then does "5m" mean five million and not five metres."""
    return match.string[: match.start("digits")].rstrip().endswith(("$", *CURRENCIES))


def _any_value(text: str) -> Decimal | None:
    return scaled_value(text, "") if text[0].isdigit() else chinese_value(text)


def _date(match: re.Match[str], kind: str) -> tuple[str, ...]:
    """The day and its year, so that "in 2024" finds a full date; nothing where no calendar has that day."""
    year, month, day = _parts(match, kind)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ()
    return (f"@{year:04}-{month:02}-{day:02}", f"#{year}")


def _parts(match: re.Match[str], kind: str) -> tuple[int, int, int]:
    text = match[kind]
    if kind == "zhdate":
        year, month, day = (_any_value(part) or 0 for part in (text[:4], match["zm"], match["zd"]))
        return int(year), int(month), int(day)
    if kind == "iso":
        return tuple(map(int, text.split("-")))  # type: ignore[return-value]
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if kind == "slash":  # Hong Kong writes day first
        return numbers[2], numbers[1], numbers[0]
    month = next(MONTHS[word] for word in re.findall(r"[a-z]+", text) if word in MONTHS)
    return numbers[1], month, numbers[0]
