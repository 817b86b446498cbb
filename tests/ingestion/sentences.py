"""What every refusal must be: one sentence that names the file, says what is wrong and what to do."""

from __future__ import annotations

import re

INSIDES = re.compile(r"Traceback|\b[A-Za-z]+(?:Error|Exception)\b|\b0x[0-9a-f]+|broke the parser|\bNone\b|<[^>]*>")


def faults(message: str, name: str) -> list[str]:
    """What is wrong with the sentence; nothing where it is as it should be."""
    rest = message.removeprefix(f"{name}: ")
    reason, _, remedy = rest.rpartition("; ")
    found = [f"does not name the file: {message}"] if rest == message else []
    found += [] if rest.endswith(".") and "\n" not in rest else [f"is not a sentence: {message}"]
    found += [] if not re.search(r"[.!?] ", rest) else [f"is more than one sentence: {message}"]
    found += [] if reason and len(remedy.split()) > 2 else [f"has no remedy: {message}"]
    return found + ([f"speaks of its insides: {message}"] if INSIDES.search(rest) else [])
