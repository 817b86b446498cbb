"""Reading typed fields out of a parsed YAML mapping; every complaint names the file and the field's full path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from knowledge_bases.errors import InstitutionFileError
from knowledge_bases.schema import Language, Wording

EnumT = TypeVar("EnumT", bound=StrEnum)
ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Fields:
    """A mapping of ``file`` found under the dotted ``path`` (empty at the top)."""

    file: str
    values: Mapping[str, Any]
    path: str = ""

    def text(self, name: str) -> str:
        """A non-blank string."""
        value = self._required(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, "must be a non-empty text; quote it if it looks like a number or date")
        return value

    def optional_text(self, name: str) -> str | None:
        """A non-blank string, or None where absent or null."""
        return None if self.values.get(name) is None else self.text(name)

    def flag(self, name: str) -> bool:
        """true or false; false where absent."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def day(self, name: str) -> date | None:
        """A date, or None where absent or null; a quoted YYYY-MM-DD is read too."""
        value = self.values.get(name)
        if value is None or type(value) is date:
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.error(name, "must be a date written YYYY-MM-DD, or null") from None

    def days(self, name: str) -> tuple[date, ...]:
        """A list of dates, as ``day`` reads each; empty where absent."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or None in value:
            raise self.error(name, "must be a list of dates written YYYY-MM-DD")
        days = (Fields(self.file, {name: item}, self.path).day(name) for item in value)
        return tuple(day for day in days if day is not None)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of non-blank strings; empty where absent."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(name, "must be a list of texts")
        return tuple(value)

    def choice(self, name: str, values: type[EnumT]) -> EnumT:
        """One of an enumeration's values."""
        return self._member(name, self.text(name), values)

    def optional_choice(self, name: str, values: type[EnumT]) -> EnumT | None:
        """One of an enumeration's values, or None where absent or null."""
        return None if self.values.get(name) is None else self.choice(name, values)

    def choices(self, name: str, values: type[EnumT]) -> tuple[EnumT, ...]:
        """A non-empty list of an enumeration's values."""
        members = tuple(self._member(name, text, values) for text in self.texts(name))
        if not members:
            raise self.error(name, f"must list at least one of {_listed(values)}")
        return members

    def wording(self, name: str) -> Wording:
        """A text in all three languages."""
        part = self.part(name)
        return Wording(en=part.text("en"), zh_hant=part.text("zh-Hant"), zh_hans=part.text("zh-Hans"))

    def part(self, name: str) -> Fields:
        """A mapping inside this one."""
        value = self._required(name)
        if not isinstance(value, dict):
            raise self.error(name, "must be a mapping of names to values")
        return Fields(self.file, value, self._full(name))

    def optional_map(self, name: str, read: Callable[[Fields, str], ValueT]) -> dict[str, ValueT]:
        """A mapping whose every entry is read by ``read(part, key)``; empty where absent."""
        if self.values.get(name) is None:
            return {}
        part = self.part(name)
        return {str(key): read(part, str(key)) for key in part.values}

    def entries(self, name: str) -> Iterator[Fields]:
        """The mappings in a list; none where absent."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(name, "must be a list of mappings")
        for index, item in enumerate(value):
            yield Fields(self.file, item, f"{self._full(name)}[{index}]")

    def error(self, name: str, problem: str) -> InstitutionFileError:
        """The complaint about field ``name`` of this mapping."""
        return InstitutionFileError(self.file, self._full(name), problem)

    def languages(self, name: str) -> dict[Language, tuple[str, ...]]:
        """A mapping of languages to lists of texts; empty where absent."""
        found = self.optional_map(name, lambda part, key: part.texts(key))
        return {self._member(name, key, Language): texts for key, texts in found.items()}

    def _required(self, name: str) -> Any:
        if self.values.get(name) is None:
            raise self.error(name, "is missing; add it")
        return self.values[name]

    def _member(self, name: str, text: str, values: type[EnumT]) -> EnumT:
        try:
            return values(text)
        except ValueError:
            raise self.error(name, f"{text!r} is not known; use one of {_listed(values)}") from None

    def _full(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _listed(values: type[StrEnum]) -> str:
    return ", ".join(member.value for member in values)
