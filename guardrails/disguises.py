"""The ways one text can be read: as it stands, respaced, leetspeak, down the lines, or with encoded parts decoded.

To add a disguise, add a decoder to ``_CODES`` (nobody writes it to a bank: finding words in it is telling) or a
respelling to ``_RESPELLINGS`` (ordinary text may look like it).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

from guardrails.normalise import normalise
from guardrails.plain_words import reads_as_words

MOST_READINGS = 12
LONGEST = 4000  # characters that are looked through

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,4000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){8,2000}")
_BITS = re.compile(r"(?:[01]{8}[\s,]{0,2}){3,500}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}[^%]{0,20}){3}")
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})")
_MORSE = re.compile(r"(?:[.\-]{1,5}[ /|]{1,3}){5,400}[.\-]{1,5}")
_NUMBERS = re.compile(r"(?:\d{1,3}[\s,/-]{1,3}){7,400}\d{1,3}")
_SPACED = re.compile(r"\b(?:[a-z][\s.\-_*|]{1,3}){5,400}[a-z]\b")
_GAPS = re.compile(r"[\s.\-_*|~]")
_WORD_GAP = re.compile(r"\s{2,}|/")
_CHINESE_GAPS = re.compile(r"(?<=[\u3400-\u9fff])[\s.~*_|·-]{1,2}(?=[\u3400-\u9fff])")
_CLAUSE = re.compile(r"[^:.,;()<>\n\"'\u3400-\u9fff]{1,600}")
_LATIN_WORDS = re.compile(r"[a-z]{2,20} [a-z]{2,20} [a-z]{2,20}")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_MIXED = re.compile(r"[a-z][0134578@$!][a-z]|\b[0134578@$!][a-z]{2}")
_TWO_SCRIPTS = re.compile(r"[a-zA-Z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][a-zA-Z]")
_INSIDE_A_WORD = re.compile("[^\\W\\d_][\u200b-\u200d\u2060\ufeff\u00ad][^\\W\\d_]")
MORSE = {
    ".-": "a", "-...": "b", "-.-.": "c", "-..": "d", ".": "e", "..-.": "f", "--.": "g", "....": "h", "..": "i",
    ".---": "j", "-.-": "k", ".-..": "l", "--": "m", "-.": "n", "---": "o", ".--.": "p", "--.-": "q", ".-.": "r",
    "...": "s", "-": "t", "..-": "u", "...-": "v", ".--": "w", "-..-": "x", "-.--": "y", "--..": "z",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A normalised reading of a text. ``decoded``: it was written in a code, so that nobody should read it."""

    text: str
    decoded: bool = False


def readings(text: str) -> Iterator[Reading]:
    """The plain reading first; others only where the text could be so disguised, at most ``MOST_READINGS`` in all."""
    return islice(_readings(text[:LONGEST]), MOST_READINGS)


def is_masked(text: str) -> bool:
    """Whether letters that only look Latin, or invisible ones, stand inside words, again and again."""
    return len(_TWO_SCRIPTS.findall(text)) >= 3 or len(_INSIDE_A_WORD.findall(text)) >= 4


def _readings(text: str) -> Iterator[Reading]:
    plain = normalise(text).text
    yield Reading(plain)
    for code in _CODES:
        yield from (Reading(normalise(decoded).text, decoded=True) for decoded in code(text) if decoded.strip())
    for respelling in _RESPELLINGS:
        respelled = respelling(plain)
        if respelled and respelled != plain:
            yield Reading(respelled)


def _base64(text: str) -> Iterator[str]:
    visible = "".join(character for character in text if character.isprintable() or character.isspace())
    runs = _BASE64.findall(visible)
    yield from (decoded for run in runs for decoded in _text_of(_bytes_of_base64(run)))
    if len(runs) > 1:
        yield from _text_of(b"".join(_bytes_of_base64(run) for run in runs))


def _bytes_of_base64(run: str) -> bytes:
    padded = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4))
    except binascii.Error:
        return b""


