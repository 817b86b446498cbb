"""Runs the detectors, has NeMo Guardrails decide flow by flow, settles one verdict.

Closed when in doubt (promise 6). A text passes only when it is no longer than is read, every detector has run, every
rail has asked for its result, none blocks, and NeMo agrees.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from guardrails import checks
from guardrails.detectors import Detector, detectors
from guardrails.errors import FlowError
from guardrails.intents import NO_INTENTS, IntentReader
from guardrails.rails import canary
from guardrails.rails.condition import Condition
from guardrails.rails.inspection import Inspection
from guardrails.rails.limits import AT_ONCE, HANGING, LONGEST, THREADS, TIMEOUT_S
from guardrails.rails.models import ModelRails
from guardrails.rails.own import NoFlows, OwnFlows
from guardrails.rails.settling import failed, overruled, settled, unread
from guardrails.rails.stepping import stepped
from guardrails.rails.workers import Workers
from guardrails.rulebook import Rulebook
from guardrails.types import Action, RailContext, Reason, Stage, Verdict
from guardrails.verification import Resolve, SecondJudge
from guardrails.verification.second_judge import recalled, to_be_asked

if TYPE_CHECKING:
    from guardrails.rails.flows import Flow
    from guardrails.rails.nemo import Nemo, Passage

_log = structlog.get_logger()
NO_MODELS: Mapping[str, ModelRails] = MappingProxyType({})
NOBODY: Mapping[str, SecondJudge] = MappingProxyType({})


class Rails:
    """The input, retrieval and output rails under one rulebook; safe to call concurrently.

    ``replacements`` stand in for detectors or output checks of the same name. ``own`` knows the flows of institutions,
    ``models`` the judgements asked of a model, by institution. ``timeout_s`` bounds a whole check.
    ``second_judges``, by institution, are asked of generated sentences when all else lets an answer pass. ``intents``
    reads what a question calls for.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        replacements: Iterable[Detector] = (),
        timeout_s: float = TIMEOUT_S,
        own: OwnFlows | None = None,
        models: Mapping[str, ModelRails] = NO_MODELS,
        second_judges: Mapping[str, SecondJudge] = NOBODY,
        intents: IntentReader = NO_INTENTS,
    ) -> None:
        self._rulebook = rulebook
        self._second_judges = second_judges
        self._intents = intents
        self._replacements = {detector.name: detector for detector in replacements}
        self._timeout_s = timeout_s
        self._own = own or NoFlows()
        self._models = models
        self._workers = Workers(THREADS, HANGING)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._one_by_one = threading.Lock()
        self._nemo, self._absent = _nemo()

    async def check_input(self, context: RailContext) -> Verdict:
        """The verdict on a question. Its ``text`` is the masked question, ``[WITHHELD]`` if masking itself failed."""
        return await self._check(Stage.INPUT, context)

    async def check_retrieval(self, context: RailContext) -> Verdict:
        """The verdict on ``context.passages``: findings name those that may not be used; HOLD where a rail failed."""
        return await self._check(Stage.RETRIEVAL, context)

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook | None = None) -> Verdict:
        """The verdict on an answer as it would be released; ``resolve`` gives the stored words of a citation.

        ``rulebook`` is the one the answer was made by; None: that of the rails.
        """
        rulebook = rulebook or self._rulebook
        ruled = checks.output_checks(rulebook, resolve, _today())
        verdict = await self._check(Stage.OUTPUT, context, ruled, rulebook)
        return await self._heard(context, verdict) if verdict.action is Action.ALLOW else verdict

    async def _heard(self, context: RailContext, verdict: Verdict) -> Verdict:
        """The verdict that lets an answer pass, unless a second judge objects. No worker waits for it meanwhile."""
        second, asked = self._second_judges.get(context.institution.id), to_be_asked(context.claims)
        if context.opinions is not None:
            opinions = recalled(asked, context.opinions)
        else:
            opinions = () if second is None else await second.hear(asked, context.language)
        return overruled(verdict, opinions)

    async def canary(self, institution_id: str = canary.ID) -> bool:
        """Whether a benign question, passage and answer pass all rails, the institution's own among them."""
        asked, found, answered = canary.of(institution_id)
        verdicts = (
            await self.check_input(asked),
            await self.check_retrieval(found),
            await self.check_output(answered, lambda citation: citation.quote),
        )
        return all(verdict.action is Action.ALLOW for verdict in verdicts)

    def condition(self) -> Condition:
        """What is wrong with the engine itself, apart from what a canary finds."""
        return Condition(nemo=self._absent, hanging=self._workers.lost, bearable=HANGING)

    def faults_of(self, institution_id: str) -> str | None:
        """What is wrong with the institution's own flows, in a sentence with file and line; None: nothing."""
        try:
            self._own.of(institution_id)
        except FlowError as error:
            return str(error)
        return None

    def has_own(self, institution_id: str) -> bool:
        """Whether the institution has flows of its own, right or wrong."""
        return bool(self._flows_of(institution_id) or self.faults_of(institution_id))

    def close(self) -> None:
        """Stops the threads; detectors that are still running are not waited for."""
        self._workers.close()

    async def _check(
        self, stage: Stage, context: RailContext, extra: tuple[Detector, ...] = (), rulebook: Rulebook | None = None
    ) -> Verdict:
        if _length(stage, context) > LONGEST[stage]:
            return unread(stage, "H11", Reason.TOO_LONG)
        if not self._room.acquire(blocking=False):
            _log.error("rails.busy", stage=stage.value, at_once=AT_ONCE)
            return unread(stage, "H12", Reason.BUSY)
        try:
            return await self._checked(stage, context, extra, rulebook or self._rulebook)
        finally:
            self._room.release()

    async def _checked(
        self, stage: Stage, context: RailContext, extra: tuple[Detector, ...], rulebook: Rulebook
    ) -> Verdict:
        flows = self._flows_of(context.institution.id)
        own = [flow.detector for flow in flows or () if flow.stage is stage]
        shipped = (*(d for d in detectors() if d.stage is stage), *extra)
        chosen = [*(self._replacements.get(d.name, d) for d in shipped), *own]
        reader = self._intents if stage is Stage.INPUT else NO_INTENTS
        inspection = Inspection(context, chosen, _rules((self._rulebook, rulebook), own), reader)
        try:
            passage = await _bounded(self._run(stage, inspection, context.institution.id, flows), self._timeout_s)
        except Exception as error:
            return failed(stage, inspection, type(error).__name__)
        return settled(stage, inspection, passage.passed, passage.blocked_by)

    def _flows_of(self, institution_id: str) -> tuple[Flow, ...] | None:
        """The institution's own flows; None where they are wrong: then the text is masked, and held."""
        try:
            return self._own.of(institution_id)
        except Exception as error:
            _log.error("rails.flows.wrong", institution_id=institution_id, error=type(error).__name__)
            return None

    async def _run(
        self, stage: Stage, inspection: Inspection, institution_id: str, flows: tuple[Flow, ...] | None
    ) -> Passage:
        """What NeMo says. The detectors run before it, and it after them in the same thread, so that time limits hold.

        Only where NeMo asks a model, it waits for that in the loop of the process.
        """
        models = self._models.get(institution_id)
        if self._nemo is None or flows is None:
            await self._workers.run(inspection.run)
            raise EngineAbsent
        if models is not None:
            await self._workers.run(inspection.run)
            return await self._nemo.check(stage, flows, models, inspection)
        return await self._workers.run(partial(self._run_through, self._nemo, stage, flows, inspection))

    def _run_through(self, nemo: Nemo, stage: Stage, flows: tuple[Flow, ...], inspection: Inspection) -> Passage:
        inspection.run()
        with self._one_by_one:  # NeMo was made for one thread
            return stepped(nemo.check(stage, flows, None, inspection))


class EngineAbsent(Exception):
    """There is nothing that could say that a text passes."""


async def _bounded(work: Coroutine[Any, Any, Passage], timeout_s: float) -> Passage:
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


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Hong_Kong")).date()


def _nemo() -> tuple[Nemo | None, str | None]:
    """NeMo, or why there is none: the process starts all the same, and every answer is held."""
    try:
        from guardrails.rails.nemo import Nemo

        return Nemo(), None
    except Exception as error:
        _log.error("rails.nemo.absent", error=type(error).__name__)
        return None, f"{type(error).__name__}: {error}"


def _length(stage: Stage, context: RailContext) -> int:
    return sum(map(len, context.passages)) if stage is Stage.RETRIEVAL else len(context.text)


def _rules(rulebooks: Sequence[Rulebook], flows: Iterable[Detector]) -> frozenset[str]:
    """The ids that a finding may name."""
    disclosures = (rule.id for rulebook in rulebooks for rule in rulebook.disclosures)
    conduct = (rule.id for rulebook in rulebooks for rule in rulebook.conduct)
    return frozenset([*disclosures, *conduct, *(flow.name for flow in flows)])
