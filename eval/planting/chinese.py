"""Chinese scripts and numerals: which script a text is in, figures to characters and back."""

from __future__ import annotations

import re

from guardrails.normalise import fold

DIGITS = "〇一二三四五六七八九"
NUMERAL = "一二兩两三四五六七八九十百千"


def is_simplified(text: str) -> bool:
    """Tell whether a Chinese text is Simplified: hardly any of its characters would change."""
    chinese: list[str] = re.findall(r"[\u4e00-\u9fff]", text)
    return 50 * sum(fold(character) != character for character in chinese) < len(chinese)


def numeral_value(text: str) -> int | None:
    """Give the value of a numeral below ten thousand, or None if it is none."""
    total, current = 0, 0
    for char in text:
        if char in "兩两":
            current = 2
        elif char in DIGITS:
            current = DIGITS.index(char)
        elif char in "十百千":
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            current = 0
        else:
            return None
    return total + current


def numeral(value: int) -> str:
    """Write a number from 0 to 99 in characters, as counted."""
    tens, units = divmod(value, 10)
    if not tens:
        return DIGITS[units]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[units] if units else "")


def spelled(digits: str) -> str:
    """Write digits one by one, as in a year: 二零二六."""
    return "".join("零" if d == "0" else DIGITS[int(d)] for d in digits)
