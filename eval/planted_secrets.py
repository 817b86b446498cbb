"""Messages with personal data and secrets planted in them, drawn by a seed. Every number and name is invented.

Numbers with a check digit have a right one, so that a checker cannot tell them from real ones.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

import yaml

from guardrails.checkdigits import hkid_is_valid, luhn_is_valid

SEED = 11
CHECKED = ("HKID", "CARD", "MAINLAND_ID")  # a check digit tells them from any other row of digits
CREDENTIALS = ("OTP", "PIN", "CVV", "PASSWORD")
REST = ("PHONE", "EMAIL", "ACCOUNT", "PASSPORT", "BIRTH_DATE", "ADDRESS", "NAME")
KINDS = (*CHECKED, *CREDENTIALS, *REST)
WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in string.ascii_letters + string.digits + "()-"})
_MAINLAND_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Planted:
    """``text`` holds ``raw``, which is of ``kind``; ``language`` as in file names."""

    kind: str
    language: str
    text: str
    raw: str


def planted(count: int, kinds: tuple[str, ...] = KINDS, seed: int = SEED) -> Iterator[Planted]:
    """``count`` messages, kinds and languages in turn; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 -- drawn to be the same again
    contexts = _contexts()
    languages = tuple(contexts)
    for number in range(count):
        kind, language = kinds[number % len(kinds)], languages[number // len(kinds) % len(languages)]
        raw = _MADE[kind](dice, language)
        frame = dice.choice(contexts[language][kind])
        yield Planted(kind, language, _around(dice, frame.format(secret=raw), contexts[language]["asides"]), raw)


def _contexts() -> Mapping[str, Mapping[str, list[str]]]:
    loaded: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(
        (files("eval") / "planted_secrets.yaml").read_text("utf-8")
    )
    return loaded


def _around(dice: random.Random, text: str, asides: list[str]) -> str:
    """Alone, or before or after what else a customer has to say."""
    aside = dice.choice(asides)
    return dice.choice((text, text, f"{aside} {text}", f"{text} {aside}", f"{aside}\n{text}"))


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choice(string.digits) for _ in range(count))


def _hkid(dice: random.Random, _language: str) -> str:
    letters = dice.choice(("A", "C", "D", "G", "K", "M", "P", "R", "V", "Y", "Z", "WX", "XA", "EC"))
    digits = _digits(dice, 6)
    check = next(c for c in "0123456789A" if hkid_is_valid(letters, digits, c))
    spelt = dice.choice(
        ("{l}{d}({c})", "{l}{d}{c}", "{l} {d} ({c})", "{l}{d} ({c})", "{l}-{d}({c})", "{l}{a} {b}({c})", "{l}{d}-{c}")
    ).format(l=letters, d=digits, c=check, a=digits[:3], b=digits[3:])
    return dice.choice((spelt, spelt, spelt.lower(), spelt.translate(WIDE)))


def _card(dice: random.Random, _language: str) -> str:
    prefix, length = dice.choice((("4", 16), ("51", 16), ("55", 16), ("62", 16), ("37", 15), ("34", 15)))
    partial_ = prefix + _digits(dice, length - len(prefix) - 1)
    number = next(partial_ + check for check in string.digits if luhn_is_valid(partial_ + check))
    cuts = (4, 10) if length == 15 else (4, 8, 12)
    groups = [number[start:end] for start, end in zip((0, *cuts), (*cuts, length), strict=True)]
    spelt = dice.choice((number, " ".join(groups), "-".join(groups), " ".join(groups)))
    return dice.choice((spelt, spelt, spelt, spelt.translate(WIDE)))


