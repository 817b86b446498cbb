"""Trains the reader of intents; a machine with a GPU needs nothing but the later steps.

``python -m eval.train_intents gather SOURCES MESSAGES`` writes what is learned from (SOURCES: the public sets).
``python -m eval.train_intents judge MESSAGES`` prints how messages are judged that were left out of learning.
``python -m eval.train_intents learn MESSAGES`` writes ``guardrails/intents/weights.safetensors``, beginning from the
span reader (``eval.train_reader``), which has learned to read Chinese characters, and reading on by hidden words
(``eval.masked_words``); four minutes on a GPU, half a day without.
``python -m eval.train_intents further MESSAGES BEFORE`` begins from the weights that are there, which learned from what
was gathered BEFORE: it goes over the messages since then twice, over some of the others once; in half an hour on
two processors. D47 and D50, which most messages call for, are learned and then not asked.
``python -m eval.train_intents doubt`` puts what is doubted below into the weights that are there, and learns nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from eval.disclosures import UNCOUNTED
from eval.encoder_network import EncoderNetwork
from eval.intent_material import messages, rules, table
from eval.masked_words import MARKERS, MASK, lines, read_on
from guardrails.intents import STEERS, STEERS_SURELY, WEIGHTS, against
from guardrails.rulebook import load_rulebook
from guardrails.rules import Force
from retrieval.bert.reader import CHARACTERS, ReaderFile
from retrieval.models import packaged_model
from retrieval.pair_text import Pair
from retrieval.span_reader import FILE as SPAN_READER
from retrieval.text_classifier import LABELS, tokens_of

SEED = 0
EPOCHS = 8
ANEW = 2  # how often a further round, at half the rate, goes over a message that was added
AGAIN = 5  # and over every so manieth of those that were known and written for a rule
ORDINARY = 2  # and of those that were not
BATCH = 256
LEARNING_RATE = 1.5e-3
RANK = 64  # of the change to the encoder
UNSEEN = 0.12  # share of a message's tokens that are hidden while it is learned from
WARM_UP = 0.06
CALLED = {"P": 3.0, "D": 1.5}  # how much more a call counts than its absence: a conduct rule missed costs more
# Taken off the scores in the end: of a statement, of a conduct rule, and of those that sound most or least like what
# ordinary customers ask. Set on lines of authors that were left out, on questions that sample documents answer and on a
# bank's traffic; of orders on 270 and 539 lines by two further authors.
DOUBT = {"D": 0.5, "P": 0.0}
DOUBTS = {
    "P01": -0.5, "P03": -1.0, "P04": -0.5, "P05": -2.0, "P18": -1.0, "P19": -1.0, "P20": -0.5, "P23": -1.0, "P27": -0.5,
    "P14": 0.5, "P15": 1.5, "P16": 1.0, "P17": 0.5, STEERS: 0.0,
}  # fmt: skip
SURELY = 1.5  # and more off the score of an order to the assistant that needs no second judge
# How far below nought a score speaks against a rule's own words: a conduct rule's or a FIX statement's, and others'.
# Not asked of the rules where a message missed costs most (a scam, a complaint, hardship, a wish for a person).
SURELY_NOT, SURELY_NOT_OWED = 4.0, 1.0
SPOKEN_AGAINST = frozenset({"P01", "P03", "P04", "P05", "P18", "P19", "P20", "P23", "P27"})
FOLDS = 4  # the last one is left out, to be judged

DOUBTED = "doubts"  # in the file's metadata, by label: what a further round gives back to the scores before it goes on

Table = tuple[NDArray[np.bool_], NDArray[np.float32]]


@dataclass(frozen=True)
class Course:
    """How long it is learned, and how fast at first."""

    epochs: float = EPOCHS
    rate: float = LEARNING_RATE


@dataclass(frozen=True)
class Told:
    """Texts as they are read, and what each calls for, how sure; ``names`` are the rules, ``folds`` where each lies.

    ``lines`` are what is read before, and calls for nothing.
    """

    names: Sequence[str]
    texts: Sequence[Pair]
    calls: NDArray[np.bool_]
    sure: NDArray[np.float32]
    folds: NDArray[np.int64]
    named: Sequence[str]
    lines: Sequence[Pair]


def gather(sources: Path, kept: Path) -> None:
    """Write the messages with what they call for; rules by their letter and number, in the order of ``rules``."""
    gathered = messages(sources)
    calls, sure = table(gathered)
    texts = [one.text for one in gathered]
    named = [one.named for one in gathered]
    read = lines(sources)
    np.savez_compressed(kept, texts=texts, calls=calls, sure=sure, names=rules(), named=named, lines=read)
    print(f"{len(texts)} messages, {len(rules())} rules, {len(read)} lines to read", file=sys.stderr)


def told(kept: Path) -> Told:
    """What was gathered, read by the span reader's tokenizer."""
    with np.load(kept) as stored:
        parts = {name: stored[name] for name in stored.files}
    tokenizer = ReaderFile(packaged_model().path, SPAN_READER).tokenizer()
    texts, read = ([Pair(*map(tuple, tokens_of(tokenizer, str(t)))) for t in parts[key]] for key in ("texts", "lines"))
    folds = np.array([hash_of(str(text)) % FOLDS for text in parts["texts"]])
    names, named = ([str(name) for name in parts[key]] for key in ("names", "named"))
    return Told(names, texts, parts["calls"], parts["sure"], folds, named, read)


