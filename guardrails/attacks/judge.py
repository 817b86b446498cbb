"""Judges a message, with what was said before it, and a document's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guardrails.attacks.model import Likelihood, Model, shipped_model
from guardrails.attacks.plain_orders import gives_orders
from guardrails.disguises import Reading, is_masked, readings

SENTENCE = 120  # characters of a document that are judged together, whole sentences
WINDOW = 220  # characters; long texts are also read in pieces of about so much
EARLIER_TURNS = 3
LEANING = 0.4  # the likelihood from which a message leans to an attack: enough where its meaning says so as well
PLAINLY = 0.2  # that from which the words of an order are one: a "system prompt" may ask to restart
MASKED = 0.3  # what a threshold is multiplied by for a text whose letters are disguised
_SENTENCE = re.compile(r"[^.!?。！？；\n]{1,400}[.!?。！？；\n]*")


@dataclass(frozen=True)
class Judgement:
    """Whether a text gives the assistant orders, and whether it asks for help with harm."""

    attack: bool
    harm: bool


@lru_cache(maxsize=4)  # two detectors ask about the same message, which is masked by then
def judge(text: str, earlier: tuple[str, ...] = ()) -> Judgement:
    """What a message is. ``earlier`` are the customer's turns before it, oldest first: an order may be split over them.

    A message with words in a code (base64, Morse …) is an attack, whatever they say.
    """
    model = shipped_model()
    attack_from, harm_from = model.thresholds
    found = list(readings(text))
    most = _most(model, _all_pieces(found))
    attack = any(reading.decoded or (most.attack >= PLAINLY and gives_orders(reading.text)) for reading in found)
    attack |= most.attack >= attack_from * (MASKED if is_masked(text) else 1)
    return Judgement(attack or _split(model, text, earlier), most.harm >= harm_from)


def leans_to_attack(text: str) -> bool:
    """Whether a message that is no attack by its words alone has something of one."""
    found = list(readings(text))
    most = _most(shipped_model(), _all_pieces(found))
    return most.attack >= LEANING or any(gives_orders(reading.text) for reading in found)


def orders_in(passage: str) -> bool:
    """Whether a sentence or two of a document or mail give orders to whatever reads it."""
    text = next(readings(passage)).text
    model = shipped_model()
    return gives_orders(text) or _most(model, list(_pieces(text, SENTENCE))).attack >= model.planted


def _split(model: Model, text: str, earlier: Sequence[str]) -> bool:
    """Whether the turns are an order together, and this one has a part in it: the last says more than the others."""
    if not earlier:
        return False
    before = "\n".join(earlier[-EARLIER_TURNS:])
    joined = next(readings(f"{before}\n{text}")).text
    alone, together = (model.likelihood(t).attack for t in (next(readings(before)).text, joined))
    return together >= model.thresholds[0] > alone


def _most(model: Model, texts: Sequence[str]) -> Likelihood:
    found = [model.likelihood(text) for text in texts]
    return Likelihood(max(one.attack for one in found), max(one.harm for one in found))


def _all_pieces(found: Sequence[Reading]) -> list[str]:
    return [piece for reading in found for piece in _pieces(reading.text)]


def _pieces(text: str, size: int = WINDOW) -> Iterator[str]:
    """The text, and where it is much longer than ``size`` pieces of whole sentences."""
    yield text
    if len(text) <= 2 * size:
        return
    piece = ""
    for sentence in _SENTENCE.findall(text):
        if piece and len(piece) + len(sentence) > size:
            yield piece
            piece = ""
        piece += sentence
    if piece:
        yield piece
