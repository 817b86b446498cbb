"""What the cited words deny the sentence denies, and nothing else. Sides of families are compared in sides.py."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.items import NEAR, Bone, Mark
from guardrails.verification.reading import Reading

MOSTLY = 0.5  # of the claim's weight in the sentence it speaks from


def check(comparison: Comparison) -> str | None:
    """A negator of either side finds one on the other."""
    claim, evidence = comparison.claim, comparison.evidence
    if _turned(comparison):
        return "negation differs"
    near = comparison.spoken_from
    for mark in _negators(claim):
        if comparison.excepts(mark.place.clause):
            continue
        heads = [name for name in claim.scope(mark) if name in evidence.names]
        places = {f.place.sentence for f in evidence.features if f.name in heads and f.place.sentence in near}
        if heads and places and not any((s, name) in evidence.negated for s in places for name in heads):
            return "negation differs"
    for mark in _negators(evidence):
        if mark.place.sentence not in near or comparison.covered[mark.place.sentence] < MOSTLY:
            continue
        heads = evidence.scope(mark)
        denied = {name for _, name in claim.negated}
        if heads and all(name in claim.names for name in heads) and not denied.intersection(heads):
            return "negation differs"
    return None


def _turned(comparison: Comparison) -> bool:
    """Whether what was changed turns the sentence: an odd number of denials came or went."""
    stated = [bone for edit in comparison.edits for bone in edit.stated if not comparison.left_out(bone)]
    claimed = [bone for edit in comparison.edits for bone in edit.claimed if not comparison.excepts(bone.clause)]
    return (_denials(stated, claimed) + _denials(claimed, stated)) % 2 == 1


def _denials(bones: list[Bone], others: list[Bone]) -> int:
    """Negators, and what denies by itself where the other side says the same another way."""
    negated = any(bone.sense and bone.sense.negates for bone in others)
    families = {bone.sense.family for bone in others if bone.sense and bone.sense.value == "+"}
    count = 0
    for sense in (bone.sense for bone in bones if bone.sense):
        count += sense.negates
        count += sense.value == "-" and (negated or sense.family in families)
        count += sense.condition == "but" and not sense.family and negated
    return count


def _negators(reading: Reading) -> list[Mark]:
    """Negators that turn no side of a family."""
    return [
        mark
        for index, mark in enumerate(reading.marks)
        if mark.sense.negates
        and not mark.sense.family
        and not _turns(mark, reading.marks[index + 1 : index + 1 + NEAR])
    ]


def _turns(mark: Mark, later: list[Mark]) -> bool:
    following = (m for m in later if m.place.clause == mark.place.clause and m.sense.value in ("+", "-"))
    return any(m.negators for m in following)
