"""Fits the model of evidence strength: ``python -m eval.strength FOLDER=QUESTIONS.jsonl …`` prints ``strength.yaml``.

FOLDER is an institution's folder, QUESTIONS a suite as in ``eval.answers``: development questions only, never those
that a release is measured with. Quality is judged on institutions that were not fitted on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import yaml

from eval.answers import read_suite
from ingestion.build import build_segment
from ingestion.chunking import chunk_document
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.loader import load_institution
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.ports import Embedder
from retrieval.quotable import Sought
from retrieval.retriever import Retriever
from retrieval.segments import write_segment
from retrieval.snapshot import Snapshot, open_snapshot, write_manifest
from retrieval.strength import StrengthModel, best_score
from retrieval.types import Query

STEPS = 50
PENALTY = 0.01  # keeps the slope finite where the samples part cleanly
DECLINED = 0.7  # share of held-out unanswerable questions below the operating point, a strength of 0.5


@dataclass(frozen=True)
class Sample:
    """The best quote's score for one question, whether its documents answer it, and the institution (``group``)."""

    score: float
    answerable: bool
    group: str


def fit(samples: Sequence[Sample]) -> StrengthModel:
    """The logistic curve that fits ``samples`` best (Newton's method).

    Raises:
        ValueError: the samples are all of one kind.
    """
    if len({sample.answerable for sample in samples}) < 2:
        raise ValueError("a fit needs questions with and without an answer")
    design = np.array([[1.0, sample.score] for sample in samples])
    answers = np.array([float(sample.answerable) for sample in samples])
    penalty = np.diag([0.0, PENALTY])
    weights = np.zeros(2)
    for _ in range(STEPS):
        probability = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (probability - answers) + penalty @ weights
        curvature = (design.T * (probability * (1 - probability))) @ design + penalty
        weights -= np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
    return StrengthModel(float(weights[0]), float(weights[1]))


def calibrated(model: StrengthModel, threshold: float) -> StrengthModel:
    """The same ranking with what was ``threshold``, in (0, 1), as its 0.5: the pipeline answers from there on."""
    return replace(model, intercept=model.intercept - log(threshold / (1 - threshold)))


def held_out(samples: Sequence[Sample]) -> list[float]:
    """The strength of each sample by a model that has not seen its group, in order."""
    models = {group: fit([s for s in samples if s.group != group]) for group in {s.group for s in samples}}
    return [models[sample.group].strength(sample.score) for sample in samples]


def discrimination(strengths: Sequence[float], answerable: Sequence[bool]) -> float:
    """How often a question with an answer is stronger than one without (area under the ROC curve, ties half)."""
    good = np.array([s for s, yes in zip(strengths, answerable, strict=True) if yes])[:, None]
    bad = np.array([s for s, yes in zip(strengths, answerable, strict=True) if not yes])
    return float(np.mean((good > bad) + 0.5 * (good == bad)))


def kept_when_declining(strengths: Sequence[float], answerable: Sequence[bool], share: float) -> tuple[float, float]:
    """(threshold, share of answerable questions above it) where ``share`` of the others lie at or below it."""
    threshold = float(np.quantile([s for s, yes in zip(strengths, answerable, strict=True) if not yes], share))
    good = [s > threshold for s, yes in zip(strengths, answerable, strict=True) if yes]
    return threshold, sum(good) / len(good)


def collect(folder: Path, questions: Path, embedder: Embedder, on: date) -> Iterator[Sample]:
    """The samples of one institution: its documents in force on the day ``on`` and the questions about them."""
    sources = load_institution(folder).sources
    in_force = {source.info.key for source in sources if source.info.in_force(on)}
    with TemporaryDirectory() as root:
        retriever = Retriever(index_folder(folder, embedder, Path(root)), embedder)
    for case in read_suite(questions):
        result = retriever.retrieve(Query(case.question, case.language), in_force)
        score = best_score(Sought(case.question, case.language, result.weights), result.passages)
        yield Sample(score or 0.0, case.answerable, folder.name)


def index_folder(folder: Path, embedder: Embedder, root: Path) -> Snapshot:
    """Parse, chunk, embed and store the institution's documents under ``root``; a sandboxed parse each."""
    refs = []
    for source in load_institution(folder).sources:
        parsed = parse_file(source.path.read_bytes(), source.path.name, ParseLimits())
        built = build_segment(chunk_document(parsed, source.info), embedder)
        refs.append(write_segment(root, built.chunks, built.vectors, built.embedder_id, source.info.key))
    name = write_manifest(root, folder.name, refs, embedder.id, generation=1)
    return open_snapshot(root, name, institution_id=folder.name, embedder_id=embedder.id)


def main(pairs: Sequence[str]) -> None:
    """Fit on all pairs and print the model; how well it does on institutions it has not seen goes to stderr."""
    embedder = SentenceTransformerEmbedder.packaged()
    today = datetime.now(UTC).date()
    folders = [(Path(folder), Path(questions)) for folder, questions in (pair.split("=", 1) for pair in pairs)]
    samples = [sample for folder, questions in folders for sample in collect(folder, questions, embedder, today)]
    strengths, answerable = held_out(samples), [sample.answerable for sample in samples]
    threshold, kept = kept_when_declining(strengths, answerable, DECLINED)
    print(f"held out: area under ROC {discrimination(strengths, answerable):.3f}", file=sys.stderr)
    print(f"held out: {kept:.2f} answerable kept at {threshold:.3f}, {DECLINED:.0%} declined", file=sys.stderr)
    model = calibrated(fit(samples), threshold)
    print(yaml.safe_dump({"intercept": round(model.intercept, 4), "slope": round(model.slope, 4)}), end="")


if __name__ == "__main__":
    if len(sys.argv) < 3 or not all("=" in pair for pair in sys.argv[1:]):
        sys.exit("usage: python -m eval.strength FOLDER=QUESTIONS.jsonl FOLDER=QUESTIONS.jsonl … (two or more)")
    main(sys.argv[1:])
