"""What do answers carry, and by what alone is each statement owed? ``python -m eval.owing [--say N]``.

The development questions and the suggested ones of every sample institution are asked of the product, each sample in
a data folder of its own; rules are as shipped. Statements are those owed by answers that quote documents. A rule that
only another one brings has no ground of its own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import typer

from app.answering.conduct import caution_of, tags_of
from app.answering.occasions import occasion_of
from app.answering.pipeline import Pipeline
from app.answering.trail import Trail
from app.answering.types import Answer, AnswerStatus, Question
from app.composition import build_platform
from app.embedding.engines import make_embedder
from app.foundation import lay_foundation
from app.hong_kong import today_in_hong_kong
from app.jobs.samples import seed_sample
from app.logs import configure_logs
from app.samples import sample_folders
from app.settings import Settings
from eval.answers import read_suite
from guardrails.disclosure import Occasion, heard_by, owed_rules, readings_of
from guardrails.rulebook import Rulebook, load_rulebook
from guardrails.rules import Rule
from knowledge_bases.loader import InstitutionFolder
from knowledge_bases.schema import Language
from retrieval.ports import Embedder

SUITES = Path(__file__).parent / "questions" / "development"


class Ground(StrEnum):
    """What a statement is owed by."""

    TAG = "tag"
    QUESTION = "question's words"
    MEANING = "question's meaning"
    ANSWER = "answer's words"
    PASSAGE = "passage's words"


# A passage holds the answer's words too: a statement that only documents' words owe is counted by the answer's first.
WORDS_OF_DOCUMENTS = frozenset({Ground.ANSWER, Ground.PASSAGE})


@dataclass(frozen=True)
class Owing:
    """An answer with the rules that it owes a statement by, each with its grounds."""

    occasion: Occasion
    grounds: Mapping[str, frozenset[Ground]]

    def by_documents_alone(self) -> tuple[str, ...]:
        """The rules owed by nothing but what the documents' words say."""
        return tuple(rule for rule, grounds in self.grounds.items() if grounds and grounds <= WORDS_OF_DOCUMENTS)


