"""Sentences with a source and whether it bears them out: three labelled sets, and Chinese ones made of questions.

A pair's half is by the hash of its source, so that no source is on both sides. The Chinese sets have no labels: a
question with its answer is a true sentence; with the answer to another question of the same text, a false one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.halves import Half, half_of


@dataclass(frozen=True)
class Pair:
    """A sentence and its source."""

    source: str
    sentence: str
    supported: bool

    @property
    def half(self) -> Half:
        """A to train on, B to report."""
        return half_of(self.source)


def pairs(name: str, data: Path) -> tuple[Pair, ...]:
    """All pairs of a set under the folder of third-party data.

    Raises:
        OSError: the set is not there.
    """
    return tuple(SETS[name](data))


def _begin(data: Path) -> Iterator[Pair]:
    with (data / "begin_wow" / "begin_dev_wow.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["begin_label"] != "Generic":
                yield Pair(row["knowledge"], row["response"], row["begin_label"] == "Fully attributable")


def _wice(data: Path) -> Iterator[Pair]:
    for path in sorted((data / "wice").rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Pair("\n".join(row["evidence"]), row["claim"], row["label"] == "supported")


def _halueval(data: Path) -> Iterator[Pair]:
    for row in _rows(data / "halueval" / "qa_one-turn_data.json"):
        yield Pair(row["knowledge"], row["right_answer"], True)
        yield Pair(row["knowledge"], row["hallucinated_answer"], False)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text(encoding="utf-8").strip()
    rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    yield from rows


def _answered(path: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """The texts of a set in SQuAD's form, each with its questions and their answers."""
    paragraphs = [
        one for article in json.loads(path.read_text(encoding="utf-8"))["data"] for one in article["paragraphs"]
    ]
    return [(one["context"], [(q["question"], q["answers"][0]["text"]) for q in one["qas"]]) for one in paragraphs]


def _elsewhere(path: Path) -> Iterator[Pair]:
    """False: the answer to a question of the next text that is not in this one."""
    texts = _answered(path)
    for (source, asked), (_, others) in zip(texts, texts[1:] + texts[:1], strict=True):
        strange = [text for _, text in others if text not in source]
        for number, (question, answer) in enumerate(asked):
            yield Pair(source, f"{question}{answer}。", True)
            if strange:
                yield Pair(source, f"{question}{strange[number % len(strange)]}。", False)


def _within(path: Path) -> Iterator[Pair]:
    """False: the answer to another question about the same text, whose words all stand in it."""
    for source, asked in _answered(path):
        for number, (question, answer) in enumerate(asked):
            yield Pair(source, f"{question}{answer}。", True)
            others = [text for _, text in asked[number + 1 :] + asked[:number] if text != answer]
            if others:
                yield Pair(source, f"{question}{others[0]}。", False)


_DRCD, _CMRC = Path("drcd_zh_hant") / "DRCD_dev.json", Path("cmrc2018_zh_hans") / "cmrc2018_trial.json"
SETS: dict[str, Callable[[Path], Iterator[Pair]]] = {
    "begin_wow": _begin,
    "wice": _wice,
    "halueval": _halueval,
    "drcd": lambda data: _elsewhere(data / _DRCD),
    "drcd, same text": lambda data: _within(data / _DRCD),
    "cmrc": lambda data: _elsewhere(data / _CMRC),
    "cmrc, same text": lambda data: _within(data / _CMRC),
}
