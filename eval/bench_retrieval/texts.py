"""Real texts to search among, out of the project's own documents and the public sets; nothing of a set is copied here.

A set whose source is absent is left out, and the report counts what each of them gave.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from app.samples import sample_folders
from eval import training_material
from eval.suites import SUITES
from ingestion.chunking import chunk_document
from ingestion.sandbox import ParseLimits, parse_file
from ingestion.sentences import sentences
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.ports import Embedder

SEED = 7
WINDOWS = (3, 2)  # sentences of a window; the next one begins a sentence later
SHORTEST, LONGEST = 12, 1_500  # characters of a text that is not a document; less says nothing, more is no passage
REGULATORS = "hk_regulator_documents"
QUESTIONS_OF = ("bankfaqs", "tatqa", "drcd", "cmrc")  # two sets in English, one in each script of Chinese


@dataclass(frozen=True)
class Part:
    """Texts of one origin, in an order that is the same each time."""

    name: str
    texts: tuple[str, ...]


def corpus_parts(sources: Path, embedder: Embedder) -> list[Part]:
    """All real texts, none twice: the product's chunks first, then documents of the suites, then the rest shuffled.

    ``sources`` is the folder of the public sets. ``embedder`` says where the product parts a chunk.
    """
    documents = list(_documents(sources, embedder))
    passages = list(_suites(sources))
    others = [*_others(sources), *_training()]
    whole = list(chain(passages, documents, others))
    windows = [window for size in WINDOWS for text in whole for window in windows_of(text, size)]
    rest = [text for text in (*others, *windows) if len(text) <= LONGEST]
    mixed = [rest[place] for place in np.random.default_rng(SEED).permutation(len(rest))]
    names = ("chunks of the sample institutions' and regulators' documents", "documents of the public suites, whole")
    return distinct([Part(names[0], tuple(documents)), Part(names[1], tuple(passages)), Part(_REST, tuple(mixed))])


_REST = (
    f"windows of {WINDOWS[0]} and of {WINDOWS[1]} sentences, each a sentence after the one before, of these and of "
    "WiCE, HaluEval, BEGIN, DISC-FinLLM and the documents the reranker was trained on; those short enough whole "
    "as well; banking77 and CLINC150 line by line; shuffled"
)


def distinct(parts: Iterable[Part]) -> list[Part]:
    """The parts without texts that came before, or that are shorter than ``SHORTEST``."""
    seen: set[str] = set()
    kept = []
    for part in parts:
        new = [text for text in dict.fromkeys(part.texts) if len(text) >= SHORTEST and text not in seen]
        seen.update(new)
        kept.append(Part(part.name, tuple(new)))
    return kept


def windows_of(text: str, size: int) -> list[str]:
    """Every ``size`` neighbouring sentences as one text; of a text that has no more than these, none: it is there."""
    found = sentences(text)
    if len(found) <= size:
        return []
    return [text[first[0] : last[1]] for first, last in zip(found, found[size - 1 :], strict=False)]


def questions(sources: Path, count: int) -> list[str]:
    """``count`` questions, as many of each of ``QUESTIONS_OF`` that is there, drawn by ``SEED``; fewer if few are."""
    random = np.random.default_rng(SEED)
    read = [_dataset(sources, name) for name in QUESTIONS_OF if (sources / SUITES[name][0]).exists()]
    drawn = [[texts[i] for i in random.permutation(len(texts))[: count // len(read)]] for texts in read]
    return [question for row in zip(*drawn, strict=False) for question in row]


def _dataset(sources: Path, name: str) -> list[str]:
    source, reader, _ = SUITES[name]
    return list(reader(sources / source).queries.values())


def _documents(sources: Path, embedder: Embedder) -> Iterator[str]:
    for path, info in _files(sources):
        parsed = parse_file(path.read_bytes(), path.name, ParseLimits())
        yield from (chunk.indexed_text for chunk in chunk_document(parsed, info, embedder.unseen_tokens))


def _files(sources: Path) -> Iterator[tuple[Path, VersionInfo]]:
    for folder in sample_folders():
        yield from ((source.path, source.info) for source in folder.sources)
    for path in sorted((sources / REGULATORS).glob("*.pdf")):
        yield path, VersionInfo(VersionKey(path.stem, "1"), path.stem, Language.EN)


def _suites(sources: Path) -> Iterator[str]:
    for source, reader, _ in SUITES.values():
        if (sources / source).exists():
            yield from reader(sources / source).corpus.values()


def _others(sources: Path) -> Iterator[str]:
    for pattern, reader in OTHERS.items():
        for path in sorted(sources.glob(pattern)):
            yield from reader(path.read_text("utf-8"))


def _training() -> Iterator[str]:
    for path in sorted(training_material.ROOT.glob("*/documents/*.md")):
        yield from (block for block in path.read_text("utf-8").split("\n\n") if block.strip())


def _column(name: str, delimiter: str = ",") -> Callable[[str], Iterator[str]]:
    return lambda text: (row[name] for row in csv.DictReader(io.StringIO(text), delimiter=delimiter) if row[name])


def _exchanges(text: str) -> Iterator[str]:
    """DISC-FinLLM: each paragraph of what was asked, what was given to read and what was answered."""
    for row in json.loads(text):
        yield from (line.strip() for field in ("instruction", "input", "output") for line in row[field].splitlines())


def _knowledge(text: str) -> Iterator[str]:
    yield from (json.loads(line)["knowledge"] for line in text.splitlines())


def _evidence(text: str) -> Iterator[str]:
    """WiCE: the articles that claims are held against."""
    for line in text.splitlines():
        yield " ".join(json.loads(line)["evidence"])


def _intents(text: str) -> Iterator[str]:
    yield from (question for rows in json.loads(text).values() for question, _ in rows)


OTHERS: Mapping[str, Callable[[str], Iterator[str]]] = {  # files, and what of them is text
    "wice/data/*/*/*.jsonl": _evidence,
    "halueval/qa_*.json": _knowledge,
    "begin_wow/*.tsv": _column("knowledge", "\t"),
    "disc_finllm_zh/*_part.json": _exchanges,
    "banking77/train.csv": _column("text"),
    "clinc150_oos/train_val.json": _intents,
}
