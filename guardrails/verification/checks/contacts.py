"""Addresses, links, telephone numbers, accounts and handles are the cited words' own, or are not said."""

from __future__ import annotations

import re

from guardrails.verification.comparison import Comparison

_CONTACT = re.compile(
    r"https?://[^\s,。;)]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.@])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{3,}(?:/[^\s,。;)]*)?(?![\w@])"
    r"|(?<!\w)@\w{3,}"
    r"|(?<![\d.,$])\+?\d(?:[ -]?\d){6,}(?![\d,.]\d)"
)
_GIVEN = re.compile(r"[^\w@]+")


def check(comparison: Comparison) -> str | None:
    """What a customer could call, write to, open or pay into stands in the cited words."""
    stated = _GIVEN.sub("", comparison.evidence.text)
    if any(_GIVEN.sub("", found) not in stated for found in _CONTACT.findall(comparison.claim.text)):
        return "a contact is not in the cited words"
    return None
