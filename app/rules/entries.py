"""A rule's entry as a form shows it: the fields people change one by one, and the rest as it stands in a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from guardrails.rulebook_content import CONDUCT, DISCLOSURES, Entry, canonical
from knowledge_bases.schema import Language

_OWN_FIELDS = ("id", "title", "source", "effective_from", "effective_to", "off_because", "confirmed_by", "examples")
_EMPTY_DISCLOSURE: Entry = {
    "sectors": [],
    "tags": [],
    "force": "CUST",
    "placement": "answer",
    "grades": {language.value: "?" for language in Language},
    "triggers": [],
}


class EntryRefused(ValueError):
    """The form can't be read as a rule; the message is for the person who filled it in."""


@dataclass(frozen=True)
class EntryForm:
    """The fields of a rule as text. ``rest`` is YAML: triggers, tags, sectors and whatever else an entry may hold."""

    section: str
    rule_id: str
    title: str
    words: Mapping[Language, str]
    source: str
    effective_from: str
    effective_to: str
    off_because: str
    confirmed_by: str
    must_fire: str
    must_not_fire: str
    rest: str

    @classmethod
    def of(cls, section: str, entry: Entry) -> EntryForm:
        """The form of an entry; of an empty one, the form of a new rule."""
        words, examples = entry.get(words_of(section)) or {}, entry.get("examples") or {}
        rest = {key: value for key, value in entry.items() if key not in (*_OWN_FIELDS, words_of(section))}
        return cls(
            section=section,
            rule_id=entry.get("id", ""),
            title=entry.get("title", ""),
            words={language: words.get(language.value, "") for language in Language},
            source=entry.get("source", ""),
            effective_from=entry.get("effective_from") or "",
            effective_to=entry.get("effective_to") or "",
            off_because=entry.get("off_because") or "",
            confirmed_by=entry.get("confirmed_by") or "",
            must_fire="\n".join(examples.get("must_fire", ())),
            must_not_fire="\n".join(examples.get("must_not_fire", ())),
            rest=as_yaml(rest or (_EMPTY_DISCLOSURE if section == DISCLOSURES and not entry else {})),
        )

    @classmethod
    def sent(cls, text: Callable[[str], str]) -> EntryForm:
        """The form as it was sent; ``text`` gives a field by name."""
        return cls(
            section=CONDUCT if text("section") == CONDUCT else DISCLOSURES,
            rule_id=text("rule_id"),
            title=text("title"),
            words={language: text(f"words_{language.value}") for language in Language},
            source=text("source"),
            effective_from=text("effective_from"),
            effective_to=text("effective_to"),
            off_because=text("off_because"),
            confirmed_by=text("confirmed_by"),
            must_fire=text("must_fire"),
            must_not_fire=text("must_not_fire"),
            rest=text("rest"),
        )

    def entry(self, before: Entry | None) -> Entry:
        """The entry that the form describes; fields that were not written ``before`` and are empty stay unwritten.

        Raises:
            EntryRefused: the rest is no YAML of fields.
        """
        entry: dict[str, Any] = {**self._rest(), "id": self.rule_id, "title": self.title, "source": self.source}
        entry[words_of(self.section)] = {language.value: self.words[language] for language in Language}
        known = before or {}
        for name in ("effective_from", "effective_to", "off_because", "confirmed_by"):
            value = getattr(self, name)
            if value or name in known:
                entry[name] = value or None
        if self.must_fire or self.must_not_fire or "examples" in known:
            entry["examples"] = {"must_fire": _lines(self.must_fire), "must_not_fire": _lines(self.must_not_fire)}
        plain: Entry = json.loads(canonical(entry))
        return plain

    def _rest(self) -> dict[str, Any]:
        try:
            rest = yaml.safe_load(self.rest) or {}
        except yaml.YAMLError as error:
            raise EntryRefused(f"“Other fields” is not valid YAML ({error}). Correct it.") from error
        if not isinstance(rest, dict):
            raise EntryRefused("“Other fields” holds no fields. Write them as “name: value”, a line each.")
        return rest


def words_of(section: str) -> str:
    """The field in which rules of a section have what customers read."""
    return "words" if section == CONDUCT else "statement"


def as_yaml(value: object) -> str:
    """``value`` as a file would have it; empty for nothing."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100) if value else ""


def flattened(entry: Entry | None) -> dict[str, str]:
    """An entry's fields as text, those of three languages apart, lists a line each; empty ones are left out."""
    flat: dict[str, str] = {}
    for name, value in (entry or {}).items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for key, part in parts:
            if part not in (None, "", [], {}):
                flat[f"{name}.{key}" if key else name] = _text(part)
    return flat


def _text(value: object) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return as_yaml(value).rstrip() if isinstance(value, list | dict) else str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
