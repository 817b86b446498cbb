from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import torch

from eval.halves import Half, half_of
from eval.train_embedder import BATCH, Pair, Student, batches, held_out, of_set, written
from retrieval.models import packaged_model
from retrieval.onnx_embedder import OnnxEmbedder

ASKED = [f"What is fee number {number}?" for number in range(40)]


def a_set(folder: Path) -> Path:
    """One question a document; each also judges a second document worse."""
    corpus = [{"_id": f"d{n}", "text": f"Fee number {n} is HK${n}."} for n in range(len(ASKED))]
    queries = [{"_id": f"q{n}", "text": text} for n, text in enumerate(ASKED)]
    rows = [row for n in range(len(ASKED)) for row in (f"q{n}\td{n}\t2", f"q{n}\td{(n + 1) % len(ASKED)}\t1")]
    for name, lines in (("corpus.jsonl", map(json.dumps, corpus)), ("queries.jsonl", map(json.dumps, queries))):
        (folder / name).write_text("\n".join(lines), "utf-8")
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *rows]), "utf-8")
    return folder


def test_it_learns_from_half_a_alone_and_not_from_what_settings_are_judged_by(tmp_path: Path) -> None:
    learned = {pair.question for pair in of_set(a_set(tmp_path))}
    assert learned == {text for text in ASKED if half_of(text) is Half.A and not held_out(text)}
    assert any(half_of(text) is Half.A and held_out(text) for text in ASKED)


def test_of_what_answers_it_learns_the_best(tmp_path: Path) -> None:
    assert all(pair.key == f"d{ASKED.index(pair.question)}" for pair in of_set(a_set(tmp_path)))


def test_every_pair_is_in_one_batch_and_each_batch_of_one_source() -> None:
    material = {name: [Pair(f"{name}{n}", "", "") for n in range(BATCH + 3)] for name in "ab"}
    made = batches(material, random.Random(0))  # noqa: S311
    assert sorted(pair.question for batch in made for pair in batch) == sorted(
        pair.question for pairs in material.values() for pair in pairs
    )
    assert all(len({pair.question[0] for pair in batch}) == 1 for batch in made)


def test_a_student_begins_as_the_packaged_model_and_learns() -> None:
    torch.manual_seed(0)
    student = Student()
    texts = ["What is the annual fee of the gold card?", "The gold card costs HK$1,800 a year."]
    own = student.vectors(texts, 64).detach().numpy()
    np.testing.assert_allclose(own, OnnxEmbedder(packaged_model()).embed(texts), atol=1e-5)
    pairs = [
        Pair("What is the annual fee?", "It costs HK$1,800.", "a"),
        Pair("How do I complain?", "Write to us.", "b"),
    ]
    optimiser = torch.optim.SGD([p for change in student.changes.values() for p in change.parameters()], lr=0.1)
    before = student.loss(pairs)
    before.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    assert student.loss(pairs) < before
    assert all(values.dtype == np.float16 for values in written(student).values())
