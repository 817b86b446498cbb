"""``make bench``: the quote-only path by stage, beside LangChain's in-memory similarity search in the same run.

One sample institution is ingested into a temporary folder; the development questions are asked one after the other,
through every rail and into the database. Figures are wall times of this machine: quote them beside the peer's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import typer
from langchain_core.vectorstores import InMemoryVectorStore

from app.answering.types import AnswerStatus, Question
from app.composition import Platform, build_platform
from app.embedding.engines import make_embedder
from app.foundation import lay_foundation
from app.jobs.samples import seed_sample
from app.logs import configure_logs
from app.operations.readiness import Readiness
from app.samples import sample_folders
from app.settings import Settings
from eval.answers import Case, read_suite
from knowledge_bases.schema import Language
from retrieval.langchain_store import EmbedderEmbeddings
from retrieval.ports import Embedder
from retrieval.snapshot import open_snapshot

INSTITUTION = "harbour-bank"
QUESTIONS = Path(__file__).parent / "questions" / "development" / f"{INSTITUTION}.jsonl"
ROUNDS = 4


def main() -> None:
    """Print p50 and p95 in milliseconds, a row a stage."""
    configure_logs("error", json=False)
    with TemporaryDirectory() as folder:
        embedder = make_embedder()
        foundation = lay_foundation(Settings(data_dir=Path(folder), log_level="error"))
        (sample,) = (f for f in sample_folders() if f.institution.id == INSTITUTION)
        seed_sample(foundation, embedder, sample)
        platform = build_platform(foundation, embedder)
        cases = read_suite(QUESTIONS)
        Readiness(platform).warm_up()
        asyncio.run(_ask(platform, cases[:3]))  # opens the snapshot
        answers = [timings for _ in range(ROUNDS) for timings in asyncio.run(_ask(platform, cases))]
        peer = list(_peer(platform, embedder, cases))
        platform.rails.close()
    given = [timings for status, timings in answers if status is AnswerStatus.QUOTED]
    typer.echo(f"{len(answers)} questions to {INSTITUTION}, {len(given)} answered with quotes")
    for stage in ("screen", "retrieve", "compose", "disclose", "verify", "record", "total"):
        typer.echo(_row(stage, [timings[stage] for timings in given]))
    typer.echo(_row("total, whatever the outcome", [timings["total"] for _, timings in answers]))
    typer.echo(_row("peer: LangChain InMemoryVectorStore, search only", peer))


async def _ask(platform: Platform, cases: Sequence[Case]) -> list[tuple[AnswerStatus, dict[str, float]]]:
    results = []
    for case in cases:
        answer = await platform.assistant.ask(Question(INSTITUTION, case.question, case.language))
        assert answer is not None  # noqa: S101 -- nobody has this conversation
        results.append((answer.status, dict(answer.timings_ms)))
    return results


def _peer(platform: Platform, embedder: Embedder, cases: Sequence[Case]) -> Iterator[float]:
    root = platform.foundation.index_root(INSTITUTION)
    pointer = platform.knowledge.retrieve(
        platform.assistant.institution(INSTITUTION), Question(INSTITUTION, "fee"), Language.EN, platform.parts.today()
    ).snapshot
    assert pointer is not None  # noqa: S101 -- just published
    chunks = open_snapshot(root, pointer, institution_id=INSTITUTION, embedder_id=embedder.id).chunks
    store = InMemoryVectorStore.from_texts([chunk.indexed_text for chunk in chunks], EmbedderEmbeddings(embedder))
    for case in cases:
        began = time.perf_counter()
        store.similarity_search(case.question, k=8)
        yield (time.perf_counter() - began) * 1000


def _row(name: str, milliseconds: Sequence[float]) -> str:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return f"  {name:<48} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms"


if __name__ == "__main__":
    main()
