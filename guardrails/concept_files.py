"""One YAML entry -> one concept of the lexicon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from guardrails.errors import RulebookError
from guardrails.triggers import Concept

Entry = Mapping[str, Any]


def concepts_of(lexicon: Mapping[str, Any], known: Mapping[str, Concept]) -> dict[str, Concept]:
    """``known`` and the concepts written in ``lexicon``.

    Raises:
        RulebookError: one is wrong, or written again.
    """
    twice = sorted(known.keys() & lexicon.keys())
    if twice:
        raise RulebookError(f"concept {', '.join(twice)} is written more than once; keep one")
    concepts = dict(known)

    def place(name: str, above: tuple[str, ...]) -> None:
        """The kinds of a concept before itself, in whatever order the file has them."""
        if name in above:
            raise RulebookError(f"concept {name} is made of itself ({' of '.join((*above, name))}); break the circle")
        entry = lexicon.get(name)
        if name not in concepts and entry is not None:
            for kind in (entry.get("of") or ()) if isinstance(entry, Mapping) else ():
                place(str(kind), (*above, name))
            concepts[name] = concept(name, entry, concepts)

    for name in lexicon:
        place(str(name), ())
    return concepts


def concept(name: str, entry: Entry, known: Mapping[str, Concept]) -> Concept:
    """The concept ``name`` written in ``entry``; ``of`` names some of those ``known``.

    Raises:
        RulebookError: a language is missing, or an expression does not compile.
    """
    fault = f"concept {name}"
    if not isinstance(entry, Mapping) or not entry.keys() <= {"en", "zh", "but", "of"}:
        raise RulebookError(f"{fault} holds something beside en, zh, but and of; correct it")
    kinds = tuple(entry.get("of", ()))
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        raise RulebookError(f"{fault} is made of {', '.join(unknown)}, written nowhere; write it into a lexicon")
    if not kinds and not (entry.get("en") and entry.get("zh")):
        raise RulebookError(f"{fault} lacks words in en or zh; write both (P22)")
    made = Concept(
        name=name,
        expressions=MappingProxyType({key: tuple(entry[key]) for key in ("en", "zh") if entry.get(key)}),
        but=tuple(entry.get("but", ())),
        of=tuple(known[kind] for kind in kinds),
    )
    _compiled(fault, made)
    return made


def _compiled(fault: str, made: Concept) -> None:
    for expression in (*(e for words in made.expressions.values() for e in words), *made.but):
        try:
            re.compile(expression)
        except (re.error, TypeError) as error:
            raise RulebookError(f"{fault}: '{expression}' is no regular expression ({error}); correct it") from error
