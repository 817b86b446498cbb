"""Asking back where a question does not say which product it means (what is said to it: ``choices.py``).

Nothing is made up: the choices are the names of rows that answer alike, cited. It is asked once; whoever chooses none
gets the rows of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.answering.choices import in_full
from app.answering.composers.candidates import cite
from app.answering.occasions import context_of
from app.answering.parts import Parts
from app.answering.ports import Draft, Retrieved
from app.answering.replies import statements
from app.answering.routing import cited, route_of
from app.answering.texts import texts
from app.answering.trail import Outcome, Trail
from app.answering.types import AnswerStatus, Part, Sentence
from app.switches.types import Route
from guardrails.errors import DisclosureError
from guardrails.types import Action, Stage
from knowledge_bases.schema import UnitKind
from retrieval.alternatives import Alternative, alternatives, speak_of_all
from retrieval.choosing import named
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.ranking import Quote

MOST_CHOICES = 4
COMPOSER = "clarify"
NEARLY = 0.4  # of the strength that an answer needs, 0.5: what is named in the reply makes the rest


@dataclass(frozen=True)
class Clarifier:
    """Asks back for one pipeline."""

    parts: Parts

    def may_ask(self, trail: Trail) -> bool:
        """Whether a question that is not answered might be asked back: nearly strong enough, and all of it is met.

        A weak question is not made strong by naming a product: the rows must speak of all that it names.
        """
        before, near = trail.question.asked_back, trail.retrieved.strength >= NEARLY
        if not near or not self.parts.asks_back or (before is not None and not before.listed):
            return False
        found = self._found(trail)
        return bool(found) and speak_of_all(in_full(trail.question).text, found, shipped_thesaurus())

    async def asked_back(self, trail: Trail) -> Outcome | None:
        """What is asked back; None for most, where what was found is one thing, or was asked for the turn before.

        In the second case the rows of all are put first among what is quoted.
        """
        found = self._found(trail)
        if not found:
            return None
        before = trail.question.asked_back
        if before is not None and not before.listed:
            trail.retrieved = _first(found, trail.retrieved)
            return None
        choices = tuple(_choice(trail.retrieved, each) for each in found[:MOST_CHOICES])
        if not self.parts.asks_back or route_of(trail, cited(choices)) is not Route.AUTO:
            return None
        try:
            outcome = self._question(trail, choices, more=len(found) > MOST_CHOICES)
        except DisclosureError:
            return None
        return outcome if await self._passes(trail, outcome) else None

    def _question(self, trail: Trail, choices: tuple[Sentence, ...], *, more: bool) -> Outcome:
        """The choices, with what the customer's question owes whatever is said to it."""
        words = texts(trail.language)
        notices = (words["notice_more_choices"],) if more else ()
        owed = statements(self.parts, trail, choices, None)
        return Outcome(AnswerStatus.CLARIFYING, None, words["lead_clarify"], choices, notices, owed)

    def _found(self, trail: Trail) -> tuple[Alternative, ...]:
        """The products that may be meant; none where this turn or one before names one."""
        asked = in_full(trail.question)
        found = alternatives(asked.text, trail.retrieved.quotes)
        names = [each.name for each in found]
        is_said = any(named(turn, names, shipped_lexicon()) for turn in (asked.text, *asked.history))
        return () if is_said else found

    async def _passes(self, trail: Trail, outcome: Outcome) -> bool:
        """Whether the output rails let the names out."""
        draft = Draft(COMPOSER, outcome.sentences)
        trail.drafts.append(draft)
        with trail.watch.lap("verify"):
            verdict = await self.parts.rails.check_output(
                context_of(trail, draft, outcome),
                lambda citation: self.parts.knowledge.resolve(trail.institution, citation),
                trail.rulebook,
            )
        trail.judge(Stage.OUTPUT, verdict)
        return verdict.action is Action.ALLOW


def _choice(retrieved: Retrieved, alternative: Alternative) -> Sentence:
    chunk = alternative.quote.quotable.passage.chunk
    info, citation = retrieved.versions[chunk.key], cite(chunk, alternative.unit)
    return Sentence(alternative.name, (Part(UnitKind.SENTENCE, citation),), info.title, info.as_at, quoted=True)


def _first(found: tuple[Alternative, ...], retrieved: Retrieved) -> Retrieved:
    """What was found, with the rows of all products ahead of everything else, as good as the best of it."""
    best = retrieved.quotes[0].score
    rows = tuple(_of_its_own(each, best) for each in found)
    others = (quote for quote in retrieved.quotes if not any(quote is each.quote for each in found))
    return replace(retrieved, quotes=(*rows, *others))


def _of_its_own(each: Alternative, score: float) -> Quote:
    """The row as a quote that no other makes needless: it alone speaks of its product."""
    return replace(each.quote, score=score, covered=each.quote.covered | {each.name})
