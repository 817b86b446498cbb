"""A sentence that has the words of a cited one in their order, but for few: what came, went and was exchanged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import groupby

from guardrails.verification.comparison import Comparison
from guardrails.verification.wording import Piece, sentences_of

COPIED = 0.85  # of its pieces stand in the cited sentence, in their order
SHORTEST = 3
CHANGES = 1  # places in which it differs; with more it is worded anew
MOST = 8  # pieces that it may lack of what it copies
FEW = 3  # pieces that may be lost with what they say of the rest
RUN = 3  # pieces that were moved together
LONGEST = 250  # pieces that are compared one by one
# The number of a clause at the head of a line or sentence: one that says the clause need not say its number.
LABEL = re.compile(r"(?m)(?:^|(?<=[。;]))\s*(?:\d{1,3}(?:\.\d{1,3})+|\d{1,3}[.)、]|\([a-z\d]{1,4}\))\s+(?=\S)")


@dataclass(frozen=True)
class Change:
    """What the sentence has for what the cited one has; one of them may be empty."""

    stated: tuple[Piece, ...]
    claimed: tuple[Piece, ...]


@dataclass(frozen=True)
class Copy:
    """A sentence beside the cited one that it copies."""

    stated: tuple[Piece, ...]
    claimed: tuple[Piece, ...]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """In the order of the sentence."""
        return tuple(
            Change(self.stated[a:b], self.claimed[c:d])
            for kind, a, b, c, d in self._matcher.get_opcodes()
            if kind != "equal"
        )

    @cached_property
    def share(self) -> float:
        """Of the sentence, what stands in the cited one, in its order but for clauses that were moved."""
        matched = sum(block.size for block in self._matcher.get_matching_blocks())
        return (matched + self._moved) / max(1, len(self.claimed))

    @cached_property
    def _moved(self) -> int:
        """Pieces of runs that stand in both, elsewhere."""
        lost = [[piece.key for piece in change.stated] for change in self.changes]
        gained = [[piece.key for piece in change.claimed] for change in self.changes]
        runs = (
            SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
            for one in lost
            for other in gained
            if len(one) >= RUN <= len(other)
        )
        return sum(run.size for run in runs if run.size >= RUN)

    @cached_property
    def _matcher(self) -> SequenceMatcher[str]:
        return SequenceMatcher(None, [p.key for p in self.stated], [p.key for p in self.claimed], autojunk=False)

    @cached_property
    def lost(self) -> tuple[Piece, ...]:
        """What the cited sentence has more often."""
        return _beyond(self.stated, self.claimed)

    @cached_property
    def gained(self) -> tuple[Piece, ...]:
        """What the sentence has more often."""
        return _beyond(self.claimed, self.stated)

    @cached_property
    def left_out(self) -> frozenset[int]:
        """Clauses of the cited sentence of which it has next to nothing, and nothing in their place."""
        gone = Counter(piece.clause for change in self.changes if not change.claimed for piece in change.stated)
        all_of_it = Counter(piece.clause for piece in self.stated)
        return frozenset(clause for clause, count in gone.items() if 4 * count >= 3 * all_of_it[clause])

    @cached_property
    def outside(self) -> tuple[Piece, ...]:
        """What stands before or behind all of it in the cited sentence, if that is more than a few words."""
        ends = (change.stated for change in self.changes if not change.claimed and len(change.stated) > FEW)
        return tuple(piece for run in ends if run[0] is self.stated[0] or run[-1] is self.stated[-1] for piece in run)

    @property
    def kept_lost(self) -> tuple[Piece, ...]:
        """What it lost of what it otherwise says."""
        outside = set(map(id, self.outside))
        return tuple(p for p in self.lost if p.clause not in self.left_out and id(p) not in outside)

    @property
    def restates(self) -> bool:
        """Whether it says nothing but what the cited one says, in its order but for runs that were moved."""
        stated, claimed = (
            (
                Counter(tuple(piece.key for piece in side) for side in sides if side)
                for sides in zip(*((change.stated, change.claimed) for change in self.changes), strict=True)
            )
            if self.changes
            else (Counter(), Counter())
        )
        moved = all(len(run) >= RUN for run in claimed) and not claimed - stated
        return moved and not self.gained and not self.kept_lost

    @cached_property
    def touched(self) -> int:
        """In how many places it differs, beside clauses that it leaves out; listed words for others count as one."""
        outside = set(map(id, self.outside))
        places = [
            bool(change.stated) and all(piece.kind and not piece.figure for piece in (*change.stated, *change.claimed))
            for change in self.changes
            if change.claimed
            or any(piece.clause not in self.left_out and id(piece) not in outside for piece in change.stated)
        ]
        return places.count(False) + any(places)

    @property
    def figures_moved(self) -> bool:
        """Whether figures of one kind were exchanged: they stand in another order, moved by themselves."""
        came = [piece for change in self.changes if len(change.claimed) < RUN for piece in change.claimed]
        kinds = {piece.figure.kind for piece in came if piece.figure}
        return any(
            _ordered(self.stated, kind) != _ordered(self.claimed, kind) for kind in kinds if not self._other(kind)
        )

    def _other(self, kind: str) -> bool:
        """Whether figures of a kind came or went."""
        return any(piece.figure and piece.figure.kind == kind for piece in (*self.gained, *self.kept_lost))


def _ordered(pieces: tuple[Piece, ...], kind: str) -> list[str]:
    return [piece.key for piece in pieces if piece.figure and piece.figure.kind == kind]


def _beyond(pieces: tuple[Piece, ...], others: tuple[Piece, ...]) -> tuple[Piece, ...]:
    left = Counter(piece.key for piece in pieces) - Counter(piece.key for piece in others)
    found = []
    for piece in pieces:
        if left[piece.key] > 0:
            left[piece.key] -= 1
            found.append(piece)
    return tuple(found)


@lru_cache(maxsize=8)
def copies(comparison: Comparison) -> tuple[Copy, ...]:
    """Each sentence that is nearly a copy, beside what it copies."""
    stated = _sentences(comparison.evidence.text)
    said = sentences_of(comparison.claim.text)
    return tuple(one for claimed in said for one in _copies(claimed, stated))


def _copies(claimed: tuple[Piece, ...], stated: tuple[tuple[Piece, ...], ...]) -> Iterator[Copy]:
    if not SHORTEST <= len(claimed) <= LONGEST:
        return
    own = Counter(piece.key for piece in claimed)
    shared = [(sum((own & Counter(p.key for p in one)).values()), -len(one), one) for one in stated]
    most = max(shared, key=lambda one: one[:2], default=None)
    least = min(COPIED * len(claimed), len(claimed) - 1)
    if most is None or most[0] < least or len(most[2]) > LONGEST:
        return
    copy = Copy(most[2], claimed)
    if (
        copy.share * len(claimed) >= least
        and len(copy.kept_lost) <= MOST
        and (copy.restates or copy.touched <= CHANGES or copy.figures_moved)
    ):
        yield copy


def restated(comparison: Comparison) -> bool:
    """Whether every sentence says what one of the cited sentences says, in its words or known rewordings of them."""
    found = copies(comparison)
    return 0 < len(found) == len(sentences_of(comparison.claim.text)) and all(copy.restates for copy in found)


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[tuple[Piece, ...], ...]:
    """The sentences of a text, with and without the numbers of clauses, and the parts of those that semicolons join."""
    found = []
    unlabelled = LABEL.sub("\n", text)
    for pieces in (*sentences_of(text), *(sentences_of(unlabelled) if unlabelled != text else ())):
        found.append(pieces)
        parts = [tuple(part) for _, part in groupby(pieces, key=lambda piece: piece.part)]
        found += parts if len(parts) > 1 else []
    return tuple(found)
