"""What a follow-up puts in the place of a thing said before: "and the platinum one?" asks nothing more of gold.

No words say which thing it is. Tables do: rows whose names differ by those two things alone stand for one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from retrieval.needs import Need
from retrieval.ranking import named_by
from retrieval.tokens import is_pair
from retrieval.views import View

Name = frozenset[str]


def left_behind(said: Sequence[Need], now: Sequence[Need], views: Iterable[View]) -> frozenset[Need]:
    """Those of ``said``, a follow-up's needs with what it leans on, that one of ``now``, its own, takes the place of.

    So it is where the names of two rows of a table in ``views`` are alike but for the one and the other.
    """
    before = [need for need in said if need not in now]
    return frozenset(old for table in _tables(views) for old in before if _is_replaced(old, now, table))


def _is_replaced(old: Need, now: Sequence[Need], table: Sequence[Name]) -> bool:
    was = _words(old)
    named = [name for name in table if was <= name]
    others = [name for name in table if not was <= name] if named else []
    return any(
        mine <= other and other - mine - was == name - mine - was != frozenset()
        for mine in map(_words, now)
        for other in others
        for name in named
    )


def _words(need: Need) -> Name:
    """Its words; of Chinese the characters, by which the names of rows are compared."""
    return frozenset(part for term in need.terms for part in (term if is_pair(term) else (term,)))


def _tables(views: Iterable[View]) -> list[list[Name]]:
    """How the rows of each table are named."""
    tables: dict[str, set[Name]] = defaultdict(set)
    for view in views:
        name = named_by(view.quotable)
        if name:
            tables[view.quotable.passage.chunk.id].add(name)
    return [list(names) for names in tables.values()]
