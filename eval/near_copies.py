"""Sentences that are nearly their evidence's own, true and with one thing changed by a program.

People who word a sentence anew never copy, so that a set of theirs says nothing of copies: these stand in for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.numerals import in_digits
from guardrails.quantities import Located, located

SHORTEST = 12
_SENTENCE = re.compile(r"[^。!?;\n]+?(?:[。!?;\n]|\.(?= |$)|$)")
_NUMBER = re.compile(r"^[\s\-*#]*(?:[A-Za-z甲乙丙丁戊己庚辛]?\.?\d+(?:\.\d+)*\.?\s|[(（]\w{1,3}[)）]\s?)?")
_TURNS = (
    (r"\bmust\b", "need not"), (r"\bmay not\b", "may"), (r"\bmay\b", "may not"), (r"\bis not\b", "is"),
    (r"\bare not\b", "are"), (r"\bcannot\b", "can"), (r"\bcan\b", "cannot"), (r"\bis\b", "is not"),
    (r"\bare\b", "are not"), (r"\bwill\b", "will not"), (r"\bfree of charge\b", "charged"), (r"\bwaived\b", "charged"),
    (r"\bbefore\b", "after"), (r"\bafter\b", "before"), ("毋须|无须|无需|不必", "须"), ("必须|须", "毋须"),
    ("不可|不得|不能", "可"), ("可(?!能)", "不可"), ("不获", "获"), ("不受", "受"), ("将会|将", "不会"),
    ("免费|豁免", "收费"), ("不收", "收"), ("不适用", "适用"), ("之前|以前|前", "之后"), ("之后|以后|后", "之前"),
)  # fmt: skip
_CONDITION = re.compile(
    r"(?:,\s*| )(?:unless|except|only if|if|provided that|subject to)\b[^,;.]*"
    r"|[,，](?:除非|惟|但|如|若)[^,，。;]*|(?:如|若|除)[^,，。;]*[,，]"
)


def near_copies(evidence: str) -> Iterator[tuple[str, bool]]:
    """Sentences of ``evidence`` in matching form, each with whether it is true: as it stands, then with one change."""
    text = in_digits(evidence)
    if "|" in text:
        return
    figures = located(text)
    for match in _SENTENCE.finditer(text):
        sentence = _NUMBER.sub("", match[0]).strip()
        if len(sentence) < SHORTEST:
            continue
        yield sentence.rstrip("。.;"), True
        yield from ((wrong, False) for wrong in _changed(sentence, text, figures) if wrong not in text)


def _changed(sentence: str, text: str, figures: tuple[Located, ...]) -> Iterator[str]:
    for pattern, other in _TURNS:
        if re.search(pattern, sentence):
            yield re.sub(pattern, other, sentence, count=1)
            break
    if _CONDITION.search(sentence):
        yield _CONDITION.sub("", sentence, count=1).strip()
    for own in located(sentence):
        others = [f for f in figures if f.quantity.unit == own.quantity.unit and f.quantity != own.quantity]
        if others:
            other = text[others[0].start : others[0].end]
            yield sentence[: own.start] + other + sentence[own.end :]
            break
