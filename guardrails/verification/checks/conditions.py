"""Only if, unless, except, 除外: what holds for some cases is not said of all, and the cases are the same."""

from __future__ import annotations

from collections.abc import Set

from guardrails.verification.comparison import Comparison, Edit
from guardrails.verification.items import Mark
from guardrails.verification.reading import Reading

MOSTLY = 0.4
STATED = 0.6  # of the words of what a condition limits
KEPT = 0.5  # of a condition's words


def check(comparison: Comparison) -> str | None:
    """Each condition of the sentence it speaks from is kept, and none of a stronger kind is added."""
    moved = {b.sense.condition for edit in comparison.edits for b in edit.claimed if b.sense} - {""}
    if any(_changed(edit, moved) for edit in comparison.edits):
        return "a condition differs"
    claim, evidence = comparison.claim, comparison.evidence
    said = {mark.sense.condition for mark in claim.marks} - {""}
    stated = {m.sense.condition for m in evidence.marks if m.place.sentence in comparison.spoken_from} - {""}
    if "only" in said and not stated & {"only", "but"} and not _limits(evidence):
        return "a condition was added"
    if "but" in said and not stated & {"only", "but"} and not _denies(evidence, comparison):
        return "a condition was added"
    near = {pair.stated for pair in comparison.pairs if pair.covered >= MOSTLY}
    for mark in evidence.marks:
        spoken = mark.sense.condition and mark.place.sentence in near and _governs(mark, comparison)
        if spoken and not _kept(mark, comparison, said):
            return "a condition was dropped"
    return None


def _governs(mark: Mark, comparison: Comparison) -> bool:
    """Whether the sentence says what the condition limits."""
    governed = comparison.evidence.governed(mark)
    return sum(name in comparison.claim.names for name in governed) >= STATED * len(governed)


def _changed(edit: Edit, moved: Set[str]) -> bool:
    """Whether a condition became another, and was not ``moved``; "unless" may have become "if … not"."""
    stated = {b.sense.condition for b in edit.stated if b.sense} - {""}
    claimed = {b.sense.condition for b in edit.claimed if b.sense} - {""}
    if not stated or not claimed or stated <= claimed | moved:
        return False
    if stated == {"if"} and any(b.sense and b.sense.family == "required" for b in edit.claimed):
        return False
    denied = any(b.sense and (b.sense.negates or b.sense.value == "-") for b in (*edit.stated, *edit.claimed))
    return not denied


def _kept(mark: Mark, comparison: Comparison, said: set[str]) -> bool:
    kind = mark.sense.condition
    words = _words(comparison.evidence, mark)
    kept = sum(name in comparison.claim.names for name in words) >= KEPT * len(words) if words else None
    if kind in said:
        return kept is not False
    if kind == "if":
        return bool(kept)
    if kind == "only":
        return "but" in said or _limits(comparison.claim)
    return (kept is not False) and (
        "only" in said or any(m.sense.negates or m.value == "-" for m in comparison.claim.marks)
    )


def _words(reading: Reading, mark: Mark) -> list[str]:
    """The condition itself: what follows in its clause, else stands before; words of its own, where it has any."""
    words = reading.scope(mark, most=8)
    rest = {f.name for f in reading.by_sentence.get(mark.place.sentence, ()) if f.place.at < mark.place.at}
    return [word for word in words if word not in rest] or words


def _limits(reading: Reading) -> bool:
    return any(mark.sense.family == "required" and mark.value == "+" for mark in reading.marks)


def _denies(evidence: Reading, comparison: Comparison) -> bool:
    near = comparison.spoken_from
    return any((m.sense.negates or m.value == "-") and m.place.sentence in near for m in evidence.marks)
