"""The number that a complaint is recorded under, and that its customer reads."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from app.hong_kong import HONG_KONG

_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"  # nothing that is read or heard as something else
_REFERENCE = re.compile(rf"C\d{{6}}-[{_ALPHABET}]{{6}}")


def new_reference() -> str:
    """The day in Hong Kong, and six characters that can be read out on the telephone."""
    return f"C{datetime.now(HONG_KONG):%y%m%d}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"


def reference_in(released: str) -> str | None:
    """The number in the words that a customer was given, None where there is none."""
    found = _REFERENCE.search(released)
    return found[0] if found else None
