"""Learns what speaks against a sentence: ``python -m eval.train_weighing [FOLDER]`` writes ``weighing.json``.

From the development sets of sentences by their evidence, ``planted-<language>.jsonl`` and ``lies-<language>.jsonl``,
whose sentences count more, being those a model is likelier to say (what other authors worded,
``planted-others-<language>.jsonl``, is not learned from: it did not help, and measures). First what half A teaches is
held against half B, which it has not seen; then the whole set is learned from. The doubt from which a sentence is held
is the one that holds HELD of the errors of folds that were left out; no evidence is on both sides of a fold.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import guardrails.verification
from eval.halves import Half, half_of
from eval.near_copies import near_copies
from eval.train_groundedness import fit
from guardrails.verification.checks import certain
from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading, read
from guardrails.verification.traits import traits_of
from guardrails.verification.weighing import FARTHEST, Scale, Weight
from knowledge_bases.schema import Language

HELD = 0.9
FOLDS = 8
TRUE = "true"
TRUTH = "truth"
COPIES = "near copies"
LIES = "lies-"
A_COPY = 0.25  # what a near copy counts beside a sentence of a person
A_LIE = 4.0  # what a sentence of the lies and truths counts
FEWEST = 6  # sentences that have a trait which is learned from
PENALTY = 20.0  # of a squared weight, beside the surprise at a sentence
TARGET = Path(guardrails.verification.__file__).parent / "weighing.json"
SETS = Path(__file__).parent / "guard_sets" / "development"
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

    @property
    def fold(self) -> int:
        """Which fold leaves its evidence out."""
        return sha256(f"fold {self.evidence}".encode()).digest()[0] % FOLDS


def rows(folder: Path) -> list[Row]:
    """Every line of every language, and near copies of the evidence."""
    found = []
    for language in sorted(Language):
        path = folder / f"planted-{language}.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        found += [_row(language, line["evidence"], line["sentence"], line["kind"]) for line in lines]
        for evidence in dict.fromkeys(line["evidence"] for line in lines):
            copies = near_copies(evidence)
            found += [_row(COPIES, evidence, text, TRUE if true else "changed") for text, true in copies]
        found += _lies(folder / f"lies-{language}.jsonl")
    return found


def _lies(path: Path) -> list[Row]:
    """The lies and truths of a file, called by its name; none where there is no such file."""
    if not path.is_file():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        _row(path.stem, line["evidence"], line["text"], TRUE if line["label"] == TRUTH else line["kind"])
        for line in lines
    ]


def _row(language: str, evidence: str, sentence: str, kind: str) -> Row:
    comparison = Comparison(Reading(sentence), read(evidence))
    return Row(language, evidence, kind, traits_of(comparison), certain(comparison) is not None)


def learned(chosen: Sequence[Row], held_from: float = 0.5) -> Scale:
    """What these sentences teach."""
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
    return Scale(weights, round(offset, 4), held_from)


def _count(row: Row) -> float:
    if row.language.startswith(LIES):
        return A_LIE
    return A_COPY if row.language == COPIES else 1.0


def tuned(chosen: Sequence[Row]) -> Scale:
    """The same, with the doubt that holds HELD of the errors of the folds left out."""
    doubts: list[float] = []
    for fold in range(FOLDS):
        scale = learned([row for row in chosen if row.fold != fold])
        left_out = [row for row in chosen if row.fold == fold and row.wrong and row.language != COPIES]
        doubts.extend(1.0 if row.certain else scale.doubt(row.traits) for row in left_out)
    return learned(chosen, round(float(np.quantile(doubts, 1 - HELD)), 4))


def lines(scale: Scale, chosen: Sequence[Row]) -> Iterator[str]:
    """What is held, a line a language and one a kind."""
    for language in sorted({row.language for row in chosen}):
        own = [row for row in chosen if row.language == language]
        kinds = "; ".join(f"{kind} {_share(scale, own, {kind})}" for kind in sorted({row.kind for row in own}))
        errors = {row.kind for row in own if row.wrong}
        yield f"{language}: errors {_share(scale, own, errors)}; {kinds}"


def _share(scale: Scale, chosen: Sequence[Row], kinds: set[str]) -> str:
    held = [row.certain or scale.doubt(row.traits) >= scale.held_from for row in chosen if row.kind in kinds]
    return f"{sum(held)}/{len(held)} ({100 * sum(held) / max(1, len(held)):.1f} %)"


def main(folder: Path = SETS) -> None:
    """Check on half B, then learn from all and write."""
    every = rows(folder)
    halves = {half: [row for row in every if half_of(row.evidence) is half] for half in Half}
    print("learned from half A, on half B:", *lines(tuned(halves[Half.A]), halves[Half.B]), sep="\n  ")
    scale = tuned(every)
    weights = {name: [w.mean, w.spread, w.weight] for name, w in scale.weights.items()}
    text = json.dumps({"held_from": scale.held_from, "offset": scale.offset, "weights": weights}, indent=1)
    TARGET.write_text(_one_line_a_trait(text) + "\n", encoding="utf-8")
    print(f"learned from all: {len(weights)} traits, held from {scale.held_from}")


def _one_line_a_trait(text: str) -> str:
    opened = text.replace("[\n   ", "[").replace(",\n   ", ", ")
    return opened.replace("\n  ]", "]")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
