"""Whether or not, 不論: what holds in any case is not tied to one, and what is tied to one does not hold in any."""

from __future__ import annotations

import re
from functools import cache

from guardrails.verification.comparison import Comparison
from guardrails.verification.phrases import pattern_of, phrases
from guardrails.verification.reading import Reading

TIES = frozenset({"if", "only", "but"})
SHARED = 0.5  # of the words that follow where cases are freed, named where they are tied
WORDS = 6  # that follow
CONCEDING = 6  # the first of the list "even" free of a case; the others may add to it


def check(comparison: Comparison) -> str | None:
    """What one side ties to a case the other does not free of it."""
    claim, evidence = comparison.claim, comparison.evidence
    if _frees(evidence, claim) and not _any(claim):
        return "it depends on what does not matter"
    if _frees(claim, evidence) and not _any(evidence):
        return "it does not depend on what matters"
    return None


def _any(reading: Reading) -> bool:
    return any(pattern.search(reading.text) for pattern in (_freeing(), _all()))


def _frees(freer: Reading, tied: Reading) -> bool:
    """Whether ``freer`` says of a case that it does not matter, on which ``tied`` depends."""
    for found in _freeing().finditer(freer.text):
        words = Reading(re.split("[,。;.!?|]", freer.text[found.end() :])[0])
        names = {feature.name for feature in words.features[:WORDS]}
        if names and any(
            len(names & {*tied.in_clause(mark.place.clause)}) >= SHARED * len(names)
            for mark in tied.marks
            if mark.sense.condition in TIES
        ):
            return True
    return False


@cache
def _freeing() -> re.Pattern[str]:
    return pattern_of([*phrases("cues.yaml")["regardless"], *phrases("cues.yaml")["even"][:CONCEDING]])


@cache
def _all() -> re.Pattern[str]:
    return pattern_of(phrases("cues.yaml")["all"])
