"""Short names of countries, spelt as tables of markets have them: "US and Japan stocks", "英股同美股".

Only where capitals say that a country is meant ("tell us" is none), and no currency follows ("HK$", "US dollars").
"""

from __future__ import annotations

import re

_NAMES = {
    r"(?<![A-Za-z.])(?:USA?|U\.S\.(?:A\.)?)(?![A-Za-z$])(?!\s*(?:\$|[Dd]ollar))": "United States",
    r"(?<![A-Za-z.])(?:UK|U\.K\.)(?![A-Za-z$])": "United Kingdom",
    r"(?<![A-Za-z.])HK(?![A-Za-z$])(?!\s*(?:\$|[Dd]ollar))": "Hong Kong",
    "美股": "美國股票",
    "英股": "英國股票",
    "港股": "香港股票",
    "日股": "日本股票",
}
_PATTERNS = tuple((re.compile(pattern), name) for pattern, name in _NAMES.items())


def spelt_out(question: str) -> str:
    """``question`` with the full names of countries; one all in capitals as it is, as its "US" may be "us"."""
    if question.isupper():
        return question
    for pattern, name in _PATTERNS:
        question = pattern.sub(name, question)
    return question
