"""An answer as the guardrails are told of it: the occasion that statements are owed for, and what rails look at."""

from __future__ import annotations

from datetime import date

from app.answering.choices import as_chosen
from app.answering.ports import Draft
from app.answering.routing import cited
from app.answering.trail import Outcome, Trail
from app.answering.types import Sentence
from guardrails.disclosure import Occasion, cited_words
from guardrails.figures import quotes_rate, undated_figures
from guardrails.rules import Rule
from guardrails.types import Action, Claim, Finding, RailContext, Severity, Stage, Verdict
from knowledge_bases.schema import VersionInfo


def occasion_of(trail: Trail, today: date, sentences: tuple[Sentence, ...]) -> Occasion:
    """What is answered, for settling what it owes: ``sentences`` are empty where nothing is."""
    versions = [trail.retrieved.versions[key] for key in sorted(cited(sentences))]
    return Occasion(
        institution=trail.institution,
        language=trail.language,
        on=today,
        question=as_chosen(trail.question).text,
        tags=frozenset(tag for version in versions for tag in version.tags),
        answer=" ".join(sentence.text for sentence in sentences),
        as_at=_rates_as_at(trail, sentences),
        source="; ".join(dict.fromkeys(version.title for version in versions)),
        about=trail.on,
        passages=cited_words(citation for sentence in sentences for citation in sentence.citations),
        intents=trail.intents,
    )


def _rates_as_at(trail: Trail, sentences: tuple[Sentence, ...]) -> date | None:
    """The oldest day of what a rate is quoted from; what is cited beside it dates no rate."""
    citations = (citation for sentence in sentences for citation in sentence.citations if quotes_rate(citation.quote))
    versions = (trail.retrieved.versions[citation.key] for citation in citations)
    return min((version.as_at for version in versions if version.as_at), default=None)


def left_out(lapsed: tuple[Rule, ...], on: date) -> Verdict:
    """A note for the evidence: which statements were not added, as what they say was not so on the day asked about."""
    note = f"left out: not in force on {on.isoformat()}"
    findings = (Finding(rule.id, Stage.OUTPUT, Severity.S4, Action.ALLOW, detail=note) for rule in lapsed)
    return Verdict(Action.ALLOW, "", tuple(findings))


def context_of(trail: Trail, draft: Draft, outcome: Outcome) -> RailContext:
    """The finished answer as the output rails look at it."""
    return RailContext(
        institution=trail.institution,
        language=trail.language,
        text=outcome.text,
        question=as_chosen(trail.question).text,
        claims=claims_of(draft),
        disclosures=outcome.disclosures,
        about=trail.on,
        intents=trail.intents,
    )


def claims_of(draft: Draft) -> tuple[Claim, ...]:
    """Each sentence with the citations it rests on."""
    return tuple(Claim(sentence.text, sentence.citations) for sentence in draft.sentences)


def undated(trail: Trail, draft: Draft) -> tuple[Finding, ...]:
    """A finding for each amount of which no reader could tell the day (P07)."""
    return undated_figures(claims_of(draft), lambda key: _is_dated(trail.retrieved.versions[key]))


def _is_dated(version: VersionInfo) -> bool:
    """Whether a reader can tell of which day the version's figures are."""
    return version.as_at is not None or version.effective_from is not None
