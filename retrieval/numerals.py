"""Chinese numerals, digits with scale words and English number words, read as exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

DIGITS = {
    c: v
    for v, group in enumerate(["零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
    for c in group
}
SMALL_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE_SCALES = {"万": 10**4, "亿": 10**8}
TENS = {"廿": "二十", "卅": "三十"}  # as Cantonese says and writes them
NOT_NUMBERS = {"千万", "百千", "千百"}  # "by all means", "all sorts of"
LATIN_SCALES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mil": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9,
}  # fmt: skip
ENGLISH = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
HALF = Decimal("0.5")


def chinese_value(numeral: str) -> Decimal | None:
    """The value of a folded Chinese numeral: 一百五十万 is 1500000, 万二 nothing, 一万二 12000, 二〇二四 2024."""
    for short, whole in TENS.items():
        numeral = numeral.replace(short, whole)
    if all(c in DIGITS for c in numeral):
        return Decimal("".join(str(DIGITS[c]) for c in numeral)) if numeral else None
    if numeral[0] in LARGE_SCALES or numeral in NOT_NUMBERS:
        return None
    total = section = 0
    digit: int | None = None
    scale = 1
    for c in numeral:
        if c in DIGITS:
            digit = DIGITS[c]
            scale = 1 if digit == 0 else scale
        elif c in SMALL_SCALES:
            section += (1 if digit is None else digit) * SMALL_SCALES[c]
            scale, digit = SMALL_SCALES[c], None
        else:
            section += _last(digit, scale)
            total = (total + section) * LARGE_SCALES[c] if c == "亿" else total + section * LARGE_SCALES[c]
            section, scale, digit = 0, LARGE_SCALES[c], None
    return Decimal(total + section + _last(digit, scale))


def decimal_value(numeral: str) -> Decimal | None:
    """As ``chinese_value``, of digits and of numerals with a point too: 3.5, 三点五."""
    if numeral[0].isdigit():
        return scaled_value(numeral, "")
    whole, point, rest = numeral.partition("点")
    value = chinese_value(whole)
    return value if not point or value is None else value + fraction(rest)


def fraction(digits: str) -> Decimal:
    """What digits of either script stand for after a point: 二五 and 25 are 0.25."""
    return Decimal("0." + "".join(str(DIGITS.get(c, c)) for c in digits))


def english_value(words: Sequence[str]) -> Decimal:
    """The value of English number words: half a million is 500000, one hundred and fifty thousand 150000."""
    total = section = Decimal(0)
    for word in words:
        if word == "half":
            section += HALF
        elif word == "hundred":
            section *= 100
        elif word in LATIN_SCALES:
            total, section = total + section * LATIN_SCALES[word], Decimal(0)
        elif word != "and" and not (word in ("a", "an") and section):
            section += ENGLISH.get(word, 1)
    return total + section


def _last(digit: int | None, scale: int) -> int:
    """A last digit after a scale counts tenths of it, as people say it: 一万二 is 12000, 百五万 1500000."""
    return (digit or 0) * max(scale // 10, 1)


def scaled_value(digits: str, scale: str) -> Decimal:
    """``digits`` (with thousands separators) times a scale of any script: ("1.5", "m") and ("150", "万") are equal."""
    value = Decimal(digits.replace(",", ""))
    if scale.lower() in LATIN_SCALES:
        return value * LATIN_SCALES[scale.lower()]
    for c in scale:
        value *= SMALL_SCALES.get(c) or LARGE_SCALES.get(c) or 1
    return value


def plain(value: Decimal) -> str:
    """Normal form without exponent or trailing zeros: 1500000, 5, 0.125."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
