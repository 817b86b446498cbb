"""The ways one text can be read: as it stands, respaced, leetspeak, reversed, ROT13, or with encoded parts decoded."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator

from guardrails.normalise import normalise

_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,4000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){12,2000}")
_SPACED = re.compile(r"\b(?:[a-z][\s.\-_*|]{1,3}){5,400}[a-z]\b")
_GAPS = re.compile(r"[\s.\-_*|]")
_WORD_GAP = re.compile(r"\s{2,}")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_MIXED = re.compile(r"[a-z][0134578@$!][a-z]|\b[0134578@$!][a-z]{2}")


def readings(text: str) -> Iterator[str]:
    """Normalised readings of ``text``, the plain one first; the others only where the text could be so disguised."""
    plain = normalise(text).text
    yield plain
    if _SPACED.search(plain):
        yield _SPACED.sub(_close_up, plain)
    if _MIXED.search(plain):
        yield plain.translate(_LEET)
    if any("a" <= character <= "z" for character in plain):
        yield plain[::-1]
        yield codecs.encode(plain, "rot13")
    for decoded in _decoded(text):
        yield normalise(decoded).text


def _close_up(match: re.Match[str]) -> str:
    """``i g n o r e  y o u r`` as ``ignore your``: single gaps close, wider ones stay one space."""
    return " ".join(_GAPS.sub("", word) for word in _WORD_GAP.split(match[0]))


def _decoded(text: str) -> Iterator[str]:
    visible = "".join(character for character in text if character.isprintable() or character.isspace())
    for run in _ENCODED.findall(visible):
        yield from _text_of(_base64(run))
    for run in _HEX.findall(visible):
        yield from _text_of(bytes.fromhex(re.sub(r"[\s:]", "", run)))


def _base64(run: str) -> bytes:
    padded = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4))
    except binascii.Error:
        return b""


def _text_of(raw: bytes) -> Iterator[str]:
    """The bytes as text, where they are mostly that: random letters decode to noise."""
    decoded = raw.decode("utf-8", errors="ignore")
    printable = sum(character.isprintable() for character in decoded)
    if len(decoded) >= 8 and printable >= 0.9 * len(decoded):
        yield decoded
