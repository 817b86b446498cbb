"""One check of one text: which detectors have run, what they found, and which rails have reported it.

NeMo knows a check only through the context variable that holds it, so checks running side by side cannot mix, and
what is found never travels through NeMo's events.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import replace

import structlog

from guardrails.detectors import Detector
from guardrails.intents import NO_INTENTS, IntentReader
from guardrails.masking import mask
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

WITHHELD = "[WITHHELD]"  # stands for a text that could not be masked
BLOCKING = frozenset({Action.REFUSE, Action.HAND_OFF, Action.HOLD})

_log = structlog.get_logger()
_current: ContextVar[Inspection] = ContextVar("inspection")


class RailFailed(Exception):
    """A detector raised. Carries no message of the cause: that may quote the customer."""


class Nonsense(Exception):
    """A detector returned what is no finding of it. Carries none of it: that may quote the customer."""


class Inspection:
    """The state of one check. ``text`` is what may go on: masked, or WITHHELD until it is.

    ``rules`` are the ids that findings may name. ``running`` is the detector at work, for the log. ``intents`` is what
    ``reader`` has read in the masked text.
    """

    def __init__(
        self,
        context: RailContext,
        detectors: Iterable[Detector],
        rules: frozenset[str],
        reader: IntentReader = NO_INTENTS,
    ) -> None:
        self.text = WITHHELD
        self.intents: frozenset[str] = frozenset()
        self.running = ""
        self._reader = reader
        self._understood = False
        self._context = context
        self._detectors = {detector.name: detector for detector in detectors}
        self._rules = rules
        self._found: dict[str, tuple[Finding, ...]] = {}
        self._reported: set[str] = set()

    @classmethod
    def current(cls) -> Inspection:
        """The check that the running action belongs to."""
        return _current.get()

    def enter(self) -> None:
        """Makes this the current check of the running task."""
        _current.set(self)

    @property
    def whole(self) -> bool:
        """Whether the text was understood and no detector failed."""
        return self._understood and self._found.keys() == self._detectors.keys()

    @property
    def reported(self) -> bool:
        """Whether the rails have asked for every detector; a text passes only then."""
        return self._reported == self._detectors.keys()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in order of detector name."""
        return tuple(finding for name in sorted(self._found) for finding in self._found[name])

    def run(self) -> None:
        """Runs every detector: first those that read raw text, then the others on the text with that masked."""
        raw = [detector for detector in self._detectors.values() if detector.reads_raw]
        self._detect(raw, self._context)
        if all(detector.name in self._found for detector in raw):
            self.text = mask(self._context.text, self.findings)
            self._understand()
            masked = replace(self._context, text=self.text, intents=self.intents or self._context.intents)
            self._detect([d for d in self._detectors.values() if not d.reads_raw], masked)

    def _understand(self) -> None:
        """Reads what the masked text calls for. One that can't be read is not passed."""
        self.running = "intents"
        try:
            self.intents = self._reader.labels(self.text)
        except Exception as error:
            _log.error("rail.failed", detector=self.running, error=type(error).__name__)
        else:
            self._understood = True

    def report(self, name: str) -> bool:
        """Whether the findings of the detector ``name`` block the text.

        Raises:
            RailFailed: the detector raised, was not run, or there is none of that name.
        """
        if name not in self._found:
            raise RailFailed(name)
        self._reported.add(name)
        return any(finding.action in BLOCKING for finding in self._found[name])

    def _detect(self, detectors: Iterable[Detector], context: RailContext) -> None:
        for detector in detectors:
            self.running = detector.name
            try:
                found = detector.detect(context)
                self._require_sound(found, detector.stage, context)
            except Exception as error:
                _log.error("rail.failed", detector=detector.name, error=type(error).__name__)
            else:
                self._found[detector.name] = found

    def _require_sound(self, found: object, stage: Stage, context: RailContext) -> None:
        """Whether a detector keeps to its types; a wrong one may come from anywhere, a model or an institution.

        Raises:
            Nonsense: it does not.
        """
        if not isinstance(found, tuple):
            raise Nonsense
        for finding in found:
            if not (isinstance(finding, Finding) and _is_typed(finding, stage)):
                raise Nonsense
            span, passage = finding.span, finding.passage
            inside = span is None or 0 <= span.start < span.end <= len(context.text)
            placed = passage is None or 0 <= passage < max(1, len(context.passages))
            if finding.rule_id not in self._rules or not inside or not placed:
                raise Nonsense


def _is_typed(finding: Finding, stage: Stage) -> bool:
    return (
        finding.stage is stage
        and isinstance(finding.action, Action)
        and isinstance(finding.severity, Severity)
        and (finding.reason is None or isinstance(finding.reason, Reason))
        and isinstance(finding.detail, str)
    )
