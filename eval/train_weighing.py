"""Learns what speaks against a sentence: ``python -m eval.train_weighing`` writes ``weighing.json``.

From the development sets of sentences by their evidence (``eval.worded``); those of the lies count more, as a model is
likelier to say them. The doubt from which a sentence is held is set on sentences of authors that nothing is learned
from: the one that lets RELEASED of the truths of the lies' set pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import guardrails.verification
from eval.metrics import auroc
from eval.near_copies import near_copies
from eval.train_groundedness import fit
from eval.worded import TRUE, Origin, Worded, parted, worded
from guardrails.verification.checks import certain
from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading, read
from guardrails.verification.traits import traits_of
from guardrails.verification.weighing import FARTHEST, Scale, Weight

RELEASED = 0.9
COPIES = "near copies"
LIES = "lies-"
A_COPY = 0.25  # what a near copy counts beside a sentence of a person
A_LIE = 4.0  # what a sentence of the lies and truths counts
FEWEST = 6  # sentences that have a trait which is learned from
PENALTY = 20.0  # of a squared weight, beside the surprise at a sentence
TARGET = Path(guardrails.verification.__file__).parent / "weighing.json"
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A sentence, read. ``certain``: a check holds it whatever is weighed."""

    language: str
    evidence: str
    kind: str
    traits: dict[str, float]
    certain: bool

    @property
    def wrong(self) -> bool:
        """Whether an error was planted."""
        return self.kind != TRUE


def rows(sentences: Iterable[Worded]) -> Iterator[Row]:
    """The sentences as they are weighed."""
    for one in sentences:
        lies = LIES if one.origin is Origin.LIES else ""
        yield _row(f"{lies}{one.language}", one.evidence, one.sentence, one.kind)


def copies(sentences: Iterable[Worded]) -> Iterator[Row]:
    """Near copies of the evidence of the first authors."""
    for evidence in dict.fromkeys(one.evidence for one in sentences if one.origin is Origin.PLANTED):
        for text, true in near_copies(evidence):
            yield _row(COPIES, evidence, text, TRUE if true else "changed")


def _row(language: str, evidence: str, sentence: str, kind: str) -> Row:
    comparison = Comparison(Reading(sentence), read(evidence))
    return Row(language, evidence, kind, traits_of(comparison), certain(comparison) is not None)


def learned(chosen: Sequence[Row]) -> Scale:
    """What these sentences teach; the doubt that holds one is left to ``settled``."""
    names = sorted({name for row in chosen for name in row.traits})
    names = [name for name in names if sum(name in row.traits for row in chosen) >= FEWEST]
    values = np.array([[row.traits.get(name, 0.0) for name in names] for row in chosen])
    mean, spread = values.mean(axis=0).round(4), (values.std(axis=0) + 1e-3).round(4)
    ready = np.clip((values - mean) / spread, -FARTHEST, FARTHEST)
    wrong = np.array([float(row.wrong) for row in chosen])
    counts = np.array([_count(row) for row in chosen])
    found = fit(ready, wrong, counts, PENALTY)
    # fit centres and scales what it is given once more
    weight = np.array(found.weight) / np.maximum(np.array(found.scale), 1e-5)
    offset = found.offset - float(weight @ np.array(found.centre))
    weights = {
        name: Weight(*(round(float(x), 4) for x in numbers))
        for name, *numbers in zip(names, mean, spread, weight, strict=True)
    }
    return Scale(weights, round(offset, 4), held_from=0.5)


def _count(row: Row) -> float:
    if row.language.startswith(LIES):
        return A_LIE
    return A_COPY if row.language == COPIES else 1.0


def settled(scale: Scale, left_out: Sequence[Row]) -> Scale:
    """The same, with the doubt from which a sentence is held."""
    truths = [_doubt(scale, row) for row in left_out if row.language.startswith(LIES) and not row.wrong]
    return replace(scale, held_from=round(float(np.quantile(truths, RELEASED)), 4))


def _area(scale: Scale, chosen: Sequence[Row]) -> float:
    true, wrong = ([_doubt(scale, row) for row in chosen if row.wrong is side] for side in (False, True))
    return float(auroc(np.array(wrong), np.array(true)).mean)


def _doubt(scale: Scale, row: Row) -> float:
    return 1.0 if row.certain else scale.doubt(row.traits)


def lines(scale: Scale, chosen: Sequence[Row]) -> Iterator[str]:
    """What is held, a line a language and one a kind."""
    for language in sorted({row.language for row in chosen}):
        own = [row for row in chosen if row.language == language]
        kinds = "; ".join(f"{kind} {_share(scale, own, {kind})}" for kind in sorted({row.kind for row in own}))
        errors = {row.kind for row in own if row.wrong}
        yield f"{language}: errors {_share(scale, own, errors)}; {kinds}"


def _share(scale: Scale, chosen: Sequence[Row], kinds: set[str]) -> str:
    held = [_doubt(scale, row) >= scale.held_from for row in chosen if row.kind in kinds]
    return f"{sum(held)}/{len(held)} ({100 * sum(held) / max(1, len(held)):.1f} %)"


def main() -> None:
    """Learn, settle, say how what was left out fares, and write."""
    to_learn, out = parted(worded())
    left_out = list(rows(out))
    scale = settled(learned([*rows(to_learn), *copies(to_learn)]), left_out)
    weights = {name: [w.mean, w.spread, w.weight] for name, w in scale.weights.items()}
    stored = {"held_from": scale.held_from, "offset": scale.offset, "weights": weights}
    TARGET.write_text(_one_line_a_trait(json.dumps(stored, indent=1)) + "\n", encoding="utf-8")
    print(f"{len(to_learn)} sentences, {len(weights)} traits, held from {scale.held_from}; left out: area ", end="")
    print(f"{_area(scale, left_out):.3f}", *lines(scale, left_out), sep="\n  ")


def _one_line_a_trait(text: str) -> str:
    opened = text.replace("[\n   ", "[").replace(",\n   ", ", ")
    return opened.replace("\n  ]", "]")


if __name__ == "__main__":
    main()
