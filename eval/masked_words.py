"""Reading by hidden words: an encoder learns a language from plain lines, before it is told what messages call for.

A fifth of a line's tokens is to be told from the others; nine in ten of them are not to be seen, and the rest are as
they are, so that what is seen is learned too. Devlin et al., BERT (2019), arXiv:1810.04805. Lines are Chinese above
all, Traditional, Simplified and Cantonese: of these the packaged encoder knows every fifth character.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from eval.encoder_network import EncoderNetwork
from eval.guard_texts import SETS, Portion
from eval.training_material import ROOT
from retrieval.pair_text import Pair

STEPS = 1600
BATCH = 256
RATE = 1e-3
WARM_UP = 0.06
TOLD, UNSEEN = 0.2, 0.9
MASK, MARKERS = 103, 104  # the token that stands for a hidden one; below it are only markers
LONGEST = {
    True: 200,
    False: 500,
}  # characters of a line with Chinese in it, and of another; the rest is a line of its own
SHORTEST = 6
_HAN = re.compile("[㐀-鿿]")
_NAMES = frozenset({"id", "language", "rule", "also", "owes", "may", "kind", "label", "source", "class", "author"})


def lines(sources: Path) -> list[str]:
    """What is read of the public sets in ``sources``, the training institutions and development, once each."""
    found = dict.fromkeys(piece for text in _texts(sources) for piece in _pieces(text.strip()))
    return [piece for piece in found if len(piece) >= SHORTEST]


def _pieces(text: str) -> Iterator[str]:
    most = LONGEST[bool(_HAN.search(text[:50]))]
    yield from (text[start : start + most] for start in range(0, len(text), most))


def _texts(sources: Path) -> Iterator[str]:
    for name in ("drcd_zh_hant", "cmrc2018_zh_hans", "disc_finllm_zh", "yue_benchmark"):
        for path in sorted((sources / name).glob("*.json")):
            yield from _said(json.loads(path.read_text(encoding="utf-8")))
    yield from _spoken(sources / "hkcancor_yue" / "hkcancor-utf8.zip")
    yield from _columns(sources / "jade_zh" / "jade_benchmark_easy_zh.csv", "问题")
    yield from _columns(sources / "bankfaqs_en" / "BankFAQs.csv", "Question", "Answer")
    for path in sorted(ROOT.glob("*/documents/*.md")):
        yield from (line.strip("#|- ") for line in path.read_text(encoding="utf-8").split("\n"))
    for path in (
        *sorted(ROOT.glob("*/questions-*.jsonl")),
        *sorted((SETS / Portion.DEVELOPMENT.value).glob("*.jsonl")),
    ):
        yield from (text for line in path.read_text(encoding="utf-8").splitlines() for text in _said(json.loads(line)))


def _said(value: Any) -> Iterator[str]:
    """What a set's JSON says in words, under whatever it is nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_said, value))
    elif isinstance(value, dict):
        yield from chain.from_iterable(_said(one) for name, one in value.items() if name not in _NAMES)


def _spoken(archive: Path) -> Iterator[str]:
    """The turns of recorded Cantonese: a word and its tags a line."""
    with zipfile.ZipFile(archive) as kept:
        for name in sorted(name for name in kept.namelist() if not name.endswith("/")):
            for turn in re.findall("<sent_tag>(.*?)</sent_tag>", kept.read(name).decode("utf-8", "ignore"), re.DOTALL):
                yield "".join(line.strip().split("/")[0] for line in turn.split("\n") if "/" in line)


def _columns(path: Path, *names: str) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row[name] for row in csv.DictReader(file) for name in names)


@dataclass
class Hidden:
    """Lines with tokens hidden, ``BATCH`` of like length at a time, again and again; ``chance`` is seeded."""

    texts: Sequence[Pair]
    chance: np.random.Generator
    _order: list[np.ndarray[Any, np.dtype[np.intp]]] = field(default_factory=list)

    def next(self) -> tuple[list[Pair], list[tuple[int, int]], list[int]]:
        """What is read, where something is to be told (line, place), and the tokens that belong there."""
        self._order = self._order or self._shuffled()
        chosen = [self.texts[number] for number in self._order.pop()]
        places = [(line, place) for line, text in enumerate(chosen) for place in self._told(text)]
        unseen = {where for where in places if self.chance.random() < UNSEEN}
        read = [
            Pair(tuple(MASK if (line, place) in unseen else token for place, token in enumerate(text.ids)), text.marks)
            for line, text in enumerate(chosen)
        ]
        return read, places, [chosen[line].ids[place] for line, place in places]

    def _told(self, text: Pair) -> list[int]:
        words = [place for place, token in enumerate(text.ids) if token >= MARKERS]
        return [place for place in words if self.chance.random() < TOLD] or words[:1]

    def _shuffled(self) -> list[np.ndarray[Any, np.dtype[np.intp]]]:
        lengths = np.array([len(text.ids) for text in self.texts])
        mixed = self.chance.permutation(len(lengths))
        parts = [part[np.argsort(lengths[part])] for part in np.array_split(mixed, -(-len(mixed) // (BATCH * 40)))]
        batches = [batch for part in parts for batch in np.array_split(part, -(-len(part) // BATCH))]
        return [batches[number] for number in self.chance.permutation(len(batches))]


class Teller(torch.nn.Module):
    """Scores of the tokens that may stand in a place, by the rows that the network reads them by."""

    def __init__(self, network: EncoderNetwork, known: Sequence[int]) -> None:
        super().__init__()
        width = network.words.shape[1]
        self._network = [network]  # in a list: its parameters are not the teller's
        self.known = torch.tensor(known)
        self.turn = torch.nn.Sequential(torch.nn.Linear(width, width), torch.nn.GELU(), torch.nn.LayerNorm(width))
        self.bias = torch.nn.Parameter(torch.zeros(len(known)))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Scores, shape (places, tokens known)."""
        rows = self._network[0].rows(self.known.to(hidden.device))
        scores: torch.Tensor = self.turn(hidden) @ rows.T + self.bias
        return scores


def read_on(network: EncoderNetwork, texts: Sequence[Pair], steps: int = STEPS, seed: int = 0) -> float:
    """Let ``network`` read ``texts`` with words hidden, ``steps`` batches long; how it is surprised by the last."""
    known = sorted({token for text in texts for token in text.ids})
    places_of = {token: place for place, token in enumerate(known)}
    hidden, teller = Hidden(texts, np.random.default_rng(seed)), Teller(network, known).to(network.device)
    learned = [*network.learned(), *teller.parameters()]
    optimiser = torch.optim.AdamW(learned, lr=RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(s / steps / WARM_UP + 1e-3, 1 - s / steps))
    network.train()
    surprise = torch.zeros(())
    for _ in range(steps):
        read, places, tokens = hidden.next()
        line, place = zip(*places, strict=True)
        told = torch.tensor([places_of[token] for token in tokens], device=network.device)
        surprise = functional.cross_entropy(teller(network.hidden(read)[list(line), list(place)]), told)
        optimiser.zero_grad()
        surprise.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
    return float(surprise.detach())
