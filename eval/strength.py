"""Fits the model of evidence strength: ``python -m eval.strength FOLDER=QUESTIONS.jsonl …`` prints ``strength.yaml``.

FOLDER is an institution's folder, QUESTIONS a suite as in ``eval.answers``: development questions only, never those
that a release is measured with. Ridge-penalised logistic regression; a feature whose coefficient would turn
against its meaning is left out. Quality is judged on institutions that were not fitted on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, date, datetime
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import yaml
from numpy.typing import NDArray

from eval.answers import read_suite
from ingestion.build import build_segment
from ingestion.chunking import chunk_document
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.loader import load_institution
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.ports import Embedder
from retrieval.retriever import Retriever
from retrieval.segments import write_segment
from retrieval.snapshot import Snapshot, open_snapshot, write_manifest
from retrieval.strength import Features, StrengthModel
from retrieval.types import Query

PENALTY = 10.0
FREE_SIGN = {"dense_heard"}  # says which legs spoke, not that something was found
STEPS = 50
DECLINED = 0.7  # share of held-out unanswerable questions below the operating point, a strength of 0.5
NAMES = tuple(field.name for field in fields(Features))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """The features of one question, whether its institution's documents answer it, and the institution (``group``)."""

    features: Features
    answerable: bool
    group: str


def fit(samples: Sequence[Sample]) -> StrengthModel:
    """The model that fits ``samples`` best under the penalty.

    Raises:
        ValueError: the samples are all of one kind.
    """
    if len({sample.answerable for sample in samples}) < 2:
        raise ValueError("a fit needs questions with and without an answer")
    kept = list(range(len(NAMES)))
    while True:
        intercept, slopes = _ridge(_matrix(samples)[:, kept], _answers(samples))
        against = [i for i, slope in zip(kept, slopes, strict=True) if slope < 0 and NAMES[i] not in FREE_SIGN]
        if not against:
            found = dict(zip(kept, slopes.tolist(), strict=True))
            return StrengthModel(intercept, tuple(found.get(i, 0.0) for i in range(len(NAMES))))
        kept = [i for i in kept if i not in against]


def calibrated(model: StrengthModel, threshold: float) -> StrengthModel:
    """The same ranking with what was ``threshold``, in (0, 1), as its 0.5: the pipeline answers from there on."""
    return replace(model, intercept=model.intercept - log(threshold / (1 - threshold)))


def held_out(samples: Sequence[Sample]) -> list[float]:
    """The strength of each sample by a model that has not seen its group, in order."""
    models = {group: fit([s for s in samples if s.group != group]) for group in {s.group for s in samples}}
    return [models[sample.group].strength(sample.features) for sample in samples]


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
        yield Sample(result.evidence.features, case.answerable, folder.name)


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
    slopes = {name: round(slope, 4) for name, slope in zip(NAMES, model.coefficients, strict=True)}
    print(yaml.safe_dump({"intercept": round(model.intercept, 4), "coefficients": slopes}, sort_keys=False), end="")


def _matrix(samples: Sequence[Sample]) -> Floats:
    return np.array([astuple(sample.features) for sample in samples])


def _answers(samples: Sequence[Sample]) -> Floats:
    return np.array([float(sample.answerable) for sample in samples])


def _ridge(features: Floats, answers: Floats) -> tuple[float, Floats]:
    """Newton's method on standardised features; gives intercept and slopes for the features as they are."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.column_stack([np.ones(len(features)), (features - mean) / spread])
    penalty = np.diag([0.0] + [PENALTY] * features.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        probability = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (probability - answers) + penalty @ weights
        curvature = (design.T * (probability * (1 - probability))) @ design + penalty
        weights -= np.linalg.solve(curvature + 1e-9 * np.eye(len(weights)), gradient)
    slopes = weights[1:] / spread
    return float(weights[0] - slopes @ mean), slopes


if __name__ == "__main__":
    if len(sys.argv) < 3 or not all("=" in pair for pair in sys.argv[1:]):
        sys.exit("usage: python -m eval.strength FOLDER=QUESTIONS.jsonl FOLDER=QUESTIONS.jsonl … (two or more)")
    main(sys.argv[1:])
