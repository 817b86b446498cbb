"""The prompts, one file a task and language: ``generate.en.md``. The front matter carries the version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge_bases.schema import Language


@dataclass(frozen=True)
class Prompt:
    """A prompt as it is sent. ``sha256`` of the whole file stands in the evidence."""

    text: str
    version: int
    sha256: str


@cache
def load_prompt(task: str, language: Language) -> Prompt:
    """The prompt for ``task`` in ``language``.

    Raises:
        FileNotFoundError: there is no such file; a packaging fault.
    """
    raw = (files(__name__) / f"{task}.{language.value}.md").read_text(encoding="utf-8")
    _, front, text = raw.split("---\n", 2)
    version = int(front.removeprefix("version:").strip())
    return Prompt(text=text.strip(), version=version, sha256=hashlib.sha256(raw.encode()).hexdigest())
