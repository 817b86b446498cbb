"""The interface's own words, kept in YAML: ``key: {en: …, zh-Hant: …, zh-Hans: …}``, slots in ``{braces}``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from knowledge_bases.schema import Language, Wording


class Texts:
    """Wordings by key. A key that is missing is a mistake of ours and raises KeyError."""

    def __init__(self, wordings: Mapping[str, Wording]) -> None:
        self._wordings = dict(wordings)

    @classmethod
    def load(cls, path: Path) -> Texts:
        """The texts in a YAML file.

        Raises:
            KeyError: a text lacks a language (P22: parity).
        """
        raw: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls({key: Wording(t["en"], t["zh-Hant"], t["zh-Hans"]) for key, t in raw.items()})

    def say(self, key: str, language: Language, /, **slots: str) -> str:
        """The text of ``key`` in ``language`` with its slots filled."""
        return self._wordings[key].in_language(language).format(**slots)

    def speaker(self, language: Language) -> Speaker:
        """``say`` for one language, for a template."""
        return Speaker(self, language)


class Speaker:
    """Texts in one language: ``t("key", name=…)`` in a template."""

    def __init__(self, texts: Texts, language: Language) -> None:
        self._texts = texts
        self.language = language

    def __call__(self, key: str, /, **slots: str) -> str:
        """The text of ``key`` with its slots filled."""
        return self._texts.say(key, self.language, **slots)
