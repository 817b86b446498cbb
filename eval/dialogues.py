"""The mt-rag benchmark as a test set: a question in its dialogue finds the passages its answer rests on.

The benchmark's corpus is not in our copy. Passages are given for the dialogues that people judged, so the set is
made of these: the questions whose relevant passages are all given, over all the passages that are given. It is a small
corpus, and easier than the benchmark's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.datasets import Dataset

JUDGED = "evaluations/reference_subset_with_human_evaluations.json"
SPEAKER = "|user|:"


def dialogues(folder: Path) -> Dataset:
    """The dialogues in ``folder``: each question with the customer's turns before it."""
    given = json.loads((folder / JUDGED).read_text("utf-8"))
    corpus = {row["document_id"]: row["text"].strip() for row in given["documents"]}
    asked = {task["task_id"] for task in given["tasks"]}
    judged = {key: grades for key, grades in _judged(folder).items() if key in asked and grades.keys() <= corpus.keys()}
    turns = {row["_id"]: _turns(row["text"]) for row in _rows(folder, "*/*_questions.jsonl") if row["_id"] in judged}
    return Dataset(
        corpus,
        {key: said[-1] for key, said in turns.items()},
        {key: judged[key] for key in turns},
        {key: said[:-1] for key, said in turns.items() if len(said) > 1},
    )


def _turns(text: str) -> tuple[str, ...]:
    return tuple(turn.strip() for turn in text.split(SPEAKER) if turn.strip())


def _judged(folder: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for path in sorted(folder.glob("retrieval_tasks/*/qrels/dev.tsv")):
        for line in path.read_text("utf-8").splitlines()[1:]:
            query, document, grade = line.split("\t")
            judged.setdefault(query, {})[document] = int(grade)
    return judged


def _rows(folder: Path, pattern: str) -> Iterator[Any]:
    for path in sorted((folder / "retrieval_tasks").glob(pattern)):
        yield from (json.loads(line) for line in path.read_text("utf-8").splitlines() if line)
