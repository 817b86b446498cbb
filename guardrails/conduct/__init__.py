"""Conduct rules as concepts: what a message speaks of, in words that a compliance officer can read and add to.

Under ``concepts`` a file names groups of expressions in English and Chinese (either script, Cantonese and Mandarin
together); under ``rules`` it says which concepts together make a rule fire, in any order; under ``excuses`` which ones
tell that it does not, where only the meaning of a message says so. Files share their concepts. A message longer than
``WINDOW`` characters is judged window by window, so that two ends of a letter don't add up.

An expression is plain words: ``*`` ends a word anyhow (``approv*``), ``..`` is a gap of a few words or characters, all
else is as in regular expressions (linear-time ones: nothing looks ahead or back). English ones begin and end at a
word's edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from guardrails.errors import RulebookError
from guardrails.intents import against
from guardrails.normalise import NormalText, normalise
from guardrails.patterns import Patterns
from guardrails.types import RailContext
from knowledge_bases.schema import Span

FOLDER = Path(__file__).parent
WINDOW = 240  # characters that are judged together
_ENDING = r"[\w']{0,14}"
_LATIN_GAP, _CHINESE_GAP = r" (?:.{0,28} )?", r".{0,10}"
_ANY_ENDING = re.compile(r"(?<=[\w'])(?<!\\\w)\*")  # but not the * of a class, as in \\W*
_EDGE = {True: r"\b", False: ""}
_STARTS_WORD, _ENDS_WORD = re.compile(r"[\w(]"), re.compile(r"[\w)*?]$")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ENDS = re.compile(r"[.!?;。；\n]+")


@dataclass(frozen=True)
class Clause:
    """Fires where every concept of ``needed`` is spoken of, in a sentence that speaks of none of ``unless``."""

    needed: tuple[Patterns, ...]
    unless: tuple[Patterns, ...]

    def first(self, text: NormalText) -> Span | None:
        """Where the first needed concept stands in the original, None where the clause doesn't fire."""
        return next((window.original(*place) for window in windows(text) for place in self._places(window.text)), None)

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the first concept stands in a sentence that nothing excuses: what else is said is no excuse."""
        if not all(text in patterns for patterns in self.needed):
            return
        for match in self.needed[0].compiled.finditer(text):
            sentence = _sentence(text, match.start())
            if not any(sentence in patterns for patterns in self.unless):
                yield match.span()


def _sentence(text: str, place: int) -> str:
    """The sentence of ``text`` that ``place`` lies in."""
    before = [end.end() for end in _ENDS.finditer(text, 0, place)]
    after = _ENDS.search(text, place)
    return text[before[-1] if before else 0 : after.end() if after else len(text)]


def first(rule_id: str, text: NormalText) -> Span | None:
    """Where ``text`` falls under the clauses of ``rule_id`` (in the original), None where it doesn't."""
    return next((span for span in (clause.first(text) for clause in clauses()[rule_id]) if span), None)


def called_for(rule_id: str, context: RailContext) -> Span | None:
    """Where the message calls for ``rule_id`` by its words, else all of it where its meaning does; None: it doesn't.

    Words that its meaning surely speaks against don't count, nor does a meaning that words excuse.
    """
    if against(rule_id) in context.intents:
        return None
    text = normalise(context.text)
    by_words = first(rule_id, text)
    meant = bool(context.text) and rule_id in context.intents and not _excused(rule_id, text)
    return by_words or (Span(0, len(context.text)) if meant else None)


def _excused(rule_id: str, text: NormalText) -> bool:
    return any(text.text in words for words in excuses().get(rule_id, ()))


def windows(text: NormalText) -> Iterator[NormalText]:
    """Overlapping parts of ``text`` that are judged by themselves."""
    for start in range(0, max(1, len(text.text) - WINDOW // 2), WINDOW // 2):
        yield NormalText(text.text[start : start + WINDOW], text.origins[start : start + WINDOW])


@cache
def clauses() -> Mapping[str, tuple[Clause, ...]]:
    """The clauses of every rule that the shipped lexicon knows.

    Raises:
        RulebookError: a rule names a concept that there is not.
    """
    return {
        rule_id: tuple(_clause(rule_id, clause) for clause in written)
        for file in _files()
        for rule_id, written in file.get("rules", {}).items()
    }


@cache
def excuses() -> Mapping[str, tuple[Patterns, ...]]:
    """What excuses a message that only means what a rule is about.

    Raises:
        RulebookError: a rule names a concept that there is not.
    """
    return {rule_id: _spoken(rule_id, names) for file in _files() for rule_id, names in file.get("excuses", {}).items()}


def _clause(rule_id: str, entry: Mapping[str, Sequence[str]]) -> Clause:
    return Clause(_spoken(rule_id, entry["all"]), _spoken(rule_id, entry.get("unless", ())))


def _spoken(rule_id: str, names: Sequence[str]) -> tuple[Patterns, ...]:
    unknown = sorted(set(names) - _concepts().keys())
    if unknown:
        raise RulebookError(f"lexicon of {rule_id}: there is no concept {', '.join(unknown)}; write it or correct it")
    return tuple(_concepts()[name] for name in names)


@cache
def _concepts() -> Mapping[str, Patterns]:
    return {name: _patterns(entry) for file in _files() for name, entry in file["concepts"].items()}


@cache
def _files() -> tuple[Mapping[str, Any], ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def _patterns(entry: Mapping[str, Sequence[str]]) -> Patterns:
    return Patterns(*(_expression(str(phrase)) for phrases in entry.values() for phrase in phrases))


def _expression(phrase: str) -> str:
    """A phrase as a regular expression."""
    chinese = _CHINESE.search(phrase)
    expression = phrase.replace(" .. ", _LATIN_GAP).replace("..", _CHINESE_GAP)
    expression = expression.replace(r"\w*", _ENDING)
    expression = _ANY_ENDING.sub(lambda _: _ENDING, expression)
    if chinese:
        return expression
    return _EDGE[bool(_STARTS_WORD.match(phrase))] + expression + _EDGE[bool(_ENDS_WORD.search(phrase))]


def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read
