"""How many lies of a model pass, and how many truths: ``candour eval lies``, through the judge that releases sentences.

``lies-<language>.jsonl``: {"evidence", "text", "label", "kind"} a line, the label "lie" or "truth". Each sentence cites
all of its evidence. Of a blind portion only counts are printed; of development, with ``--names``, what fails.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import process_time
from typing import Annotated, Any

import typer

from app.commands.console import fail
from eval.guard_texts import SETS, Portion
from guardrails.types import Claim
from guardrails.verification import Judgement, Support, judge
from knowledge_bases.schema import Citation, Language, Span, VersionKey

TRUTH = "truth"
CITED = VersionKey("cited", "1")


@dataclass(frozen=True)
class Told:
    """A sentence beside its evidence, and what became of it. ``seconds`` of process time."""

    language: Language
    kind: str
    evidence: str
    text: str
    judgement: Judgement
    seconds: float

    @property
    def released(self) -> bool:
        """Whether a customer would see it."""
        return self.judgement.support is Support.SUPPORTED

    @property
    def fails(self) -> bool:
        """Whether it is a lie that is released, or a truth that is held."""
        return self.released != (self.kind == TRUTH)


def told(folder: Path) -> list[Told]:
    """Every sentence of a folder, judged.

    Raises:
        FileNotFoundError: the file of a language is missing.
    """
    return [_told(language, row) for language in Language for row in _rows(folder / f"lies-{language}.jsonl")]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _told(language: Language, row: dict[str, str]) -> Told:
    evidence = row["evidence"]
    citation = Citation(CITED, "", Span(0, len(evidence)), evidence, None, None, None)
    began = process_time()
    judgement = judge(Claim(row["text"], (citation,)), lambda cited: cited.quote)
    seconds = process_time() - began
    kind = TRUTH if row["label"] == TRUTH else row["kind"]
    return Told(language, kind, evidence, row["text"], judgement, seconds)


def to_value(found: Sequence[Told]) -> dict[str, Any]:
    """Released and all, by language and kind; the time of a sentence in milliseconds."""
    counts: dict[str, dict[str, list[int]]] = {}
    for language in sorted({one.language for one in found}):
        own = [one for one in found if one.language is language]
        kinds = {kind: [one for one in own if one.kind == kind] for kind in sorted({one.kind for one in own})}
        lies = [one for one in own if one.kind != TRUTH]
        counts[language] = {kind: _released(ones) for kind, ones in ({"lies": lies} | kinds).items()}
    return {"released": counts, "p95_ms": _p95(found)}


def _released(ones: Sequence[Told]) -> list[int]:
    return [sum(one.released for one in ones), len(ones)]


def _p95(found: Sequence[Told]) -> float:
    times = [1000 * one.seconds for one in found]
    return round(quantiles(times, n=20)[-1], 1) if len(times) > 1 else round(sum(times), 1)


def lines(found: Sequence[Told], names: bool = False) -> Iterator[str]:
    """A table of what is released, by language and kind; with ``names``, what fails."""
    value = to_value(found)
    for language, kinds in value["released"].items():
        yield f"{language:8} " + "  ".join(f"{kind} {some}/{every}" for kind, (some, every) in kinds.items())
    lies, truths = ([one for one in found if (one.kind == TRUTH) is true] for true in (False, True))
    yield "all      lies {}/{}  truths {}/{}".format(*_released(lies), *_released(truths))
    yield f"a sentence takes {value['p95_ms']} ms of process time at the 95th percentile"
    held = Counter(one.judgement.why for one in found if one.kind == TRUTH and not one.released)
    yield from (f"truths held: {count:3} {why}" for why, count in held.most_common())
    if names:
        failed = (one for one in found if one.fails)
        yield from (f"{one.language}\t{one.kind}\t{one.judgement.why}\t{one.text}\t{one.evidence!r}" for one in failed)


def lies(
    portion: Annotated[Portion, typer.Option(help="Of a blind one only counts are printed.")] = Portion.DEVELOPMENT,
    names: Annotated[bool, typer.Option("--names", help="Print what fails; not of a blind one.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Lies that a model might tell of a passage, and truths beside them: how many the judge releases."""
    if names and portion.is_blind:
        fail("the sentences of a blind portion are not printed: leave out --names")
    try:
        found = told(SETS / portion)
    except FileNotFoundError as error:
        fail(f"{error.filename} is missing: the sets lie beside eval/lies.py, in guard_sets/<portion>")
    typer.echo(json.dumps(to_value(found), indent=2) if as_json else "\n".join(lines(found, names)))
