"""Teaches the packaged embedder finance: ``python -m eval.train_embedder SUITES``.

It writes ``retrieval/finance.safetensors``, an adapter of low rank (``retrieval.bert.adapter``) that is learned from
questions and the passages that answer them: those of half A of the public sets in SUITES (made by ``make suites``; half
B is kept to report), but for a quarter of these by which its settings are judged. The passages of the other questions
of a batch are what each question must not find. Pairs of the training institutions beside them helped nothing.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from torch.nn.utils import parametrize
from transformers import AutoModel, AutoTokenizer

import retrieval
from eval.datasets import read_dataset
from eval.halves import Half, in_half
from eval.low_rank import LowRank
from retrieval.bert.adapter import DOWN, LAYERS, UP
from retrieval.models import packaged_model

SETS = ("bankfaqs", "mtrag", "tatqa")  # those in English; the packaged model reads nothing else
RANK = 8
EPOCHS = 3
BATCH = 32
LEARNING_RATE = 1e-3
TEMPERATURE = 0.1
MOST_OF_ONE = 540  # pairs of one source
QUESTION_TOKENS, PASSAGE_TOKENS = 64, 72
SEED = 0
HELD_OUT = 4  # one question of half A of so many
FILE = Path(retrieval.__file__ or "").parent / "finance.safetensors"


@dataclass(frozen=True)
class Pair:
    """A question and a passage that answers it; ``key`` names the passage."""

    question: str
    passage: str
    key: str


class Student:
    """The packaged model with a change to learn in every dense layer."""

    def __init__(self) -> None:
        folder = str(packaged_model().path)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self._model: Any = AutoModel.from_pretrained(folder).requires_grad_(False).eval()
        self.changes: dict[str, LowRank] = {}
        for number, layer in enumerate(self._model.encoder.layer):
            for name in LAYERS:
                linear = layer.get_submodule(name)
                self.changes[f"encoder.layer.{number}.{name}"] = change = LowRank(linear, RANK)
                parametrize.register_parametrization(linear, "weight", change)

    def vectors(self, texts: Sequence[str], most: int) -> torch.Tensor:
        """One of length 1 a text, of its first ``most`` tokens."""
        read = self._tokenizer(list(texts), padding=True, truncation=True, max_length=most, return_tensors="pt")
        mask = read["attention_mask"][..., None]
        total: torch.Tensor = (self._model(**read).last_hidden_state * mask).sum(1)
        return torch.nn.functional.normalize(total, dim=-1)

    def loss(self, batch: Sequence[Pair]) -> torch.Tensor:
        """Surprise at which passage belongs to which question, and the other way round."""
        with parametrize.cached():
            questions = self.vectors([pair.question for pair in batch], QUESTION_TOKENS)
            passages = self.vectors([pair.passage for pair in batch], PASSAGE_TOKENS)
        keys = np.array([pair.key for pair in batch])
        twice = torch.from_numpy((keys[:, None] == keys) & ~np.eye(len(batch), dtype=np.bool_))
        near = (questions @ passages.T / TEMPERATURE).masked_fill(twice, -1e4)
        right = torch.arange(len(batch))
        return torch.nn.functional.cross_entropy(near, right) + torch.nn.functional.cross_entropy(near.T, right)


def held_out(question: str) -> bool:
    """Whether a question of half A is kept to judge settings by."""
    return hashlib.sha256(f"held out: {question}".encode()).digest()[0] % HELD_OUT == 0


def of_set(folder: Path) -> Iterator[Pair]:
    """The questions of a test set's half A that are learned from, each with the passages that answer it best."""
    dataset = in_half(read_dataset(folder), Half.A)
    for key, question in dataset.queries.items():
        if not held_out(question):
            judged = dataset.judged[key]
            best = [document for document, grade in judged.items() if grade == max(judged.values())]
            yield from (Pair(question, dataset.corpus[document], document) for document in best[:2])


def material_of(suites: Path) -> dict[str, list[Pair]]:
    """What there is to learn from, by source, in an order of chance."""
    material = {name: list(of_set(suites / name)) for name in SETS}
    for pairs in material.values():
        random.Random(SEED).shuffle(pairs)  # noqa: S311 - nothing secret
    return {name: pairs[:MOST_OF_ONE] for name, pairs in material.items()}


def learn(student: Student, material: dict[str, list[Pair]]) -> None:
    """Every pair ``EPOCHS`` times, in batches of one source each; progress goes to standard error."""
    chance, began = random.Random(SEED), time.monotonic()  # noqa: S311
    parameters = [parameter for change in student.changes.values() for parameter in change.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=1e-2)
    steps = EPOCHS * sum(-(-len(pairs) // BATCH) for pairs in material.values())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(1, EPOCHS + 1):
        losses = []
        for batch in batches(material, chance):
            optimiser.zero_grad()
            loss = student.loss(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            losses.append(float(loss.item()))
        took = time.monotonic() - began
        print(f"epoch {epoch} of {EPOCHS}: loss {np.mean(losses):.3f}, {took:.0f} s so far", file=sys.stderr)


def batches(material: dict[str, list[Pair]], chance: random.Random) -> list[Sequence[Pair]]:
    """Every pair once, in an order of chance; a batch holds pairs of one source."""
    made: list[Sequence[Pair]] = []
    for pairs in material.values():
        mixed = chance.sample(pairs, len(pairs))
        made += [mixed[start : start + BATCH] for start in range(0, len(mixed), BATCH)]
    return chance.sample(made, len(made))


def written(student: Student) -> dict[str, np.ndarray]:
    """The changes as the adapter's file has them, in half precision."""
    parts = {f"{name}.{part}": getattr(change, part) for name, change in student.changes.items() for part in (DOWN, UP)}
    return {name: value.detach().numpy().astype(np.float16) for name, value in parts.items()}


def main(suites: Path) -> None:
    """Learn, and write the adapter."""
    torch.manual_seed(SEED)
    student, material = Student(), material_of(suites)
    print({name: len(pairs) for name, pairs in material.items()}, file=sys.stderr)
    learn(student, material)
    save_file(written(student), FILE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
