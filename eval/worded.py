"""Sentences beside their evidence, true or with an error planted: what the weights of verification are learned from.

All are worded by authors (``guard_sets/development``). Some authors, and one half of the lies, are left out of all
learning: the point is set with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eval.halves import Half, half_of
from knowledge_bases.schema import Language

SETS = Path(__file__).parent / "guard_sets" / "development"
LEFT_OUT = frozenset({4, 8})  # authors of ``planted-others`` that nothing is learned from
TRUE, TRUTH = "true", "truth"


class Origin(StrEnum):
    """What kind of set a sentence is of, as its file's name begins."""

    PLANTED = "planted"
    OTHERS = "planted-others"
    LIES = "lies"


@dataclass(frozen=True)
class Worded:
    """A sentence beside its evidence. ``kind`` is "true", or the error that it has; ``author`` counts from 1."""

    origin: Origin
    language: Language
    author: int
    evidence: str
    sentence: str
    kind: str

    @property
    def wrong(self) -> bool:
        """Whether it says something that its evidence does not."""
        return self.kind != TRUE

    @property
    def left_out(self) -> bool:
        """Whether nothing is learned from it."""
        if self.origin is Origin.LIES:
            return half_of(self.evidence) is Half.B
        return self.origin is Origin.OTHERS and self.author in LEFT_OUT


def worded(folder: Path = SETS) -> list[Worded]:
    """Every sentence of every language.

    Raises:
        FileNotFoundError: the file of a language is missing.
    """
    return [one for origin in Origin for language in Language for one in _file(folder, origin, language)]


def parted(sentences: list[Worded]) -> tuple[list[Worded], list[Worded]]:
    """Those to learn from, and those that are left out; no evidence is on both sides."""
    out = [one for one in sentences if one.left_out]
    evidence = {one.evidence for one in out}
    return [one for one in sentences if one.evidence not in evidence], out


def _file(folder: Path, origin: Origin, language: Language) -> Iterator[Worded]:
    path = folder / f"{origin}-{language}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if origin is Origin.LIES:
            kind = TRUE if row["label"] == TRUTH else row["kind"]
            yield Worded(origin, language, 1, row["evidence"], row["text"], kind)
        else:
            yield Worded(origin, language, row.get("author", 1), row["evidence"], row["sentence"], row["kind"])
