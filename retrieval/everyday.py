"""Everyday English -> the English of documents, phrase by phrase: "quit my job" becomes "cessation of employment"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from retrieval.tokens import stem

LONGEST_PHRASE = 8  # words
_WORD = re.compile(r"[a-z0-9]+")
_PASSED_OVER = frozenset(
    re.findall(r"\w+", "a an the my your our his her their its this that these those some any all")
)
_CONTRACTIONS = (
    (re.compile(r"\b(?:can['’]?t|cannot)\b"), "can not"),
    (re.compile(r"\bwon['’]?t\b"), "will not"),
    (re.compile(r"\b(are|could|did|do|does|had|has|have|is|should|was|were|would)n['’]?t\b"), r"\1 not"),
)


class EverydayEnglish:
    """Phrases matched by stem, the longest at each place first; articles and possessives are passed over."""

    def __init__(self, written: Mapping[str, Sequence[str]], silent: Iterable[str]) -> None:
        phrases: dict[tuple[str, ...], Sequence[str]] = {_stems(phrase): ("",) for phrase in silent}
        self._phrases = phrases | {_stems(key): words for key, words in written.items()}

    def rewrite(self, text: str) -> tuple[str, tuple[str, ...]]:
        """``text``, normalised, with its everyday phrases replaced and its silent ones left out; what was replaced, and
        its further equals."""
        for contraction, whole in _CONTRACTIONS:
            text = contraction.sub(whole, text)
        pieces: list[str] = []
        equals: list[str] = []
        end = 0
        for start, stop, words in self._found(text):
            pieces += [text[end:start], words[0]]
            equals += [text[start:stop], *words[1:]] if words[0] else []
            end = stop
        return "".join([*pieces, text[end:]]), tuple(equals)

    def _found(self, text: str) -> Iterator[tuple[int, int, Sequence[str]]]:
        words = [word for word in _WORD.finditer(text) if word.group() not in _PASSED_OVER]
        stems = tuple(stem(word.group()) for word in words)
        position = 0
        while position < len(words):
            lengths = range(min(LONGEST_PHRASE, len(words) - position), 0, -1)
            length = next((n for n in lengths if stems[position : position + n] in self._phrases), 0)
            if length:
                found = self._phrases[stems[position : position + length]]
                yield words[position].start(), words[position + length - 1].end(), found
            position += max(1, length)


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in _WORD.findall(phrase.lower()) if word not in _PASSED_OVER)
