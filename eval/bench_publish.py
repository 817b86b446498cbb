"""From approval to answer in a large institution: ``python -m eval.bench_publish [CHUNKS]``. A benchmark, not a test.

An institution of 200 documents whose words are drawn as unevenly as in real text, with random vectors; then a real PDF
of 20 pages is read, approved, and asked for in a process that has the institution open. The clock starts with the
approval and stops when a search finds the document. The peer: bm25s, which indexes a corpus as a whole, over the
same terms.
"""

from __future__ import annotations

import io
import json
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
import pypdfium2 as pdfium
import typer

from app.answering.types import Question
from app.documents.published import PublishedKnowledge
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import Ingested, Upload
from app.embedding.engines import make_embedder
from app.foundation import Foundation, lay_foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.jobs.ingest import Ingestion, Job
from app.logs import configure_logs
from app.samples import sample_folders
from app.settings import Settings
from eval.bench_ingestion import CORPUS
from eval.bench_search import zipf_words
from knowledge_bases.schema import Chunk, Institution, Language, Span, Unit, UnitKind, VersionInfo, VersionKey
from retrieval.ports import Embedder
from retrieval.segments import write_segment

DOCUMENTS = 200
PAGES = 20
SOURCE = CORPUS / "Code of Banking Practice.pdf"
QUESTION = "How long must a bank give notice before changing fees?"
NEW = VersionKey("code", "1")
BY = "bench"


def main(size: int) -> None:
    """Print the seconds of each step."""
    configure_logs("error", json=False)
    embedder = make_embedder()
    embedder.embed(["warm"])
    with TemporaryDirectory() as folder:
        foundation = lay_foundation(Settings(data_dir=Path(folder), log_level="error"))
        institution = next(f.institution for f in sample_folders() if f.institution.self_publish)
        with foundation.database.write() as session:
            InstitutionService(session, foundation.ledger).add(institution)
        rows = _fill(foundation, institution, embedder, size)
        knowledge = PublishedKnowledge(foundation, embedder)
        typer.echo(f"{size} chunks in {DOCUMENTS} documents")
        _step("open from disk, first search", lambda: _finds(knowledge, institution))
        _upload(foundation, institution)
        _step(f"read {PAGES} pages", lambda: Ingestion(foundation, embedder).run(Job(institution.id, NEW)))
        began = time.perf_counter()
        _step("approve and publish", lambda: publish_versions(foundation, institution.id, [NEW], BY))
        _step("open what is new, first search", lambda: _finds(knowledge, institution, NEW))
        typer.echo(f"  from approval to found           {time.perf_counter() - began:7.2f} s")
    _step("peer: bm25s over the same terms", lambda: _peer(rows))


def _step(name: str, work: object) -> None:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    typer.echo(f"  {name:<32} {time.perf_counter() - began:7.2f} s")


def _finds(knowledge: PublishedKnowledge, institution: Institution, key: VersionKey | None = None) -> None:
    """Ask once.

    Raises:
        RuntimeError: the document was not found.
    """
    found = knowledge.retrieve(institution, Question(institution.id, QUESTION), Language.EN, today_in_hong_kong())
    if key is not None and key not in {passage.chunk.key for passage in found.passages}:
        raise RuntimeError(f"{key} was not found: the figure would say nothing")


def _fill(foundation: Foundation, institution: Institution, embedder: Embedder, size: int) -> list[list[str]]:
    each, random, rows = size // DOCUMENTS, np.random.default_rng(0), list[list[str]]()
    keys = [VersionKey(f"document-{number}", "1") for number in range(DOCUMENTS)]
    for key in keys:
        own = zipf_words(random, each)
        vectors = random.standard_normal((each, embedder.dimensions), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        chunks = [_chunk(key, number, " ".join(row)) for number, row in enumerate(own)]
        root = foundation.index_root(institution.id)
        segment = write_segment(root, chunks, vectors, embedder.id, key)
        _register(foundation, institution, key, json.dumps(segment.to_value()))
        rows += own
    publish_versions(foundation, institution.id, keys, BY)
    return rows


def _register(foundation: Foundation, institution: Institution, key: VersionKey, segment: str) -> None:
    sha256 = foundation.files(institution.id).put(str(key).encode())
    with foundation.database.write() as session:
        documents = DocumentService(session, institution.id, foundation.ledger)
        documents.register(Upload(_info(key), f"{key.document}.txt", sha256, BY))
        documents.mark_ingested(key, Ingested(sha256, segment, None))


def _upload(foundation: Foundation, institution: Institution) -> None:
    whole, part, raw = pdfium.PdfDocument(SOURCE), pdfium.PdfDocument.new(), io.BytesIO()
    part.import_pages(whole, list(range(PAGES)))
    part.save(raw)
    sha256 = foundation.files(institution.id).put(raw.getvalue())
    with foundation.database.write() as session:
        upload = Upload(_info(NEW), "code.pdf", sha256, BY)
        DocumentService(session, institution.id, foundation.ledger).register(upload)


def _info(key: VersionKey) -> VersionInfo:
    return VersionInfo(key, key.document, Language.EN, product="general", as_at=date(2026, 1, 1))


def _chunk(key: VersionKey, number: int, text: str) -> Chunk:
    span = Span(0, len(text))
    unit = Unit(UnitKind.SENTENCE, span)
    name = f"{key.document}:{number}"
    return Chunk(name, key, "", Language.EN, span, text, text, None, (), None, (unit,))


def _peer(rows: list[list[str]]) -> None:
    ids: dict[str, int] = {}
    coded = [[ids.setdefault(term, len(ids)) for term in row] for row in rows]
    bm25s.BM25(method="lucene").index((coded, ids), show_progress=False, create_empty_token=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
