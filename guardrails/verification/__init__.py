"""A claim against the spans it cites. ``checks/`` holds the checks, one file each."""

from __future__ import annotations

from guardrails.verification.groundedness import groundedness
from guardrails.verification.judging import entails, is_quotation, judge
from guardrails.verification.second_judge import Asked, IndependentJudge, JudgeFailed, SecondJudge
from guardrails.verification.types import Judgement, Resolve, Support

__all__ = [
    "Asked",
    "IndependentJudge",
    "JudgeFailed",
    "Judgement",
    "Resolve",
    "SecondJudge",
    "Support",
    "entails",
    "groundedness",
    "is_quotation",
    "judge",
]
