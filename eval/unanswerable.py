"""Questions that a set's documents do not answer: half of its own, whose documents are taken away, and ones of nowhere.

Questions that share a document stand or fall together, so that one which keeps its answer keeps all of it. Half of
these groups, by a hash, lose their documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from eval.datasets import Dataset, DatasetInvalid, read_rows
from eval.halves import Half, half_of
from eval.systems import Asked, questions

OUTSIDE = "outside.jsonl"  # beside the sets


def without_answers(dataset: Dataset) -> tuple[Dataset, frozenset[str]]:
    """The set without the documents of half its questions, and those questions.

    Raises:
        DatasetInvalid: no question would be left on one of the sides, or no document.
    """
    lost = frozenset(key for group in _groups(dataset.judged) if _loses(dataset, group) for key in group)
    gone = {document for key in lost for document in dataset.judged[key]}
    corpus = {key: text for key, text in dataset.corpus.items() if key not in gone}
    if not corpus or not 0 < len(lost) < len(dataset.queries):
        raise DatasetInvalid(
            "the questions cannot be parted in answered and unanswered ones: they share their documents"
        )
    return replace(dataset, corpus=corpus), lost


def outside(file: Path, half: Half | None) -> Iterator[Asked]:
    """The questions of nowhere in ``file``, or those of one half.

    Raises:
        DatasetInvalid: the file cannot be read.
    """
    texts = {row["_id"]: row["text"] for _, row in read_rows(file)}
    kept = {key: text for key, text in texts.items() if half is None or half_of(text) is half}
    return questions(Dataset({}, kept, {}))


def _loses(dataset: Dataset, group: Sequence[str]) -> bool:
    text = min(dataset.queries[key] for key in group)
    return hashlib.sha256(f"unanswerable: {text}".encode()).digest()[0] % 2 == 0


def _groups(judged: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """The questions that share documents, directly or through others."""
    asking: dict[str, list[str]] = {}
    for key, documents in judged.items():
        for document in documents:
            asking.setdefault(document, []).append(key)
    seen: set[str] = set()
    for key in judged:
        if key not in seen:
            yield _reached(key, judged, asking, seen)


def _reached(
    start: str, judged: Mapping[str, Iterable[str]], asking: Mapping[str, Iterable[str]], seen: set[str]
) -> list[str]:
    seen.add(start)
    reached = [start]
    for key in reached:  # grows as it is read
        found = {other for document in judged[key] for other in asking[document]} - seen
        seen |= found
        reached += sorted(found)
    return reached
