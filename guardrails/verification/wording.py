"""A text as it stands, piece by piece: figures, the words of operative.yaml, and all others by their sense."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from guardrails.quantities import located
from guardrails.verification.figures import Figure, figure_at
from guardrails.verification.lexicon import TOKEN, Sense, lexicon, stem, tokens_of
from guardrails.verification.phrases import phrases
from guardrails.verification.types import Place

ENDS = frozenset("。!?\n.")
PARTS = frozenset(",:()[]|–—、")
JOINS = ";"
FIGURE = "#"
PLAIN = "plain"
# Families of lexicon.yaml that operative.yaml lists more finely.
OWN = frozenset(
    {"allowed", "required", "bound", "before_after", "period", "per_what", "day_kind", "which_day", "order", "how_many"}
)
CONDITIONS = {"only": "only", "if": "if", "but": "except"}
_DOTTED = re.compile(r"\b([a-z])\.([a-z])\.(?!m\b)")

# How often, and how much, in the words that are listed for it; before a figure of it is looked for.
_CALLED = {
    re.compile(r"\bevery (?:3|three) months\b|每(?:3|三)个月"): "quarterly",
    re.compile(r"\bevery (?:6|six) months\b|\btwice (?:a|each|every|per) year\b"): "half-yearly",
    re.compile(r"\bevery (?:12|twelve) months\b|每(?:12|十二)个月"): "yearly",
    re.compile(r"\b(?:a|1) fortnight\b"): "14 days",
    re.compile(r"(?<!\d )\b(?:(?:a|1) )?dozen\b"): "12",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """``kind`` is the list of operative.yaml, "figure", or "" for other words; ``key`` is equal for what says the same.

    ``clause`` and ``part``: which it stands in; parts are what semicolons join.
    """

    key: str
    kind: str
    clause: int
    part: int
    figure: Figure | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    stem: str
    figure: Figure | None = None


Phrase = tuple[tuple[str, ...], str, str]  # tokens, kind and key


@lru_cache(maxsize=256)
def sentences_of(text: str) -> tuple[tuple[Piece, ...], ...]:
    """The pieces of each sentence of a text in matching form; kept, as several checks look at them."""
    found: list[list[Piece]] = [[]]
    clause = part = index = 0
    for pattern, called in _CALLED.items():
        text = pattern.sub(called, text)
    tokens = _tokens(_DOTTED.sub(r"\1\2", text))
    while index < len(tokens):
        token, length = tokens[index], 1
        if token.figure:
            found[-1].append(Piece(_named(token.figure), "figure", clause, part, token.figure))
        elif token.text in ENDS or token.text in PARTS or token.text == JOINS:
            clause += 1
            part += token.text == JOINS
            if token.text in ENDS:
                found.append([])
        else:
            length, kind, key = _at(tokens, index)
            if key:
                found[-1].append(Piece(key, kind, clause, part))
        index += length
    return tuple(tuple(one) for one in found if one)


def _tokens(text: str) -> list[_Token]:
    found, end, nowhere = [], 0, Place(0, 0, 0)
    for one in located(text):
        if one.start >= end:
            found += _words(text[end : one.start], followed=True)
            found.append(_Token(FIGURE, FIGURE, figure_at(text, one, nowhere)))
            end = one.end
    return found + _words(text[end:], followed=False)


def _words(text: str, followed: bool) -> list[_Token]:
    def stands(found: re.Match[str]) -> bool:
        """Whether it is no dot within a figure or a name."""
        end = found.end()
        return found[0] != "." or (text[end : end + 1] in ("", " ", "\n") and not (followed and end == len(text)))

    return [_Token(match[0], stem(match[0])) for match in TOKEN.finditer(text) if stands(match)]


def _named(figure: Figure) -> str:
    return f"{figure.kind}:{figure.value.normalize()}:{figure.unit if figure.kind == 'money' else ''}"


def _at(tokens: Sequence[_Token], index: int) -> tuple[int, str, str]:
    """How many tokens the longest phrase that stands here has, its kind and its key; no key where it says nothing."""
    own = _own(tokens, index)
    if own and own[1] != PLAIN:
        return _length(own[0]), own[1], own[2]
    ahead = tokens[index : index + (_length(own[0]) if own else 10)]
    other = lexicon().at([token.text for token in ahead], [token.stem for token in ahead], 0)
    if own and (other is None or other[0] < len(ahead)):
        return len(ahead), "", own[2]
    if other is None or any(_own(tokens, index + later) for later in range(1, 1 if own else other[0])):
        return 1, "", tokens[index].stem if tokens[index].stem.isalnum() else ""
    return other[0], *_said(other[1], "".join(token.text for token in ahead[: other[0]]))


def _own(tokens: Sequence[_Token], index: int) -> Phrase | None:
    return next((one for one in _operative().get(tokens[index].text, ()) if _stands(one[0], tokens, index)), None)


def _said(sense: Sense, words: str) -> tuple[str, str]:
    if sense.family and sense.family not in OWN:
        return f"f:{sense.family}", f"{sense.family}={sense.value}"
    if sense.negates:
        return "binding", "not"
    if sense.condition in CONDITIONS:
        return "binding", CONDITIONS[sense.condition]
    return "", sense.concept or ("" if sense.silent else words)


def _stands(phrase: tuple[str, ...], tokens: Sequence[_Token], index: int) -> bool:
    """Whether a phrase that begins as the text does here goes on as it does."""
    if len(phrase) == 1:
        return True
    if phrase[0] == FIGURE:
        return index > 0 and tokens[index - 1].figure is not None and _stands(phrase[1:], tokens, index)
    rest = zip(phrase[1:], tokens[index + 1 : index + len(phrase)], strict=False)
    return index + len(phrase) <= len(tokens) and all(token.text == word for word, token in rest)


def _length(phrase: tuple[str, ...]) -> int:
    return len(phrase) - (FIGURE in phrase)


@cache
def _operative() -> dict[str, list[Phrase]]:
    """The phrases by their first word, the longest first."""
    found: dict[str, list[Phrase]] = defaultdict(list)
    for kind, key, listed in _listed():
        for tokens in map(tokens_of, listed):
            found[tokens[tokens[0] == FIGURE]].append((tokens, kind, key))
    for listing in found.values():
        listing.sort(key=lambda one: -len(one[0]))
    return dict(found)


def _listed() -> Iterator[tuple[str, str, list[str]]]:
    lists = phrases("operative.yaml")
    yield from (("binding", key, listed) for key, listed in lists["binding"].items())
    for kind, values in lists["exchanged"].items():
        yield from ((kind, f"{kind}={key}", listed) for key, listed in values.items())
    yield from ((PLAIN, word, [word]) for word in lists["plain"])
    yield "", "", lists["silent"]
