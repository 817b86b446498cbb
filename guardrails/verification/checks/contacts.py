"""Addresses, links, telephone numbers, accounts and handles are the cited words' own, or are not said."""

from __future__ import annotations

import re

from guardrails.verification.comparison import Comparison

_CONTACT = re.compile(
    r"https?://[^\s,。;)]+"
    r"|[a-z0-9_.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|(?<![\w.@])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{3,}(?:/[^\s,。;)]*)?(?![\w@])"
    r"|(?<![a-z0-9])@[a-z0-9_]{3,}"
    r"|(?<![\d.,$])\+?\d(?:[ -]?\d){6,}(?!\d|[,.]\d)(?!\s?(?:[%元美港人蚊块年个]|dollars|hkd|usd|rmb))"
)
_MARKS = re.compile(r"[^\w@]+")


def check(comparison: Comparison) -> str | None:
    """What a customer could call, write to, open or pay into stands in the cited words."""
    stated = _MARKS.sub("", comparison.evidence.text)
    if any(_MARKS.sub("", found) not in stated for found in _CONTACT.findall(comparison.claim.text)):
        return "a contact is not in the cited words"
    return None
