"""Words of the sentence that the evidence has, lacks, or has somewhere else."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.groundedness import covered, grounded
from guardrails.verification.lexicon import TOKEN
from guardrails.verification.signs import SIGNS, numbers, signs_of

MOST = 6
LONG = 2  # unknown characters in a row that make a word


def traits(comparison: Comparison) -> dict[str, float]:
    """Shares and counts; Chinese is looked at by pairs of characters and by runs of unknown ones."""
    claim, evidence = comparison.claim, comparison.evidence
    signs = dict(zip(SIGNS, numbers(signs_of(comparison)), strict=True))
    unknown = claim.names - evidence.names
    english = [name for name in unknown if name.isascii() and ":" not in name]
    runs = unknown_runs(comparison)
    near = {f.name for s in comparison.spoken_from for f in evidence.by_sentence.get(s, ())}
    elsewhere = (claim.names & evidence.names) - near
    first = comparison.nearest
    nearest = {f.name for f in evidence.by_sentence.get(first, ())} if first is not None else set()
    joined = [n for n in unknown if not n.isascii() and len(n) == LONG and all(c in evidence.text for c in n)]
    return {
        **signs,
        "covered": covered(comparison),
        "groundedness": grounded(comparison),
        "unknown english": min(MOST, len(english)),
        "unknown concepts": min(MOST, sum(":" in name for name in unknown)),
        "unknown share": len(unknown) / max(1, len(claim.names)),
        "unknown runs": min(MOST, len(runs)),
        "longest unknown run": min(MOST, max(map(len, runs), default=0)),
        "unknown characters": min(12, sum(map(len, runs))),
        "joined anew": min(MOST, len(joined)),
        "elsewhere": min(MOST, len(elsewhere)),
        "elsewhere share": len(elsewhere) / max(1, len(claim.names)),
        "outside the nearest": len((claim.names & evidence.names) - nearest) / max(1, len(claim.names)),
        "nearest left out": len(nearest - claim.names) / max(1, len(nearest)),
        "sentences of the evidence": min(8, len(evidence.by_sentence)),
        "unknown names": min(MOST, len(claim.proper - evidence.names)),
        "chinese": any(not name.isascii() for name in claim.names),
    }


def unknown_runs(comparison: Comparison) -> list[str]:
    """Runs of Chinese characters, two or more, none of which the evidence has and no sense of the lexicon covers."""
    known = set(comparison.evidence.text)
    free = {c for name in comparison.claim.names if not name.isascii() for c in name}
    runs, run = [], ""
    for item in [*TOKEN.findall(comparison.claim.text), " "]:
        if item >= "\u3400" and item in free and item not in known:
            run += item
        else:
            runs.append(run)
            run = ""
    return [one for one in runs if len(one) >= LONG]
