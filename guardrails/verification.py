"""A claim against the spans it cites: supported, contradicted or not found. No model; closed when in doubt.

What is checked, in order: the cited words stand in the store as quoted; every number, amount, percentage and date
stands in them with its unit (promise 3); negation and conditions agree; enough of the claim's words are theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.quantities import missing_quantities
from guardrails.types import Claim
from knowledge_bases.schema import Citation

Resolve = Callable[[Citation], str | None]

# Least share of a claim's content terms that its spans must hold (English stems, Chinese character pairs).
GROUNDED = 0.6

_NEGATION = Patterns(
    r"\b(?:not|no|never|cannot|without|neither|nor|none|nothing|un(?:less|able|available|protected|insured))\b",
    r"n't\b",
    "不(?!同|過|少|論|時|單|僅|斷|妨)",
    "未(?!來)",
    "無(?!論)",
    "[沒冇唔毋勿]",
    "非(?!常)",
    "豁免",
)
_CONDITION = Patterns(
    r"\b(?:if|unless|except|excluding|only|provided that|subject to|until|where)\b",
    "如果?(?!何|此)|若|除非|除外|只有|僅限|須符合|視乎|惟|限於|除.{1,12}外",
)
_STOPWORD = re.compile(
    "a|an|and|any|are|as|at|be|been|by|can|do|does|for|from|has|have|how|i|if|in|into|is|it|its|may|of|on"
    "|or|our|so|that|the|their|them|then|there|these|they|this|those|to|under|up|us|was|we|were|what|when"
    "|where|which|who|will|with|would|you|your|per|each|such|than|shall|must|should"
)
_TERM = re.compile(r"[a-z]{2,}|[一-鿿]+")
_SENTENCE_END = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;])\s")


class Support(StrEnum):
    """The outcome for one claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Judgement:
    """``why`` names the check that failed, never the words; empty when supported."""

    support: Support
    why: str = ""


def judge(claim: Claim, resolve: Resolve) -> Judgement:
    """Whether the spans that ``claim`` cites bear it out. A claim without citation is not found."""
    if not claim.citations:
        return Judgement(Support.NOT_FOUND, "no citation")
    for citation in claim.citations:
        stored = resolve(citation)
        if stored is None:
            return Judgement(Support.NOT_FOUND, "cited span does not exist")
        if stored != citation.quote:
            return Judgement(Support.CONTRADICTED, "quote differs from the stored words")
    if is_quotation(claim):
        return Judgement(Support.SUPPORTED)
    return entails("\n".join(citation.quote for citation in claim.citations), claim.text)


def is_quotation(claim: Claim) -> bool:
    """Whether the claim is its quotes and nothing else, white space aside."""
    return "".join(claim.text.split()) == "".join("".join(c.quote.split()) for c in claim.citations) != ""


def entails(evidence: str, text: str) -> Judgement:
    """Whether ``text`` follows from ``evidence`` as far as numbers, negation, conditions and words can tell."""
    if any(missing_quantities(text, evidence)):
        return Judgement(Support.CONTRADICTED, "a number is not in the cited words")
    if groundedness(text, evidence) < GROUNDED:
        return Judgement(Support.NOT_FOUND, "too few of its words are in the cited words")
    nearest = max(_sentences(evidence), key=lambda sentence: groundedness(text, sentence))
    claimed, stated = normalise(text).text, normalise(nearest).text
    if (claimed in _NEGATION) is not (stated in _NEGATION):
        return Judgement(Support.CONTRADICTED, "negation differs")
    if stated in _CONDITION and claimed not in _CONDITION:
        return Judgement(Support.CONTRADICTED, "a condition was dropped")
    return Judgement(Support.SUPPORTED)


def groundedness(text: str, evidence: str) -> float:
    """Share in [0, 1] of the content terms of ``text`` that occur in ``evidence``; 1.0 for a text without terms."""
    wanted = _terms(text)
    return len(wanted & _terms(evidence)) / len(wanted) if wanted else 1.0


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()] or [text]


def _terms(text: str) -> frozenset[str]:
    words = _TERM.findall(normalise(text).text)
    stems = {_stem(word) for word in words if word.isascii() and not _STOPWORD.fullmatch(word)}
    runs = [word for word in words if not word.isascii()]
    return frozenset(stems.union(*(_pairs(run) for run in runs)))


def _pairs(run: str) -> set[str]:
    return {run[i : i + 2] for i in range(len(run) - 1)} or {run}


def _stem(word: str) -> str:
    """Drops the commonest English endings; both sides lose the same."""
    for ending in ("ing", "ies", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
