"""A text tried against the rulebook and the detectors: what fires, where, and what the customer would read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.answering.language import detect_language
from app.answering.ports import Rails
from guardrails.detectors import Detector, detectors
from guardrails.disclosure import SAYS_NOTHING, Occasion, owed, owed_rules, place, unasked
from guardrails.errors import DisclosureError
from guardrails.messages import customer_words
from guardrails.places import places_of
from guardrails.rulebook import Rulebook
from guardrails.rules import Rule
from guardrails.types import FIXED_WORDS, Action, Finding, RailContext, Reason, Severity, Stage, Verdict
from knowledge_bases.schema import Institution, Language, Span

MAX_TRIED_CHARACTERS = 4000


class Cause(StrEnum):
    """What owes a statement, or what a detector looked at."""

    QUESTION = "question"
    ANSWER = "answer"
    TAG = "tag"
    TOGETHER = "together"  # of the three, only all together


@dataclass(frozen=True)
class Tried:
    """What was typed. ``language`` None: told from the question."""

    question: str
    answer: str = ""
    tags: frozenset[str] = frozenset()
    language: Language | None = None


@dataclass(frozen=True)
class Mark:
    """A place in one of the texts, and the rules that fire on it."""

    span: Span
    rule_ids: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; ``rule_ids`` are empty where nothing fires."""

    text: str
    rule_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owing:
    """A statement that is owed, and by what."""

    rule: Rule
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Found:
    """What a detector found, in which text."""

    detector: str
    cause: Cause
    finding: Finding


@dataclass(frozen=True)
class Outcome:
    """A text tried. ``reads`` is what the customer would read, ``problem`` why nothing could be said (held)."""

    language: Language
    verdict: Verdict
    owing: tuple[Owing, ...]
    found: tuple[Found, ...]
    question: tuple[Piece, ...]
    answer: tuple[Piece, ...]
    reads: str
    problem: str | None = None

    @property
    def answered(self) -> bool:
        """Whether the question would be answered from documents."""
        return self.verdict.action in (Action.ALLOW, Action.REWRITE) and self.problem is None


async def try_text(
    rulebook: Rulebook, rails: Rails | None, institution: Institution, tried: Tried, on: date
) -> Outcome:
    """What ``tried`` leads to by ``rulebook``; without ``rails`` the detectors alone decide."""
    language = tried.language or detect_language(tried.question or tried.answer)
    context = RailContext(institution, language, tried.question)
    judged = await rails.check_input(context) if rails else None
    intents = judged.intents if judged else frozenset()
    found = tuple(_found(replace(context, intents=intents), Stage.INPUT, Cause.QUESTION))
    verdict = judged or _gravest(tried.question, found)
    spoken = replace(context, text=tried.answer, question=tried.question)
    found += tuple(_found(spoken, Stage.OUTPUT, Cause.ANSWER)) if tried.answer else ()
    occasion = Occasion(
        institution,
        language,
        on,
        tried.question,
        tried.tags,
        tried.answer,
        as_at=on,
        source=_source(language),
        intents=intents,
    )
    owing = tuple(Owing(rule, _causes(rulebook, rule, occasion)) for rule in owed_rules(rulebook, occasion))
    reads, problem = _reads(rulebook, occasion, verdict)
    marks = {cause: _marks(cause, text, owing, found) for cause, text in _texts(tried).items()}
    pieces = {cause: cut(text, marks[cause]) for cause, text in _texts(tried).items()}
    return Outcome(language, verdict, owing, found, pieces[Cause.QUESTION], pieces[Cause.ANSWER], reads, problem)


def cut(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """``text`` in pieces, each with every rule that fires on it; together they are the text."""
    marks = tuple(marks)
    edges = sorted({0, len(text), *(edge for m in marks for edge in (m.span.start, m.span.end) if edge <= len(text))})
    return tuple(Piece(text[start:end], _over(start, end, marks)) for start, end in pairwise(edges))


def _over(start: int, end: int, marks: tuple[Mark, ...]) -> tuple[str, ...]:
    over = [mark.rule_ids for mark in marks if mark.span.start <= start and end <= mark.span.end]
    return tuple(dict.fromkeys(rule_id for ids in over for rule_id in ids))


def _texts(tried: Tried) -> dict[Cause, str]:
    return {Cause.QUESTION: tried.question, Cause.ANSWER: tried.answer}


def _marks(cause: Cause, text: str, owing: Iterable[Owing], found: Iterable[Found]) -> tuple[Mark, ...]:
    asked = cause is Cause.QUESTION
    owed_here = (Mark(span, (each.rule.id,)) for each in owing for span in places_of(each.rule, text, asked=asked))
    findings = (each.finding for each in found if each.cause is cause)
    return (*owed_here, *(Mark(finding.span, (finding.rule_id,)) for finding in findings if finding.span))


def _found(context: RailContext, stage: Stage, cause: Cause) -> Iterable[Found]:
    """What each detector finds in the text as it was typed. One that raises is left out: the rails' verdict tells."""
    for detector in detectors():
        if detector.stage is stage:
            yield from (Found(detector.name, cause, finding) for finding in _detected(detector, context))


def _detected(detector: Detector, context: RailContext) -> tuple[Finding, ...]:
    try:
        return detector.detect(context)
    except Exception:
        failed = Finding("H01", detector.stage, Severity.S2, Action.HOLD, Reason.RAIL_FAILED)
        return (failed,)


def _gravest(text: str, found: tuple[Found, ...]) -> Verdict:
    order = tuple(Action)
    worst = max((each.finding for each in found), key=lambda finding: order.index(finding.action), default=None)
    if worst is None:
        return Verdict(Action.ALLOW, text)
    return Verdict(worst.action, text, tuple(each.finding for each in found), worst.reason)


def _causes(rulebook: Rulebook, rule: Rule, occasion: Occasion) -> tuple[Cause, ...]:
    """Which of question, answer and tags alone would owe the rule."""
    alone = {
        Cause.TAG: replace(occasion, question="", answer=SAYS_NOTHING, intents=frozenset()),
        Cause.QUESTION: replace(occasion, tags=frozenset(), answer=SAYS_NOTHING),
        Cause.ANSWER: replace(
            occasion, tags=frozenset(), question="", answer=occasion.answer or SAYS_NOTHING, intents=frozenset()
        ),
    }
    found = tuple(cause for cause, each in alone.items() if rule in owed_rules(rulebook, each))
    return found or (Cause.TOGETHER,)


def _reads(rulebook: Rulebook, occasion: Occasion, verdict: Verdict) -> tuple[str, str | None]:
    """The words the customer would read, and why they are held, if they are."""
    answered = verdict.action in (Action.ALLOW, Action.REWRITE) and verdict.reason not in FIXED_WORDS
    try:
        if answered:
            return place(occasion.answer, owed(rulebook, occasion)), None
        said = customer_words(rulebook, verdict.reason or Reason.RAIL_FAILED, occasion.institution, occasion.language)
        about_itself = rulebook.conduct_for(verdict.reason or Reason.RAIL_FAILED).tags
        return place(said, owed(rulebook, unasked(replace(occasion, answer="", tags=about_itself)))), None
    except DisclosureError as error:
        held = customer_words(rulebook, Reason.DISCLOSURE, occasion.institution, occasion.language)
        return held, str(error)


def _source(language: Language) -> str:
    return "Example document" if language is Language.EN else "文件示例"
