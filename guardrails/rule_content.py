"""What rulebook files say, before it is judged: read from YAML, hashed, handed on whole."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from guardrails.errors import RulebookError

PARTS = frozenset({"spelling", "lexicon", "disclosures", "conduct"})


@dataclass(frozen=True)
class Content:
    """Entries as written, rules in order of id; ``own`` are the files of institutions, by the institution's id."""

    lexicon: Mapping[str, Any]
    disclosures: tuple[Mapping[str, Any], ...]
    conduct: tuple[Mapping[str, Any], ...] = ()
    spelling: tuple[str, ...] = ()
    own: Mapping[str, Content] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """SHA-256 of the canonical content, lower-case hex."""
        canonical = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def plain(self) -> dict[str, Any]:
        """The content as plain mappings and lists."""
        own = {owner: content.plain() for owner, content in self.own.items()}
        parts = {"lexicon": dict(self.lexicon), "disclosures": list(self.disclosures), "conduct": list(self.conduct)}
        parts |= {"spelling": list(self.spelling)}
        return {**parts, **({"own": own} if own else {})}


def read_content(folder: Path) -> Content:
    """What the ``*.yaml`` files of ``folder`` say; empty where there is none.

    Raises:
        RulebookError: a file is not YAML or holds something else, or an entry has no id.
    """
    return content_of([_read(path) for path in sorted(folder.glob("*.yaml"))])


def content_of(files: Iterable[Mapping[str, Any]]) -> Content:
    """The content of several files together.

    Raises:
        RulebookError: an entry has no id, or a concept is written twice.
    """
    parts = list(files)
    lexicon = [entry for file in parts for entry in (file.get("lexicon") or {}).items()]
    refuse_duplicates("concept", (str(name) for name, _ in lexicon))
    return Content(
        lexicon=dict(lexicon),
        disclosures=tuple(sorted((entry for file in parts for entry in file.get("disclosures") or ()), key=rule_id)),
        conduct=tuple(sorted((entry for file in parts for entry in file.get("conduct") or ()), key=rule_id)),
        spelling=tuple(sorted(word for file in parts for word in file.get("spelling") or ())),
    )


def rule_id(entry: Any) -> str:
    """The id of a rule's entry.

    Raises:
        RulebookError: it has none.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise RulebookError(f"a rule has no id: {str(entry)[:80]!r}; give it one")
    return str(entry["id"])


def refuse_duplicates(what: str, names: Iterable[str]) -> None:
    """Raise where a name comes twice.

    Raises:
        RulebookError: it does.
    """
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise RulebookError(f"{what} {', '.join(twice)} is written more than once; keep one")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader either way
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        line = "" if place is None else f" line {place.line + 1}"
        raise RulebookError(f"{path.name}{line} is not valid YAML ({error.problem}); correct the file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulebookError(f"{path.name} is not valid YAML ({error}); save it as UTF-8 text") from error
    if not isinstance(content, dict) or not content.keys() <= PARTS:
        raise RulebookError(f"{path.name} may only hold {', '.join(sorted(PARTS))}; correct the file")
    return content


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where there is one: ten times as quick
