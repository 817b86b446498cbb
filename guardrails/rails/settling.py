"""From what was found and what NeMo says to one verdict; whatever does not fit together is held."""

from __future__ import annotations

from dataclasses import replace

import structlog

from guardrails import conduct
from guardrails.normalise import normalise
from guardrails.rails.inspection import BLOCKING, WITHHELD, Inspection
from guardrails.rails.models import ModelCheck
from guardrails.types import Action, Finding, Opinion, Reason, Severity, Stage, Verdict
from guardrails.verification.second_judge import objections

_log = structlog.get_logger()
_ORDER = tuple(Action)
_READ_INTO = frozenset({Reason.HUMAN_WANTED, Reason.COMPLAINT})
_LEAVE_NO_DOUBT = frozenset({Reason.INJECTION, Reason.NOT_DISCUSSED})
_JUDGES = frozenset(check.flow for check in ModelCheck)


def settled(stage: Stage, inspection: Inspection, passed: bool, blocked_by: str | None) -> Verdict:
    """The verdict where findings and NeMo agree; ``blocked_by`` names the flow that blocked, if one did."""
    verdict = _verdict(inspection, inspection.findings)
    if not inspection.whole or (passed and not inspection.reported):
        return failed(stage, inspection, "incomplete")
    if passed is not (verdict.action in BLOCKING):
        return verdict
    if blocked_by in _JUDGES:
        judged = Finding("H15", stage, Severity.S2, Action.HOLD, Reason.JUDGED, detail=blocked_by or "")
        return _verdict(inspection, (*inspection.findings, judged))
    return failed(stage, inspection, "disagreement")


def overruled(verdict: Verdict, opinions: tuple[Opinion, ...]) -> Verdict:
    """The verdict that lets an answer pass, held where a second judge does not agree; with what that one said."""
    found = objections(opinions)
    if not found:
        return replace(verdict, opinions=opinions)
    return Verdict(Action.HOLD, verdict.text, (*verdict.findings, *found), Reason.UNVERIFIED, verdict.intents, opinions)


def failed(stage: Stage, inspection: Inspection, why: str) -> Verdict:
    """Held, as something did not work; with what was found all the same."""
    _log.error("rails.held", stage=stage.value, why=why, at=inspection.running)
    failure = Finding("H01", stage, Severity.S2, Action.HOLD, Reason.RAIL_FAILED)
    return Verdict(Action.HOLD, inspection.text, (*inspection.findings, failure), Reason.RAIL_FAILED)


def unread(stage: Stage, rule_id: str, reason: Reason) -> Verdict:
    """Closed without a look, and nothing of the text goes on: a question is refused, anything else held."""
    action = Action.REFUSE if stage is Stage.INPUT else Action.HOLD
    return Verdict(action, WITHHELD, (Finding(rule_id, stage, Severity.S3, action, reason),), reason)


def _verdict(inspection: Inspection, findings: tuple[Finding, ...]) -> Verdict:
    """The gravest action wins; among equals the worst severity gives the reason. A life comes before all of them.

    A message in a language that nobody reads is refused for that, whatever it was taken for. A wish for a person, or a
    complaint, stands back before a refusal that leaves no doubt (``_stands_back``).
    """
    if not findings:
        return Verdict(Action.ALLOW, inspection.text, intents=inspection.intents)
    findings = _with_a_person(findings)
    heeded = [finding for finding in findings if not _stands_back(finding, inspection, findings)]
    worst = min(heeded, key=_gravity)
    return Verdict(worst.action, inspection.text, findings, worst.reason, inspection.intents)


def _gravity(finding: Finding) -> tuple[bool, int, bool, Severity, str]:
    """What is heeded first sorts first."""
    gravest = -_ORDER.index(finding.action)
    distress, language = finding.reason is not Reason.DISTRESS, finding.reason is not Reason.LANGUAGE
    return distress, gravest, language, finding.severity, finding.rule_id


def _with_a_person(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Who lost their work and asks what is not answered here has a person instead, not a refusal."""
    if not any(finding.action in BLOCKING for finding in findings):
        return findings
    instead = {"action": Action.HAND_OFF, "reason": Reason.VULNERABLE}
    return tuple(replace(f, **instead) if f.reason is Reason.HARDSHIP else f for f in findings)  # type: ignore[arg-type]


def _stands_back(finding: Finding, inspection: Inspection, findings: tuple[Finding, ...]) -> bool:
    """Whether a wish for a person or a complaint is only read into an attack, or into a question about others.

    It is where both judges of orders agree; and where only one does, or others are asked about, if nothing but the
    meaning tells of the wish. Whoever is refused reads whom to call; a complaint that was none has a number and a case.
    """
    if finding.reason not in _READ_INTO:
        return False
    refused = [other.reason for other in findings if other.reason in _LEAVE_NO_DOUBT]
    agreed = refused.count(Reason.INJECTION) > 1
    return agreed or (bool(refused) and conduct.first(finding.rule_id, normalise(inspection.text)) is None)
