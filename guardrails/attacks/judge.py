"""Judges a message, with what was said before it, and a document's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrails.attacks.model import Likelihood, Model, shipped_model
from guardrails.disguises import is_masked, readings

WINDOW = 220  # characters; long texts are also read in pieces of about so much
LONG = 400
EARLIER_TURNS = 3
MASKED = 0.3  # what a threshold is multiplied by for a text whose letters are disguised
_SENTENCE = re.compile(r"[^.!?。！？；\n]{1,400}[.!?。！？；\n]*")


@dataclass(frozen=True)
class Judgement:
    """Whether a text gives the assistant orders, and whether it asks for help with harm."""

    attack: bool
    harm: bool


def judge(text: str, earlier: Sequence[str] = (), model: Model | None = None) -> Judgement:
    """What a message is. ``earlier`` are the customer's turns before it, oldest first: an order may be split over them.

    A message with words in a code (base64, Morse …) is an attack, whatever they say.
    """
    model = model or shipped_model()
    attack_from, harm_from = model.thresholds
    found = list(readings(text))
    most = _most(model, [piece for reading in found for piece in _pieces(reading.text)])
    attack = any(reading.decoded for reading in found)
    attack |= most.attack >= attack_from * (MASKED if is_masked(text) else 1)
    return Judgement(attack or _split(model, text, earlier), most.harm >= harm_from)


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


def _pieces(text: str) -> Iterator[str]:
    """The text, and where it is long pieces of whole sentences."""
    yield text
    if len(text) <= LONG:
        return
    piece = ""
    for sentence in _SENTENCE.findall(text):
        if piece and len(piece) + len(sentence) > WINDOW:
            yield piece
            piece = ""
        piece += sentence
    if piece:
        yield piece
