"""One YAML entry -> one rule or concept. Everything a reviewer could have forgotten is an error that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

from guardrails.concept_files import concept
from guardrails.errors import RulebookError
from guardrails.rules import (
    ConductAction,
    ConductRule,
    Enforcement,
    Examples,
    Force,
    Grade,
    Optional,
    Placement,
    Rule,
)
from guardrails.triggers import Concept, Hears, Trigger
from guardrails.types import Reason
from knowledge_bases.schema import Language, Sector, Wording

Entry = Mapping[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)
Parsed = TypeVar("Parsed", Rule, ConductRule)

# What a statement may leave open. An institution's own slots come first, then its contact, then the answer's.
INSTITUTION_SLOTS = frozenset(
    {
        "helpline",
        "bank",
        "insurer",
        "trustee",
        "licensee",
        "licence_no",
        "complaint_contact",
        "dispute_body",
        "period",
        "basis",
    }
)
# The hours are in the customer's language, or in the one that is named, for words that speak several.
CONTACT_SLOTS = frozenset({"phone", "email", "hours", "hours_en", "hours_zh_hant", "hours_zh_hans"})
ANSWER_SLOTS = frozenset({"date", "source"})
DATE_SLOT = "date"  # of an answer's rates
REPLY_SLOTS = frozenset({"reference"})  # of a reply in place of an answer: a complaint's number
SLOTS = INSTITUTION_SLOTS | CONTACT_SLOTS | ANSWER_SLOTS | REPLY_SLOTS
_CONDUCT_ID = re.compile(r"P\d\d")
_CONDUCT_NEEDS = ("action", "sectors", "grade")  # of P01-P28, which a reviewer must be able to place
_SLOT = re.compile(r"\{([^{}]*)\}")


def slots_of(text: str) -> frozenset[str]:
    """The names of the slots in ``text``."""
    return frozenset(_SLOT.findall(text))


def _of_good_form(parse: Callable[..., Parsed]) -> Callable[..., Parsed]:
    """``parse``, for which a field of another form than expected is a fault of the rule, as any other."""

    @wraps(parse)
    def parsed(entry: Entry, *further: Any, **named: Any) -> Parsed:
        try:
            return parse(entry, *further, **named)
        except (TypeError, AttributeError, KeyError) as error:
            fault = f"a field has another form than rules have ({error}); write it as a shipped rule has it"
            raise _fault(entry, fault) from error

    return parsed


@_of_good_form
def disclosure_rule(entry: Entry, concepts: Mapping[str, Concept], owner: str | None = None) -> Rule:
    """The disclosure rule written in ``entry``; its triggers name ``concepts``.

    Raises:
        RulebookError: something is missing, unknown or contradictory.
    """
    _refuse_unknown(entry, RULE_FIELDS)
    return Rule(
        id=_need(entry, "id"),
        title=_need(entry, "title"),
        sectors=frozenset(_choice(entry, Sector, value) for value in _need(entry, "sectors")),
        licences=frozenset(entry.get("licences", ())),
        tags=frozenset(entry.get("tags", ())),
        triggers=tuple(_trigger(entry, trigger, concepts) for trigger in entry.get("triggers", ())),
        statement=_wording(entry, _need(entry, "statement")),
        optional=_optional(entry),
        force=_choice(entry, Force, _need(entry, "force")),
        placement=_choice(entry, Placement, _need(entry, "placement")),
        source=_need(entry, "source"),
        grades=_grades(entry),
        confirmed_by=entry.get("confirmed_by"),
        effective_from=_day(entry, _need(entry, "effective_from")),
        effective_to=None if entry.get("effective_to") is None else _day(entry, entry["effective_to"]),
        dated=_flag(entry, "dated"),
        examples=_examples(entry, FEWEST if entry.get("triggers") else 0),
        brings=tuple(entry.get("brings", ())),
        yields_to=tuple(entry.get("yields_to", ())),
        off_because=entry.get("off_because"),
        owner=owner,
    )


RULE_FIELDS = frozenset(
    {
        "id", "title", "sectors", "licences", "tags", "triggers", "statement", "optional", "force", "placement",
        "source", "grades", "confirmed_by", "effective_from", "effective_to", "dated", "examples", "brings",
        "yields_to", "off_because",
    }
)  # fmt: skip
FEWEST = 3  # examples that must fire, and that must not


@_of_good_form
def conduct_rule(entry: Entry) -> ConductRule:
    """The conduct rule written in ``entry``.

    Raises:
        RulebookError: something is missing or unknown.
    """
    reasons = tuple(_choice(entry, Reason, value) for value in entry.get("reasons", ()))
    for field in _CONDUCT_NEEDS if _CONDUCT_ID.match(str(entry.get("id"))) else ():
        _need(entry, field)
    if not reasons and not entry.get("detector") and not entry.get("enforced"):
        raise _fault(entry, "nothing holds it; name its detector, or what enforces it and the test that shows it")
    return ConductRule(
        id=_need(entry, "id"),
        title=_need(entry, "title"),
        reasons=reasons,
        detector=entry.get("detector"),
        words=_wording(entry, _need(entry, "words")) if reasons or "words" in entry else None,
        source=_need(entry, "source"),
        examples=_examples(entry, 1) if entry.get("detector") else Examples((), ()),
        action=_choice(entry, ConductAction, entry.get("action", ConductAction.REFUSE)),
        sectors=frozenset(_choice(entry, Sector, value) for value in entry.get("sectors", Sector)),
        tags=frozenset(entry.get("tags", ())),
        grade=_choice(entry, Grade, entry["grade"]) if "grade" in entry else None,
        enforced=tuple(Enforcement(**how) for how in entry.get("enforced", ())),
    )


def _fault(entry: Entry, fault: str) -> RulebookError:
    return RulebookError(f"rule {entry.get('id', 'without id')}: {fault}")


def _need(entry: Entry, field: str) -> Any:
    if not entry.get(field):
        raise _fault(entry, f"'{field}' is missing or empty; write it")
    return entry[field]


def _choice(entry: Entry, choices: type[Choice], value: str) -> Choice:
    try:
        return choices(value)
    except ValueError as error:
        raise _fault(entry, f"'{value}' is unknown; choose one of {', '.join(choices)}") from error


def _day(entry: Entry, value: Any) -> date:
    """A day as YAML reads it, or as JSON keeps it."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _fault(entry, f"'{value}' is not a date; write YYYY-MM-DD") from error


