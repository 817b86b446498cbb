"""Where a sentence is nearly a cited one, no word came, went or was exchanged that makes it another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from guardrails.quantities import CURRENCIES, MONEY
from guardrails.verification.comparison import Comparison
from guardrails.verification.copies import Copy, copies
from guardrails.verification.figures import Figure
from guardrails.verification.wording import Piece

STRICT = frozenset(
    {"time", "for each", "kind of day", "currency", "measure", "size", "share", "which", "often", "which day", "when"}
)
THEN = "only then"  # 只有…才可: it may follow an "only" that is said, or not
# Words that say what binds only where the cited sentence says it too.
UNLISTED = {
    "must": re.compile("(?<![不重主必想只首次])要(?![求约点保])"),
    "after": re.compile(r"\b(?:hour|day|week|month|year)s? of\b"),  # within 30 days of the claim
}
# Of what binds, these say the same in the place of each other: "should it be lost", "no later than 30 days after".
EQUAL = ({"if", "should"}, {"within", "by"})
CASES = frozenset({"if", "unless", "except", "only", "only then", "subject to"})


def changed(comparison: Comparison) -> str | None:
    """Its figures, units, ends of ranges, duties, denials, conditions and times are those of the cited sentence."""
    said = {key for key, pattern in UNLISTED.items() if pattern.search(comparison.claim.text)}
    return next((why for copy in copies(comparison) if (why := _one_changed(copy, said))), None)


def _one_changed(copy: Copy, said: Set[str]) -> str | None:
    """``said``: what it may say by a word that says it only where the cited sentence does."""
    lost, gained = _unequal([p for p in copy.kept_lost if p.key not in said], copy.gained)
    limited = any(piece.key == "only" for piece in copy.stated) and not any(piece.key == "only" for piece in lost)
    if any(piece.kind == "binding" and not (limited and piece.key == THEN) for piece in (*lost, *gained)):
        return "a word that binds came or went"
    kept = {piece.part for piece in copy.stated} - {p for p in {q.part for q in copy.lost} if _all_lost(copy, p)}
    cases = [piece for piece in _unequal(copy.lost, copy.gained)[0] if piece.kind == "binding" and piece.key in CASES]
    if any(piece.part in kept for piece in cases):
        return "a condition was left out"
    kinds = {piece.kind for piece in lost} & {piece.kind for piece in gained} - {"", "figure"}
    strict = bool(lost and gained) and any(piece.kind in STRICT for piece in (*lost, *gained))
    turned = any(p.key.endswith("=-") for p in lost) and any(p.key.endswith("=+") for p in gained)
    if kinds or strict or turned:
        return "one of a kind stands for another"
    if copy.figures_moved or _other_figure(copy, lost):
        return "a figure stands for another"
    return None


def _unequal(lost: Sequence[Piece], gained: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Both without what stands for its equal on the other side."""
    keys = [{piece.key for piece in pieces} for pieces in (lost, gained)]
    equal = {key for pair in EQUAL if all(pair & own for own in keys) and pair <= keys[0] | keys[1] for key in pair}
    return [piece for piece in lost if piece.key not in equal], [piece for piece in gained if piece.key not in equal]


def _all_lost(copy: Copy, part: int) -> bool:
    own = [piece for piece in copy.stated if piece.part == part]
    return 4 * sum(piece.part == part for piece in copy.lost) >= 3 * len(own)


def _other_figure(copy: Copy, lost: Iterable[Piece]) -> bool:
    pairs = [(_figures(change.stated), _figures(change.claimed)) for change in copy.changes]
    pairs.append((_figures(lost), _figures(copy.gained)))
    return any(s and c and not any(_same(one, other) for one in s for other in c) for s, c in pairs)


def _figures(pieces: Iterable[Piece]) -> list[Figure]:
    return [piece.figure for piece in pieces if piece.figure]


def _same(stated: Figure, claimed: Figure) -> bool:
    if "date" not in (stated.kind, claimed.kind) and bool(stated.unit) != bool(claimed.unit):
        return False
    if {stated.unit, claimed.unit} & CURRENCIES and MONEY in (stated.unit, claimed.unit):
        return "HKD" in (stated.unit, claimed.unit) and stated.value == claimed.value
    return stated.states(claimed) or claimed.states(stated)
