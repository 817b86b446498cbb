"""What answers are kept by: switches, rules and rails, and an institution's own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

from app.answering.models.settings import EVERYBODY
from app.composition import own_flows
from app.doctor.part import Part, institution_ids, looked_at
from app.embedding.engines import intent_reader
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from app.rules.looking import desk_of_rules
from app.rules.provider import StoredRulebooks, rulebooks_of
from app.switches.reading import all_settings, topics_with_rules, unknown_topics
from app.switches.topics import shipped_topics
from app.switches.types import Composer, Mode, Topic
from guardrails.errors import RulebookError
from guardrails.rails.engine import Rails
from guardrails.rule_examples import check_examples
from guardrails.rulebook import Rulebook, load_rulebook


def switches(foundation: Foundation) -> str:
    """What somebody stopped on purpose is no illness, but whoever looks for one should know of it first.

    Raises:
        ValueError: a switch stops a topic that does not exist, and so nothing.
    """
    ids = institution_ids(foundation)
    with foundation.database.read() as session:
        on, topics, unknown = all_settings(session), topics_with_rules(session, ids), unknown_topics(session)
    if unknown:
        named = ", ".join(f"{s.switch} for {'all' if s.everywhere else s.scope}" for s in unknown)
        raise ValueError(
            f"{named}: no such topic, so nothing is stopped; lift it, and suspend another (console · Switches; those "
            f"shipped are {', '.join(shipped_topics())})"
        )
    told = (f"{s.switch} for {'all' if s.everywhere else s.scope} since {s.at:%Y-%m-%d %H:%M} UTC" for s in on)
    said = f"ON: {'; '.join(told)} (candour switches list says why)" if on else "none is on"
    by_people = [f"{topic.id} of {each} ({topic.mode.value})" for each, topic in topics if topic.mode is not Mode.AUTO]
    composed = [_composed(foundation, each, topic) for each, topic in topics if topic.composer is not None]
    said += f"; topics for people: {', '.join(by_people)}" if by_people else ""
    return said + (f"; composer by topic: {', '.join(composed)}" if composed else "")


def _composed(foundation: Foundation, institution_id: str, topic: Topic) -> str:
    served = foundation.settings.served_models
    without = topic.composer is Composer.GENERATE and not {institution_id, EVERYBODY} & served.keys()
    by = f"{topic.composer}, but no model is configured: it is quoted" if without else f"{topic.composer}"
    return f"{topic.id} of {institution_id} ({by})"


def rulebook() -> str:
    rulebook = load_rulebook()
    wrong = check_examples(rulebook)
    if wrong:
        raise ValueError(f"{len(wrong)} examples fail, first: {wrong[0]}")
    return f"{len(rulebook.disclosures)} disclosures, {len(rulebook.conduct)} conduct rules, {rulebook.version[:12]}"


def rulebooks_in_force(foundation: Foundation) -> Iterator[Part]:
    """What each institution's answers go by; one that does not load is an illness, though the one before it answers."""
    try:
        rulebooks = rulebooks_of(foundation)
    except RulebookError:
        return  # told above, and nothing answers
    for institution_id in institution_ids(foundation):
        yield looked_at(f"rules of {institution_id}", partial(_in_force, foundation, rulebooks, institution_id))


def _in_force(foundation: Foundation, rulebooks: StoredRulebooks, institution_id: str) -> str:
    today = today_in_hong_kong()
    with foundation.database.read() as session:
        desk = desk_of_rules(session, institution_id, foundation.ledger, rulebooks, today)
    version = desk.standing.rulebook.version[:12]
    if desk.problems:
        raise RulebookError(f"{'; '.join(desk.problems)}: answers go by {version}")
    told = f"shipped, {version}" if desk.binding is None else f"approved, {version}"
    moved = "; what is below has moved since: review in console · Rules" if desk.moved else ""
    waiting = f"; {len(desk.waiting)} proposed changes wait" if desk.waiting else ""
    return f"{told}{moved}{waiting}"


def _going_by(foundation: Foundation) -> Rulebook:
    """The rulebook that answers go by: the last good one, where a shipped file is broken.

    Raises:
        RulebookError: a file is broken, and no earlier rulebook is kept.
    """
    return rulebooks_of(foundation).shipped


def rails(foundation: Foundation) -> str:
    rails = Rails(_going_by(foundation), models=foundation.settings.judges, intents=intent_reader())
    try:
        passes = asyncio.run(rails.canary())
        if rails.condition().faults or not passes:
            said = "a benign question does not pass: every answer would be held"
            raise ValueError("; ".join(rails.condition().faults) or said)
    finally:
        rails.close()
    return "a benign question passes"


def institutions_flows(foundation: Foundation) -> Iterator[Part]:
    """Which institutions have flows of their own, and whether a benign question passes them."""
    judges = foundation.settings.judges
    try:
        rulebook = _going_by(foundation)
    except RulebookError:
        return  # told above, and nothing answers
    rails = Rails(rulebook, own=own_flows(foundation), models=judges, intents=intent_reader())
    for institution_id in institution_ids(foundation):
        if rails.has_own(institution_id) or institution_id in foundation.settings.judges:
            yield looked_at(f"flows of {institution_id}", partial(_flows, rails, institution_id))
    rails.close()


def _flows(rails: Rails, institution_id: str) -> str:
    """Raises:
    ValueError: a flow is wrong, or stops everything.
    """
    fault = rails.faults_of(institution_id)
    if fault is not None:
        raise ValueError(f"{fault}; every answer of it is held")
    if not asyncio.run(rails.canary(institution_id)):
        raise ValueError("a benign question does not pass them: every answer of it is held")
    return "a benign question passes them"
