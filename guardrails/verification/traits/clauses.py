"""Clauses of the sentence beside those of the evidence that say most of them: denied on both sides, or on one."""

from __future__ import annotations

from collections import Counter

from guardrails.verification.clauses import Likeness, clauses_of, likenesses
from guardrails.verification.comparison import Comparison

MOST = 3
DEGREES = {"surely": 0.8, "likely": 0.6, "perhaps": 0.4, "hardly": 0.0}


def traits(comparison: Comparison) -> dict[str, float]:
    """Counts over the clauses, those that were turned by how alike the two are; and the yes or no it begins with."""
    found = likenesses(comparison)
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(_told(one))
    counts["from nowhere"] = len(clauses_of(comparison.claim)) - len(found)
    said, had = comparison.claim.opener, comparison.evidence.opener
    counts["opener"] = bool(said)
    counts["opener of the evidence"] = bool(said) and said == had
    counts["opener turned"] = bool(said and had) and said != had
    counts["opener no, nothing denied"] = said == "no" and not any(_denied(one) for one in found)
    counts["opener yes, all denied"] = said == "yes" and bool(found) and all(_denied(one) for one in found)
    least = min((one.alike for one in found), default=0.0)
    return {name: min(MOST, count) for name, count in counts.items()} | {"least alike": 1 - least}


def _told(one: Likeness) -> Counter[str]:
    if not one.comparable:
        return Counter({"of other cases": 1, "of other cases, turned": int(one.turned)})
    if not one.turned:
        return Counter({"denied alike": int(_denied(one)), "said alike": int(not _denied(one))})
    degree = next(name for name, least in DEGREES.items() if one.alike >= least)
    added = one.claimed.denies and not one.stated.denies
    return Counter({f"turned, {degree}": 1, "opposed": int(one.opposed), "denial added": int(added)})


def _denied(one: Likeness) -> bool:
    return one.claimed.denies or "-" in one.claimed.sides.values()
