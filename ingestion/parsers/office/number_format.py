"""A cell's value as Excel shows it, by its number format (ECMA-376 part 1, 18.8.31).

What is not followed shows the plain value: fractions, conditions other than the usual sections, digits in Chinese.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from ingestion.parsers.office.date_format import formatted as formatted_date

Value = str | bool | int | float | datetime | date | time | timedelta

GENERAL = "general"
DIGITS = 10  # General shows at most eleven characters
WIDE = Context(prec=400)  # any number a cell can hold, to its last decimal
TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|[0#?]+|[.,%/@]|[Ee][+-]|.', re.IGNORECASE | re.DOTALL)
CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]")
CONDITION = re.compile(r"\[[<>=]")
SECTIONS = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*)(?:;|$)', re.DOTALL)


def shown(value: Value | None, code: str) -> str:
    """The words of a cell; an empty string for an empty cell and for what the format itself hides (";;;")."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return _text(value, code)
        case int() | float():
            return _number(Decimal(repr(value)), code)
        case _:
            return formatted_date(value, code)


def general(number: Decimal) -> str:
    """A number without a format: all its whole digits, and as many decimals as fit."""
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}"
    return f"{Decimal(f'{float(number):.{DIGITS}g}'):f}"


def _text(value: str, code: str) -> str:
    sections = _sections(code)
    if len(sections) < 4:
        return value
    return "".join(value if token == "@" else _literal(token) for token in TOKEN.findall(sections[3]))  # noqa: S105


def _number(number: Decimal, code: str) -> str:
    sections = _sections(code)
    if CONDITION.search(code):
        return general(number)
    signed = number < 0 and len(sections) > 1
    section = sections[0]
    if signed:
        section = sections[1]
    elif number == 0 and len(sections) > 2:
        section = sections[2]
    return _in_section(abs(number) if signed else number, section)


def _in_section(number: Decimal, section: str) -> str:
    tokens = _tokens(section)
    places = [at for at, token in enumerate(tokens) if token[0] in "0#?"]
    lowered = section.lower()
    if GENERAL in lowered or "/" in tokens or any(token[0] in "eE" and len(token) == 2 for token in tokens):
        return general(number)
    if not places:
        return "".join(map(_literal, tokens)) if "@" not in tokens else general(number)
    first, last = places[0], places[-1]
    while last + 1 < len(tokens) and tokens[last + 1] in ",.":
        last += 1
    before, pattern, after = tokens[:first], tokens[first : last + 1], tokens[last + 1 :]
    if first and tokens[first - 1] == ".":
        before, pattern = before[:-1], [".", *pattern]
    if any(token[0] not in "0#?.,%" for token in pattern):
        return "".join(map(_literal, before)) + _filled(number, pattern) + "".join(map(_literal, after))
    percent = sum(token == "%" for token in tokens)  # noqa: S105
    digits = _digits(number.scaleb(2 * percent), "".join(t for t in pattern if t[0] in "0#?.,"))
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    return sign + "".join(map(_literal, before)) + digits + "".join(map(_literal, after))


def _filled(number: Decimal, pattern: list[str]) -> str:
    """Digits with words between them, as in a telephone number: placed from the right, the rest in front."""
    left = f"{abs(number).quantize(Decimal(1), ROUND_HALF_UP, WIDE):f}"
    parts: list[str] = []
    for token in reversed(pattern):
        if token[0] in "0#?":
            parts.append(left[-len(token) :].rjust(token.count("0"), "0"))
            left = left[: -len(token)]
        else:
            parts.append(_literal(token))
    return ("-" if number < 0 else "") + left + "".join(reversed(parts))


def _digits(number: Decimal, pattern: str) -> str:
    """The digits by a pattern such as ``#,##0.00``; commas at its end divide by a thousand each."""
    scaled = number.scaleb(-3 * (len(pattern) - len(pattern.rstrip(","))))
    whole, _, decimals = pattern.rstrip(",").partition(".")
    rounded = scaled.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, WIDE)
    sign = "-" if rounded < 0 else ""
    integer, _, fraction = f"{abs(rounded):f}".partition(".")
    integer = integer.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        integer = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", integer)
    wanted = len(decimals.rstrip("#?"))
    fraction = fraction[:wanted] + fraction[wanted:].rstrip("0")
    return sign + integer + ("." + fraction if decimals and (fraction or wanted) else "")


def _literal(token: str) -> str:
    """What a token of a format adds to the number: quoted words, a currency; nothing for fillers and colours."""
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    if token.startswith("["):
        currency = CURRENCY.match(token)
        return currency.group(1) if currency else ""
    return "" if (len(token) == 2 and token[0] in "_*") or token in ("@", ",", "?") else token


@lru_cache(maxsize=1000)
def _tokens(section: str) -> list[str]:
    return TOKEN.findall(section)


@lru_cache(maxsize=1000)
def _sections(code: str) -> list[str]:
    """The sections for positive, negative, zero and text; a code of one serves for all numbers."""
    sections = SECTIONS.findall(code)
    return sections[:-1] if len(sections) > 1 and not sections[-1] and not code.endswith(";") else sections