def hash_of(text: str) -> int:
    """A number of a text, the same in every process."""
    return int.from_bytes(text.encode()[-8:], "big") + len(text)


def learned(told: Told, chosen: NDArray[np.intp], device: str) -> EncoderNetwork:
    """A network that learned from the ``chosen`` messages."""
    network = _network(told.names)
    network.begin_from(SPAN_READER)
    network.head.bias.data.fill_(-3.0)
    read_on(network.to(device), [*told.lines, *(told.texts[number] for number in chosen)])
    return taught(network, told, chosen, Course())


def _network(names: Sequence[str]) -> EncoderNetwork:
    torch.manual_seed(SEED)
    words = ReaderFile(packaged_model().path, SPAN_READER).head().words
    return EncoderNetwork(packaged_model().path, words, marks=1, scores=len(names), rank=RANK)


def taught(network: EncoderNetwork, told: Told, chosen: NDArray[np.intp], course: Course) -> EncoderNetwork:
    """The same network, after it has gone over the ``chosen`` messages."""
    chance = np.random.default_rng(SEED)
    network.train()
    weight = np.array([CALLED[name[0]] for name in told.names], dtype=np.float32)
    importance = torch.from_numpy(np.where(told.calls, told.sure * weight, told.sure).astype(np.float32))
    importance, calls = (
        part.to(network.device) for part in (importance, torch.from_numpy(told.calls.astype(np.float32)))
    )
    steps = int(course.epochs * len(chosen) // BATCH)
    optimiser = torch.optim.AdamW(network.learned(), lr=course.rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / max(steps, 1)))
    order: list[int] = []
    for _ in range(steps):
        order = order if len(order) >= BATCH else chance.permutation(chosen).tolist()
        batch, order = order[:BATCH], order[BATCH:]
        scores = network([_part_of(told.texts[number], chance) for number in batch])
        surprise = functional.binary_cross_entropy_with_logits(scores, calls[batch], reduction="none")
        optimiser.zero_grad()
        ((surprise * importance[batch]).sum() / BATCH).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.learned(), 1.0)
        optimiser.step()
        schedule.step()
        _say(schedule.last_epoch, steps)
    return network


def _part_of(text: Pair, chance: np.random.Generator) -> Pair:
    """The text with some of its words hidden, so that no single one is relied on."""
    hidden = chance.random(len(text.ids)) < UNSEEN
    return Pair(tuple(MASK if h and t >= MARKERS else t for t, h in zip(text.ids, hidden, strict=True)), text.marks)


def _say(step: int, steps: int) -> None:
    if step % 20 == 0 or step == steps:
        print(f"step {step} of {steps}", file=sys.stderr)


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


