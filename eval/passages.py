"""Is the passage that answers among the first ten? Questions over the sample institutions' own documents.

FOLDER holds ``<institution>.jsonl``, questions as in ``eval.answers`` with ``contains`` for every gold place, and
perhaps ``history``, the customer's turns before. Only versions in force today are searched; *across languages* only
those in the gold places' language. *Quoted* is stricter: the gold words stand in the first quote, or one of the first
three, or in the rows of which these quote some cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.embedding.engines import span_reader
from eval.answers import Case, Gold, read_suite, squeeze
from eval.metrics import Estimate, estimate
from ingestion.build import build_segment
from ingestion.chunking import chunk_document
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.loader import DocumentSource, load_institution
from knowledge_bases.schema import Chunk, Language, Passage, VersionKey
from retrieval.features import reads
from retrieval.ports import Embedder
from retrieval.quotable import Quotable
from retrieval.ranking import Quote
from retrieval.retriever import Retriever
from retrieval.segments import SegmentRef, write_segment
from retrieval.snapshot import open_snapshot, write_manifest
from retrieval.types import Query

SAMPLES = Path(__file__).resolve().parents[1] / "knowledge_bases"
K = 10
FIRST = (1, 5, 10)
QUOTED = (1, 3)
WAYS: Mapping[str, Callable[[Query], Query]] = {
    "as asked": lambda query: query,
    "last turn": lambda query: Query(query.text, query.language, query.k),
    "whole history": lambda query: Query(" ".join([*query.history, query.text]), query.language, query.k),
}


@dataclass(frozen=True)
class Found:
    """At which place, from 1, the first passage that answers stands, by way of asking; None beyond the first ten.

    ``quoted`` is the place of the first quote that answers, as asked.
    """

    case: Case
    ranks: Mapping[str, int | None]
    quoted: int | None


@dataclass(frozen=True)
class PassagesReport:
    """The questions of a folder and where their answers were found."""

    folder: str
    found: tuple[Found, ...]

    def measures(self, way: str, language: Language | None = None) -> dict[str, Estimate]:
        """Recall among the first 1, 5 and 10 and the mean reciprocal rank, of the questions in one language or all."""
        ranks = [f.ranks[way] for f in self.found if language in (None, f.case.language)]
        shares = {f"Recall@{k}": estimate([float(rank is not None and rank <= k) for rank in ranks]) for k in FIRST}
        return {**shares, f"MRR@{K}": estimate([1 / rank if rank else 0.0 for rank in ranks])}

    def quoted(self, language: Language | None = None) -> dict[str, Estimate]:
        """How often the first quote, or one of the first three, answers; of the questions in one language or all."""
        places = [f.quoted for f in self.found if language in (None, f.case.language)]
        return {f"Quoted@{k}": estimate([float(place is not None and place <= k) for place in places]) for k in QUOTED}

    def to_value(self) -> dict[str, Any]:
        """The report as plain values for JSON; ``missed`` names the questions without an answer among the first ten."""
        return {
            "folder": self.folder,
            "questions": len(self.found),
            "ways": {way: {name: asdict(e) for name, e in self.measures(way).items()} for way in WAYS},
            "quoted": {name: asdict(e) for name, e in self.quoted().items()},
            "missed": [f.case.id for f in self.found if f.ranks["as asked"] is None],
        }

    def lines(self) -> list[str]:
        """The report as a table to read, in hundredths, 95 % intervals in brackets."""
        spoken = [language for language in Language if any(f.case.language is language for f in self.found)]
        rows = [f"{self.folder}: {len(self.found)} questions"]
        for label, language in (("all", None), *((language.value, language) for language in spoken)):
            ways = {**{way: self.measures(way, language) for way in WAYS}, "quotes": self.quoted(language)}
            for way, figures in ways.items():
                rows.append(
                    f"  {label:8} {way:14}"
                    + "".join(
                        f"  {n} {100 * e.mean:.1f} [{100 * e.low:.1f}, {100 * e.high:.1f}]" for n, e in figures.items()
                    )
                )
        missed = [f.case.id for f in self.found if f.ranks["as asked"] is None]
        return [*rows, f"  not among the first ten: {', '.join(missed) or 'none'}"]


def evaluate(folder: Path, embedder: Embedder, *, across: bool) -> PassagesReport:
    """Ask every question of ``folder``; ``across``: search only documents in the language of the gold places.

    Raises:
        SuiteError: a line is not a question. InstitutionFileError: there is no such sample institution.
    """
    found: list[Found] = []
    for path in sorted(folder.glob("*.jsonl")):
        retriever = retriever_of(path.stem, embedder)
        found += [_found(case, retriever, across) for case in read_suite(path)]
    return PassagesReport(folder.name, tuple(found))


def _found(case: Case, retriever: Retriever, across: bool) -> Found:
    query = Query(case.question, case.language, K, case.history)
    allowed = _in_language_of(case.gold, retriever) if across else None
    return Found(
        case,
        {way: _rank(case.gold, retriever.search(as_put(query), allowed)) for way, as_put in WAYS.items()},
        _place(case.gold, retriever.retrieve(query, allowed).quotes),
    )


def _rank(gold: Sequence[Gold], passages: Sequence[Passage]) -> int | None:
    return next((p.rank for p in passages if any(_holds(p.chunk, place) for place in gold)), None)


def _place(gold: Sequence[Gold], quotes: Sequence[Quote]) -> int | None:
    places = enumerate((quote.quotable for quote in quotes), start=1)
    return next((place for place, quotable in places if any(_says(quotable, each) for each in gold)), None)


def _says(quotable: Quotable, gold: Gold) -> bool:
    chunk = quotable.passage.chunk
    units = [unit for unit in chunk.units if any(unit.span.overlaps(own.span) for own in quotable.units)]
    words = " ".join(chunk.words(unit.span) for unit in units)
    return gold.document == chunk.key.document and squeeze(gold.contains) in squeeze(words)


def _holds(chunk: Chunk, gold: Gold) -> bool:
    named = gold.document == chunk.key.document and (not gold.pages or chunk.page is None or chunk.page in gold.pages)
    return named and squeeze(gold.contains) in squeeze(chunk.searched_text)


def _in_language_of(gold: Sequence[Gold], retriever: Retriever) -> frozenset[VersionKey]:
    chunks = retriever.snapshot.chunks
    documents = {place.document for place in gold}
    written = next(chunk.language for chunk in chunks if chunk.key.document in documents)
    return frozenset(chunk.key for chunk in chunks if reads(chunk.language, written))


def retriever_of(institution: str, embedder: Embedder) -> Retriever:
    """A retriever over the documents of a sample institution that are in force today."""
    sources = [s for s in load_institution(SAMPLES / institution).sources if s.info.in_force(date.today())]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        refs = [_segment(root, source, embedder) for source in sources]
        manifest = write_manifest(root, institution, refs, embedder.id, generation=1)
        snapshot = open_snapshot(root, manifest, institution_id=institution, embedder_id=embedder.id)
    return Retriever(snapshot, embedder, span_reader=span_reader())


def _segment(root: Path, source: DocumentSource, embedder: Embedder) -> SegmentRef:
    document = parse_file(source.path, source.path.name, ParseLimits())
    built = build_segment(chunk_document(document, source.info, embedder.unseen_tokens), embedder)
    return write_segment(root, built.chunks, built.vectors, built.embedder_id, source.info.key)
