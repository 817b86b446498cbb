"""The checks of a finished answer that need more than its text: stored words, or the rulebook."""

from __future__ import annotations

from datetime import date
from functools import partial

from guardrails.detectors import Detector
from guardrails.disclosure import Occasion, cited_words, missing, owed_rules
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from guardrails.verification import Resolve, Support, judge


def output_checks(rulebook: Rulebook, resolve: Resolve, on: date) -> tuple[Detector, ...]:
    """The checks as detectors, so that they run on rails like all others."""
    return (
        Detector("claims", Stage.OUTPUT, False, partial(check_claims, resolve)),
        Detector("disclosures", Stage.OUTPUT, False, partial(check_disclosures, rulebook, on)),
    )


def check_claims(resolve: Resolve, context: RailContext) -> tuple[Finding, ...]:
    """A finding for each claim that its citations do not bear out; an answer without claims has nothing to stand on."""
    judgements = [judge(claim, resolve) for claim in context.claims]
    failed = [judgement for judgement in judgements if judgement.support is not Support.SUPPORTED]
    whys = [judgement.why for judgement in failed] if judgements else ["no claim"]
    return tuple(Finding("P07", Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.UNVERIFIED, detail=why) for why in whys)


def check_disclosures(rulebook: Rulebook, on: date, context: RailContext) -> tuple[Finding, ...]:
    """A finding for each statement that is not in the text byte for byte, or that the words owe and nobody settled."""
    answer = " ".join(claim.text for claim in context.claims)
    whose = (context.institution, context.language)
    passages = cited_words(citation for claim in context.claims for citation in claim.citations)
    occasion = Occasion(
        *whose,
        on,
        context.question,
        answer=answer,
        about=context.about,
        passages=passages,
        intents=context.intents,
    )
    settled = {disclosure.rule_id for disclosure in context.disclosures}
    absent = {disclosure.rule_id for disclosure in missing(context.text, context.disclosures)}
    absent |= {rule.id for rule in owed_rules(rulebook, occasion)} - settled
    return tuple(
        Finding(rule_id, Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.DISCLOSURE, detail="statement is missing")
        for rule_id in sorted(absent)
    )
