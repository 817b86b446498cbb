"""One check of one text: which detectors have reported, and what they found.

NeMo knows a check only through the context variable that holds it, so checks running side by side cannot mix, and
what is found never travels through NeMo's events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import Executor
from contextvars import ContextVar
from dataclasses import replace

import structlog

from guardrails.detectors import Detector
from guardrails.masking import mask
from guardrails.types import Action, Finding, RailContext

BLOCKING = frozenset({Action.REFUSE, Action.HAND_OFF, Action.HOLD})

_log = structlog.get_logger()
_current: ContextVar[Inspection] = ContextVar("inspection")


class RailFailed(Exception):
    """A detector raised. Carries no message of the cause: that may quote the customer."""


class Inspection:
    """The state of one check. ``context`` is what ordinary detectors see: masked once ``mask`` has run."""

    def __init__(self, context: RailContext, detectors: Iterable[Detector], pool: Executor) -> None:
        self.context = context
        self._detectors = {detector.name: detector for detector in detectors}
        self._pool = pool
        self._found: dict[str, tuple[Finding, ...]] = {}
        self._waiting = set(self._detectors)
        self._all_reported = asyncio.Event()

    @classmethod
    def current(cls) -> Inspection:
        """The check that the running action belongs to."""
        return _current.get()

    def enter(self) -> None:
        """Makes this the current check of the running task."""
        _current.set(self)

    @property
    def complete(self) -> bool:
        """Whether every detector has reported; a check that is not complete must be held."""
        return self._found.keys() == self._detectors.keys()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in order of detector name."""
        return tuple(finding for name in sorted(self._found) for finding in self._found[name])

    async def mask(self) -> None:
        """Runs the detectors that read raw text, then hides from all others what they marked."""
        for detector in self._detectors.values():
            if detector.reads_raw:
                await self._detect(detector)
        self.context = replace(self.context, text=mask(self.context.text, self.findings))

    async def report(self, name: str) -> bool:
        """Runs the detector ``name`` and waits for the others; whether its findings block the text.

        Raises:
            RailFailed: the detector raised, or there is none of that name.
        """
        try:
            if name not in self._found:
                await self._detect(self._detectors[name])
        except Exception as error:
            _log.error("rail.failed", detector=name, error=type(error).__name__)
            raise RailFailed(name) from None
        finally:
            self._waiting.discard(name)
            if not self._waiting:
                self._all_reported.set()
        await self._all_reported.wait()
        return any(finding.action in BLOCKING for finding in self._found[name])

    async def _detect(self, detector: Detector) -> None:
        """In the pool, so that a detector that hangs cannot keep the check from timing out."""
        loop = asyncio.get_running_loop()
        self._found[detector.name] = await loop.run_in_executor(self._pool, detector.detect, self.context)
