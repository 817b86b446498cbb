"""What a scripted model says: true sentences out of the spans that it is given, or one of the ways models fail.

A script is asked once a request and gives steps: pieces of the reply's text, seconds to wait, or a ``Mark``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Any

MIB = 1024 * 1024
FLOOD_BYTES = 10 * MIB
SPAN = re.compile(r"^\[(s\d+)\] (.*?): (.+)$", re.MULTILINE)
FOREIGN = {False: "這是一句真話。", True: "This sentence is true."}  # by whether the question is in Chinese
SHORTEST, LONGEST = 20, 300  # characters of a span that is said
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")


@dataclass(frozen=True)
class Mark:
    """A sentence that is complete with the text before it."""

    sentence: str


Step = str | float | Mark
Script = Callable[["Asked"], Iterator[Step]]


@dataclass(frozen=True)
class Asked:
    """One request, as the product writes it (``app/answering/composers/generating.py``)."""

    question: str
    spans: Mapping[str, str]
    is_probe: bool
    mends: bool

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Asked:
        """Reads the request; what is not found in it is empty."""
        material = "\n".join(message["content"] for message in request["messages"][1:])
        values = dict(chain.from_iterable(value.items() for value in _values(material)))
        spans = {span: text for span, _, text in SPAN.findall(material)}
        is_probe = request.get("max_completion_tokens") == 1
        return cls(str(values.get("question", "")), spans, is_probe, "failed_sentence" in values)

    @property
    def is_chinese(self) -> bool:
        return _is_chinese(self.question)

    def nearest(self) -> list[tuple[str, str]]:
        """The spans that are a plain sentence in the question's script, those that share most words with it first.

        None with a colon: before it may be the end of a heading, and what is said would not be the span as it stands.
        """
        own = set(_WORD.findall(self.question.lower()))
        plain = [(span, text) for span, text in self.spans.items() if self._may_be_said(text)]
        return sorted(plain, key=lambda each: -len(own & set(_WORD.findall(each[1].lower()))))

    def _may_be_said(self, text: str) -> bool:
        fits = len(text) * (3 if self.is_chinese else 1) >= SHORTEST and len(text) <= LONGEST
        plain = not any(mark in text for mark in (" / ", "|", ": "))
        return fits and plain and _is_chinese(text) is self.is_chinese


def truths(asked: Asked, first_s: float = 0.1, every_s: float = 0.0, most: int = 4) -> Iterator[Step]:
    """Says the nearest spans as they stand, the first after ``first_s``; no second wording."""
    said = [] if asked.mends else asked.nearest()[:most]
    yield '{"sentences": ['
    for number, (span, text) in enumerate(said):
        yield first_s if number == 0 else every_s
        yield (", " if number else "") + json.dumps({"text": text, "spans": [span]}, ensure_ascii=False)
        yield Mark(text)
    yield "]}"


def foreign(asked: Asked) -> Iterator[Step]:
    """A sentence in another language than the question's."""
    span = next(iter(asked.spans), "s1")
    yield json.dumps({"sentences": [{"text": FOREIGN[asked.is_chinese], "spans": [span]}]}, ensure_ascii=False)


def hangs(asked: Asked) -> Iterator[Step]:
    """Nothing, with the connection open."""
    yield 3600.0


def drips(asked: Asked) -> Iterator[Step]:
    """A letter now and then, and never the end of a sentence."""
    yield '{"sentences": [{"text": "'
    yield from chain.from_iterable(repeat((0.05, "a")))


def floods(asked: Asked) -> Iterator[Step]:
    """Ten MiB of one sentence, as fast as they are read."""
    yield '{"sentences": [{"text": "'
    yield from repeat("a" * 4096, FLOOD_BYTES // 4096)
    yield '", "spans": ["s1"]}]}'


def babbles(asked: Asked) -> Iterator[Step]:
    """Words that are no JSON."""
    yield "Certainly! Here is what I found for you: the fee may well be waived."


def fails(asked: Asked) -> Iterator[Step]:
    """Nothing: the server answers 503 (``model_server``)."""
    return iter(())


SCRIPTS: Mapping[str, Script] = {
    each.__name__: each for each in (truths, foreign, hangs, drips, floods, babbles, fails)
}


def script(name: str, first_s: float, every_s: float, most: int) -> Script:
    """The script ``name``; the times are those of ``truths``."""
    return partial(truths, first_s=first_s, every_s=every_s, most=most) if name == "truths" else SCRIPTS[name]


def _values(material: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand on lines of their own: history, question, and what is to be mended."""
    for line in material.splitlines():
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _is_chinese(text: str) -> bool:
    return re.search(r"[\u3400-\u9fff]", text) is not None
