"""Which statements an answer owes, how they are added, and whether they are there byte for byte (promise 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from guardrails.dispute_bodies import dispute_body
from guardrails.errors import DisclosureError
from guardrails.figures import quotes_rate
from guardrails.intents import against
from guardrails.rule_files import ANSWER_SLOTS, DATE_SLOT, slots_of
from guardrails.rulebook import Rulebook
from guardrails.rules import Rule
from guardrails.triggers import Reading
from guardrails.types import Disclosure
from knowledge_bases.schema import Citation, Contact, Institution, Language

# An answer whose words owe nothing. It quotes a rate, as statements that date one are not owed where there is none.
SAYS_NOTHING = "1%"


@dataclass(frozen=True)
class Occasion:
    """What is answered, for settling what it owes. ``answer`` is empty where nothing is answered (a refusal).

    It is said on the day ``on``, about the day ``about`` (None: the same).
    ``tags`` are those of the cited versions, ``passages`` what is cited of them, headings included. ``as_at`` dates the
    rates of the answer, ``source`` names the documents it rests on; they fill the slots {date} and {source}.
    ``intents`` are the rules that the question calls for by its meaning.
    """

    institution: Institution
    language: Language
    on: date
    question: str
    tags: frozenset[str] = frozenset()
    answer: str = ""
    as_at: date | None = None
    source: str = ""
    about: date | None = None
    passages: tuple[str, ...] = ()
    intents: frozenset[str] = frozenset()


def owed_rules(rulebook: Rulebook, occasion: Occasion) -> tuple[Rule, ...]:
    """The rules whose statement is owed, in order of id.

    By tag, else by the words of question, answer or passages, or by what the question means (which no rule is owed by
    that has no trigger on words). A question's words don't count where it surely means something else, and what
    it means doesn't where it calls for a statement that this one would contradict.

    They are stacked: what one brings is owed with it. A statement about the answer's own sources is not owed where
    there is no answer, one that dates its rates not where it quotes none. What is owed is owed by the rules of the day
    it is said on; a statement of a dated fact by those of the day it is said about.
    """
    about = occasion.about or occasion.on

    def binds(rule: Rule) -> bool:
        day = about if rule.dated else occasion.on
        return rule.binds(occasion.institution, day) and _is_about(rule, occasion)

    readings = readings_of(rulebook, occasion)
    meant = occasion.intents - _yielding(rulebook, occasion, readings[0])
    sectors = set(occasion.institution.sectors)
    fired = (
        rule
        for rule in rulebook.disclosures
        if rule.sectors & sectors
        and binds(rule)
        and (
            (rule.triggers and rule.id in meant)
            or rule.owed_for(heard_by(rule, readings, occasion.intents), occasion.tags, occasion.institution)
        )
    )
    return rulebook.stacked(fired, binds)


def unasked(occasion: Occasion) -> Occasion:
    """``occasion`` as it is where the question is not answered: what was asked owes nothing."""
    return replace(occasion, question="", intents=frozenset())


def readings_of(rulebook: Rulebook, occasion: Occasion) -> list[Reading]:
    """The question as one thought, then the sentences of answer and passages."""
    read = rulebook.lexicon.read_sentences
    documents = (reading for text in (occasion.answer, *occasion.passages) for reading in read(text))
    return [rulebook.lexicon.read(occasion.question), *documents]


def _yielding(rulebook: Rulebook, occasion: Occasion, question: Reading) -> frozenset[str]:
    """The rules that the question calls for by its meaning, and by the side of what they yield to."""
    meant = (rule for rule in rulebook.disclosures if rule.yields_to and rule.id in occasion.intents)
    called = (r.id for r in meant if any(_asked(rulebook.rule(o), occasion, question) for o in r.yields_to))
    return frozenset(called)


def _asked(rule: Rule, occasion: Occasion, question: Reading) -> bool:
    """Whether the question alone calls for ``rule``, by its meaning or its words."""
    heard = heard_by(rule, (question,), occasion.intents)
    return rule.id in occasion.intents or rule.owed_for(heard, frozenset(), occasion.institution)


def heard_by(rule: Rule, readings: Iterable[Reading], intents: frozenset[str]) -> list[Reading]:
    """What the triggers of ``rule`` listen to: not to a question whose meaning speaks against it."""
    return [reading for reading in readings if not (reading.asked and against(rule.id) in intents)]


def cited_words(citations: Iterable[Citation]) -> tuple[str, ...]:
    """What citations say, each under its heading: a row of a table of loans is about a loan."""
    return tuple(f"{c.heading}: {c.quote}" if c.heading else c.quote for c in citations)


def lapsed_rules(rulebook: Rulebook, occasion: Occasion) -> tuple[Rule, ...]:
    """The rules whose statement is left out: owed if the answer were about the day it is said on, but no fact then."""
    if occasion.about in (None, occasion.on):
        return ()
    owed_then = {rule.id for rule in owed_rules(rulebook, occasion)}
    today = owed_rules(rulebook, replace(occasion, about=None))
    return tuple(rule for rule in today if rule.id not in owed_then)


def owed(rulebook: Rulebook, occasion: Occasion) -> tuple[Disclosure, ...]:
    """The statements owed, in the customer's language, slots filled.

    Raises:
        DisclosureError: a slot has no value; the answer must be held.
    """
    slots = _slots(occasion)
    return tuple(_statement(rule, occasion, slots) for rule in owed_rules(rulebook, occasion))


def session_statements(
    rulebook: Rulebook, institution: Institution, language: Language, on: date
) -> tuple[Disclosure, ...]:
    """The statements of a conversation's first message (D47 and what else is placed there)."""
    occasion = Occasion(institution, language, on, question="")
    return tuple(_statement(rule, occasion, _slots(occasion)) for rule in rulebook.session_rules(institution, on))


