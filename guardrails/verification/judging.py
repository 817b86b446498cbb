"""A claim against the spans it cites: supported, contradicted or not found. No model; closed when in doubt.

What is checked, in order: the cited words stand in the store as quoted; the language is one that can be checked; the
checks that are certain; enough of the claim's words are theirs; too little speaks against it, weighed.
"""

from __future__ import annotations

import re

from guardrails.types import Claim
from guardrails.verification.checks import certain, first
from guardrails.verification.comparison import Comparison
from guardrails.verification.copied import changed
from guardrails.verification.copies import restated
from guardrails.verification.groundedness import covered
from guardrails.verification.languages import checkable, shared
from guardrails.verification.reading import Reading, read
from guardrails.verification.types import Judgement, Resolve, Support
from guardrails.verification.weighing import doubtful

# Least share of a claim's content terms that its spans must hold (English stems, Chinese character pairs).
GROUNDED = 0.25
LONGEST = 1_500  # characters of a sentence that is not quoted
ENDS = "。！？；.!?;\n"
# The number of a clause, or a bullet, at the beginning of a line or sentence.
_LABEL = re.compile(r"(?:^|\n|(?<!\d)[。！？；.!?;])(?:\(?\d{1,3}(?:\.\d{1,3})*[.)、]?|\([a-z]{1,4}\)|[•*-])$")


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
    return entails(evidence_of(claim), claim.text)


def evidence_of(claim: Claim) -> str:
    """The words that ``claim`` cites, a line each."""
    return "\n".join(citation.quote for citation in claim.citations)


def is_quotation(claim: Claim) -> bool:
    """Whether the claim is its quotes and nothing else, white space aside."""
    return "".join(claim.text.split()) == "".join("".join(c.quote.split()) for c in claim.citations) != ""


def is_repeated(text: str, evidence: str) -> bool:
    """Whether ``text`` is whole sentences of ``evidence``, word for word, white space aside."""
    wanted = _squeezed(text)
    start, stated = -1, _squeezed(evidence)
    while wanted and (start := stated.find(wanted, start + 1)) >= 0:
        after = stated[start + len(wanted) : start + len(wanted) + 1]
        if _opens(stated[:start], wanted) and _stops(wanted, after):
            return True
    return False


def _opens(before: str, text: str) -> bool:
    """Whether a sentence begins behind ``before``; a dot between two digits begins none."""
    if before[-1:] == "." and before[-2:-1].isdigit() and text[:1].isdigit():
        return False
    return _ends(before[-1:]) or _LABEL.search(before) is not None


def _stops(text: str, after: str) -> bool:
    """Whether the sentence ``text`` is over where ``after`` follows it."""
    return _ends(after) or (_ends(text) and _begins(after))


def _squeezed(text: str) -> str:
    return "\n".join(squeezed for line in text.splitlines() if (squeezed := "".join(line.split())))


def _ends(text: str) -> bool:
    return not text or text[-1] in ENDS


def _begins(character: str) -> bool:
    """Whether a sentence may begin so; after a dot that ends an abbreviation it goes on otherwise."""
    return not (character.islower() or character in ",;:)、，；：）")


def entails(evidence: str, text: str) -> Judgement:
    """Whether ``text`` follows from ``evidence`` as far as every check can tell."""
    if is_repeated(text, evidence):
        return Judgement(Support.SUPPORTED)
    if len(text) > LONGEST:
        return Judgement(Support.NOT_FOUND, "it is too long to be checked")
    if not checkable(text):
        return Judgement(Support.NOT_FOUND, "its language can't be checked")
    if not shared(text, evidence):
        return Judgement(Support.NOT_FOUND, "its language is not that of the cited words")
    comparison = Comparison(Reading(text), read(evidence))
    why = changed(comparison)
    if not why and restated(comparison):
        return Judgement(Support.SUPPORTED)
    if why := why or certain(comparison):
        return Judgement(Support.CONTRADICTED, why)
    if covered(comparison) < GROUNDED:
        return Judgement(Support.NOT_FOUND, "too few of its words are in the cited words")
    if doubtful(comparison):
        why = first(comparison)
        return (
            Judgement(Support.CONTRADICTED, why) if why else Judgement(Support.NOT_FOUND, "too much speaks against it")
        )
    return Judgement(Support.SUPPORTED)
