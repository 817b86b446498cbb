"""Trains the model that tells attacks and harmful requests: ``python -m eval.train_attacks SOURCES``.

It writes ``guardrails/attacks/weights.json``. The operating point is set on texts judged by a model that has not seen
them (three folds): as many attacks as can be had while few of the harmless ones that sound alike, and next to none of a
bank's questions, count as one.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import guardrails.attacks
from eval.guardrails.material import Example, Label, material
from guardrails.attacks.features import features
from guardrails.normalise import normalise

FILE = Path(guardrails.attacks.__file__ or "").parent / "weights.json"
STRENGTH = 20.0  # the inverse of the penalty on large weights
KEPT = 30_000  # features; those that weigh most on most texts
STEPS = 40
FOLDS = 3
LONGEST = 2000  # characters of a text that are read
# Shares of harmless texts above the operating point: of those that sound alike, and of a bank's traffic. What is less
# certain of a message is left to two judges together (guardrails/detectors/steering.py).
FALSE_ALARMS = {Label.ATTACK: (0.012, 0.002), Label.HARM: (0.016, 0.004)}
PLANTED = (0.025, 0.004)  # of an attack among a document's words
Rows = Sequence[frozenset[str]]


def learned(rows: Rows, examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    """Weights of shape (len(names) + 1, 2), the bias last; the same examples give the same weights."""
    torch.manual_seed(0)
    matrix = _matrix(rows, {name: column for column, name in enumerate(names)})
    labels = torch.tensor([int(example.label) for example in examples])
    importance = torch.tensor([example.weight for example in examples], dtype=torch.float64)
    weights = torch.zeros((len(names) + 1, 2), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=STEPS, history_size=8, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = torch.sparse.mm(matrix, weights[:-1]) + weights[-1]
        logits = torch.cat([torch.zeros((len(rows), 1), dtype=torch.float64), logits], dim=1)
        surprise = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
        total = (surprise * importance).sum() + (weights[:-1] ** 2).sum() / (2 * STRENGTH)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy())


def _matrix(rows: Rows, columns: dict[str, int]) -> torch.Tensor:
    known = [sorted(columns[name] for name in row if name in columns) for row in rows]
    lengths = [len(row) for row in known]
    values = np.repeat([1 / np.sqrt(length or 1) for length in lengths], lengths)
    places = torch.tensor(
        np.stack([np.repeat(np.arange(len(rows)), lengths), np.concatenate(known)]), dtype=torch.int64
    )
    matrix = torch.sparse_coo_tensor(places, torch.tensor(values), (len(rows), len(columns)), dtype=torch.float64)
    return matrix.coalesce()


def chosen(rows: Rows, examples: Sequence[Example]) -> list[str]:
    """The features to keep, by name: those of two texts or more that weigh most on most texts."""
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count > 1)
    weights = np.abs(learned(rows, examples, names)[:-1]).max(axis=1)
    effect = weights * np.sqrt([counts[name] for name in names])
    return sorted(names[place] for place in np.argsort(-effect, kind="stable")[:KEPT])


def likelihoods(rows: Rows, names: Sequence[str], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row how likely each label is, shape (len(rows), 3)."""
    matrix = _matrix(rows, {name: column for column, name in enumerate(names)})
    logits = torch.sparse.mm(matrix, torch.tensor(weights[:-1])).numpy() + weights[-1]
    odds = np.exp(np.concatenate([np.zeros((len(rows), 1)), logits], axis=1))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def unseen(rows: Rows, examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    """The likelihoods of each text by a model trained on the other folds."""
    folds = np.array([hashlib.sha256(example.text.encode()).digest()[2] % FOLDS for example in examples])
    found = np.zeros((len(rows), 3))
    for fold in range(FOLDS):
        inside, outside = (np.flatnonzero(part).tolist() for part in (folds == fold, folds != fold))
        weights = learned([rows[i] for i in outside], [examples[i] for i in outside], names)
        found[inside] = likelihoods([rows[i] for i in inside], names, weights)
    return found


def operating_point(scores: NDArray[np.float64], examples: Sequence[Example], alarms: tuple[float, float]) -> float:
    """The lowest likelihood that keeps both shares of false alarms."""
    harmless = np.array([example.label is Label.HARMLESS for example in examples])
    close = np.array([example.close for example in examples])
    return max(
        _quantile(scores[harmless & close], alarms[0]),
        _quantile(scores[harmless & ~close], alarms[1]),
    )


def _quantile(scores: NDArray[np.float64], share: float) -> float:
    """The score that no more than ``share`` of ``scores`` is above."""
    return float(np.sort(scores)[::-1][int(share * len(scores))])


def main(sources: Path) -> None:
    """Train, and write the weights."""
    examples = material(sources)
    rows = [features(normalise(example.text[:LONGEST]).text) for example in examples]
    names = chosen(rows, examples)
    scores = unseen(rows, examples, names)
    points = [round(operating_point(scores[:, label], examples, alarms), 3) for label, alarms in FALSE_ALARMS.items()]
    planted = round(operating_point(scores[:, Label.ATTACK], examples, PLANTED), 3)
    weights = np.rint(100 * learned(rows, examples, names)).astype(int)
    kept = {name: pair for name, pair in zip(names, weights[:-1].tolist(), strict=True) if any(pair)}
    stored = {"thresholds": points, "planted": planted, "bias": weights[-1].tolist(), "weights": kept}
    FILE.write_text(json.dumps(stored, ensure_ascii=False, separators=(",", ":")).replace("],", "],\n") + "\n", "utf-8")
    print(Counter(example.label.name for example in examples), points, len(kept))
    for label in FALSE_ALARMS:
        wanted = np.array([example.label is label for example in examples])
        print(label.name, "found unseen", round(float((scores[wanted, label] >= points[label - 1]).mean()), 3))
    close = np.array([example.label is Label.ATTACK and example.close for example in examples])
    print("written attacks found unseen", round(float((scores[close, 1] >= points[0]).mean()), 3))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
