"""How the reader of spans learns: to read Chinese characters first, then which span answers, if any does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from eval.encoder_network import words_of
from eval.reader_material import Posed
from eval.reader_network import ReaderNetwork
from eval.training_material import institutions
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import packaged_model
from retrieval.pair_text import Pair, PairText
from retrieval.tokens import holds_chinese, normalise

SEED = 0
LEARNING_RATE = 1e-3
WARM_UP = 0.06  # of the steps
SPANS = 8  # of a question, read beside each other; the wrong ones are drawn from the first of those that are wrong
WRONG = 16
PUBLIC = 0.4  # of the questions, from public sets
UNANSWERED = 0.1  # of the public questions with an answer, asked as though there were none


@dataclass(frozen=True)
class Plan:
    """How a reader is trained: steps of ``lines`` pairs of lines that say the same, then of ``batch`` questions."""

    characters: str
    device: str
    reading: int = 380
    steps: int = 820
    lines: int = 128
    batch: int = 64


@dataclass(frozen=True)
class Lesson:
    """A question with its spans as they are read."""

    posed: Posed
    pairs: tuple[Pair, ...]


def learned(lessons: Sequence[Lesson], lines: Sequence[tuple[str, str]], text: PairText, plan: Plan) -> ReaderNetwork:
    """A reader that learned from ``lessons`` and from ``lines`` in English and Chinese.

    Raises:
        ValueError: there is nothing to learn from.
    """
    usable = [lesson for lesson in lessons if lesson.posed.teaches]
    if not usable:
        raise ValueError("no question to learn from")
    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    network = ReaderNetwork(packaged_model().path, rows_of(plan.characters, text)).to(plan.device)
    _stepped(network, plan.reading, lambda: _reading_loss(network, [*_same(lines, plan.lines, chance)], text))
    _stepped(network, plan.steps, lambda: _loss(network, [*_dealt(usable, plan.batch, chance)], chance))
    return network


def _stepped(network: ReaderNetwork, steps: int, loss: Callable[[], torch.Tensor]) -> None:
    network.train()
    optimiser = torch.optim.AdamW(network.learned(), lr=LEARNING_RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / max(steps, 1)))
    for _ in range(steps):
        optimiser.zero_grad()
        loss().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.learned(), 1.0)
        optimiser.step()
        schedule.step()


def _rate(done: float) -> float:
    return min(done / WARM_UP + 1e-3, 1 - done)


def rows_of(characters: str, text: PairText) -> NDArray[np.float32]:
    """Where each character begins: at the mean of the English names of the concepts it is written in."""
    words, chance = words_of(packaged_model().path), np.random.default_rng(SEED)
    named: dict[str, list[NDArray[np.float32]]] = defaultdict(list)
    for concept in shipped_thesaurus().concepts:
        known = [number for number in text.alone(concept.english).ids[1:-1] if number < len(words)]
        for form in filter(holds_chinese, concept.forms) if known else ():
            for character in normalise(form):
                named[character].append(words[known].mean(axis=0))
    spread = words.std(axis=0)
    rows = [
        np.mean(named[c], axis=0) + 0.3 * spread * chance.standard_normal(len(spread))
        if named[c]
        else words.mean(axis=0) + 0.7 * spread * chance.standard_normal(len(spread))
        for c in characters
    ]
    return np.array(rows, dtype=np.float32).reshape(len(characters), words.shape[1])


def _same(lines: Sequence[tuple[str, str]], number: int, chance: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Texts in English and Chinese that say the same: lines of documents, and concepts beside each other."""
    concepts = _named_in_both()
    for _ in range(number):
        if lines and chance.random() < 0.55:
            yield lines[int(chance.integers(len(lines)))]
        else:
            some = [concepts[i] for i in chance.integers(len(concepts), size=chance.integers(1, 6))]
            yield " ".join(e for e, _ in some), "".join(str(chance.choice(zh)) for _, zh in some)


@cache
def _named_in_both() -> list[tuple[str, list[str]]]:
    """The concepts by their English name and their Chinese forms, those that have both."""
    named = ((concept.english, [*filter(holds_chinese, concept.forms)]) for concept in shipped_thesaurus().concepts)
    return [(english, chinese) for english, chinese in named if english and chinese]


def _reading_loss(network: ReaderNetwork, same: Sequence[tuple[str, str]], text: PairText) -> torch.Tensor:
    """How far Chinese is from the English that says the same, as the encoder read it before it learned anything."""
    english, chinese = ([text.alone(one) for one in side] for side in zip(*same, strict=True))
    with torch.no_grad(), network.unchanged():
        wanted = functional.normalize(network.eval().means(english), dim=-1)
    got = functional.normalize(network.train().means(chinese), dim=-1)
    right = torch.arange(len(same), device=got.device)
    return 3 * (1 - (got * wanted).sum(-1)).mean() + 0.3 * functional.cross_entropy(got @ wanted.T * 20, right)


def _dealt(lessons: Sequence[Lesson], number: int, chance: np.random.Generator) -> Iterator[Lesson]:
    """Questions by chance, ``PUBLIC`` of them from public sets where there are any."""
    own = [lesson for lesson in lessons if lesson.posed.source in institutions()]
    public = [lesson for lesson in lessons if lesson.posed.source not in institutions()]
    for _ in range(number):
        some = public if public and (not own or chance.random() < PUBLIC) else own
        yield some[int(chance.integers(len(some)))]


def chosen(posed: Posed, chance: np.random.Generator) -> tuple[list[int], bool]:
    """The spans that are read beside each other, and whether the first of them answers; the others do not."""
    right = np.flatnonzero(posed.right)
    answered = len(right) > 0 and (posed.source in institutions() or chance.random() >= UNANSWERED)
    taken = [int(right[min(int(chance.exponential(1.5)), len(right) - 1)])] if answered else []
    wrong = np.flatnonzero(~posed.right if answered and posed.source not in institutions() else ~posed.spared)[:WRONG]
    odds = 1 / (np.arange(len(wrong)) + 2.0)
    most = min(SPANS - len(taken), len(wrong))
    drawn: Iterable[int] = chance.choice(wrong, most, replace=False, p=odds / odds.sum()) if most else ()
    return [*taken, *map(int, drawn)], answered


def _loss(network: ReaderNetwork, lessons: Sequence[Lesson], chance: np.random.Generator) -> torch.Tensor:
    """Surprise at what is right among spans and silence; where a span is, also among the spans alone."""
    taken = [(lesson, *chosen(lesson.posed, chance)) for lesson in lessons]
    taken = [one for one in taken if one[1]]
    scores = network([lesson.pairs[span] for lesson, spans, _ in taken for span in spans])
    losses = []
    for own, (_, _, answered) in zip(scores.split([len(spans) for _, spans, _ in taken]), taken, strict=True):
        choices = torch.log_softmax(torch.cat([own, network.silence]), dim=0)
        losses.append(-choices[0] - torch.log_softmax(own, dim=0)[0] if answered else -choices[-1])
    return torch.stack(losses).mean()
