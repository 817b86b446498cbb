"""What an institution may change of the rulebook: switch customary rules off, and add rules of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from guardrails.concept_files import concepts_of
from guardrails.errors import RulebookError
from guardrails.rule_content import Content, rule_id
from guardrails.rule_files import disclosure_rule
from guardrails.rules import Rule
from guardrails.triggers import Concept
from knowledge_bases.schema import Institution, Language

_NOT_WORDS = re.compile(r"\W+|\{[^{}]*\}")


def own_rules(owner: str, content: Content, shipped: Sequence[Rule], concepts: Mapping[str, Concept]) -> list[Rule]:
    """The rules of institution ``owner``: ids "owner.…", with concepts of its own beside the shipped ``concepts``.

    Raises:
        RulebookError: a rule is wrong or shadows a shipped one, or the files hold what is not the institution's to say.
    """
    if content.conduct:
        raise RulebookError(f"{owner} may not write conduct rules; propose a change to the shipped ones")
    strange = [rule_id(entry) for entry in content.disclosures if not rule_id(entry).startswith(f"{owner}.")]
    if strange:
        raise RulebookError(f"rule {', '.join(strange)} of {owner} needs an id that starts with '{owner}.'; rename it")
    known = concepts_of(content.lexicon, concepts)
    rules = [disclosure_rule(entry, known, owner) for entry in content.disclosures]
    _refuse_shadows(rules, shipped)
    return rules


def refuse_switches(rules: Iterable[Rule], institution: Institution) -> None:
    """Raise where the institution switches off what it may not.

    Raises:
        RulebookError: a rule is unknown, or neither customary nor the institution's own.
    """
    known = {rule.id: rule for rule in rules if rule.owner in (None, institution.id)}
    unknown = sorted(institution.rules_off - known.keys())
    if unknown:
        raise RulebookError(
            f"{institution.id} switches off {', '.join(unknown)}, no disclosure rule; remove it from rules"
        )
    bound = sorted(name for name in institution.rules_off if not known[name].may_be_off)
    if bound:
        raise RulebookError(
            f"{institution.id} may not switch off {', '.join(bound)}: only CUST rules may be; remove it from rules: off"
        )


def _refuse_shadows(rules: Iterable[Rule], shipped: Iterable[Rule]) -> None:
    """A statement that holds a shipped one would count as that one, whatever it says around it."""
    taken = [(_squeezed(text), rule) for rule in shipped for text in _texts(rule)]
    for rule in rules:
        said = [_squeezed(text) for text in _texts(rule)]
        for words, other in taken:
            if rule.title == other.title or any(words in text or text in words for text in said):
                raise RulebookError(
                    f"rule {rule.id} shadows {other.id}: its title or statement is that rule's, or holds it; "
                    "write only what is the institution's own"
                )


def _texts(rule: Rule) -> Iterable[str]:
    return (rule.statement.in_language(language) for language in Language)


def _squeezed(text: str) -> str:
    return _NOT_WORDS.sub("", text).casefold()
