"""A claim against the spans it cites: supported, contradicted or not found. No model; closed when in doubt.

What is checked, in order: the cited words stand in the store as quoted; the language is one that can be checked; every
check of ``checks/``; enough of the claim's words are theirs.
"""

from __future__ import annotations

from guardrails.types import Claim
from guardrails.verification.checks import checks
from guardrails.verification.comparison import Comparison
from guardrails.verification.groundedness import covered
from guardrails.verification.languages import checkable
from guardrails.verification.reading import Reading, read
from guardrails.verification.types import Judgement, Resolve, Support

# Least share of a claim's content terms that its spans must hold (English stems, Chinese character pairs).
GROUNDED = 0.5
ENDS = "。！？；.!?;\n"


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


def is_repeated(text: str, evidence: str) -> bool:
    """Whether ``text`` is whole sentences of ``evidence``, word for word, white space aside."""
    wanted = _squeezed(text)
    start, stated = -1, _squeezed(evidence)
    while wanted and (start := stated.find(wanted, start + 1)) >= 0:
        before, after = stated[:start], stated[start + len(wanted) :]
        if _ends(before) and (not after or after[0] == "\n" or (_ends(wanted) and _begins(after[0])) or after[0] in ENDS):
            return True
    return False


def _squeezed(text: str) -> str:
    return "\n".join(squeezed for line in text.splitlines() if (squeezed := "".join(line.split())))


def _ends(text: str) -> bool:
    return not text or text[-1] in ENDS


def _begins(character: str) -> bool:
    """Whether a sentence may begin so; after a dot that ends an abbreviation it goes on otherwise."""
    return not (character.islower() or character in ",;:)、，；：）")


def entails(evidence: str, text: str) -> Judgement:
    """Whether ``text`` follows from ``evidence`` as far as every check can tell."""
    if not checkable(text):
        return Judgement(Support.NOT_FOUND, "its language can't be checked")
    if is_repeated(text, evidence):
        return Judgement(Support.SUPPORTED)
    comparison = Comparison(Reading(text), read(evidence))
    grounded = covered(comparison)
    for check in checks().values():
        if why := check(comparison):
            return Judgement(Support.CONTRADICTED, why)
    if grounded < GROUNDED:
        return Judgement(Support.NOT_FOUND, "too few of its words are in the cited words")
    return Judgement(Support.SUPPORTED)
