"""Runs the detectors, has NeMo Guardrails decide flow by flow, settles one verdict.

Closed when in doubt (promise 6). A text passes only when every detector has run, every rail has asked for its result,
none blocks, and NeMo agrees. NeMo is given the masked text and its logs are off: they would print it. The process must
set NEMO_GUARDRAILS_NO_USAGE_STATS=1 (app/settings.py does).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from nemoguardrails import LLMRails, RailsConfig
from nemoguardrails.rails.llm.options import RailStatus, RailType

from guardrails import checks
from guardrails.detectors import Detector, detectors
from guardrails.rails import canary
from guardrails.rails.inspection import BLOCKING, Inspection
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage, Verdict
from guardrails.verification import Resolve

_FOLDER = Path(__file__).parent
_log = structlog.get_logger()
_ORDER = tuple(Action)
_ROLE = {Stage.INPUT: "user", Stage.OUTPUT: "assistant"}


logging.getLogger("nemoguardrails").setLevel(logging.CRITICAL + 1)


class _NoHistory(dict[str, Any]):
    """NeMo keeps the events of every message it has seen; here each check stands alone and nothing is kept."""

    def __setitem__(self, key: str, value: Any) -> None:
        pass


class Rails:
    """The input and output rails under one rulebook; safe to call concurrently in one event loop.

    ``replacements`` stand in for detectors or output checks of the same name. ``timeout_s`` bounds a whole check.
    """

    def __init__(self, rulebook: Rulebook, replacements: Iterable[Detector] = (), timeout_s: float = 5.0) -> None:
        self._rulebook = rulebook
        self._replacements = {detector.name: detector for detector in replacements}
        self._timeout_s = timeout_s
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="rails")
        self._nemo = LLMRails(RailsConfig.from_path(str(_FOLDER)))
        self._nemo.events_history_cache = _NoHistory()

    async def check_input(self, context: RailContext) -> Verdict:
        """The verdict on a question. Its ``text`` is the masked question, ``[WITHHELD]`` if masking itself failed."""
        return await self._check(Stage.INPUT, context, ())

    async def check_output(self, context: RailContext, resolve: Resolve) -> Verdict:
        """The verdict on an answer as it would be released; ``resolve`` gives the stored words of a citation."""
        return await self._check(Stage.OUTPUT, context, checks.output_checks(self._rulebook, resolve, _today()))

    async def canary(self) -> bool:
        """Whether a benign question and a sound answer pass all rails; False means that the rails are broken."""
        asked = await self.check_input(canary.QUESTION)
        answered = await self.check_output(canary.ANSWER, lambda citation: citation.quote)
        return asked.action is Action.ALLOW and answered.action is Action.ALLOW

    def close(self) -> None:
        """Stops the threads; detectors that are still running are not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _check(self, stage: Stage, context: RailContext, extra: tuple[Detector, ...]) -> Verdict:
        shipped = (*(detector for detector in detectors() if detector.stage is stage), *extra)
        inspection = Inspection(context, (self._replacements.get(d.name, d) for d in shipped))
        try:
            passed = await _bounded(self._run(stage, inspection), self._timeout_s)
        except Exception as error:
            return _failed(stage, inspection, type(error).__name__)
        verdict = _verdict(inspection)
        if not inspection.whole or (passed and not inspection.reported):
            return _failed(stage, inspection, "incomplete")
        if passed is (verdict.action in BLOCKING):
            return _failed(stage, inspection, "disagreement")
        return verdict

    async def _run(self, stage: Stage, inspection: Inspection) -> bool:
        """Whether NeMo lets the text pass. The detectors run in one go, in a thread, so that time limits hold."""
        await asyncio.get_running_loop().run_in_executor(self._pool, inspection.run)
        inspection.enter()
        messages = [{"role": _ROLE[stage], "content": inspection.text}]
        result = await self._nemo.check_async(messages, rail_types=[RailType(stage.value)])
        return bool(result.status is not RailStatus.BLOCKED)


async def _bounded(work: Coroutine[Any, Any, bool], timeout_s: float) -> bool:
    """The result of ``work``, or TimeoutError after ``timeout_s``.

    Not asyncio.timeout: NeMo's parallel rails swallow a cancellation; the check would wait for the slow rail and pass.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=timeout_s)
        if not done:
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()


def _verdict(inspection: Inspection) -> Verdict:
    """The gravest action wins; among equals the worst severity gives the reason."""
    findings = inspection.findings
    if not findings:
        return Verdict(Action.ALLOW, inspection.text)
    worst = min(findings, key=lambda f: (-_ORDER.index(f.action), f.severity, f.rule_id))
    return Verdict(worst.action, inspection.text, findings, worst.reason)


def _failed(stage: Stage, inspection: Inspection, why: str) -> Verdict:
    _log.error("rails.held", stage=stage.value, why=why)
    failure = Finding("H01", stage, Severity.S2, Action.HOLD, Reason.RAIL_FAILED)
    return Verdict(Action.HOLD, inspection.text, (*inspection.findings, failure), Reason.RAIL_FAILED)


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Hong_Kong")).date()
