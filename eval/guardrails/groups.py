"""Texts of one group, and on how many something fired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eval.shares import Share


@dataclass(frozen=True)
class Group:
    """``share`` of the group's texts that were hit, and ``what`` a hit is. ``wrong`` are those not as wanted."""

    name: str
    what: str
    share: Share
    wrong: tuple[str, ...] = ()


def group_of(name: str, what: str, texts: Iterable[str], hit: Callable[[str], bool], wanted: bool) -> Group:
    """The group of ``texts``, each held against ``hit``."""
    return counted(name, what, [(text, hit(text)) for text in texts], wanted)


def groups_of(
    rows: Iterable[Mapping[str, Any]], by: str, what: str, hit: Callable[[Mapping[str, Any]], bool], wanted: bool
) -> list[Group]:
    """A group for each value of the rows' field ``by``, in order."""
    outcomes: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in rows:
        outcomes[row[by]].append((row["text"], hit(row)))
    return [counted(name, what, found, wanted) for name, found in sorted(outcomes.items())]


def counted(name: str, what: str, outcomes: list[tuple[str, bool]], wanted: bool) -> Group:
    """The group of texts with their outcomes."""
    wrong = tuple(text for text, fired in outcomes if fired is not wanted)
    return Group(name, what, Share(sum(fired for _, fired in outcomes), len(outcomes)), wrong)
