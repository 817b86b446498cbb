"""A sentence that is the cited one but for a word, a figure or a side: that was exchanged."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison, Edit

LONGEST = 10  # items on either side of an exchange
FEW = 2  # where more words differ, the sentence was worded anew
OTHER = 0.15  # share of the sentence that may differ beside them


def check(comparison: Comparison) -> str | None:
    """Between equal words, nothing stands for another thing that is no rewording of it."""
    if any(_figure(edit) for edit in comparison.edits):
        return "a number was exchanged"
    if any(_side(edit) for edit in comparison.edits):
        return "a side was exchanged"
    if 0 < len(words := [edit for edit in comparison.edits if _word(edit)]) <= FEW and _alone(words, comparison):
        return "a word was exchanged"
    return None


def _figure(edit: Edit) -> bool:
    stated = [bone.figure for bone in edit.stated if bone.figure]
    claimed = [bone.figure for bone in edit.claimed if bone.figure]
    return bool(stated) and any(not any(s.states(c) for s in stated) for c in claimed)


def _side(edit: Edit) -> bool:
    """Whether another of sides that exclude each other is taken; + and - turn with their negators, see negation.py."""
    stated, claimed = (
        {(b.sense.family, b.sense.value) for b in bones if b.sense and b.sense.value not in ("+", "-", "")}
        for bones in (edit.lost, edit.new)
    )
    return not {family for family, _ in stated}.isdisjoint(family for family, _ in claimed)


def _word(edit: Edit) -> bool:
    """Whether words stand for words. That both are known, of different things, is as telling as an unknown one."""
    if not edit.anchored or len(edit.stated) > LONGEST or len(edit.claimed) > LONGEST:
        return False
    stated = frozenset().union(*(bone.names for bone in edit.stated))
    lost = any(bone.names for bone in edit.lost)
    return lost and any(bone.names and not bone.names & stated for bone in edit.new)


def _alone(words: list[Edit], comparison: Comparison) -> bool:
    """Whether little else of the sentence differs from the cited one."""
    others = [edit for edit in comparison.edits if edit not in words]
    length = sum(len(sentence) for sentence in comparison.claim.skeleton)
    return sum(len(edit.claimed) for edit in others) <= max(1, OTHER * length)
