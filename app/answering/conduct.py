"""Conduct rules in an answer: what leads it in, what a reply is about, and what a customer's copy leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.answering.premises import correction
from app.answering.trail import Outcome, Trail
from guardrails.messages import customer_words
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Finding, Reason, Stage

# A message that is answered all the same, with words before the answer; the gravest first.
CAUTIONS = (Reason.HARDSHIP, Reason.CLAIM, Reason.ABROAD, Reason.PREMISE)
# Of these the words can stand alone, where the documents have nothing to add.
_STAND_ALONE = (Reason.CLAIM, Reason.ABROAD)
# What must not be seen to have been noticed (tipping off), and the rule it reads as.
_READS_AS = {"P18": "P27"}


def caution_of(trail: Trail) -> Reason | None:
    """The caution that the question calls for, None for most."""
    called = {f.reason for f in trail.findings if f.stage is Stage.INPUT and f.action is Action.ALLOW}
    return next((reason for reason in CAUTIONS if reason in called), None)


def unanswered(trail: Trail) -> tuple[Action, Reason]:
    """What becomes of a question that the documents have no answer to, and why: a person has who is in difficulty."""
    caution = caution_of(trail)
    if caution is Reason.HARDSHIP:
        return Action.HAND_OFF, Reason.VULNERABLE
    return Action.REFUSE, caution if caution in _STAND_ALONE else Reason.NOT_FOUND


def tags_of(rulebook: Rulebook, reason: Reason | None) -> frozenset[str]:
    """What words for ``reason`` are about, and so owe disclosures for."""
    return frozenset() if reason is None else rulebook.conduct_for(reason).tags


def cautioned(outcome: Outcome, trail: Trail, rulebook: Rulebook) -> Outcome:
    """``outcome`` led in by the caution that the question calls for, and by what corrects its figures."""
    reason = caution_of(trail)
    if reason is None:
        return outcome
    words = customer_words(rulebook, reason, trail.institution, trail.language)
    corrected = correction(trail.question.text, outcome.sentences, trail.language) if reason is Reason.PREMISE else ""
    return replace(outcome, lead="\n\n".join(part for part in (corrected, words, outcome.lead) if part))


def for_customers(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings as an answer carries them; the evidence keeps them as they are."""
    return tuple(replace(f, rule_id=_READS_AS[f.rule_id]) if f.rule_id in _READS_AS else f for f in findings)
