"""Retrieval test sets as folders in BEIR form: corpus.jsonl, queries.jsonl, qrels.tsv (or qrels/test.tsv).

Beside BEIR's own fields a query may have ``"history"``, the customer's earlier turns, oldest first, ``"language"`` and
``"answers"``, words of a relevant document that answer. Source of the form: Thakur et al., BEIR, 2021.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from knowledge_bases.schema import Language


class DatasetInvalid(Exception):
    """A test set cannot be read; the message names file, line and what is wrong."""


@dataclass(frozen=True)
class Dataset:
    """``corpus`` and ``queries`` map ids to text (titles before it); ``judged`` query -> document -> grade.

    ``histories`` has the earlier turns of the queries that are follow-ups, ``languages`` the languages that are known,
    ``answers`` the words of a judged document that answer, in any of several ways, where they are known.
    """

    corpus: Mapping[str, str]
    queries: Mapping[str, str]
    judged: Mapping[str, Mapping[str, int]]
    histories: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    languages: Mapping[str, Language] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def only(self, queries: Iterable[str]) -> Dataset:
        """The same corpus with these queries alone."""
        kept = frozenset(queries)
        return Dataset(
            self.corpus,
            {key: text for key, text in self.queries.items() if key in kept},
            {key: grades for key, grades in self.judged.items() if key in kept},
            {key: turns for key, turns in self.histories.items() if key in kept},
            {key: language for key, language in self.languages.items() if key in kept},
            {key: words for key, words in self.answers.items() if key in kept},
        )


def suites_in(folder: Path) -> list[Path]:
    """``folder`` if it is a test set, else the test sets in it, by name.

    Raises:
        DatasetInvalid: it is neither.
    """
    if (folder / "corpus.jsonl").is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob("*/corpus.jsonl"))
    if not found:
        raise DatasetInvalid(f"{folder}: no corpus.jsonl here or in a folder below; `make suites` writes such folders")
    return found


def read_dataset(folder: Path) -> Dataset:
    """The test set in ``folder``; queries without a judgement above 0 are left out.

    Raises:
        DatasetInvalid: a file is missing or malformed, or nothing is judged.
    """
    judged = _judgements(folder)
    corpus = {
        row["_id"]: f"{row.get('title') or ''}\n{row['text']}".strip() for _, row in read_rows(folder / "corpus.jsonl")
    }
    asked = {row["_id"]: row for row in _queries(folder / "queries.jsonl") if row["_id"] in judged}
    if not corpus or not asked:
        raise DatasetInvalid(f"{folder}: no judged query with a corpus; check the ids in qrels.tsv")
    absent = next(((query, key) for query in asked for key in judged[query] if key not in corpus), None)
    if absent:
        query, key = absent
        raise DatasetInvalid(f"{folder}: {key!r}, judged for query {query!r}, is not in corpus.jsonl; check its id")
    return Dataset(
        corpus,
        {key: row["text"] for key, row in asked.items()},
        {key: judged[key] for key in asked},
        {key: row["history"] for key, row in asked.items() if row["history"]},
        {key: row["language"] for key, row in asked.items() if row["language"]},
        {key: row["answers"] for key, row in asked.items() if row["answers"]},
    )


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write ``dataset`` into ``folder``, which is made where absent."""
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "corpus.jsonl", ({"_id": key, "text": text} for key, text in dataset.corpus.items()))
    write_rows(folder / "queries.jsonl", (_query(dataset, key) for key in dataset.queries))
    with (folder / "qrels.tsv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(("query-id", "corpus-id", "score"))
        rows.writerows((query, key, grade) for query, grades in dataset.judged.items() for key, grade in grades.items())


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """JSON lines, one a row."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The line numbers and objects of a file of JSON lines; ``_id`` and ``text`` are strings, no ``_id`` comes twice.

    Raises:
        DatasetInvalid: the file cannot be read, a line is no object with both, or one has the id of another.
    """
    first: dict[str, int] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            row = {**row, "_id": str(row["_id"]), "text": _text(row["text"])}
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetInvalid(f"{path}, line {number}: wanted an object with _id and text ({error})") from error
        key = row["_id"]
        if first.setdefault(key, number) != number:
            raise DatasetInvalid(f"{path}, line {number}: the id {key!r} is that of line {first[key]} too")
        yield number, row


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text is {json.dumps(value)}")
    return value


def _query(dataset: Dataset, key: str) -> dict[str, object]:
    row: dict[str, object] = {"_id": key, "text": dataset.queries[key]}
    if key in dataset.histories:
        row["history"] = list(dataset.histories[key])
    if key in dataset.languages:
        row["language"] = dataset.languages[key]
    if key in dataset.answers:
        row["answers"] = list(dataset.answers[key])
    return row


def _queries(path: Path) -> Iterator[dict[str, Any]]:
    for number, row in read_rows(path):
        turns, language = row.get("history") or [], row.get("language")
        if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
            raise DatasetInvalid(f"{path}, line {number}: history is a list of the customer's earlier turns")
        if language and language not in list(Language):
            raise DatasetInvalid(f"{path}, line {number}: language {language!r} is none of {', '.join(Language)}")
        answers = tuple(map(str, row.get("answers") or ()))
        yield {**row, "history": tuple(turns), "language": Language(language) if language else None, "answers": answers}


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
            raise DatasetInvalid(
                f"{path}, line {number}: wanted query-id, corpus-id and a whole score, a tab between each"
            ) from error
        if grade > 0:
            judged.setdefault(query, {})[document] = grade
    return judged


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8-sig").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{path} cannot be read: {error}") from error
