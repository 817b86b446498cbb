"""What a customer reads when the assistant does not answer: the rulebook's words, with a way to a person in them."""

from __future__ import annotations

from guardrails.disclosure import contact_slots, fill
from guardrails.helplines import HELPLINES
from guardrails.rulebook import Rulebook
from guardrails.types import Reason
from knowledge_bases.schema import Institution, Language


def customer_words(
    rulebook: Rulebook, reason: Reason, institution: Institution, language: Language, reference: str = ""
) -> str:
    """The words for ``reason`` with the institution's telephone and hours; ``reference`` is a complaint's number.

    Raises:
        DisclosureError: the words need a number and there is none.
    """
    rule = rulebook.conduct_for(reason)
    assert rule.words is not None  # noqa: S101 -- loading has made sure: a reason has words
    helpline = institution.slots.get("helpline", HELPLINES)
    slots = {
        **contact_slots(institution.contact, language),
        "helpline": helpline.in_language(language),
        "reference": reference,
    }
    return fill(rule.id, rule.words.in_language(language), {name: value for name, value in slots.items() if value})
