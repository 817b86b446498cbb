"""The rulebook: every disclosure and conduct rule, loaded whole or not at all, and named by the hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from guardrails.errors import RulebookError
from guardrails.normalise import normalise
from guardrails.rule_files import conduct_rule, disclosure_rule
from guardrails.rules import ConductRule, Placement, Rule
from guardrails.types import Reason
from knowledge_bases.schema import Institution

SHIPPED = Path(__file__).parent / "rulebook"


@dataclass(frozen=True)
class Rulebook:
    """All rules, by id. ``version`` is the SHA-256 of their canonical content, lower-case hex."""

    disclosures: tuple[Rule, ...]
    conduct: tuple[ConductRule, ...]
    version: str

    def select(self, institution: Institution, on: date) -> tuple[Rule, ...]:
        """The disclosure rules that bind ``institution`` on the day ``on``: its sectors, its licences, in force."""
        return tuple(rule for rule in self.disclosures if rule.applies(institution, on))

    def session_rules(self, institution: Institution, on: date) -> tuple[Rule, ...]:
        """The rules whose statement belongs in the first message of a conversation."""
        return tuple(rule for rule in self.select(institution, on) if rule.placement is Placement.SESSION)

    def conduct_for(self, reason: Reason) -> ConductRule:
        """The conduct rule whose words a customer reads for ``reason``; loading has made sure that there is one."""
        return next(rule for rule in self.conduct if reason in rule.reasons)


def load_rulebook(folder: Path = SHIPPED) -> Rulebook:
    """The rulebook written in the ``*.yaml`` files of ``folder``.

    Raises:
        RulebookError: a file or rule is wrong; the message says which and what to do.
    """
    files = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    disclosures = sorted((entry for file in files for entry in file.get("disclosures", ())), key=_id)
    conduct = sorted((entry for file in files for entry in file.get("conduct", ())), key=_id)
    if not disclosures:
        raise RulebookError(f"{folder} holds no disclosure rule; point to a folder with rulebook files")
    _refuse_duplicates(_id(entry) for entry in [*disclosures, *conduct])
    rules = tuple(conduct_rule(entry) for entry in conduct)
    _refuse_gaps(rules)
    return Rulebook(
        disclosures=tuple(disclosure_rule(entry) for entry in disclosures),
        conduct=rules,
        version=_sha256({"disclosures": disclosures, "conduct": conduct}),
    )


def check_examples(rulebook: Rulebook) -> tuple[str, ...]:
    """What disclosure rules get wrong about their own examples, one sentence each; empty when all hold."""
    wrong = []
    for rule in rulebook.disclosures:
        tags = frozenset(tag for trigger in rule.triggers for tag in trigger.within)
        for expected, sentences in ((True, rule.examples.must_fire), (False, rule.examples.must_not_fire)):
            for sentence in sentences:
                text = normalise(sentence).text
                if any(trigger.fires(text, tags) for trigger in rule.triggers) is not expected:
                    wrong.append(f"{rule.id} {'misses' if expected else 'fires on'}: {sentence}")
    return tuple(wrong)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise RulebookError(f"{path.name} is not valid YAML ({error}); correct the file") from error
    if not isinstance(content, dict) or not content.keys() <= {"disclosures", "conduct"}:
        raise RulebookError(f"{path.name} may only hold 'disclosures' and 'conduct'; correct the file")
    return content


def _id(entry: Any) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise RulebookError(f"a rule has no id: {str(entry)[:80]!r}; give it one")
    return str(entry["id"])


def _refuse_duplicates(ids: Iterable[str]) -> None:
    twice = sorted(rule_id for rule_id, times in Counter(ids).items() if times > 1)
    if twice:
        raise RulebookError(f"rule {', '.join(twice)} is written more than once; keep one")


def _refuse_gaps(rules: tuple[ConductRule, ...]) -> None:
    written = Counter(reason for rule in rules for reason in rule.reasons)
    wrong = sorted(reason for reason in Reason if written[reason] != 1)
    if wrong:
        raise RulebookError(f"reason {', '.join(wrong)} needs exactly one conduct rule with words for the customer")


def _sha256(content: object) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