def _hex(text: str) -> Iterator[str]:
    for run in _HEX.findall(text):
        yield from _text_of(bytes.fromhex(re.sub(r"[\s:]", "", run)))


def _bits(text: str) -> Iterator[str]:
    for run in _BITS.findall(text):
        yield from _text_of(bytes(int(byte, 2) for byte in re.findall("[01]{8}", run)))


def _morse(text: str) -> Iterator[str]:
    """Dots and dashes that make several letters: a line of dashes is one letter over and over."""
    for run in _MORSE.findall(text):
        words = re.split(r"\s*[/|]\s*|\s{2,}", run)
        decoded = " ".join("".join(MORSE.get(letter, "") for letter in word.split()) for word in words)
        if len(set(decoded)) > 4:
            yield decoded


def _numbers(text: str) -> Iterator[str]:
    """Numbers for letters: A is 1, or as ASCII has them."""
    for run in _NUMBERS.findall(text):
        values = [int(number) for number in re.findall(r"\d+", run)]
        if max(values) <= 26 and min(values) >= 1:
            yield "".join(chr(ord("a") + value - 1) for value in values)
        elif all(32 <= value < 127 for value in values):
            yield from _words(["".join(map(chr, values))])


def _turned(text: str) -> Iterator[str]:
    """Backwards, or each letter moved by the same number of places, where that makes words of what were none."""
    plain = normalise(text).text
    clauses = [
        clause for clause in _CLAUSE.findall(plain) if _LATIN_WORDS.search(clause) and not reads_as_words(clause)
    ]
    for clause in islice(clauses, 4):
        candidates = (clause[::-1], *(_moved(clause, by) for by in (13, 23, 3, 25, 1)))
        yield from (candidate for candidate in candidates if reads_as_words(candidate))


def _moved(text: str, by: int) -> str:
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in text)


def _percent(plain: str) -> str:
    return unquote_to_bytes(plain).decode("utf-8", errors="ignore") if _PERCENT.search(plain) else ""


def _escapes(plain: str) -> str:
    return _ESCAPES.sub(lambda match: chr(int(match[1], 16)), plain)


def _respaced(plain: str) -> str:
    return _CHINESE_GAPS.sub("", _SPACED.sub(_close_up, plain))


def _close_up(match: re.Match[str]) -> str:
    """``i g n o r e  y o u r`` as ``ignore your``: single gaps close, wider ones stay one space."""
    return " ".join(_GAPS.sub("", word) for word in _WORD_GAP.split(match[0]))


def _leet(plain: str) -> str:
    return plain.translate(_LEET) if _MIXED.search(plain) else ""


def _down_the_lines(plain: str) -> str:
    """The first characters of the lines, then the last: what an acrostic says."""
    lines = [line.strip(" .,!?。，！？；") for line in plain.split("\n")[1:] if line.strip(" .,!?。，！？；")]
    if len(lines) < 4 or any(len(line) > 40 for line in lines):
        return ""
    return "".join(line[0] for line in lines) + "\n" + "".join(line[-1] for line in lines)


def _text_of(raw: bytes) -> Iterator[str]:
    """The bytes as text, where they are mostly that: random letters decode to noise."""
    decoded = raw.decode("utf-8", errors="ignore")
    readable = sum(" " <= character <= "~" or "\u3400" <= character <= "\u9fff" for character in decoded)
    if len(decoded) >= 4 and readable >= 0.9 * len(decoded) and len(decoded.encode()) >= 0.9 * len(raw):
        yield decoded


def _words(words: Iterator[str] | list[str]) -> Iterator[str]:
    text = " ".join(words)
    if reads_as_words(text):
        yield text


_CODES: tuple[Callable[[str], Iterator[str]], ...] = (_base64, _hex, _bits, _morse, _numbers, _turned)
_RESPELLINGS: tuple[Callable[[str], str], ...] = (_percent, _escapes, _respaced, _leet, _down_the_lines)
