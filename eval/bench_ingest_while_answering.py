"""Answers while documents are being read: p50 and p95 of the quote path with a real worker at work, and without.

    python -m eval.bench_ingest_while_answering

Quiet and busy rounds alternate in one run. The worker is ``candour worker``, at the priority it gives itself, over the
same data folder and database, with as many documents as it works on at once, each long enough for the whole round.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import typer

from app.answering.types import Question
from app.composition import Platform, build_platform
from app.documents.service import DocumentService
from app.documents.types import Stage, Upload
from app.embedding.engines import make_embedder
from app.foundation import Foundation, lay_foundation
from app.jobs.ingest import AT_ONCE
from app.jobs.samples import seed_sample
from app.logs import configure_logs
from app.samples import sample_folders
from app.settings import Settings
from eval.answers import Case, read_suite
from eval.bench import INSTITUTION, QUESTIONS
from knowledge_bases.schema import Language, VersionInfo, VersionKey

ROUNDS = 3
ASKED = 60  # questions a round
CLAUSES = 6000
ALLOWED = 1.2  # p95 may rise by a fifth (issue 3)


def main() -> None:
    """Print p50 and p95 in milliseconds, quiet and busy, and their ratio."""
    configure_logs("error", json=False)
    with TemporaryDirectory() as folder:
        foundation = lay_foundation(Settings(data_dir=Path(folder), log_level="error"))
        embedder = make_embedder()
        seed_sample(foundation, embedder, next(f for f in sample_folders() if f.institution.id == INSTITUTION))
        platform, cases = build_platform(foundation, embedder), read_suite(QUESTIONS)[:ASKED]
        asyncio.run(_ask(platform, cases))  # warm: model, snapshot, rails
        quiet, busy = list[float](), list[float]()
        for number in range(ROUNDS):
            quiet += asyncio.run(_ask(platform, cases))
            with _reading(foundation, f"terms-{number}"):
                busy += asyncio.run(_ask(platform, cases))
        platform.rails.close()
    _report(quiet, busy)


async def _ask(platform: Platform, cases: Sequence[Case]) -> list[float]:
    milliseconds = []
    for case in cases:
        began = time.perf_counter()
        await platform.assistant.ask(Question(INSTITUTION, case.question, case.language))
        milliseconds.append((time.perf_counter() - began) * 1000)
    return milliseconds


@contextmanager
def _reading(foundation: Foundation, document: str) -> Iterator[None]:
    """A worker that embeds long documents meanwhile, as many as it works on at once.

    Raises:
        RuntimeError: one was done before the round was; the round says nothing.
    """
    keys = [_upload(foundation, f"{document}-{number}") for number in range(AT_ONCE)]
    settings = f"CANDOUR_DATA_DIR={foundation.settings.data_dir}"
    command = ["/usr/bin/env", settings, sys.executable, "-m", "app.cli", "worker"]
    worker = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        while not _stages(foundation, keys).isdisjoint((Stage.RECEIVED, Stage.PARSING, Stage.CHUNKING)):
            time.sleep(0.2)
        yield
        if _stages(foundation, keys) != {Stage.EMBEDDING}:
            raise RuntimeError("a document was read before the questions were asked; make it longer")
        with foundation.database.write() as session:
            for key in keys:
                DocumentService(session, INSTITUTION, foundation.ledger).cancel(key, "bench")
    finally:
        worker.terminate()
        worker.wait()


def _upload(foundation: Foundation, document: str) -> VersionKey:
    clause = "## Clause {0}\n\nService {0} of {1} costs HK${0} a year, paid in advance.\n\n"
    content = "".join(clause.format(number, document) for number in range(CLAUSES)).encode()
    key = VersionKey(document, "1")
    sha256 = foundation.files(INSTITUTION).put(content)
    with foundation.database.write() as session:
        upload = Upload(VersionInfo(key, "Terms", Language.EN), f"{document}.md", sha256, "bench")
        DocumentService(session, INSTITUTION, foundation.ledger).register(upload)
    return key


def _stages(foundation: Foundation, keys: Sequence[VersionKey]) -> set[Stage]:
    with foundation.database.read() as session:
        service = DocumentService(session, INSTITUTION, foundation.ledger)
        return {service.get(key).progress.stage for key in keys}


def _report(quiet: list[float], busy: list[float]) -> None:
    typer.echo(
        f"{len(quiet)} questions to {INSTITUTION} without, {len(busy)} with a worker embedding {AT_ONCE} documents"
    )
    figures = {"without": np.percentile(quiet, [50, 95]), "with": np.percentile(busy, [50, 95])}
    for name, (p50, p95) in figures.items():
        typer.echo(f"  {name:<10} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms")
    ratio = figures["with"][1] / figures["without"][1]
    typer.echo(f"  p95 with / without {ratio:.2f} (allowed {ALLOWED})")


if __name__ == "__main__":
    main()
