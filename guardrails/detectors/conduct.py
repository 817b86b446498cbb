"""Conduct rules that need no more than a table: what a message asks for, and what becomes of it (P04-P06, P10, P18-P28).

A finding that ALLOWs is a caution: the message is answered from the documents, led in by the rule's words.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from knowledge_bases.schema import Sector

STAGE = Stage.INPUT

_ALL = frozenset(Sector)


@dataclass(frozen=True)
class _Row:
    """``sectors``: the rule binds institutions that have no other ones."""

    rule_id: str
    severity: Severity
    action: Action
    reason: Reason
    sectors: frozenset[Sector] = _ALL
    lexicon: str = ""


_ROWS = (
    _Row("P04", Severity.S3, Action.REFUSE, Reason.APPROVAL),
    _Row("P05", Severity.S3, Action.ALLOW, Reason.CLAIM),
    _Row("P06", Severity.S4, Action.REFUSE, Reason.COMPARISON),
    _Row("P10", Severity.S3, Action.REFUSE, Reason.LINK),
    _Row("P18", Severity.S2, Action.REFUSE, Reason.NOT_DISCUSSED),
    _Row("P19", Severity.S3, Action.ALLOW, Reason.ABROAD),
    _Row("P19", Severity.S2, Action.REFUSE, Reason.CAPITAL_RULES, lexicon="P19C"),
    _Row("P20", Severity.S4, Action.REFUSE, Reason.PROFESSIONAL),
    _Row("P23", Severity.S3, Action.ALLOW, Reason.PREMISE),
    _Row("P25", Severity.S3, Action.REFUSE, Reason.NOT_OFFERED, frozenset({Sector.SVF})),
    _Row("P27", Severity.S3, Action.REFUSE, Reason.NOT_DISCUSSED),
    _Row("P28", Severity.S3, Action.REFUSE, Reason.ENDORSEMENT),
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each rule that the message falls under."""
    sectors = frozenset(context.institution.sectors)
    binding = (row for row in _ROWS if sectors <= row.sectors)
    spans = ((row, conduct.called_for(row.lexicon or row.rule_id, context)) for row in binding)
    return tuple(Finding(row.rule_id, STAGE, row.severity, row.action, row.reason, span) for row, span in spans if span)
