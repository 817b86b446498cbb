"""Of things that exclude each other, each is told of the one that the cited words tell it of: the payer, not the payee.

The words beside a side are compared, sentence by sentence, or clause by clause where a sentence names several sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from guardrails.verification.comparison import Comparison
from guardrails.verification.wording import Piece, sentences_of

# Kinds of operative.yaml, and families of lexicon.yaml, of which people do not put one for another.
KINDS = frozenset(
    {"currency", "which day", "which date", "which amount", "role", "entry", "choice", "where", "part of week", "form"}
    | {"manner", "rate", "will", "lasting", "home", "at once", "interest", "security", "card", "medium", "age", "class"}
    | {"often", "how many", "which", "time", "part of day", "end", "kind of year", "kind of day"}
    | {
        f"f:{family}"
        for family in ("card_holder", "owner", "customer", "channel", "employment", "direction", "payment")
    }
    | {f"f:{family}" for family in ("stay", "ailment", "account_kind", "card_kind", "side", "cash", "trade", "refer")}
    | {f"f:{family}" for family in ("rebate", "loan_kind", "benefit", "cabin", "gender")}
)
SIDES = {"outside": "where"}  # what binds besides
# Of some kinds only these exclude each other: a third may be told of what is said of the first two.
ONLY = {
    "how many": {"how many=whole", "how many=part"},
    "which": {"which=first", "which=last"},
    "time": {"time=month", "time=quarter", "time=year"},
}
BETWEEN = frozenset({"role", "f:employment", "f:side"})  # two act in one sentence, each on the other
DENIALS = frozenset({"not", "without", "may not", "need not", "except", "holds=excludes"})
FEWEST = 2  # words to be compared
TOLD = 0.5  # of them stand where the other side is named
OWN = 0.7  # times as many, at most, stand where the same side is


@dataclass(frozen=True)
class Told:
    """What is told of the ``sides`` of a kind in one place."""

    sides: frozenset[str]
    words: frozenset[str]
    figures: frozenset[str]
    denies: bool


def check(comparison: Comparison) -> str | None:
    """Nothing is told of a side that the cited words tell of the other alone."""
    for claimed in _parts(comparison.claim.text):
        for kind in _kinds(claimed):
            if _elsewhere(_told(claimed, claimed, kind), _stated(_prose(comparison.evidence.text), kind)):
                return "it is told of another of its kind"
    return None


@lru_cache(maxsize=256)
def _stated(text: str, kind: str) -> tuple[Told, ...]:
    """What a text tells of the sides of a kind."""
    return tuple(told for part in _parts(text) for told in _places(part, kind))


def _elsewhere(claimed: Told, stated: Sequence[Told]) -> bool:
    """Whether its words, or with half of them a figure, stand where another side is named and not where its own is."""
    if len(claimed.sides) != 1 or len(claimed.words) < FEWEST:
        return False
    same = [one for one in stated if claimed.sides <= one.sides]
    others = [one for one in stated if not claimed.sides <= one.sides and one.denies == claimed.denies]
    own = max((len(claimed.words & one.words) for one in same), default=0)
    alike = [one for one in others if len(claimed.words & one.words) >= TOLD * len(claimed.words)]
    figures = claimed.figures.difference(*(one.figures for one in same)) if same else frozenset()
    return any(own < OWN * len(claimed.words & one.words) or figures & one.figures for one in alike)


def _places(sentence: tuple[Piece, ...], kind: str) -> Iterator[Told]:
    """Where a sentence names sides of a kind: all of it, or the clauses from one side on to the next."""
    if len(sides := _sides(sentence, kind)) < 2:
        yield from [_told(sentence, sentence, kind)] if sides else []
        return
    if kind in BETWEEN:
        return
    opening: list[Piece] = []
    run: list[Piece] = []
    for clause in _clauses(sentence):
        named = _sides(clause, kind)
        if named and run and named != _sides(run, kind):
            yield _told([*opening, *run], run, kind)
            run = []
        (run if run or named else opening).extend(clause)
    yield _told([*opening, *run], run, kind)


def _clauses(sentence: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Between commas, and between what "and" joins."""
    joined = 0
    numbered: list[tuple[tuple[int, int], Piece]] = []
    for piece in sentence:
        joined += piece.key == "joined=and"
        numbered.append(((piece.clause, joined), piece))
    for _, group in groupby(numbered, key=lambda one: one[0]):
        yield [piece for _, piece in group]


def _told(pieces: Iterable[Piece], own: Iterable[Piece], kind: str) -> Told:
    sides = _sides(own, kind)
    words = [piece for piece in pieces if _kind(piece) != kind]
    figures = frozenset(piece.key for piece in words if piece.figure)
    return Told(sides, _words(words), figures, any(p.key in DENIALS or p.key.endswith("=-") for p in own))


def _words(pieces: Sequence[Piece]) -> frozenset[str]:
    """Chinese characters in pairs, all else as it stands; what binds is no word."""
    kept = [piece.key if piece.kind != "binding" else "" for piece in pieces]
    pairs = {one + other for one, other in pairwise(kept) if _is_character(one) and _is_character(other)}
    return frozenset(pairs | {key for key in kept if key and not _is_character(key)})


def _is_character(key: str) -> bool:
    return len(key) == 1 and key >= "\u3400"


def _kinds(pieces: Iterable[Piece]) -> set[str]:
    return {kind for piece in pieces if (kind := _kind(piece))}


def _sides(pieces: Iterable[Piece], kind: str) -> frozenset[str]:
    return frozenset(piece.key for piece in pieces if _kind(piece) == kind)


def _kind(piece: Piece) -> str:
    """The kind of which it is a side, or ""."""
    kind = SIDES.get(piece.key, piece.kind)
    return kind if kind in KINDS and piece.key in ONLY.get(kind, {piece.key}) else ""


def _prose(text: str) -> str:
    """A text without the rows of its tables."""
    return "\n".join(line for line in text.splitlines() if "|" not in line)


@lru_cache(maxsize=256)
def _parts(text: str) -> tuple[tuple[Piece, ...], ...]:
    """Sentences, and of those that semicolons join each."""
    parts = (groupby(sentence, key=lambda piece: piece.part) for sentence in sentences_of(text))
    return tuple(tuple(part) for sentence in parts for _, part in sentence)
