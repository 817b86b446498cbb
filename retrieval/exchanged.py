"""A follow-up that only names another thing, put whole: "and the platinum?" after "What is the late charge on gold?".

Which things stand for one another no word says; the tables do, as rows or columns of one table. The words of what was
named before give way to the name of what is named now, and a figure gives way to a figure of the same kind ("and at
60?"). A turn that says anything more is none of these: what it asks is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge_bases.schema import Chunk, UnitKind
from retrieval.choosing import called, meant, place_in
from retrieval.columns import columns_of
from retrieval.concepts import Thesaurus
from retrieval.dialogue import points_back
from retrieval.expansion import Lexicon
from retrieval.quotable import MARK
from retrieval.tokens import holds_chinese, is_character, normalise, placed_terms, terms

CELL = " | "
GAP = 4  # characters between two words of one name


@dataclass(frozen=True)
class Alike:
    """Things that stand for one another: their ``names``, and the words ``about`` them over the table."""

    names: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True)
class Synonyms:
    """The word lists by which a name is known in other words."""

    lexicon: Lexicon
    thesaurus: Thesaurus


# How a turn begins and ends that only names another thing.
_BEFORE = re.compile(
    r"^\W*(?:\b(?:ok(?:ay)?|and|or|but|so|then|well|what|how|about|if|for|with|when|in|at|on|over|by|through|via|from|to|the|an?"
    r"|my|i|i'm|am|do|it|is|was|use|turn|using|same|instead)\b\W*)+"
    r"|^\W*(?:咁|噉|那么|那麼|那|如果|假如|換|换|轉|转|換成|换成|用|去|喺|在|係|是|打|經|经|打|我|要|話|说|\s)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:\b(?:one|ones|instead|please|then)\b|又?點樣|又?怎么样|又?怎麼樣|又如何|又點|搞|呢|嗎|吗|呀|啊|\W)+$", re.I
)
_ASIDE = re.compile(r"\s*[(（:：].*$")
_NUMBERED = re.compile(r"^\s*\d+(?:\([a-z]\))?[.\s]\s*")
_ORDINAL = re.compile(r"第?([一二两三四五六七八九\d])[级類类期号張张個个]?")
_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
_FIGURE = re.compile(
    r"(?P<before>\b(?:year|age|aged|level|day)\s+)?(?P<figure>\d(?:[\d,.]{0,8}\d)?)\s?(?P<unit>[万萬千歲岁年月日天次%]|個月|个月|k\b"
    r"|(?:months?|years?|days?|hours?)\b)?",
    re.IGNORECASE,
)


def put_whole(turn: str, before: str, tables: Sequence[Alike], words: Synonyms) -> str:
    """``before`` with what ``turn`` names in the place of the same kind of thing; empty where it says more, or none.

    ``tables`` are things that stand for one another, the nearest first.
    """
    core = _AFTER.sub("", _BEFORE.sub("", turn.strip())).strip()
    if not core or not (points_back(turn) or _is_name(normalise(core), tables)):
        return ""
    put = (_exchanged(normalise(core), normalise(before), alike, words) for alike in tables)
    return _with_figure(normalise(core), normalise(before)) or next(filter(None, put), "")


def _is_name(core: str, tables: Iterable[Alike]) -> bool:
    return any(short(name) == core for alike in tables for name in alike.names)


def tables_of(chunks: Iterable[Chunk]) -> tuple[Alike, ...]:
    """The rows, and the columns that stand for one another, of each table in ``chunks``."""
    return tuple(alike for chunk in chunks for alike in _tables(chunk) if len(alike.names) > 1)


def _tables(chunk: Chunk) -> tuple[Alike, ...]:
    cells = [chunk.words(unit.span).split(CELL) for unit in chunk.units if unit.kind is UnitKind.ROW]
    heads = (chunk.words(unit.span) for unit in chunk.units if unit.kind in (UnitKind.CAPTION, UnitKind.HEADER))
    about, columns = " ".join((*chunk.heading_path, *heads)), columns_of(chunk)
    rows = [_plain(cell[1] if cell[0].strip().isdecimal() else cell[0]) for cell in cells if len(cell) > 1]
    beside = () if columns is None else columns.names[1:]
    return Alike(_distinct(rows), about), Alike(_distinct(map(_plain, beside)), about)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


def _plain(cell: str) -> str:
    return _NUMBERED.sub("", MARK.sub("", cell)).strip()


def _exchanged(core: str, before: str, alike: Alike, words: Synonyms) -> str:
    names = alike.names
    now, was = _called(core, f"{before} {alike.about}", names, words), _spoken_of(before, names, words)
    if now is None or was is None or now == was:
        return ""
    start, end = _said_at(before, names[was], names[now])
    return f"{before[:start]}{short(names[now])}{before[end:]}" if start < end else ""


def _called(core: str, asked: str, names: Sequence[str], words: Synonyms) -> int | None:
    """The name that ``core`` is, or calls, and says nothing more but words of ``asked``."""
    full = _in_full(core, names)
    if full is not None:
        return full if _says_no_more(core.replace(short(names[full]), " "), asked) else None
    if place_in(core, len(names)) is not None:  # "the second one" is no name
        return None
    ways = (
        _by_words(core, names),
        _translated(core, asked, names, words),
        _by_concept(core, names, words),
        _by_number(core, names),
    )
    return next((way for way in ways if way is not None), None)


def _says_no_more(rest: str, asked: str = "") -> bool:
    known = frozenset(terms(asked))
    return all(is_character(term) or term in known for term in terms(rest))


def _by_words(core: str, names: Sequence[str]) -> int | None:
    """The only name that has every word of ``core``."""
    own = frozenset(term for term in terms(core) if not is_character(term))
    return _only(own <= frozenset(terms(name)) for name in names) if own else None


def _translated(core: str, asked: str, names: Sequence[str], words: Synonyms) -> int | None:
    """The name that ``core`` calls in the other language; in its own, equals of equals would meet too many."""
    other = holds_chinese(core) != holds_chinese("".join(names))
    return called(core, names, words.lexicon, asked) if other else None


def _by_concept(core: str, names: Sequence[str], words: Synonyms) -> int | None:
    """The only name that speaks of what ``core`` is a name for, in any language."""
    mentions = words.thesaurus.outermost(core)
    if len(mentions) != 1 or not _says_no_more(core[: mentions[0].start] + " " + core[mentions[0].end :]):
        return None
    return _only(not mentions[0].concepts.isdisjoint(words.thesaurus.named(name)) for name in names)


def _by_number(core: str, names: Sequence[str]) -> int | None:
    """The only name that has the number which ``core`` is: "第二級" is "Level 2"."""
    found = _ORDINAL.fullmatch(core)
    if found is None:
        return None
    number = found[1].translate(_DIGITS)
    return _only(f"#{number}" in terms(name) or f"第{found[1]}" in normalise(name) for name in names)


def _only(met: Iterable[bool]) -> int | None:
    places = [place for place, is_met in enumerate(met) if is_met]
    return places[0] if len(places) == 1 else None


def _spoken_of(before: str, names: Sequence[str], words: Synonyms) -> int | None:
    full = _in_full(before, names)
    return meant(before, names, words.lexicon) if full is None else full


def _in_full(text: str, names: Sequence[str]) -> int | None:
    """The longest name that stands in ``text``; None where none does, or two do."""
    lengths = [len(name) if _place(name, text) else 0 for name in map(short, names)]
    longest = max(lengths)
    return lengths.index(longest) if longest and lengths.count(longest) == 1 else None


def _place(name: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) if name else None


def short(name: str) -> str:
    """A name as it is compared and put: without what is said in brackets, or after a colon."""
    return normalise(_ASIDE.sub("", name)).strip()


def _said_at(before: str, was: str, now: str) -> tuple[int, int]:
    """Where ``before`` says the name ``was``, or as much of it as tells it from ``now``; (0, 0): it can't be told."""
    whole = _place(short(was), before)
    if whole is not None:
        return whole.span()
    if holds_chinese(before) != holds_chinese(was):
        return 0, 0
    return piece(before, was, now) if holds_chinese(before) else run(before, was, now)


