"""Trains the reader of a sentence beside its cited words, ``guardrails/verification/meaning.safetensors``.

``python -m eval.train_meaning`` begins from the span reader (``eval.train_reader``), which has learned to read Chinese
characters; half an hour on two processors. ``python -m eval.train_meaning further`` goes on from the file that is
there, at half the rate, when authors have been added; ten minutes. Sentences about the same evidence are learned beside
each other, true ones to lie below wrong ones. ``eval.train_weighing`` then sets how much what it reads counts.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from eval.encoder_network import EncoderNetwork
from eval.meaning_material import Worded, parted, worded
from eval.metrics import auroc
from eval.near_copies import near_copies
from guardrails.verification.meaning import WEIGHTS
from retrieval.bert.reader import CHARACTERS, ReaderFile
from retrieval.claim_reader import pair_of
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import packaged_model
from retrieval.pair_text import MARKS, Pair, PairText
from retrieval.span_reader import FILE as SPAN_READER

SEED = 0
BATCH = 48  # sentences, in whole groups
WARM_UP = 0.06
TRUE_COUNTS = 1.25  # a true sentence, beside a wrong one of which there are more
APART = 0.5  # of the surprise at a true sentence that does not lie below a wrong one about the same evidence
MOST = 14  # sentences of a group
WRONG_COPIES, TRUE_COPIES = 3, 2  # of a piece of evidence


@dataclass(frozen=True)
class Told:
    """A sentence as it is read beside its evidence, and whether it is wrong."""

    pair: Pair
    wrong: bool


Group = list[Told]


@dataclass(frozen=True)
class Course:
    """How long is learned, and how fast at first, beginning from ``file``.

    ``copies``: the share of groups that are near copies, in the first fifth of the steps and later.
    """

    file: Path
    steps: int
    rate: float
    copies: tuple[float, float]


ANEW = Course(SPAN_READER, 650, 1e-3, (0.6, 0.15))
FURTHER = Course(WEIGHTS, 280, 5e-4, (0.15, 0.15))


class MeaningNetwork(EncoderNetwork):
    """The packaged encoder, one score a pair: the logarithm of the odds that the sentence is wrong."""

    def __init__(self, file: Path = SPAN_READER) -> None:
        began = ReaderFile(packaged_model().path, file).head()
        super().__init__(packaged_model().path, began.words, MARKS, scores=1)
        self.begin_from(file)
        with torch.no_grad():
            self.marks.copy_(torch.from_numpy(began.marks))
            if file != SPAN_READER:  # whose head says something else
                self.head.weight.copy_(torch.from_numpy(began.weight.T))
                self.head.bias.copy_(torch.from_numpy(began.bias))

    def forward(self, texts: Sequence[Pair]) -> torch.Tensor:
        """One score a pair, shape (len(texts),)."""
        return super().forward(texts).squeeze(-1).float()

    def train(self, mode: bool = True) -> MeaningNetwork:
        """The encoder itself never drops anything: its dropout takes a fifth of the time and gains nothing here."""
        super().train(mode)
        self._encoder.eval()
        return self

    def doubts(self, pairs: Sequence[Pair], at_once: int = 240) -> NDArray[np.float64]:
        """The scores of any number of pairs."""
        self.eval()
        with torch.no_grad():
            scores = [self(pairs[start : start + at_once]).numpy() for start in range(0, len(pairs), at_once)]
        return np.concatenate(scores).astype(np.float64) if scores else np.zeros(0)


def groups_of(sentences: Sequence[Worded], text: PairText) -> list[Group]:
    """The sentences as they are read, those about the same evidence together."""
    found: dict[str, Group] = defaultdict(list)
    for one in sentences:
        found[one.evidence].append(Told(pair_of(text, one.sentence, one.evidence), one.wrong))
    return list(found.values())


def copies_of(evidence: Sequence[str], text: PairText, chance: random.Random) -> list[Group]:
    """Near copies of each piece of evidence, some of those that were changed and some that were not."""
    groups = []
    for cited in evidence:
        copies = list(near_copies(cited))
        chance.shuffle(copies)
        chosen = [one for one in copies if not one[1]][:WRONG_COPIES] + [one for one in copies if one[1]][:TRUE_COPIES]
        groups.append([Told(pair_of(text, sentence, cited), not true) for sentence, true in chosen])
    return [group for group in groups if group]


def learned(worded_groups: list[Group], copies: list[Group], course: Course) -> MeaningNetwork:
    """A network that learned from both."""
    torch.manual_seed(SEED)
    chance, network = random.Random(SEED), MeaningNetwork(course.file)  # noqa: S311 -- nothing secret
    optimiser = torch.optim.AdamW(network.learned(), lr=course.rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / course.steps))
    dealt = (_endless(copies, chance), _endless(worded_groups, chance))
    network.train()
    for step in range(course.steps):
        share = course.copies[step >= 0.2 * course.steps] if copies else 0.0
        optimiser.zero_grad()
        _loss(network, list(_batch(dealt, share, chance))).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.learned(), 1.0)
        optimiser.step()
        schedule.step()
    return network


def _rate(done: float) -> float:
    return min(done / WARM_UP + 1e-3, max(0.0, 1 - done))


def _endless(groups: list[Group], chance: random.Random) -> Iterator[Group]:
    """Every group once in a new order, again and again; of a large one some sentences."""
    while groups:
        for group in chance.sample(groups, len(groups)):
            yield group if len(group) <= MOST else chance.sample(group, MOST)


def _batch(dealt: tuple[Iterator[Group], Iterator[Group]], copied: float, chance: random.Random) -> Iterator[Group]:
    count = 0
    while count < BATCH:
        group = next(dealt[chance.random() >= copied])
        count += len(group)
        yield group


def _loss(network: MeaningNetwork, batch: Sequence[Group]) -> torch.Tensor:
    """Surprise at each sentence, and at each true one that does not lie below the wrong ones beside it."""
    scores = network([told.pair for group in batch for told in group])
    wrong = torch.tensor([float(told.wrong) for group in batch for told in group])
    each = functional.binary_cross_entropy_with_logits(scores, wrong, reduction="none")
    loss = (each * torch.where(wrong > 0, 1.0, TRUE_COUNTS)).mean()
    number = torch.tensor([number for number, group in enumerate(batch) for _ in group])
    beside = (number[:, None] == number[None, :]) & (wrong[:, None] > wrong[None, :])
    if beside.any():
        loss = loss + APART * functional.softplus(-(scores[:, None] - scores[None, :])[beside]).mean()
    return loss


def main(course: Course) -> None:
    """Learn from all but what is left out, say how far that is told apart, and write."""
    began, kept = time.monotonic(), ReaderFile(packaged_model().path, SPAN_READER)
    text = PairText(kept.tokenizer(), shipped_thesaurus())
    to_learn, left_out = parted(worded())
    evidence = list(dict.fromkeys(one.evidence for one in to_learn))
    chance = random.Random(SEED)  # noqa: S311 -- nothing secret
    network = learned(groups_of(to_learn, text), copies_of(evidence, text, chance), course)
    doubts = network.doubts([pair_of(text, one.sentence, one.evidence) for one in left_out])
    wrong = np.array([one.wrong for one in left_out])
    area = auroc(doubts[wrong], doubts[~wrong]).mean
    print(f"{len(to_learn)} sentences in {time.monotonic() - began:.0f} s; left out: area {area:.3f}", file=sys.stderr)
    network.save(WEIGHTS, {CHARACTERS: kept.metadata[CHARACTERS]})


if __name__ == "__main__":
    main(FURTHER if sys.argv[1:] == ["further"] else ANEW)
