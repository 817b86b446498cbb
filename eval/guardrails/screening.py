"""What the input detectors find in a text, run as the rails do: raw readers first, the others on the masked text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from app.embedding.engines import intent_reader
from guardrails.detectors import Detector, detectors
from guardrails.masking import mask
from guardrails.rails.canary import QUESTION
from guardrails.rails.inspection import BLOCKING
from guardrails.types import Finding, RailContext, Stage
from knowledge_bases.schema import Institution, Language

INPUT = tuple(detector for detector in detectors() if detector.stage is Stage.INPUT)
# Of these a text's meaning has the say, not the data in it, nor that nothing is asked.
JUDGED = frozenset(detector.name for detector in INPUT) - {"pii", "greeting"}


def screened(
    text: str, language: Language = Language.EN, whose: Institution = QUESTION.institution
) -> Mapping[str, tuple[Finding, ...]]:
    """Detector -> what it finds."""
    context = RailContext(whose, language, text)
    raw = {detector.name: detector.detect(context) for detector in INPUT if detector.reads_raw}
    hidden = mask(text, (finding for found in raw.values() for finding in found))
    masked = replace(context, text=hidden, intents=intent_reader().labels(hidden))
    return raw | {detector.name: detector.detect(masked) for detector in INPUT if not detector.reads_raw}


@cache
def blocked_by(text: str) -> frozenset[str]:
    """The detectors that keep ``text`` from being answered."""
    found = screened(text)
    return frozenset(name for name in JUDGED if any(finding.action in BLOCKING for finding in found[name]))


def parts(names: frozenset[str] = JUDGED) -> tuple[Detector, ...]:
    """The input detectors of these names."""
    return tuple(detector for detector in INPUT if detector.name in names)
