"""Where in a text the words stand that owe a statement: for people who judge a rule, not for deciding anything."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.normalise import NormalText, normalise
from guardrails.rules import Rule
from guardrails.triggers import Concept
from knowledge_bases.schema import Span


def places_of(rule: Rule, text: str, *, asked: bool) -> tuple[Span, ...]:
    """The places in ``text`` of the words the rule's triggers are made of, in order, whatever else they wait for.

    ``asked``: it is a customer's, which every trigger hears.
    """
    normal = normalise(text)
    heard = (trigger for trigger in rule.triggers if asked or not trigger.hears)
    concepts = {concept for trigger in heard for group in trigger.groups for concept in group}
    return tuple(sorted({span for concept in concepts for span in _places(concept, normal)}))


def _places(concept: Concept, text: NormalText) -> Iterator[Span]:
    if concept.stands_in(text.text):
        yield from concept.patterns.marked(text)
    for kind in concept.of:
        yield from _places(kind, text)
