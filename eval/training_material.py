"""The institutions of ``eval/training``: documents and questions that only training reads, never a measurement.

eval/training/<institution>/documents/<topic>-<en|zh>.md
                            questions-*.jsonl   as in ``eval.answers``, with ``contains`` for every gold place
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from eval.answers import Case, Gold, read_suite, squeeze
from ingestion.build import build_segment
from ingestion.chunking import chunk_document
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.features import FEATURES, features, reads
from retrieval.ports import Embedder
from retrieval.quotable import Quotable
from retrieval.reranker import Reranker
from retrieval.retriever import Retriever
from retrieval.segments import write_segment
from retrieval.snapshot import open_snapshot, write_manifest
from retrieval.strength import Signs
from retrieval.types import Query

ROOT = Path(__file__).parent / "training"
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


UNSEEN = Signs(0.0, 0.0, 0.0, 0, chinese=False, familiar=0.0)


@dataclass(frozen=True)
class Sample:
    """One question and the spans found for it.

    ``rows`` has shape (spans, features); ``gold`` marks the spans that answer, shape (spans,). An answerable question
    may have none: nothing that answers was found. ``signs`` are those of its search, without a best span.
    ``answering`` marks those that answer in a language the customer reads less easily too.
    """

    institution: str
    case: Case
    rows: NDArray[np.float32]
    gold: NDArray[np.bool_]
    signs: Signs = UNSEEN
    quotables: tuple[Quotable, ...] = ()
    answering: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


@cache
def institutions() -> tuple[str, ...]:
    """The names of the training institutions, in order."""
    return tuple(sorted(path.name for path in ROOT.iterdir() if path.is_dir()))


def samples(name: str, embedder: Embedder, reranker: Reranker) -> Iterator[Sample]:
    """Every question about one institution, in the order of its files; ``reranker`` should not have seen them."""
    with TemporaryDirectory() as root:
        found = retriever_of(name, embedder, Path(root))
    retriever = Retriever(found.snapshot, embedder, reranker=reranker)
    for path in sorted((ROOT / name).glob("questions-*.jsonl")):
        for case in read_suite(path):
            yield sample(name, case, retriever)


def sample(name: str, case: Case, retriever: Retriever) -> Sample:
    """One question with what ``retriever`` finds for it."""
    reading = retriever.read(Query(case.question, case.language))
    pairs = [(view, candidate.found) for candidate in reading.candidates for view in candidate.views]
    rows = features(reading.asked, pairs) if pairs else np.zeros((0, len(FEATURES)), dtype=np.float32)
    quotables = tuple(view.quotable for view, _ in pairs)
    answering = _answering(case, quotables)
    return Sample(name, case, rows, _read(case, quotables, answering), reading.signs(0.0), quotables, answering)


def _answering(case: Case, quotables: Sequence[Quotable]) -> NDArray[np.bool_]:
    """The spans whose own words answer, else those whose footnotes do."""
    for own_words in (True, False):
        held = [any(_holds(gold, quotable, own_words) for gold in case.gold) for quotable in quotables]
        if any(held):
            return np.array(held, dtype=np.bool_)
    return np.zeros(len(quotables), dtype=np.bool_)


def _read(case: Case, quotables: Sequence[Quotable], answering: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the spans that answer the ones that the customer reads easily, if any."""
    read = answering & np.array([reads(q.passage.chunk.language, case.language) for q in quotables], dtype=np.bool_)
    return read if read.any() else answering


def _holds(gold: Gold, quotable: Quotable, own_words: bool) -> bool:
    chunk = quotable.passage.chunk
    words = quotable.focus if own_words else " ".join(chunk.words(unit.span) for unit in quotable.units)
    return gold.document == chunk.key.document and squeeze(gold.contains) in squeeze(words)


def retriever_of(name: str, embedder: Embedder, root: Path) -> Retriever:
    """The documents of one training institution, ingested under ``root`` and open to be searched."""
    refs = []
    for path in sorted((ROOT / name / "documents").glob("*.md")):
        info = _info(path)
        chunks = chunk_document(parse_file(path.read_bytes(), path.name, ParseLimits()), info, embedder.unseen_tokens)
        built = build_segment(chunks, embedder)
        refs.append(write_segment(root, built.chunks, built.vectors, built.embedder_id, info.key))
    manifest = write_manifest(root, name, refs, embedder.id, generation=1)
    return Retriever(open_snapshot(root, manifest, institution_id=name, embedder_id=embedder.id), embedder)


def _info(path: Path) -> VersionInfo:
    title = TITLE.search(path.read_text("utf-8"))
    language = Language.ZH_HANT if path.stem.endswith("-zh") else Language.EN
    return VersionInfo(VersionKey(path.stem, "1"), title.group(1) if title else path.stem, language)
