"""Check digits: what tells an identity or card number from any other row of digits."""

from __future__ import annotations


def hkid_is_valid(letters: str, digits: str, check: str) -> bool:
    """Whether ``check`` ("0".."9" or "A") is the check digit of a Hong Kong identity card number.

    ``letters`` is one or two Latin letters, ``digits`` six digits. Weights run 9..2 over eight places, a single
    letter preceded by a blank worth 36; letters are worth 10..35; the weighted sum and the check make a multiple of 11.
    """
    values = [36] * (2 - len(letters)) + [ord(letter) - ord("A") + 10 for letter in letters.upper()]
    values += [int(digit) for digit in digits]
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return (total + (10 if check.upper() == "A" else int(check))) % 11 == 0


def luhn_is_valid(digits: str) -> bool:
    """Whether ``digits`` pass the Luhn check of payment card numbers (ISO/IEC 7812-1, annex B)."""
    values = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in values) % 10 == 0


def iban_is_valid(iban: str) -> bool:
    """Whether ``iban`` (letters and digits, no blanks) passes the check of ISO 13616: 1 modulo 97 when rotated."""
    rotated = iban[4:] + iban[:4]
    return 15 <= len(iban) <= 34 and int("".join(str(int(c, 36)) for c in rotated)) % 97 == 1