@dataclass(frozen=True)
class OwingReport:
    """What the answers owe together."""

    owings: tuple[Owing, ...]

    def lines(self) -> Iterator[str]:
        """The report for people: a line a rule, the more frequent first."""
        counts = [len(owing.grounds) for owing in self.owings]
        if not counts:
            yield "no question was answered"
            return
        total, alone = sum(counts), sum(len(owing.by_documents_alone()) for owing in self.owings)
        spread = f"mean {np.mean(counts):.2f}, p95 {np.percentile(counts, 95):.0f}"
        yield f"{len(counts)} answers, {total} statements: {spread}"
        yield f"owed by documents' words alone: {alone} ({100 * alone / max(total, 1):.1f} %)"
        yield (
            f"{'rule':5}{'times':>6}  owed by it alone:"
            + "".join(f"  {ground.value}" for ground in Ground)
            + "  brought"
        )
        times = Counter(rule for owing in self.owings for rule in owing.grounds)
        for rule, count in sorted(times.items(), key=lambda item: (-item[1], item[0])):
            sole = Counter(_sole(owing.grounds[rule]) for owing in self.owings if rule in owing.grounds)
            cells = "".join(f"  {sole[ground]:>{len(ground.value)}}" for ground in Ground)
            yield f"{rule:5}{count:6}  {'':17}{cells}  {sole['brought']:>7}"

    def to_read(self, most: int) -> Iterator[str]:
        """``most`` answers spread evenly over all, with what they carry and why."""
        step = max(1, len(self.owings) // max(most, 1))
        for owing in self.owings[::step][:most]:
            yield f"\n{owing.occasion.institution.id} {owing.occasion.question}\n  {owing.occasion.answer[:400]!r}"
            yield f"  tags {sorted(owing.occasion.tags)}"
            for rule, grounds in owing.grounds.items():
                yield f"  {rule}: {', '.join(sorted(grounds)) or 'brought'}"


def _sole(grounds: frozenset[Ground]) -> str:
    """The one ground that owes it, "brought" where it has none, and "several" otherwise."""
    if not grounds:
        return "brought"
    if grounds == WORDS_OF_DOCUMENTS:
        return Ground.ANSWER
    return next(iter(grounds)) if len(grounds) == 1 else "several"


def owing(rulebook: Rulebook, occasion: Occasion) -> Owing:
    """What ``occasion`` owes, with the grounds of each."""
    return Owing(occasion, {r.id: frozenset(_grounds(rulebook, occasion, r)) for r in owed_rules(rulebook, occasion)})


def _grounds(rulebook: Rulebook, occasion: Occasion, rule: Rule) -> Iterator[Ground]:
    if rule.tags & occasion.tags:
        yield Ground.TAG
    if rule.triggers and rule.id in occasion.intents:
        yield Ground.MEANING
    parts = {
        Ground.QUESTION: replace(occasion, answer="", passages=()),
        Ground.ANSWER: replace(occasion, question="", passages=()),
        Ground.PASSAGE: replace(occasion, question="", answer=""),
    }
    for ground, part in parts.items():
        heard = heard_by(rule, readings_of(rulebook, part), occasion.intents)
        if rule.owed_for(heard, occasion.tags - rule.tags, occasion.institution):
            yield ground


class _Listener:
    """Takes note of what answers owe, in place of evidence."""

    def __init__(self) -> None:
        self.occasions: list[Occasion] = []

    def record(self, trail: Trail, answer: Answer) -> None:
        if answer.status not in (AnswerStatus.QUOTED, AnswerStatus.ANSWERED):
            return
        occasion = occasion_of(trail, today_in_hong_kong(), answer.sentences)
        tags = occasion.tags | tags_of(trail.rulebook, caution_of(trail))
        self.occasions.append(replace(occasion, tags=tags))

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        """No customer waits for it."""

    def release(self, trail: Trail, answer: Answer) -> None:
        """Nobody reads along."""


def occasions(samples: Iterable[InstitutionFolder], embedder: Embedder) -> Iterator[Occasion]:
    """What every answer is owed for, sample by sample."""
    for sample in samples:
        with TemporaryDirectory() as folder:
            foundation = lay_foundation(Settings(data_dir=Path(folder), log_level="error"))
            seed_sample(foundation, embedder, sample)
            platform = build_platform(foundation, embedder)
            listener = _Listener()
            pipeline = Pipeline(replace(platform.parts, recorder=listener))
            asyncio.run(_ask(pipeline, sample, questions_of(sample)))
            platform.rails.close()
        yield from listener.occasions


def questions_of(sample: InstitutionFolder) -> list[tuple[str, Language]]:
    """The development questions of a sample, and those that its chat suggests."""
    suite = SUITES / f"{sample.institution.id}.jsonl"
    asked = [(case.question, case.language) for case in read_suite(suite)] if suite.is_file() else []
    return [*asked, *((q, language) for language, starters in sample.institution.starters.items() for q in starters)]


async def _ask(pipeline: Pipeline, sample: InstitutionFolder, questions: Sequence[tuple[str, Language]]) -> None:
    for text, language in questions:
        await pipeline.answer(sample.institution, Question(sample.institution.id, text, language))


def main(say: int = typer.Option(0, help="Show so many answers with what they carry.", min=0)) -> None:
    """How many statements an answer carries, and by what alone each is owed."""
    configure_logs("error", json=False)
    rulebook = load_rulebook()
    told = OwingReport(tuple(owing(rulebook, each) for each in occasions(sample_folders(), make_embedder())))
    typer.echo("\n".join([*told.lines(), *told.to_read(say)]))


if __name__ == "__main__":
    typer.run(main)
