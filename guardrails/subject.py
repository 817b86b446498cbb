"""What a customer's message is about: what is looked up of it, beside courtesies and who somebody is."""

from __future__ import annotations

import re

from guardrails.courtesies import beside_courtesies, is_courtesy

FEW_WORDS = 4  # of a clause that only says who somebody is: "my HKID is", "account number"
FEW_CHARACTERS = 8  # the same in Chinese: 身份證號碼係
_TOKEN = re.compile(r"\[[A-Z_]+\]")
_ENDS_IN_TOKEN = re.compile(r"\[[A-Z_]+\]\W*$")
_CLAUSE = re.compile(r"[^,.;:?!，。；：？！、\n]+[,.;:?!，。；：？！、\n]*")
_WORD = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]", re.IGNORECASE)


def subject(masked: str) -> str:
    """What a masked text is about: without its tokens, and without clauses that only greet or name personal data.

    Nothing is looked up by who somebody is. A text of nothing but such clauses comes back without its tokens.
    """
    clauses = _CLAUSE.findall(beside_courtesies(masked))
    kept = "".join(clause for clause in clauses if not (_only_identifies(clause) or is_courtesy(clause)))
    return _TOKEN.sub(" ", kept if _WORD.search(kept) else masked).strip()


def _only_identifies(clause: str) -> bool:
    """Whether a few words lead up to a token and nothing follows it."""
    rest = _TOKEN.sub("", clause)
    few = FEW_WORDS if rest.isascii() else FEW_CHARACTERS
    return _ENDS_IN_TOKEN.search(clause) is not None and len(_WORD.findall(rest)) <= few
