"""Writes planted errors and true sentences beside their evidence: ``python -m eval.planting DIR``.

An author who had not seen the checks wrote what is changed and how (docs/measurements.md). An error changes one thing
of a sentence, so that its evidence no longer bears it out; a true sentence is the cited one, or that said otherwise.
``python -m eval.planted DIR`` counts them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import knowledge_bases
from eval.planting.chinese_logic import chinese_conditions
from eval.planting.chinese_negations import chinese_negations
from eval.planting.chinese_rewordings import chinese_rewordings
from eval.planting.chinese_units import chinese_units
from eval.planting.chinese_values import chinese_values
from eval.planting.english_logic import english_conditions
from eval.planting.english_negations import english_negations
from eval.planting.english_rewordings import english_rewordings
from eval.planting.english_units import english_units
from eval.planting.english_values import english_values
from eval.planting.judging import checkable, is_false, is_sound
from eval.planting.operators import Operator, Site
from eval.planting.sources import Passage, read_all

SAMPLES = Path(knowledge_bases.__file__).parent
LANGUAGES = ("en", "zh-Hant", "zh-Hans")
KINDS = ("number", "date", "unit", "condition", "negation")
PER_SENTENCE = 2
CAP = 0.22  # the most that one operator may give of a kind, so that none stands for the whole


@dataclass(frozen=True)
class Row:
    """One line of a file; the operator and the document are kept for those who read it."""

    evidence: str
    sentence: str
    kind: str
    operator: str
    document: str


def operators_for(language: str) -> list[Operator]:
    """Give every operator of a language, errors and rewordings."""
    if language == "en":
        return [*english_values(), *english_units(), *english_conditions(), *english_negations(), *english_rewordings()]
    chinese = [*chinese_values(), *chinese_units(), *chinese_conditions(), *chinese_negations(), *chinese_rewordings()]
    return [op.simplified() for op in chinese] if language == "zh-Hans" else chinese


def in_turn(passages: list[Passage], rng: random.Random) -> Iterator[Passage]:
    """Take one sentence of each document in turn, so that no long document crowds the others out."""
    by_document: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_document[passage.document].append(passage)
    for queue in by_document.values():
        rng.shuffle(queue)
    for layer in zip_longest(*by_document.values()):
        yield from (passage for passage in layer if passage is not None)


class Planter:
    """Choose operators so that all are used and none too often."""

    def __init__(self, language: str, rng: random.Random) -> None:
        self.language = language
        self.rng = rng
        self.used: Counter[str] = Counter()
        self.operators: dict[str, list[Operator]] = defaultdict(list)
        for operator in operators_for(language):
            self.operators[operator.kind].append(operator)

    def _tried(self, kind: str) -> list[Operator]:
        """Give the operators of a kind, the least used first."""
        return sorted(self.operators[kind], key=lambda op: (self.used[op.name], self.rng.random()))

    def errors(self, passage: Passage, kind: str, limit: int) -> Iterator[Row]:
        """Give up to two errors of a kind in one sentence, each by another operator."""
        made: set[str] = set()
        for operator in self._tried(kind):
            if len(made) == PER_SENTENCE:
                return
            if self.used[operator.name] >= limit:
                continue
            wrong = operator.apply(Site(passage.sentence, passage.evidence, self.rng))
            if wrong and wrong not in made and is_sound(wrong, self.language) and is_false(wrong, passage, kind):
                made.add(wrong)
                self.used[operator.name] += 1
                yield Row(passage.evidence, wrong, kind, operator.name, passage.document)

    def reworded(self, passage: Passage, limit: int) -> Row | None:
        """Say the sentence otherwise, by one or two operators that keep its meaning."""
        sentence = passage.sentence
        names: list[str] = []
        wanted = 1 + (self.rng.random() < 0.4)
        for operator in self._tried("true"):
            if len(names) == wanted:
                break
            new = operator.apply(Site(sentence, passage.evidence, self.rng))
            if new and new != sentence and self.used[operator.name] < limit and is_sound(new, self.language):
                sentence = new
                names.append(operator.name)
                self.used[operator.name] += 1
        return (
            Row(passage.evidence, sentence, "true", "+".join(names), passage.document)
            if sentence != passage.sentence
            else None
        )


def plant(passages: list[Passage], language: str, errors: int, truths: int, seed: int) -> list[Row]:
    """Make the rows of one language."""
    rng = random.Random(f"{seed}-{language}")  # noqa: S311 - no secret
    planter = Planter(language, rng)
    mine = [p for p in passages if p.language == language and checkable(p.sentence, language)]
    rows: list[Row] = []
    for kind in KINDS:
        found: list[Row] = []
        for passage in in_turn(mine, rng):
            found.extend(planter.errors(passage, kind, int(errors * CAP)))
            if len(found) >= errors:
                break
        rows.extend(found[:errors])
    return distinct(rows + truthful(mine, planter, truths, rng))


def distinct(rows: list[Row]) -> list[Row]:
    """Keep one of the rows that two operators made alike."""
    return list({(row.sentence, row.evidence): row for row in reversed(rows)}.values())[::-1]


def truthful(passages: list[Passage], planter: Planter, count: int, rng: random.Random) -> list[Row]:
    """Give true sentences: a third as they stand, the rest reworded."""
    plain: list[Row] = []
    for passage in in_turn(passages, rng):
        if len(plain) == count // 3:
            break
        plain.append(Row(passage.evidence, passage.sentence, "true", "as-it-stands", passage.document))
    changed: list[Row] = []
    for passage in in_turn(passages, rng):
        row = planter.reworded(passage, int(count * CAP))
        changed.extend([row] if row else [])
        if len(changed) == count - count // 3:
            break
    return plain + changed


def write(rows: list[Row], path: Path, rng: random.Random, notes: bool) -> None:
    """Write the rows in chance order, an object a line; notes go in a file of their own."""
    rng.shuffle(rows)
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            line = {"evidence": row.evidence, "sentence": row.sentence, "kind": row.kind}
            if notes:
                line |= {"operator": row.operator, "document": row.document}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the sources and write a file a language."""
    parser = argparse.ArgumentParser(prog="python -m eval.planting")
    parser.add_argument("folder", type=Path, help="where planted-<language>.jsonl are written")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--source", type=Path, action="append", help="a folder of documents; the samples otherwise")
    parser.add_argument("--errors", type=int, default=240, help="errors of each kind a language")
    parser.add_argument("--truths", type=int, default=720, help="true sentences a language")
    parser.add_argument("--notes", action="store_true", help="name the operator and the document in each line")
    given = parser.parse_args(arguments)
    sources = given.source or [SAMPLES]
    if missing := [str(folder) for folder in sources if not folder.is_dir()]:
        parser.error(f"{', '.join(missing)} is no folder: give one of .md, .html, .txt or .json files")
    given.folder.mkdir(parents=True, exist_ok=True)
    passages = read_all(sources)
    for language in LANGUAGES:
        rows = plant(passages, language, given.errors, given.truths, given.seed)
        order = random.Random(given.seed)  # noqa: S311 - no secret
        write(rows, given.folder / f"planted-{language}.jsonl", order, given.notes)
        print(language, *(f"{kind} {count}" for kind, count in sorted(Counter(row.kind for row in rows).items())))


if __name__ == "__main__":
    main()