def piece(before: str, was: str, now: str) -> tuple[int, int]:
    """The longest stretch of Chinese that ``before`` has of ``was``, if ``now`` hasn't it or is longer by it."""
    mine, other = normalise(was), normalise(now)
    found = SequenceMatcher(None, before, mine, autojunk=False).find_longest_match()
    words = before[found.a : found.a + found.size]
    return (
        (found.a, found.a + found.size) if found.size > 1 and (words not in other or mine[:2] == other[:2]) else (0, 0)
    )


def run(before: str, was: str, now: str) -> tuple[int, int]:
    """The words of ``was`` side by side in ``before``, where one of them is none of ``now``."""
    mine, other = frozenset(terms(was)), frozenset(terms(now))
    runs: list[tuple[int, int, bool]] = []
    for start, end, term in placed_terms(before):
        if term not in mine:
            continue
        if runs and start - runs[-1][1] <= GAP:
            runs[-1] = (runs[-1][0], end, runs[-1][2] or term not in other)
        else:
            runs.append((start, end, term not in other))
    return next(((start, end) for start, end, tells in runs if tells), (0, 0))


def _with_figure(core: str, before: str) -> str:
    """``before`` with the figure that ``core`` is in place of its own of that kind; empty where none is."""
    figure = _FIGURE.fullmatch(core)
    if figure is None:
        return ""
    mine = list(_FIGURE.finditer(before))
    alike = [each for each in mine if _kind(each) == _kind(figure) and _kind(each) != ("", "")] or mine
    if len(alike) != 1:
        return ""
    start, end = alike[0].span("figure")
    return f"{before[:start]}{figure['figure']}{before[end:]}"


def _kind(figure: re.Match[str]) -> tuple[str, str]:
    return (figure["before"] or "").strip(), figure["unit"] or ""
