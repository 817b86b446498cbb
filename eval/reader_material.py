"""What the span reader learns from: questions with their likeliest spans, and lines that say the same in two languages.

The training institutions give spans that answer and near misses, each read by a reranker and a scorer that were trained
without it; half A of the public sets gives Chinese and other trades. Half of these questions lose the documents that
answer them, as when the strength is learned.
"""

from __future__ import annotations

import copyreg
import hashlib
import pickle
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.answers import squeeze
from eval.corpus import in_memory_snapshot
from eval.datasets import read_dataset
from eval.halves import Half, in_half
from eval.systems import query_of, questions
from eval.train_strength import MOST as MOST_OF_ONE_SET
from eval.training_material import ROOT, Sample, institutions
from eval.unanswerable import OUTSIDE, outside, without_answers
from retrieval.features import features
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.ports import Embedder
from retrieval.quotable import Quotable
from retrieval.retriever import Retriever
from retrieval.scorer import Scorer
from retrieval.strength import Signs
from retrieval.tokens import normalise

FOLDS = 3
FIRST = 20  # spans of a question that are kept, and of those that answer as many again at most
HAN = re.compile("[㐀-鿿]")


def _viewed(entries: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(entries)


copyreg.pickle(MappingProxyType, lambda view: (_viewed, (dict(view),)))  # a chunk's context is one


@dataclass(frozen=True)
class Posed:
    """A question with its likeliest spans, best first by the scorer; ``leads`` are the scorer's, over silence.

    ``right`` marks the spans that answer, in words the customer reads; ``spared`` those, and others that are no mistake
    either: the same in another language, or in the document that answers. A question of ``weight`` counts for less.
    """

    source: str
    question: str
    answerable: bool
    quotables: tuple[Quotable, ...]
    leads: NDArray[np.float32]
    right: NDArray[np.bool_]
    spared: NDArray[np.bool_]
    signs: Signs
    weight: float = 1.0

    @property
    def fold(self) -> int:
        """The part, of ``FOLDS``, that a reader of the others is judged by; an institution is in one."""
        names = institutions()
        if self.source in names:
            return names.index(self.source) % FOLDS
        return hashlib.sha256(f"fold: {self.question}".encode()).digest()[0] % FOLDS

    @property
    def teaches(self) -> bool:
        """Whether something can be learned: it is answered by what was found, or by nothing."""
        return bool(len(self.quotables)) and self.answerable == bool(self.right.any())


def keep(posed: Sequence[Posed], file: Path) -> None:
    """Write the questions to ``file``, for nobody but ``kept``."""
    file.write_bytes(pickle.dumps(posed))


def kept(file: Path) -> list[Posed]:
    """The questions that ``keep`` wrote."""
    posed: list[Posed] = pickle.loads(file.read_bytes())  # noqa: S301 -- what ``keep`` wrote
    return posed


def of_sample(sample: Sample, scorer: Scorer) -> Posed:
    """A question about a training institution, its spans in the order of ``scorer``."""
    leads = scorer.scores(sample.rows) - scorer.silence if len(sample.rows) else np.zeros(0, dtype=np.float32)
    kept = _kept(leads, sample.answering)
    return Posed(
        source=sample.institution,
        question=sample.case.question,
        answerable=sample.case.answerable,
        quotables=tuple(sample.quotables[i] for i in kept),
        leads=leads[kept],
        right=sample.gold[kept],
        spared=sample.answering[kept],
        signs=sample.signs,
    )


def of_set(folder: Path, embedder: Embedder, scorer: Scorer) -> Iterator[Posed]:
    """The questions of half A of a test set, half of them without what answers, and those of something else."""
    whole, lost = without_answers(read_dataset(folder))
    asked = [*questions(in_half(whole, Half.A)), *outside(folder.parent / OUTSIDE, Half.A)]
    embedder.embed([one.text for one in asked])  # in one batch
    retriever = Retriever(in_memory_snapshot(whole, embedder), embedder)
    for one in asked:
        answerable = one.key in whole.queries and one.key not in lost
        reading = retriever.read(query_of(one))
        pairs = [(view, candidate.found) for candidate in reading.candidates for view in candidate.views]
        quotables = [view.quotable for view, _ in pairs]
        leads = scorer.scores(features(reading.asked, pairs)) - scorer.silence
        judged = whole.judged.get(one.key, {}) if answerable else {}
        near = np.array([q.passage.chunk.key.document in judged for q in quotables], dtype=np.bool_)
        right = near & _says(quotables, whole.answers.get(one.key, ()))
        kept = _kept(leads, right)
        spans = tuple(quotables[i] for i in kept)
        text, weight = " ".join([*one.history[-1:], one.text]), min(1.0, MOST_OF_ONE_SET / len(asked))
        yield Posed(
            folder.name, text, answerable, spans, leads[kept], right[kept], near[kept], reading.signs(0.0), weight
        )


def _says(quotables: Sequence[Quotable], answers: Sequence[str]) -> NDArray[np.bool_]:
    """Whether a span holds one of the answers; all may where none is known."""
    wanted = [squeeze(answer) for answer in answers] or [""]
    said = [squeeze(quotable.focus) for quotable in quotables]
    return np.array([any(answer in words for answer in wanted) for words in said], dtype=np.bool_)


def _kept(leads: NDArray[np.float32], answering: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The first spans by their leads, and after them those that answer."""
    order = np.argsort(-leads, kind="stable")
    return np.concatenate([order[:FIRST], [i for i in order[FIRST:] if answering[i]][:FIRST]]).astype(np.intp)


def characters_of(posed: Iterable[Posed], known: Iterable[str]) -> str:
    """The Chinese characters, folded, of concepts, questions and spans that come up twice and are not ``known``."""
    texts = [form for concept in shipped_thesaurus().concepts for form in concept.forms]
    texts += [text for one in posed for text in (one.question, *(quotable.focus for quotable in one.quotables))]
    counted = Counter(character for text in texts for character in HAN.findall(normalise(text)))
    return "".join(sorted(c for c, times in counted.items() if times > 1 and c not in frozenset(known)))


def same_lines(names: Sequence[str]) -> list[tuple[str, str]]:
    """Lines of the documents of these institutions in English and in Chinese; siblings have the same lines."""
    made: list[tuple[str, str]] = []
    for name in names:
        for english in sorted((ROOT / name / "documents").glob("*-en.md")):
            chinese = english.with_name(english.name.replace("-en.md", "-zh.md"))
            if chinese.is_file():
                made += zip(_lines(english), _lines(chinese), strict=True)
    return [pair for pair in made if "---" not in pair[0]]


def _lines(path: Path) -> list[str]:
    return [line.strip("# ") for line in path.read_text("utf-8").split("\n") if line.strip()]
