"""What a customer reads when the assistant does not answer: the rulebook's words, with a way to a person in them."""

from __future__ import annotations

from guardrails.disclosure import fill
from guardrails.rulebook import Rulebook
from guardrails.types import Reason
from knowledge_bases.schema import Institution, Language


def customer_words(rulebook: Rulebook, reason: Reason, institution: Institution, language: Language) -> str:
    """The words for ``reason`` with the institution's telephone and hours."""
    rule = rulebook.conduct_for(reason)
    contact = institution.contact
    slots = {"phone": contact.phone, "email": contact.email, "hours": contact.hours.in_language(language)}
    return fill(rule.id, rule.words.in_language(language), slots)
