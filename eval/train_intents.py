"""Trains the reader of intents, in two steps: a machine with a GPU needs nothing but the second.

``python -m eval.train_intents gather SOURCES MESSAGES`` writes what is learned from (SOURCES: the public sets).
``python -m eval.train_intents learn MESSAGES`` writes ``guardrails/intents/weights.safetensors``, and prints to
standard error how messages that were left out are judged. It begins from the span reader (``eval.train_reader``), which
has learned to read Chinese characters. D47 and D50, which most messages call for, are learned and then not asked.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from eval.disclosures import UNCOUNTED
from eval.encoder_network import EncoderNetwork
from eval.intent_material import messages, rules, table
from guardrails.intents import WEIGHTS
from retrieval.bert.reader import CHARACTERS, ReaderFile
from retrieval.models import packaged_model
from retrieval.pair_text import Pair
from retrieval.span_reader import FILE as SPAN_READER
from retrieval.text_classifier import LABELS, tokens_of

SEED = 0
EPOCHS = 8
BATCH = 64
LEARNING_RATE = 1e-3
WARM_UP = 0.06
CALLED = {"P": 3.0, "D": 1.5}  # how much more a call counts than its absence: a conduct rule missed costs more
# Taken off the scores in the end. Of 45 labelled questions as many statements owed were found, and five fewer others;
# of 100 development questions that documents answer, ten instead of fourteen were taken for what none may answer.
DOUBT = 1.0
FOLDS = 4  # the last one is left out, to be judged

Table = tuple[NDArray[np.bool_], NDArray[np.float32]]


@dataclass(frozen=True)
class Told:
    """Texts as they are read, and what each calls for, how sure; ``names`` are the rules, ``folds`` where each lies."""

    names: Sequence[str]
    texts: Sequence[Pair]
    calls: NDArray[np.bool_]
    sure: NDArray[np.float32]
    folds: NDArray[np.int64]
    named: Sequence[str]


def gather(sources: Path, kept: Path) -> None:
    """Write the messages with what they call for; rules by their letter and number, in the order of ``rules``."""
    gathered = messages(sources)
    calls, sure = table(gathered)
    texts = [one.text for one in gathered]
    np.savez_compressed(kept, texts=texts, calls=calls, sure=sure, names=rules(), named=[one.named for one in gathered])
    print(f"{len(texts)} messages, {len(rules())} rules", file=sys.stderr)


def told(kept: Path) -> Told:
    """What was gathered, read by the span reader's tokenizer."""
    with np.load(kept) as stored:
        parts = {name: stored[name] for name in stored.files}
    tokenizer = ReaderFile(packaged_model().path, SPAN_READER).tokenizer()
    texts = [Pair(*map(tuple, tokens_of(tokenizer, str(text)))) for text in parts["texts"]]
    folds = np.array([hash_of(str(text)) % FOLDS for text in parts["texts"]])
    names, named = ([str(name) for name in parts[key]] for key in ("names", "named"))
    return Told(names, texts, parts["calls"], parts["sure"], folds, named)


def hash_of(text: str) -> int:
    """A number of a text, the same in every process."""
    return int.from_bytes(text.encode()[-8:], "big") + len(text)


def learned(told: Told, chosen: NDArray[np.intp], device: str) -> EncoderNetwork:
    """A network that learned from the ``chosen`` messages."""
    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    words = ReaderFile(packaged_model().path, SPAN_READER).head().words
    network = EncoderNetwork(packaged_model().path, words, marks=1, scores=len(told.names))
    network.begin_from(SPAN_READER)
    network.head.bias.data.fill_(-3.0)
    network.to(device).train()
    weight = np.array([CALLED[name[0]] for name in told.names], dtype=np.float32)
    importance = torch.from_numpy(np.where(told.calls, told.sure * weight, told.sure).astype(np.float32)).to(device)
    calls = torch.from_numpy(told.calls.astype(np.float32)).to(device)
    steps = EPOCHS * len(chosen) // BATCH
    optimiser = torch.optim.AdamW(network.learned(), lr=LEARNING_RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / max(steps, 1)))
    order: list[int] = []
    for _ in range(steps):
        order = order if len(order) >= BATCH else chance.permutation(chosen).tolist()
        batch, order = order[:BATCH], order[BATCH:]
        scores = network([told.texts[number] for number in batch])
        surprise = functional.binary_cross_entropy_with_logits(scores, calls[batch], reduction="none")
        optimiser.zero_grad()
        ((surprise * importance[batch]).sum() / BATCH).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.learned(), 1.0)
        optimiser.step()
        schedule.step()
    return network


def _rate(done: float) -> float:
    return min(done / WARM_UP + 1e-3, 1 - done)


def judged(told: Told, network: EncoderNetwork, chosen: NDArray[np.intp]) -> list[str]:
    """How the ``chosen`` messages are judged: of each kind of rule, those found, and those near one taken for it."""
    with torch.no_grad():
        scores = network.eval()([told.texts[number] for number in chosen]).float().cpu().numpy()
    own = [(place, told.names.index(told.named[n])) for place, n in enumerate(chosen) if told.named[n] in told.names]
    lines = []
    for kind in CALLED:
        mine = [(place, rule) for place, rule in own if told.names[rule].startswith(kind)]
        called = [scores[place, rule] > 0 for place, rule in mine if told.calls[chosen[place], rule]]
        near = [scores[place, rule] > 0 for place, rule in mine if not told.calls[chosen[place], rule]]
        lines.append(f"{kind}: found {sum(called)} of {len(called)}, near ones taken for it {sum(near)} of {len(near)}")
    return lines


def learn(kept: Path) -> None:
    """Train on three folds to judge the fourth, then on everything; write the weights."""
    given = told(kept)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    inside, outside = (np.flatnonzero(part) for part in (given.folds < FOLDS - 1, given.folds == FOLDS - 1))
    print(*judged(given, learned(given, inside, device), outside), sep="\n", file=sys.stderr)
    network = learned(given, np.arange(len(given.texts)), device)
    characters = ReaderFile(packaged_model().path, SPAN_READER).metadata[CHARACTERS]
    asked = [number for number, name in enumerate(given.names) if name not in UNCOUNTED]
    network.narrow(asked)
    with torch.no_grad():
        network.head.bias.sub_(DOUBT)
    network.save(WEIGHTS, {CHARACTERS: characters, LABELS: json.dumps([given.names[number] for number in asked])})


if __name__ == "__main__":
    step, *paths = sys.argv[1], *map(Path, sys.argv[2:])
    if step == "gather":
        gather(*paths)
    else:
        learn(*paths)
