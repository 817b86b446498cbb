"""A rulebook as it is kept and compared: its content in one canonical form, and every entry of it by name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from guardrails.errors import RulebookError
from guardrails.rule_content import Content, content_of
from guardrails.types import Reason

Entry = Mapping[str, Any]  # a rule, a concept or a list of words as its file has it

DISCLOSURES, CONDUCT = "disclosures", "conduct"
SECTIONS = (DISCLOSURES, CONDUCT)  # the sections of rules; entries of others are named "section/name"
WORDS = "words"  # under which a section that is a plain list is an entry


@dataclass(frozen=True)
class RulebookContent:
    """What a rulebook says. ``text`` is canonical JSON: equal content, equal text; dates are YYYY-MM-DD in it."""

    text: str

    @classmethod
    def of(cls, content: Content) -> RulebookContent:
        """The content in its canonical form."""
        return cls(canonical(content.plain()))

    @classmethod
    def read(cls, text: str) -> RulebookContent:
        """The content that ``text`` keeps, whether canonical or not.

        Raises:
            RulebookError: it is no JSON of a rulebook.
        """
        try:
            sections = json.loads(text)
        except ValueError as error:
            raise RulebookError(f"the stored rulebook is no JSON ({error}); propose it again") from error
        known = {field.name for field in fields(Content)}
        if not isinstance(sections, dict) or not set(SECTIONS) <= sections.keys() <= known:
            raise RulebookError("what is stored is no rulebook of this program; propose it again")
        return cls(canonical(sections))

    @cached_property
    def version(self) -> str:
        """SHA-256 of the content, lower-case hex: what an answer names."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def parts(self) -> Content:
        """The content as it is loaded from: a concept stands below those it is made of."""
        return _content(json.loads(self.text))

    @cached_property
    def _sections(self) -> dict[str, Any]:
        sections: dict[str, Any] = json.loads(self.text)
        return sections

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every entry by name: a rule's is its id."""
        return {name: entry for _, name, entry in self.named()}

    def section_of(self, name: str) -> str | None:
        """The section that holds the entry, None where there is no such entry."""
        return next((section for section, known, _ in self.named() if known == name), None)

    def with_entry(self, section: str, name: str, entry: Entry | None) -> RulebookContent:
        """The same content with ``entry`` in the place of what bears that name; None takes it out."""
        sections: dict[str, Any] = json.loads(self.text)
        if section in SECTIONS:
            kept = [each for each in sections[section] if each["id"] != name]
            sections[section] = sorted([*kept, *([entry] if entry is not None else [])], key=lambda each: each["id"])
        elif name == f"{section}/{WORDS}":
            sections[section] = [] if entry is None else entry[WORDS]
        else:
            held = {key: value for key, value in sections.get(section, {}).items() if f"{section}/{key}" != name}
            own_name = name.removeprefix(f"{section}/")
            sections[section] = {**held, **({own_name: entry} if entry is not None else {})}
        return RulebookContent(canonical(sections))

    def named(self) -> Iterator[tuple[str, str, Entry]]:
        """Section, name and entry of everything, rules first."""
        for section in SECTIONS:
            yield from ((section, entry["id"], entry) for entry in self._sections[section])
        for section, held in self._sections.items():
            if isinstance(held, dict):
                yield from ((section, f"{section}/{name}", entry) for name, entry in held.items())
            elif section not in SECTIONS:
                yield section, f"{section}/{WORDS}", {WORDS: held}


def completed(content: RulebookContent, shipped: RulebookContent) -> RulebookContent:
    """``content`` with words for every reason this program has: a stored rulebook may be older than a reason.

    Its own words stand; for reasons it has none for, the ``shipped`` rule is added. Reasons of a past program are left
    out.
    """
    lacking = set(Reason)
    for entry in _conduct(content):
        kept = [reason for reason in entry.get("reasons", ()) if reason in lacking]
        lacking -= {Reason(reason) for reason in kept}
        if kept != list(entry.get("reasons", ())):
            content = content.with_entry(CONDUCT, entry["id"], {**entry, "reasons": kept})
    for entry in _conduct(shipped):
        new = [reason for reason in entry.get("reasons", ()) if reason in lacking]
        if new:
            known = content.entries.get(entry["id"])
            own = {**known, "reasons": [*known.get("reasons", ()), *new]} if known else {**entry, "reasons": new}
            content = content.with_entry(CONDUCT, entry["id"], own)
    return content


def _conduct(content: RulebookContent) -> tuple[Entry, ...]:
    return tuple(entry for section, _, entry in content.named() if section == CONDUCT)


def canonical(value: object) -> str:
    """JSON that is the same bytes for the same value: sorted keys, no blanks, characters as they are, days as text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _content(sections: Mapping[str, Any]) -> Content:
    own = {owner: _content(held) for owner, held in sections.get("own", {}).items()}
    values: dict[str, Any] = {name: tuple(held) if isinstance(held, list) else held for name, held in sections.items()}
    return Content(**{**values, "lexicon": founded(sections.get("lexicon", {})), "own": own})


def founded(lexicon: Mapping[str, Any]) -> dict[str, Any]:
    """The concepts, each after those it is made of; a circle comes as it is, for the loader to refuse."""
    ordered: dict[str, Any] = {}

    def place(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above or name not in lexicon:
            return
        entry = lexicon[name]
        for kind in (entry.get("of") or ()) if isinstance(entry, dict) else ():
            place(kind, (*above, name))
        ordered[name] = entry

    for name in lexicon:
        place(name, ())
    return ordered


EMPTY = RulebookContent.of(content_of([]))
