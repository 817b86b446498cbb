"""The console's words: one YAML file a language, ``key: text`` with slots in ``{braces}``."""

from __future__ import annotations

from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "words"


class Words:
    """Texts by key. A key that is missing is a mistake of ours and raises KeyError."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, path: Path) -> Words:
        """The texts in a YAML file."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def __call__(self, key: str, /, **slots: str | int) -> str:
        """The text of ``key`` with its slots filled; that of ``key_one`` for a ``count`` of 1, where there is one."""
        one = f"{key}_one"
        chosen = one if slots.get("count") == 1 and one in self._texts else key
        return self._texts[chosen].format(**slots)


WORDS = Words.load(FOLDER / "en.yaml")