def judge(kept: Path) -> None:
    """Train on three folds and print how the fourth is judged."""
    given = told(kept)
    inside, outside = (np.flatnonzero(part) for part in (given.folds < FOLDS - 1, given.folds == FOLDS - 1))
    print(*judged(given, learned(given, inside, _device()), outside), sep="\n")


def learn(kept: Path) -> None:
    """Train on everything; write the weights."""
    given = told(kept)
    _write(learned(given, np.arange(len(given.texts)), _device()), given.names)


def further(kept: Path, before: Path) -> None:
    """Go on from the weights that are there, over what was added since ``before`` and part of the rest; write them."""
    given = told(kept)
    chosen = _since(kept, before)
    course = Course(1, LEARNING_RATE / 2)
    _write(taught(_as_it_was(given.names).to(_device()), given, chosen, course), given.names)


def doubt() -> None:
    """Write the weights that are there with other doubts."""
    _write(_as_it_was(rules()), rules())


def _as_it_was(names: Sequence[str]) -> EncoderNetwork:
    """The network of the weights that are there, before anything was doubted."""
    network = _network(names)
    network.begin_from(WEIGHTS)
    kept_file = ReaderFile(packaged_model().path, WEIGHTS)
    head, doubts = kept_file.head(), json.loads(kept_file.metadata[DOUBTED])
    with torch.no_grad():
        network.marks.copy_(torch.from_numpy(head.marks))
        network.head.bias.fill_(-3.0)
        for place, name in enumerate(json.loads(kept_file.metadata[LABELS])):
            if name not in names:
                continue
            row = names.index(name)
            network.head.weight[row] = torch.from_numpy(head.weight[:, place])
            network.head.bias[row] = float(head.bias[place]) + doubts[name]
    return network


def _since(kept: Path, before: Path) -> NDArray[np.intp]:
    """The messages of a further round, each as often as it is gone over."""
    with np.load(kept) as stored, np.load(before) as earlier:
        is_new, is_ordinary = ~np.isin(stored["texts"], earlier["texts"]), stored["named"] == ""
    known, ordinary = (np.flatnonzero(~is_new & part) for part in (~is_ordinary, is_ordinary))
    return np.concatenate([np.repeat(np.flatnonzero(is_new), ANEW), known[::AGAIN], ordinary[::ORDINARY]])


def _write(network: EncoderNetwork, names: Sequence[str]) -> None:
    characters = ReaderFile(packaged_model().path, SPAN_READER).metadata[CHARACTERS]
    asked = [name for name in names if name not in UNCOUNTED]
    fixed = {rule.id for rule in load_rulebook().disclosures if rule.force is Force.FIX}  # a missed one costs most
    opposed = [name for name in asked if name[0] == "D" or name in SPOKEN_AGAINST]
    network.narrow([names.index(name) for name in (*asked, STEERS, *opposed)])
    doubts = {name: DOUBTS.get(name, 0.0 if name in fixed else DOUBT[name[0]]) for name in asked}
    doubts[STEERS_SURELY] = doubts[STEERS] + SURELY
    labels = [*doubts, *map(against, opposed)]
    weight, bias = network.head.weight, network.head.bias
    with torch.no_grad():
        bias.sub_(torch.tensor([*doubts.values(), *(doubts[name] for name in opposed)]))
        weight[len(doubts) :].neg_()
        surely_not = (SURELY_NOT if name[0] == "P" or name in fixed else SURELY_NOT_OWED for name in opposed)
        bias[len(doubts) :].neg_().sub_(torch.tensor(list(surely_not)))
    told_with = {CHARACTERS: characters, LABELS: json.dumps(labels), DOUBTED: json.dumps(doubts)}
    network.save(WEIGHTS, told_with)


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


STEPS: Mapping[str, Callable[..., None]] = {
    "gather": gather, "judge": judge, "learn": learn, "further": further, "doubt": doubt,
}  # fmt: skip

if __name__ == "__main__":
    STEPS[sys.argv[1]](*map(Path, sys.argv[2:]))
