"""A sentence that is the cited one but for a word, a figure or a side: that was exchanged."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison, Edit

LONGEST = 6  # words on either side of an exchange


def check(comparison: Comparison) -> str | None:
    """Between equal words, nothing stands for another thing that is no rewording of it."""
    for edit in comparison.edits:
        if _figure(edit):
            return "a number was exchanged"
        if _side(edit):
            return "a side was exchanged"
        if _word(edit):
            return "a word was exchanged"
    return None


def _figure(edit: Edit) -> bool:
    stated = [bone.figure for bone in edit.stated if bone.figure]
    claimed = [bone.figure for bone in edit.claimed if bone.figure]
    return bool(stated) and any(not any(s.states(c) for s in stated) for c in claimed)


def _side(edit: Edit) -> bool:
    stated = {(b.sense.family, b.sense.value) for b in edit.stated if b.sense and b.sense.family}
    claimed = {(b.sense.family, b.sense.value) for b in edit.claimed if b.sense and b.sense.family}
    families = {family for family, _ in stated} & {family for family, _ in claimed}
    plain = {f for f, value in stated | claimed if value not in ("+", "-")}  # the others turn with their negators
    return any(not {one for one in claimed if one[0] == f} <= stated for f in families & plain)


def _word(edit: Edit) -> bool:
    """Whether words stand for words. That both are known, of different things, is as telling as an unknown one."""
    if len(edit.stated) > LONGEST or len(edit.claimed) > LONGEST:
        return False
    stated = frozenset().union(*(bone.names for bone in edit.stated))
    return bool(stated) and any(bone.names and not bone.names & stated for bone in edit.claimed)