def _flag(entry: Entry, field: str) -> bool:
    value = entry.get(field, False)
    if not isinstance(value, bool):
        raise _fault(entry, f"'{field}' is {value!r}; write true or false, or leave it out")
    return value


def _in_all_languages(entry: Entry, texts: Entry, what: str) -> dict[Language, Any]:
    missing = [language.value for language in Language if not texts.get(language.value)]
    if missing:
        raise _fault(entry, f"{what} lacks {', '.join(missing)}; write it in all three languages (P22)")
    return {language: texts[language.value] for language in Language}


def _wording(entry: Entry, texts: Entry) -> Wording:
    wording = _in_all_languages(entry, texts, "the wording")
    unknown = sorted(slots_of("".join(wording.values())) - SLOTS)
    if unknown:
        raise _fault(entry, f"unknown slot {', '.join(unknown)}; known are {', '.join(sorted(SLOTS))}")
    return Wording(wording[Language.EN], wording[Language.ZH_HANT], wording[Language.ZH_HANS])


def _optional(entry: Entry) -> Optional | None:
    if "optional" not in entry:
        return None
    return Optional(_need(entry["optional"], "tag"), _wording(entry, entry["optional"]))


def _grades(entry: Entry) -> Mapping[Language, Grade]:
    grades = _in_all_languages(entry, _need(entry, "grades"), "'grades'")
    return MappingProxyType({language: _choice(entry, Grade, value) for language, value in grades.items()})


def _trigger(entry: Entry, trigger: Entry, concepts: Mapping[str, Concept]) -> Trigger:
    """``any: [concepts]``, ``all: [concept, [one, of, these]]``, or the words themselves in three languages."""

    def named(name: object) -> Concept:
        if name not in concepts:
            raise _fault(entry, f"a trigger names the unknown concept {name!r}; write it into a lexicon")
        return concepts[str(name)]

    if not isinstance(trigger, Mapping):
        raise _fault(entry, f"the trigger {trigger!r} is no mapping; write any:, all: or words in three languages")
    _refuse_unknown({**entry, **trigger}, RULE_FIELDS | TRIGGER_FIELDS)
    groups = [tuple(named(name) for name in _listed(group)) for group in trigger.get("all", ())]
    groups += [tuple(named(name) for name in trigger["any"])] if "any" in trigger else []
    if not groups:
        words = _in_all_languages(entry, trigger, "a trigger")
        groups = [(_own_words(entry, words),)]
    return Trigger(
        groups=tuple(groups),
        unless=tuple(named(name) for name in trigger.get("unless", ())),
        within=frozenset(trigger.get("within", ())),
        licences=frozenset(trigger.get("licences", ())),
        only_in=frozenset(_choice(entry, Sector, value) for value in trigger.get("only_in", ())),
        hears=_choice(entry, Hears, trigger["hears"]) if "hears" in trigger else None,
    )


TRIGGER_FIELDS = frozenset({"any", "all", "unless", "within", "licences", "only_in", "hears", *Language})


def _own_words(entry: Entry, words: Mapping[Language, Any]) -> Concept:
    chinese = (*words[Language.ZH_HANT], *words[Language.ZH_HANS])
    return concept(str(entry["id"]), {"en": words[Language.EN], "zh": chinese}, {})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _refuse_unknown(entry: Entry, known: frozenset[str]) -> None:
    unknown = sorted(str(field) for field in entry if field not in known)
    if unknown:
        raise _fault(entry, f"unknown field {', '.join(unknown)}; correct or remove it")


def _examples(entry: Entry, fewest: int) -> Examples:
    """At least ``fewest`` of each kind and, from three on, of each language; none for a rule that only tags owe."""
    examples = entry.get("examples") or {}
    fire, quiet = tuple(examples.get("must_fire", ())), tuple(examples.get("must_not_fire", ()))
    if min(len(fire), len(quiet)) < fewest:
        raise _fault(entry, f"an example of must_fire or must_not_fire is missing; write at least {fewest} of each")
    return Examples(fire, quiet)
