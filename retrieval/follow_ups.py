"""A follow-up put whole: what it names in the place of what was named before, or what is talked about before it.

What it leaves unsaid is taken from the customer's own turns, and only where a table holds the names: whatever says
more, or is about another table, is read as it stands and beside what was said before (``retrieval.dialogue``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from retrieval.choosing import named
from retrieval.dialogue import InContext, gone_on, leaned_on, leans, points_back
from retrieval.exchanged import Alike, Synonyms, piece, put_whole, run, short
from retrieval.own_words import SMALL
from retrieval.tokens import holds_chinese, is_character, is_pair, normalise, terms
from retrieval.types import Query

MOST_TELLING = 6  # terms; a Chinese word is about two

Tables = Callable[[InContext], Sequence[Alike]]


def whole(query: Query, tables: Tables, words: Synonyms) -> str:
    """The question of ``query`` with what it takes from before; empty where it takes nothing, or can't be told.

    ``tables`` are the things that stand for one another in what a reading of the question finds, the nearest first.
    """
    text, earlier = query.text, leaned_on(query.text, query.history, words.thesaurus)
    if not earlier or not (leans(text) or _is_short(text, words)):
        return ""
    near, before, since = tables(InContext(text, earlier)), earlier, gone_on(earlier, query.history)
    for turn in since:
        before = put_whole(turn, before, near, words) or before
    put = put_whole(text, before, near, words)
    if put or points_back(text):
        return put
    return _with_name(text, (*reversed(since), earlier), tables(InContext(text)), words)


def _is_short(turn: str, words: Synonyms) -> bool:
    """Whether ``turn`` says so little that what it is about may stand before it."""
    return 0 < len(_telling(turn, words)) <= MOST_TELLING


def _with_name(turn: str, before: Iterable[str], tables: Iterable[Alike], words: Synonyms) -> str:
    """``turn`` with the name of what is talked about, where a table is about all it says and names none of its things.

    ``before`` are the turns on that thing, the latest first: "What is the annual fee?" after a question about gold is
    about gold. Empty where the turn says anything that the table is not about, or no turn before names one thing of it.
    """
    about = [each for each in tables if _is_all_about(turn, each, words)]
    named = (name_in(normalise(said), each.names) for said in before for each in about)
    name = next(filter(None, named), "")
    return f"{name} {turn}" if name else ""


def _is_all_about(turn: str, alike: Alike, words: Synonyms) -> bool:
    """Whether what ``turn`` tells stands over the table, and nothing of it in a name."""
    telling = _telling(turn, words)
    if not telling or _names_any(turn, alike.names, words):
        return False
    over = frozenset(terms(alike.about))
    return all(not over.isdisjoint(words.lexicon.weigh(term)) or term in over for term in telling)


def _telling(turn: str, words: Synonyms) -> frozenset[str]:
    return frozenset(term for term in terms(words.lexicon.plainly(turn)) if not is_character(term)) - SMALL


def _names_any(turn: str, names: Sequence[str], words: Synonyms) -> bool:
    """Whether it tells one of ``names`` from another; one character that they share with it does not (現金, 金卡)."""
    if holds_chinese("".join(names)) and holds_chinese(turn):
        return bool(name_in(normalise(turn), names))
    return named(turn, names, words.lexicon)


def name_in(before: str, names: Sequence[str]) -> str:
    """The name that ``before`` says all of that tells it from the others, the one that says most; empty for none.

    A currency is no thing that is talked about: it stands beside many.
    """
    plain = list(map(short, names))
    shared = frozenset.intersection(*map(_parts, plain))
    telling = [_parts(name) - shared for name in plain]
    said = [_parts(run_of(before, name)) for name in plain]
    told = [own <= mine and not all(map(_is_currency, own)) for own, mine in zip(telling, said, strict=True)]
    met = [len(own) if is_told else 0 for own, is_told in zip(telling, told, strict=True)]
    best = max(met)
    return plain[met.index(best)] if best and met.count(best) == 1 else ""


def _is_currency(term: str) -> bool:
    return term.startswith("$")


def run_of(before: str, name: str) -> str:
    """What of ``name`` stands in ``before`` in one stretch."""
    start, end = piece(before, name, "") if holds_chinese(name) else run(before, name, "")
    return before[start:end]


def _parts(name: str) -> frozenset[str]:
    """The words of a name; of Chinese the characters."""
    return frozenset(term for term in terms(name) if not is_pair(term))
