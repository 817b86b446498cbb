"""A claim beside its evidence: which sentence of the evidence it speaks from, and where the same thing is said.

Weights are added with ``fsum``: words come out of sets in another order in each process, and a plain sum of them would
differ in its last place, so that a replay could judge otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from math import fsum, log

from guardrails.verification.items import Bone
from guardrails.verification.nearness import nearness
from guardrails.verification.reading import Reading
from guardrails.verification.types import Place

CLOSE = 0.6  # share of a claim that stands in its sentence of the evidence, in order, where it is that sentence changed
COPY = 0.9  # that share, where it is nearly a copy
LONGEST = 160  # items of a sentence that are compared one by one


@dataclass(frozen=True)
class Edit:
    """Where a claim leaves its sentence: it has ``claimed`` for ``stated``; one of them may be empty.

    ``anchored``: the same stands on both sides, or nothing.
    """

    stated: tuple[Bone, ...]
    claimed: tuple[Bone, ...]
    anchored: bool
    lost: tuple[Bone, ...]  # of ``stated``, what the claim has less often
    new: tuple[Bone, ...]  # of ``claimed``, what the stated sentence has less often


@dataclass(frozen=True)
class Pair:
    """A sentence of the claim and the nearest of the evidence; ``covered``: the share of its weight there."""

    claimed: int
    stated: int
    covered: float


@dataclass(frozen=True)
class Comparison:
    """Both read. ``evidence`` is all cited spans, a line each."""

    claim: Reading
    evidence: Reading

    @cached_property
    def weights(self) -> dict[str, float]:
        """What a feature of the evidence tells: more, the fewer of its sentences have it."""
        sentences = self.evidence.by_sentence
        counts = Counter(name for features in sentences.values() for name in {f.name for f in features})
        return {name: log(1 + (len(sentences) + 1) / count) for name, count in counts.items()}

    @cached_property
    def covered(self) -> dict[int, float]:
        """By sentence of the evidence, the share of the claim's weight that it holds; words found nowhere count too."""
        names = self.claim.names
        total = fsum(self.weights.get(name, 1.0) for name in names) or 1.0
        return {
            sentence: fsum(self.weights[name] for name in {f.name for f in features} & names) / total
            for sentence, features in self.evidence.by_sentence.items()
        }

    @cached_property
    def nearest(self) -> int | None:
        """The sentence of the evidence that holds most of the claim, the tersest of equals; None: none holds any."""
        if not self.covered:
            return None
        sentences = self.evidence.by_sentence
        best = max(self.covered, key=lambda s: (round(self.covered[s], 3), -len(sentences[s])))
        return best if self.covered[best] > 0 else None

    @cached_property
    def spoken_from(self) -> frozenset[int]:
        """The nearest sentence, and those that hold much of what it lacks; at most three."""
        chosen: list[int] = []
        left = {name for name in self.claim.names if name in self.weights}
        total = fsum(self.weights[name] for name in left) or 1.0
        sentences = self.evidence.by_sentence
        best = self.nearest
        while best is not None and len(chosen) < 3:
            chosen.append(best)
            left -= {f.name for f in sentences[best]}
            gains = {
                s: fsum(self.weights[n] for n in {f.name for f in features} & left)
                for s, features in sentences.items()
                if s not in chosen
            }
            best = max(gains, key=lambda s: gains[s], default=None)
            if best is None or gains[best] < 0.2 * total:
                break
        return frozenset(chosen)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Each sentence of the claim with the sentence of the evidence nearest to it."""
        found = []
        for number, features in self.claim.by_sentence.items():
            names = {f.name for f in features}
            total = fsum(self.weights.get(name, 1.0) for name in names)
            shares = {
                sentence: (round(fsum(self.weights[n] for n in {f.name for f in held} & names) / total, 3), -len(held))
                for sentence, held in self.evidence.by_sentence.items()
            }
            best = max(shares, key=lambda s: shares[s], default=None)
            if best is not None and shares[best][0] > 0:
                found.append(Pair(number, best, shares[best][0]))
        return tuple(found)

    @cached_property
    def told(self) -> frozenset[int]:
        """Sentences of the evidence of which the claim has most words: it tells them beside others."""
        names = self.claim.names
        return frozenset(
            sentence
            for sentence, features in self.evidence.by_sentence.items()
            if 2 * len({f.name for f in features} & names) >= len({f.name for f in features})
        )

    def excepts(self, clause: int) -> bool:
        """Whether a clause of the claim speaks of what the evidence excepts, so that it rightly says the opposite."""
        said = self.claim.in_clause(clause)
        excepted = said & self.evidence.excepted
        return bool(excepted) and not self.claim.excepted and 2 * len(excepted) >= len(said & self.evidence.names)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """How the claim was made of the sentences nearest to it; empty where it was worded anew."""
        return tuple(edit for pair in self.pairs for edit in self._edits(pair))

    @cached_property
    def copied(self) -> float:
        """Share in [0, 1] of the claim's items that stand in the sentences nearest to it, in their order."""
        matched = sum(self._matched[pair][1] for pair in self.pairs)
        return matched / max(1, sum(len(sentence) for sentence in self.claim.skeleton))

    @property
    def is_copy(self) -> bool:
        """Whether the claim is nearly a copy of what it cites."""
        return self.copied >= COPY

    @cached_property
    def _kept_clauses(self) -> frozenset[int]:
        """Clauses of the evidence of which the claim has a word, in the sentences it was made of."""
        gone = {id(bone) for edit in self.edits for bone in edit.stated}
        bones = (bone for pair in self.pairs for bone in self.evidence.skeleton[pair.stated])
        return frozenset(bone.clause for bone in bones if id(bone) not in gone)

    def left_out(self, bone: Bone) -> bool:
        """Whether the claim leaves out all of the clause that this bone of the evidence stands in."""
        if bone.clause in self._kept_clauses:
            return False
        words = self.evidence.in_clause(bone.clause)
        return 2 * len(words & self.claim.names) < len(words)  # else it was moved

    @cached_property
    def _matched(self) -> dict[Pair, tuple[SequenceMatcher[str], int]]:
        return {pair: _matcher(*self._skeletons(pair)) for pair in self.pairs}

    def _skeletons(self, pair: Pair) -> tuple[list[Bone], list[Bone]]:
        return self.evidence.skeleton[pair.stated][:LONGEST], self.claim.skeleton[pair.claimed][:LONGEST]

    def _edits(self, pair: Pair) -> Iterator[Edit]:
        stated, claimed = self._skeletons(pair)
        matcher, matched = self._matched[pair]
        if matched >= CLOSE * len(claimed):
            had, has = (Counter(bone.key for bone in bones) for bones in (stated, claimed))
            for kind, a, b, c, d in matcher.get_opcodes():
                if kind != "equal":
                    anchored = (c > 0 or a == 0) and (d < len(claimed) or b == len(stated))
                    lost = tuple(bone for bone in stated[a:b] if has[bone.key] < had[bone.key])
                    new = tuple(bone for bone in claimed[c:d] if had[bone.key] < has[bone.key])
                    yield Edit(tuple(stated[a:b]), tuple(claimed[c:d]), anchored, lost, new)

    @cached_property
    def _around_claims(self) -> dict[int, dict[str, float]]:
        return {}

    def around_claim(self, place: Place) -> dict[str, float]:
        """What stands around a place of the claim, nearer words counting more, without what the evidence lacks."""
        if place.at not in self._around_claims:
            found: dict[str, float] = {}
            for feature in self.claim.told:
                weight = self.weights.get(feature.name, float(feature.name in self.evidence.numbers))
                if weight and feature.place.at != place.at:
                    worth = nearness(feature.place, place) * weight
                    found[feature.name] = max(found.get(feature.name, 0.0), worth)
            self._around_claims[place.at] = found
        return self._around_claims[place.at]

    def likeness(self, claimed: Place, stated: Place, without: str = "") -> float:
        """How alike the surroundings of two places are, in [0, 1]; a feature called ``without`` is not looked at."""
        wanted = self.around_claim(claimed)
        total = sum(worth for name, worth in wanted.items() if name != without)
        if not total:
            return 0.0
        near = self.evidence.around(stated)
        return sum(worth * near.get(name, 0.0) for name, worth in wanted.items() if name != without) / total


def _matcher(stated: list[Bone], claimed: list[Bone]) -> tuple[SequenceMatcher[str], int]:
    """How two skeletons match, and in how many items."""
    matcher = SequenceMatcher(None, [b.key for b in stated], [b.key for b in claimed], autojunk=False)
    return matcher, sum(block.size for block in matcher.get_matching_blocks())