def _mainland_id(dice: random.Random, _language: str) -> str:
    area = dice.choice(("110105", "310115", "440304", "440106", "500103"))
    birth = f"{dice.randint(1940, 2005)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    body = area + birth + _digits(dice, 3)
    total = sum(int(digit) * weight for digit, weight in zip(body, _MAINLAND_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def _code(dice: random.Random, _language: str, lengths: tuple[int, ...]) -> str:
    digits = _digits(dice, dice.choice(lengths))
    half = len(digits) // 2
    return dice.choice((digits, digits, digits, f"{digits[:half]} {digits[half:]}")) if len(digits) > 4 else digits


def _password(dice: random.Random, _language: str) -> str:
    word = dice.choice(("Harbour", "dragon", "Lucky", "Fatcat", "sunny", "Kowloon", "mango", "Milktea"))
    return f"{word}{dice.choice('#$!@_*')}{_digits(dice, dice.choice((2, 3, 4)))}{dice.choice(('', 'x', 'Q'))}"


def _phone(dice: random.Random, _language: str) -> str:
    digits = dice.choice("569") + _digits(dice, 7)
    spelt = f"{digits[:4]} {digits[4:]}"
    return dice.choice((digits, spelt, f"+852 {spelt}", f"852-{digits}", f"(852) {spelt}", digits.translate(WIDE)))


def _email(dice: random.Random, _language: str) -> str:
    name = dice.choice(("tai.man", "ka_ho", "rosanna", "mei-ling", "kelvin", "wingyan"))
    return f"{name}{_digits(dice, 3)}@{dice.choice(('mailbox', 'post', 'letters'))}.example"


def _account(dice: random.Random, _language: str) -> str:
    digits = _digits(dice, 12)
    return dice.choice((f"{digits[:3]}-{digits[3:9]}-{digits[9:]}", f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", digits))


def _passport(dice: random.Random, _language: str) -> str:
    return dice.choice(("K", "KJ", "HA", "E", "G")) + _digits(dice, 8)


def _birth_date(dice: random.Random, language: str) -> str:
    year, month, day = dice.randint(1935, 2006), dice.randint(1, 12), dice.randint(1, 28)
    if language == "en":
        return dice.choice(
            (f"{day}/{month}/{year}", f"{day} {_MONTHS[month - 1]} {year}", f"{year}-{month:02}-{day:02}")
        )
    return dice.choice((f"{year}年{month}月{day}日", f"{day}/{month}/{year}", f"{year}-{month:02}-{day:02}"))


def _address(dice: random.Random, language: str) -> str:
    flat, floor, number = dice.choice("ABCDEFGH"), dice.randint(1, 40), dice.randint(2, 288)
    if language == "en":
        street, place = dice.choice(_STREETS)
        return f"Flat {flat}, {floor}/F, {number} {street}, {place}"
    street, estate = dice.choice(_ZH_STREETS[language])
    return f"{street}{number}號{estate}{floor}樓{flat}室".replace("號", "号" if language == "zh-Hans" else "號")


def _name(dice: random.Random, language: str) -> str:
    if language == "en":
        return f"{dice.choice(_SURNAMES)} {dice.choice(_GIVEN)}"
    surnames, given = _ZH_NAMES[language]
    return dice.choice(surnames) + dice.choice(given)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SURNAMES = ("Chan", "Wong", "Lee", "Cheung", "Ho", "Lam")
_GIVEN = ("Tai Man", "Ka Ho", "Mei Ling", "Wing Yan", "Chi Keung")
_STREETS = (("Wing Fat Road", "Tai Po"), ("Cedar Street", "Sham Shui Po"), ("Harbour View Road", "Wan Chai"))
_ZH_STREETS = {
    "zh-Hant": (("大埔榮發道", "海逸閣"), ("深水埗柏樹街", "金鳳大廈"), ("灣仔海景道", "康怡花園")),
    "zh-Hans": (("大埔荣发道", "海逸阁"), ("深水埗柏树街", "金凤大厦"), ("湾仔海景道", "康怡花园")),
}
_ZH_NAMES = {
    "zh-Hant": (("陳", "黃", "李", "張", "何", "林"), ("大文", "家豪", "美玲", "詠欣", "志強")),
    "zh-Hans": (("陈", "黄", "李", "张", "何", "林"), ("大文", "家豪", "美玲", "咏欣", "志强")),
}
_MADE: Mapping[str, Callable[[random.Random, str], str]] = {
    "HKID": _hkid,
    "CARD": _card,
    "MAINLAND_ID": _mainland_id,
    "OTP": partial(_code, lengths=(6, 6, 6, 4, 8)),
    "PIN": partial(_code, lengths=(4, 6)),
    "CVV": partial(_code, lengths=(3,)),
    "PASSWORD": _password,
    "PHONE": _phone,
    "EMAIL": _email,
    "ACCOUNT": _account,
    "PASSPORT": _passport,
    "BIRTH_DATE": _birth_date,
    "ADDRESS": _address,
    "NAME": _name,
}
