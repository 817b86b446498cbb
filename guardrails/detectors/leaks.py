"""Personal data or secrets in an answer (P11): nothing the assistant says may carry them."""

from __future__ import annotations

from dataclasses import replace

from guardrails.detectors import credentials, pii
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.OUTPUT

# Telephones, e-mail addresses and places stand in the institution's own documents.
_NEVER_SAID = frozenset({"HKID", "CARD", "PASSPORT", "OTP", "PIN", "CVV"})


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each identity number, card number or secret."""
    found = (*pii.detect(context), *credentials.detect(context))
    return tuple(
        replace(finding, stage=STAGE, severity=Severity.S1, action=Action.HOLD, reason=Reason.UNVERIFIED)
        for finding in found
        if finding.detail in _NEVER_SAID
    )