def place(text: str, disclosures: tuple[Disclosure, ...]) -> str:
    """``text`` followed by the statements it does not carry yet, a paragraph each; placing twice adds nothing."""
    return "\n\n".join([part for part in (text, *(d.text for d in missing(text, disclosures))) if part])


def missing(text: str, disclosures: tuple[Disclosure, ...]) -> tuple[Disclosure, ...]:
    """The statements that do not stand in ``text`` exactly as they are written."""
    return tuple(disclosure for disclosure in disclosures if disclosure.text not in text)


def day_in_words(day: date, language: Language) -> str:
    """A date as a customer reads it: "1 January 2026", "2026年1月1日"."""
    if language is Language.EN:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _is_about(rule: Rule, occasion: Occasion) -> bool:
    """Whether the answer has what the statement speaks of; most speak of nothing of the answer's own."""
    slots = slots_of(rule.statement.en) & ANSWER_SLOTS
    return not slots or (bool(occasion.answer) and (DATE_SLOT not in slots or quotes_rate(occasion.answer)))


def contact_slots(contact: Contact, language: Language) -> dict[str, str]:
    """How to reach the institution, by the names that words leave open (``CONTACT_SLOTS``)."""
    named = {f"hours_{each.value.lower().replace('-', '_')}": contact.hours.in_language(each) for each in Language}
    return {"phone": contact.phone, "email": contact.email, "hours": contact.hours.in_language(language), **named}


def _slots(occasion: Occasion) -> dict[str, str]:
    contact = occasion.institution.contact
    filled = {
        **contact_slots(contact, occasion.language),
        "complaint_contact": f"{contact.phone} / {contact.email}",
        "dispute_body": dispute_body(occasion.institution.sectors, occasion.language),
        **{name: wording.in_language(occasion.language) for name, wording in occasion.institution.slots.items()},
        "date": day_in_words(occasion.as_at, occasion.language) if occasion.as_at else "",
        "source": occasion.source,
    }
    return {name: value for name, value in filled.items() if value}


def _statement(rule: Rule, occasion: Occasion, slots: Mapping[str, str]) -> Disclosure:
    text = rule.statement.in_language(occasion.language)
    if rule.optional and rule.optional.tag in occasion.tags:
        text = f"{text} {rule.optional.wording.in_language(occasion.language)}"
    return Disclosure(rule.id, fill(rule.id, text, slots))


def fill(rule_id: str, text: str, slots: Mapping[str, str]) -> str:
    """``text`` with its slots filled.

    Raises:
        DisclosureError: a slot has no value.
    """
    unfilled = sorted(slots_of(text) - slots.keys())
    if unfilled:
        raise DisclosureError(
            f"{rule_id} needs {', '.join(unfilled)}; give the institution that slot, or the answer its as-at date"
        )
    return text.format_map(slots)
