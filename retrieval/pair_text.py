"""A question and a span as the span reader reads them: tokens, and marks that say where the two meet.

What meets is known to the index and the thesaurus, and would take more text to learn than there is: the same word or
number, or the same concept in other words or in the other language. Each token carries one mark (``MARKS``) of what it
is part of and of how that part meets the other text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from knowledge_bases.schema import UnitKind
from retrieval.concepts import Thesaurus
from retrieval.quotable import Quotable
from retrieval.tokens import normalise, placed_terms

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST = 160  # tokens of question and span together, markers included
QUESTION, AROUND, FOCUS = 0, 5, 8  # the first mark of each part
MARKS = 11
BY_CONCEPT, BY_WORD = 1, 2  # added to AROUND and FOCUS; to QUESTION too, and 2 more where the answering words meet it
IN_FOCUS = 2
REMEMBERED = 20_000  # pieces of text
OPENS, ENDS, SAYS = "[CLS]", "[SEP]", ":"

Key = str | int  # an index term, or a concept


@dataclass(frozen=True)
class Piece:
    """The tokens of a text; ``keys`` are its index terms and concepts, each with the number of a token of it."""

    ids: tuple[int, ...]
    keys: tuple[tuple[int, Key], ...]


@dataclass(frozen=True)
class Pair:
    """What is read: token ids and marks, as many of the one as of the other, at most ``MOST``."""

    ids: tuple[int, ...]
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A piece of a span, and the mark that its tokens begin from."""

    piece: Piece
    mark: int


class PairText:
    """Puts pairs together; ``tokenizer`` cuts nothing off and knows the three markers. Safe to share by threads."""

    def __init__(self, tokenizer: Tokenizer, thesaurus: Thesaurus) -> None:
        self._tokenizer = tokenizer
        self._thesaurus = thesaurus
        vocabulary = tokenizer.get_vocab()
        self._opens, self._ends, self._says = (vocabulary[marker] for marker in (OPENS, ENDS, SAYS))
        self._piece = lru_cache(maxsize=REMEMBERED)(self._cut)

    def pairs(self, question: str, quotables: Iterable[Quotable]) -> list[Pair]:
        """One a span, in their order."""
        asked = self._piece(question, 48)
        return [self._pair(asked, self._parts(quotable)) for quotable in quotables]

    def alone(self, text: str) -> Pair:
        """``text`` as answering words that no question was asked about."""
        return self._pair(Piece((), ()), [Part(self._piece(text, 84), FOCUS)])

    def _parts(self, quotable: Quotable) -> list[Part]:
        """What says where a span stands, a colon, its answering words, and the notes they point to."""
        chunk = quotable.passage.chunk
        headers = [chunk.words(u.span) for u in quotable.units if u.kind in (UnitKind.CAPTION, UnitKind.HEADER)]
        notes = [chunk.words(u.span) for u in quotable.units if u.kind is UnitKind.FOOTNOTE]
        return [
            Part(self._piece(" > ".join(chunk.heading_path), -28), AROUND),
            Part(self._piece(" ; ".join(headers), 28), AROUND),
            Part(self._piece(quotable.question, 28), AROUND),
            Part(self._piece(_before(quotable), -14), AROUND),
            Part(Piece((self._says,), ()), AROUND),
            Part(self._piece(quotable.focus, 84), FOCUS),
            Part(self._piece(" ".join(notes), 24), AROUND),
        ]

    def _pair(self, asked: Piece, parts: Sequence[Part]) -> Pair:
        own = {key for _, key in asked.keys}
        near = {key for part in parts if part.mark == AROUND for _, key in part.piece.keys}
        said = {key for part in parts if part.mark == FOCUS for _, key in part.piece.keys}
        met = [
            max(one, two + IN_FOCUS * bool(two)) for one, two in zip(_met(asked, near), _met(asked, said), strict=True)
        ]
        ids = (self._opens, *asked.ids, self._ends, *chain.from_iterable(part.piece.ids for part in parts))
        marks = chain(
            (QUESTION,), met, (QUESTION,), *([part.mark + m for m in _met(part.piece, own)] for part in parts)
        )
        return Pair((*ids[: MOST - 1], self._ends), (*tuple(marks)[: MOST - 1], FOCUS))

    def _cut(self, text: str, most: int) -> Piece:
        """The first ``most`` tokens of ``text``, or of a negative number the last."""
        read = self._tokenizer.encode(normalise(text), add_special_tokens=False)
        kept = slice(0, most) if most > 0 else slice(most, None)
        ids, places = read.ids[kept], read.offsets[kept]
        starts, ends = [start for start, _ in places], [end for _, end in places]
        keys = [
            (at, key)
            for start, end, key in self._placed(text)
            for at in range(bisect_right(ends, start), bisect_left(starts, end))
        ]
        return Piece(tuple(ids), tuple(keys))

    def _placed(self, text: str) -> Iterable[tuple[int, int, Key]]:
        yield from placed_terms(text)
        for mention in self._thesaurus.mentions(text):
            yield from ((mention.start, mention.end, concept) for concept in mention.concepts)


def _met(piece: Piece, other: Set[Key]) -> list[int]:
    """How each token meets the keys of the other text: not at all (0), by a concept or by a word."""
    met = [0] * len(piece.ids)
    for at, key in piece.keys:
        if key in other:
            met[at] = max(met[at], BY_CONCEPT if isinstance(key, int) else BY_WORD)
    return met


def _before(quotable: Quotable) -> str:
    """The sentence before a span that is made of sentences, in the same passage."""
    chunk, first = quotable.passage.chunk, quotable.units[0]
    if first.kind is not UnitKind.SENTENCE:
        return ""
    sentences = [unit for unit in chunk.units if unit.kind is UnitKind.SENTENCE]
    at = sentences.index(first)
    return chunk.words(sentences[at - 1].span) if at else ""
