"""Trains the reader of spans, and the strength, in two steps: a machine with a GPU needs nothing but the second.

``python -m eval.train_reader pose SUITES POSED [CACHE]`` searches for every question and keeps its likeliest spans in
the file POSED; run ``eval.train_scorer`` first: they are those that the scorer puts first. ``python -m
eval.train_reader learn POSED`` writes ``retrieval/reader.safetensors`` and ``retrieval/strength.json``.

First the Chinese characters learn to be read as the English lines and names that say the same. Then one span that
answers, seven that do not and silence share a softmax. The strength must learn how far a reader is to be trusted with
questions it has not seen: three readers are trained besides, each on two thirds of the institutions and of the public
questions, and read the third that is left. Every question is told of twice, read and unread, so that one network also
serves where the reader has failed. Its operating point is set on institutions held out, never on a suite that a
release is measured with.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eval.embeddings import KeptEmbedder
from eval.reader_lessons import Lesson, Plan, learned
from eval.reader_material import FOLDS, Posed, characters_of, keep, kept, of_sample, of_set, same_lines
from eval.reader_network import ReaderNetwork
from eval.train_reranker import SETS
from eval.train_scorer import FILE as SCORER_FILE
from eval.train_scorer import Judged, calibrated, read_apart, summary, without_each
from eval.train_strength import NOTHING, Seen
from eval.train_strength import fit as fit_strength
from eval.train_strength import without_each as strengths_without_each
from eval.training_material import institutions
from retrieval.bert.reader import tokenizer_of
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import finance_model, packaged_model
from retrieval.onnx_embedder import OnnxEmbedder
from retrieval.pair_text import Pair, PairText
from retrieval.ports import Embedder
from retrieval.scorer import shipped_scorer
from retrieval.span_reader import FILE, MOST, SHARE, affordable
from retrieval.strength import Strength

DECLINED = 0.65  # share of held-out unanswerable questions below the operating point, a strength of 0.5
STRENGTH_FILE = SCORER_FILE.with_name("strength.json")
Leads = NDArray[np.float64]


def material_of(suites: Path, embedder: Embedder) -> list[Posed]:
    """Everything there is to learn from."""
    samples = read_apart(suites, embedder)
    scorers = without_each(samples)
    posed = [of_sample(sample, scorers[sample.institution]) for sample in samples]
    return posed + [one for name in SETS for one in of_set(suites / name, embedder, shipped_scorer())]


def lessons_of(posed: Sequence[Posed], text: PairText) -> list[Lesson]:
    """The questions as they are learned from."""
    return [Lesson(one, tuple(text.pairs(one.question, one.quotables))) for one in posed]


def read_by(network: ReaderNetwork, lesson: Lesson) -> Leads:
    """The leads of the spans that are read in an answer."""
    first: Sequence[Pair] = affordable(lesson.pairs[:MOST]) if lesson.pairs else ()
    return network.leads(first)


def read_apart_by(lessons: Sequence[Lesson], readers: Sequence[ReaderNetwork]) -> list[Leads]:
    """For every question the leads of a reader that learned from the other folds."""
    return [read_by(readers[lesson.posed.fold], lesson) for lesson in lessons]


def together(posed: Posed, read: Leads) -> Leads:
    """What the spans score that were read, best first by the scorer as before."""
    return posed.leads[: len(read)] + SHARE * read


def seen_of(posed: Posed, read: Leads) -> tuple[Seen, Seen]:
    """What the search of one question says, read and unread."""
    leads = (together(posed, read).max(), posed.leads[0]) if len(read) else (NOTHING, NOTHING)
    return (
        Seen(replace(posed.signs, span=float(leads[0]), read=True), posed.answerable, posed.weight),
        Seen(replace(posed.signs, span=float(leads[1])), posed.answerable, posed.weight),
    )


def rank_of(posed: Posed, read: Leads) -> int | None:
    """The place of the first span that answers, from 1; None where none does."""
    order = [*np.argsort(-together(posed, read), kind="stable"), *range(len(read), len(posed.leads))]
    return next((place for place, span in enumerate(order, start=1) if posed.right[span]), None)


def judged(posed: Sequence[Posed], read: Sequence[Leads], strengths: Mapping[str, Strength]) -> list[Judged]:
    """How the questions about institutions go by strengths that have not seen theirs."""
    return [
        Judged(one.answerable, strengths[one.source].sum(seen_of(one, leads)[0].signs), rank_of(one, leads))
        for one, leads in zip(posed, read, strict=True)
        if one.source in strengths
    ]


def strength_of(posed: Sequence[Posed], read: Sequence[Leads]) -> Strength:
    """The strength that fits all questions; how it fares with institutions held out goes to standard error."""
    seen: dict[str, list[Seen]] = {}
    for one, leads in zip(posed, read, strict=True):
        seen.setdefault(one.source, []).extend(seen_of(one, leads))
    public = [*chain.from_iterable(own for name, own in seen.items() if name not in institutions())]
    own = {name: told for name, told in seen.items() if name in institutions()}
    apart = judged(posed, read, strengths_without_each(own, public))
    print("read, by all signs", *summary(apart), sep="\n  ", file=sys.stderr)
    return calibrated(fit_strength([*chain.from_iterable(seen.values())]), apart, DECLINED)


def pose(suites: Path, file: Path, cache: Path) -> None:
    """Write the questions and their spans to ``file``, for the next step."""
    embedder = KeptEmbedder(OnnxEmbedder(finance_model()), cache)
    posed = material_of(suites, embedder)
    embedder.keep()
    keep(posed, file)
    print(f"{len(posed)} questions", file=sys.stderr)


def learn(file: Path) -> None:
    """Train on everything that was posed, write reader and strength."""
    posed = kept(file)
    model = packaged_model()
    characters = characters_of(posed, tokenizer_of(model.path, "").get_vocab())
    text, began = PairText(tokenizer_of(model.path, characters), shipped_thesaurus()), time.monotonic()
    lessons, plan = lessons_of(posed, text), Plan(characters, device="cuda" if torch.cuda.is_available() else "cpu")
    readers = []
    for left_out in (*range(FOLDS), None):
        own = [lesson for lesson in lessons if lesson.posed.fold != left_out]
        names = sorted({lesson.posed.source for lesson in own} & set(institutions()))
        readers.append(learned(own, same_lines(names), text, plan))
        print(f"a reader of {len(own)} questions after {time.monotonic() - began:.0f} s", file=sys.stderr)
    strength = strength_of(posed, read_apart_by(lessons, readers[:FOLDS]))
    readers[-1].keep(FILE, characters)
    STRENGTH_FILE.write_text(json.dumps(strength.to_value()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    step, *paths = sys.argv[1], *map(Path, sys.argv[2:])
    if step == "pose":
        pose(paths[0], paths[1], paths[2] if len(paths) > 2 else paths[0] / ".embedded")
    else:
        learn(paths[0])
