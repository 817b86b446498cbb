"""What the cited words deny the sentence denies, and nothing else. Sides of families are compared in sides.py."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison, Edit
from guardrails.verification.reading import Bone, Mark, Reading

MOSTLY = 0.5  # of the claim's weight in the sentence it speaks from


def check(comparison: Comparison) -> str | None:
    """A negator of either side finds one on the other."""
    claim, evidence = comparison.claim, comparison.evidence
    if _turned(comparison.edits):
        return "negation differs"
    near = comparison.spoken_from
    for mark in _negators(claim):
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


LONG = 6  # words; a longer piece may be left out with its negation


def _turned(edits: tuple[Edit, ...]) -> bool:
    """Whether what was changed turns the sentence: an odd number of denials came or went."""
    changes = 0
    for edit in edits:
        shorter = not (edit.stated and edit.claimed) and len(edit.stated) + len(edit.claimed) > LONG
        if not shorter:
            changes += sum(_denies(bone) for bone in (*edit.stated, *edit.claimed))
    return changes % 2 == 1


def _denies(bone: Bone) -> int:
    sense = bone.sense
    if sense is None:
        return 0
    excepts = sense.condition == "but" and sense.family == ""
    return int(sense.negates or sense.value == "-" or excepts)


def _negators(reading: Reading) -> list[Mark]:
    """Negators that turn no side of a family."""
    return [
        mark
        for index, mark in enumerate(reading.marks)
        if mark.sense.negates and not mark.sense.family and not _turns(mark, reading.marks[index + 1 :])
    ]


def _turns(mark: Mark, later: list[Mark]) -> bool:
    following = (m for m in later if m.place.clause == mark.place.clause and m.sense.value in ("+", "-"))
    return any(m.negators for m in following)
