"""Whole ingestion from a cold cache beside LangChain's usual path, in one run: ``python -m eval.bench_ingestion``.

Ours parses in the sandbox with all checks, chunks, embeds, stores a segment a document, publishes and builds both
indexes. The peer: PyPDFLoader, RecursiveCharacterTextSplitter(1000, 200), the same weights through
sentence-transformers, FAISS in memory. Models and word lists are loaded before the clock starts.
Rounds alternate; medians count.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from langchain_community.document_loaders import PyPDFLoader
from langchain_community.vectorstores import FAISS
from langchain_text_splitters import RecursiveCharacterTextSplitter
from tokenizers import Tokenizer

from app.embedding.engines import PACKAGED, ingestion_engine
from app.foundation import Foundation, lay_foundation
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake, from_paths, publish_taken, take, take_all
from app.jobs.taken import Taken
from app.logs import configure_logs
from app.samples import sample_folders
from app.settings import Settings
from eval.memory import resident_mib
from knowledge_bases.schema import Language, VersionKey
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.langchain_store import EmbedderEmbeddings
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import packaged_model
from retrieval.ports import Embedder, Vectors
from retrieval.snapshot import open_snapshot

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "hk_regulator_documents"
ROUNDS = 3
CHUNK, OVERLAP = 1000, 200
MANY_DOCUMENTS = 200


class _Watched:
    """An embedder that keeps the texts it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.id, self.dimensions, self.reads = embedder.id, embedder.dimensions, embedder.reads
        self.unseen_tokens, self.embed_question = embedder.unseen_tokens, embedder.embed_question
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._embedder.embed(texts)


@dataclass(frozen=True)
class _Run:
    """One round of one side; ``texts`` are what was embedded."""

    seconds: float
    texts: tuple[str, ...]


def main(folder: Path) -> None:
    """Print a line a side, their ratio, and the memory of many documents."""
    configure_logs("error", json=False)
    paths = sorted(folder.glob("*.pdf"))
    ours, theirs = ingestion_engine(PACKAGED, eight_bit=True), SentenceTransformerEmbedder(packaged_model())
    for embedder in (ours, theirs):
        embedder.embed(["warm"])
    shipped_thesaurus()
    rounds = [(_timed(_ours, ours, paths), _timed(_theirs, theirs, paths)) for _ in range(ROUNDS)]
    pages = sum(len(PyPDFLoader(str(path)).load()) for path in paths)
    typer.echo(f"{len(paths)} PDFs, {pages} pages, {ROUNDS} alternating rounds, medians")
    for name, runs in (("ours", [own for own, _ in rounds]), ("LangChain", [peer for _, peer in rounds])):
        typer.echo(_line(name, runs, pages, ours))
    ratio = statistics.median(peer.seconds / own.seconds for own, peer in rounds)
    typer.echo(f"  ours is {ratio:.2f} times as fast")
    _memory(ours)


def _timed(side: Callable[[Embedder, Sequence[Path]], None], embedder: Embedder, paths: Sequence[Path]) -> _Run:
    watched = _Watched(embedder)
    began = time.perf_counter()
    side(watched, paths)
    return _Run(time.perf_counter() - began, tuple(watched.texts))


def _ours(embedder: Embedder, paths: Sequence[Path]) -> None:
    with TemporaryDirectory() as folder:
        foundation, institution_id = _fresh(Path(folder))
        _publish(foundation, embedder, institution_id, from_paths(paths, Language.EN))


def _theirs(embedder: Embedder, paths: Sequence[Path]) -> None:
    pages = [page for path in paths for page in PyPDFLoader(str(path)).load()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    FAISS.from_documents(splitter.split_documents(pages), EmbedderEmbeddings(embedder))


def _fresh(folder: Path) -> tuple[Foundation, str]:
    """An installation with one institution and no document."""
    foundation = lay_foundation(Settings(data_dir=folder, log_level="error"))
    institution = sample_folders()[0].institution
    with foundation.database.write() as session:
        InstitutionService(session, foundation.ledger).add(institution)
    return foundation, institution.id


def _publish(foundation: Foundation, embedder: Embedder, institution_id: str, intakes: Sequence[Intake]) -> None:
    unheard = ((intake, lambda _: None) for intake in intakes)
    taken = list(take_all(foundation, embedder, institution_id, unheard, "bench"))
    good = [one for one in taken if isinstance(one, Taken)]
    if len(good) < len(taken):
        sys.exit("; ".join(one.reason for one in taken if not isinstance(one, Taken)))
    snapshot_id = publish_taken(foundation, institution_id, good, "bench")
    root = foundation.index_root(institution_id)
    snapshot = open_snapshot(root, snapshot_id or "", institution_id=institution_id, embedder_id=embedder.id)
    _ = snapshot.dense, snapshot.lexical, snapshot.conceptual


def _line(name: str, runs: Sequence[_Run], pages: int, embedder: Embedder) -> str:
    seconds, texts = statistics.median(run.seconds for run in runs), runs[0].texts
    unseen = embedder.unseen_tokens(texts)
    cut, lost = sum(tokens > 0 for tokens in unseen), sum(unseen)
    tokens = _tokens(texts)
    return (
        f"  {name:<10} {seconds:6.1f} s  {pages / seconds:5.1f} pages/s  {len(texts)} chunks embedded, "
        f"{sum(map(len, texts))} characters, {tokens} tokens ({tokens / seconds:.0f}/s of the whole), "
        f"{lost} of them cut off in {cut} chunks"
    )


def _tokens(texts: Sequence[str]) -> int:
    """How many tokens the texts have, the ends that are cut off included."""
    tokenizer = Tokenizer.from_file(str(packaged_model().path / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return sum(len(encoded.ids) for encoded in tokenizer.encode_batch_fast(list(texts)))


def _memory(embedder: Embedder) -> None:
    """The resident memory of this process and its children around many small documents, a first one taken in."""
    sources = [Intake.of(source) for sample in sample_folders() for source in sample.sources]
    intakes = [
        replace(one, info=replace(one.info, key=VersionKey(f"document-{number}", "1")))
        for number, one in enumerate(islice(cycle(sources), MANY_DOCUMENTS + 1))
    ]
    with TemporaryDirectory() as folder:
        foundation, institution_id = _fresh(Path(folder))
        take(foundation, embedder, institution_id, intakes[0], "bench", lambda _: None)
        before = resident_mib()
        for intake in intakes[1:]:
            take(foundation, embedder, institution_id, intake, "bench", lambda _: None)
        typer.echo(
            f"  memory with children: {before:.0f} MiB, after {MANY_DOCUMENTS} documents {resident_mib():.0f} MiB"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS)
