"""Retrieval test sets as folders in BEIR form: corpus.jsonl, queries.jsonl, qrels.tsv (or qrels/test.tsv).

Source of the form: Thakur et al., BEIR, 2021.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DatasetInvalid(Exception):
    """A test set cannot be read; the message names file, line and what is wrong."""


@dataclass(frozen=True)
class Dataset:
    """``corpus`` and ``queries`` map ids to text (titles before it); ``judged`` query -> document -> grade."""

    corpus: Mapping[str, str]
    queries: Mapping[str, str]
    judged: Mapping[str, Mapping[str, int]]


def read_dataset(folder: Path) -> Dataset:
    """The test set in ``folder``; queries without a judgement above 0 are left out.

    Raises:
        DatasetInvalid: a file is missing or malformed, or nothing is judged.
    """
    judged = _judgements(folder)
    corpus = {row["_id"]: f"{row.get('title') or ''}\n{row['text']}".strip() for row in _rows(folder / "corpus.jsonl")}
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl") if row["_id"] in judged}
    if not corpus or not queries:
        raise DatasetInvalid(f"{folder}: no judged query with a corpus; check the ids in qrels.tsv")
    return Dataset(corpus, queries, {query: judged[query] for query in queries})


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write ``dataset`` into ``folder``, which is made where absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, texts in (("corpus", dataset.corpus), ("queries", dataset.queries)):
        lines = (json.dumps({"_id": key, "text": text}, ensure_ascii=False) + "\n" for key, text in texts.items())
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    with (folder / "qrels.tsv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(("query-id", "corpus-id", "score"))
        rows.writerows((query, key, grade) for query, grades in dataset.judged.items() for key, grade in grades.items())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            yield {"_id": str(row["_id"]), "text": str(row["text"]), "title": row.get("title")}
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetInvalid(f"{path}, line {number}: wanted an object with _id and text ({error})") from error


def _judgements(folder: Path) -> dict[str, dict[str, int]]:
    path = next((p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.is_file()), folder / "qrels.tsv")
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        parts = line.split("\t")
        if number == 1 and not parts[-1].strip().lstrip("-").isdigit():
            continue
        try:
            query, document, grade = parts[0], parts[-2], int(parts[-1])
        except (ValueError, IndexError) as error:
            raise DatasetInvalid(f"{path}, line {number}: wanted query-id, corpus-id and score in columns") from error
        if grade > 0:
            judged.setdefault(query, {})[document] = grade
    return judged


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{path} cannot be read: {error}") from error
