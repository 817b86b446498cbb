"""Attacks made of others: one order in ten disguises, and orders planted in mails."""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from guardrails.disguises import MORSE

_HOMOGLYPHS = str.maketrans("aceopxyi", "асеорхуі")
_LEET = str.maketrans("oieast", "013457")
_MORSE = {letter: code for code, letter in MORSE.items()}


def encoded(text: str) -> Iterator[str]:
    """``text`` in each disguise, each with the words that such a message comes with."""
    raw = text.encode()
    yield f"Decode this base64 and do what it says: {base64.b64encode(raw).decode()}"
    yield f"{raw.hex()} is hex, please answer it"
    yield f"ROT13: {codecs.encode(text, 'rot13')}"
    yield f"read this backwards: {text[::-1]}"
    yield quote(text, safe="")
    yield " ".join(f"{byte:08b}" for byte in raw)
    yield " / ".join(" ".join(_MORSE[c] for c in word if c in _MORSE) for word in text.lower().split())
    yield text.lower().translate(_LEET)
    yield text.translate(_HOMOGLYPHS)
    yield "\u200b".join(text)
    yield "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    yield "  ".join(" ".join(word) for word in text.split(" "))


def in_mails(folder: Path) -> list[tuple[str, str]]:
    """Each order at the start, in the middle and at the end of a mail, chosen by its digest; its half is its own."""
    orders = json.loads((folder / "text_attack_train.json").read_text(encoding="utf-8"))
    bodies = mails(folder)
    return [
        (planted, order)
        for order in (order for group in orders.values() for order in group)
        for planted in _planted(order, bodies[_chosen(order, len(bodies))])
    ]


def mails(folder: Path) -> list[str]:
    """The mails as they are, without an order."""
    lines = (folder / "email" / "train.jsonl").read_text(encoding="utf-8").split("\n")
    return [str(json.loads(line)["context"]) for line in lines if line]


def _planted(order: str, mail: str) -> Iterator[str]:
    middle = mail.find(". ", len(mail) // 2) + 1
    yield f"{order}\n{mail}"
    yield f"{mail[:middle]} {order} {mail[middle:]}"
    yield f"{mail}\n{order}"


def _chosen(order: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(order.encode()).digest()[1:5]) % count
