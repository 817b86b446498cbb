"""What the customer reads where there is no answer, and what even that owes."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from app.answering.conduct import for_customers, tags_of
from app.answering.occasions import left_out, occasion_of
from app.answering.parts import Parts
from app.answering.routing import way_on
from app.answering.texts import texts
from app.answering.trail import STATUS_OF, Outcome, Trail
from app.answering.types import Answer, AnswerStatus, Sentence
from guardrails.disclosure import lapsed_rules, owed, unasked
from guardrails.errors import DisclosureError
from guardrails.messages import customer_words
from guardrails.types import Action, Disclosure, Reason, Stage


def reply(parts: Parts, trail: Trail, action: Action, reason: Reason) -> Outcome:
    """An outcome without an answer; it owes what its own words are about, whatever was asked.

    A warning of loans is no comfort to whoever can't pay one, and nothing was said of a product that it could qualify;
    beside what is not discussed it would tell (P18).
    """
    lead = words_for(trail, reason)
    try:
        disclosures = _about_itself(parts, trail, reason)
    except DisclosureError:
        action, disclosures = Action.HOLD, ()
    return Outcome(STATUS_OF[action], reason, lead, notices=way_on(trail, reason), disclosures=disclosures)


def _about_itself(parts: Parts, trail: Trail, reason: Reason) -> tuple[Disclosure, ...]:
    """What the words for ``reason`` owe by what they are about.

    Raises:
        DisclosureError: a slot has no value.
    """
    with trail.watch.lap("disclose"):
        occasion = occasion_of(trail, parts.today(), ())
        return owed(trail.rulebook, unasked(replace(occasion, tags=tags_of(trail.rulebook, reason))))


def words_for(trail: Trail, reason: Reason) -> str:
    """The rulebook's words for ``reason``, in the customer's language."""
    return customer_words(trail.rulebook, reason, trail.institution, trail.language, trail.reference)


def statements(
    parts: Parts, trail: Trail, sentences: tuple[Sentence, ...], reason: Reason | None
) -> tuple[Disclosure, ...]:
    """What an answer's question, the cited versions' tags, the drafted words and the words for ``reason`` owe.

    Raises:
        DisclosureError: a slot has no value.
    """
    with trail.watch.lap("disclose"):
        occasion = occasion_of(trail, parts.today(), sentences)
        occasion = replace(occasion, tags=occasion.tags | tags_of(trail.rulebook, reason))
        lapsed = lapsed_rules(trail.rulebook, occasion)
        if lapsed:
            trail.judge(Stage.OUTPUT, left_out(lapsed, trail.on))
        return owed(trail.rulebook, occasion)


def never_answered(trail: Trail) -> Answer:
    """What the customer reads of a question whose answer was lost before its first word."""
    words = texts(trail.language)["lead_lost"]
    lost = Outcome(AnswerStatus.HELD, Reason.RAIL_FAILED, words)
    return replace(answer_of(trail, lost), answer_id=uuid4().hex)


def answer_of(trail: Trail, outcome: Outcome) -> Answer:
    """The answer that ``outcome`` is, as far as it goes."""
    return Answer(
        answer_id=trail.answer_id,
        status=outcome.status,
        reason=outcome.reason,
        language=trail.language,
        text=outcome.text,
        lead=outcome.lead,
        sentences=outcome.sentences,
        notices=outcome.notices,
        disclosures=outcome.disclosures,
        differing=outcome.differing,
        findings=for_customers(trail.findings),
        confidence=trail.retrieved.strength,
        snapshot=trail.retrieved.snapshot,
        reference=trail.reference if outcome.reason is Reason.COMPLAINT else None,
        timings_ms=trail.watch.timings_ms(),
        places=outcome.places,
    )
