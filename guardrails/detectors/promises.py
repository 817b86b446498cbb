"""Promises, pressure and recommendations in generated sentences (P01, P02, P03, P28). Quotations are the documents' own."""

from __future__ import annotations

from guardrails.detectors.guarantee import PROMISE
from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from guardrails.verification import is_quotation

STAGE = Stage.OUTPUT

_RECOMMENDS = Patterns(
    r"\b(?:i|we) (?:would )?(?:strongly )?(?:recommend|suggest|advise)\b",
    r"\byou should (?:buy|sell|invest|switch|choose|pick|surrender|move|put)\b",
    r"\b(?:best|ideal|perfect) (?:choice|option|fund|plan|product) for you\b",
    "(?:我|我哋|我們)(?:建議|推薦|推介)(?:你|您)",
    "(?:你|您)(?:應該|應|該)(?:買|賣|投資|轉換|選擇|揀|退保)",
    "最適合(?:你|您)",
)
_PRESSURES = Patterns(
    r"\b(?:buy|apply|invest|act|sign up) now\b|\blimited (?:quota|time offer)\b|\bdon'?t miss\b|\bhurry\b",
    "(?:立即|馬上|即刻)(?:買|投資|購買)|名額有限|萬勿錯過|唔好錯過",
)
_ENDORSED = Patterns(
    r"\b(?:hkma|sfc|mpfa|insurance authority|ia)[- ](?:approved|endorsed|certified)\b",
    r"\b(?:approved|endorsed|certified|guaranteed) by the (?:hkma|sfc|mpfa|government)\b",
    "(?:金管局|證監會|保監局|積金局)(?:推薦|推介|認證|保證)",
)
_RULES = (
    ("P01", Severity.S1, Reason.ADVICE, _RECOMMENDS),
    ("P02", Severity.S2, Reason.ADVICE, _PRESSURES),
    ("P03", Severity.S1, Reason.GUARANTEE, PROMISE),
    ("P28", Severity.S2, Reason.UNVERIFIED, _ENDORSED),
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each rule that the generated sentences break."""
    written = normalise("\n".join(claim.text for claim in context.claims if not is_quotation(claim))).text
    return tuple(
        Finding(rule_id, STAGE, severity, Action.HOLD, reason)
        for rule_id, severity, reason, patterns in _RULES
        if written in patterns
    )
