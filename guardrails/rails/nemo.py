"""NeMo Guardrails itself: one engine for each set of flows, which says flow by flow whether a text passes.

It may be missing, or refuse its configuration: then nothing passes. It is given masked text and its logs are off: they
would print it. No configuration folder is named to it, as it runs what Python it finds in one.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from dataclasses import dataclass
from random import Random
from typing import Any

import nemoguardrails.colang.v1_0.runtime.eval
import nemoguardrails.utils
from nemoguardrails import LLMRails, RailsConfig
from nemoguardrails.actions.rail_outcome import RailOutcome
from nemoguardrails.rails.llm.options import RailStatus, RailType

from guardrails.rails.evaluating import evaluated
from guardrails.rails.flows import Flow
from guardrails.rails.inspection import Inspection
from guardrails.rails.models import ModelRails, plain_word
from guardrails.rails.shipped import HERE, shipped_config
from guardrails.types import Stage

MOST_ENGINES = 64  # kept in memory, some megabytes each; institutions without flows of their own share one
_SHIPPED: tuple[tuple[Flow, ...], ModelRails | None] = ((), None)  # no flows but those
_ROLE = {Stage.INPUT: "user", Stage.RETRIEVAL: "assistant", Stage.OUTPUT: "assistant"}
# NeMo checks what was said and what is said; the passages between are held against a configuration of their own.
_TYPE = {Stage.INPUT: RailType.INPUT, Stage.RETRIEVAL: RailType.OUTPUT, Stage.OUTPUT: RailType.OUTPUT}

logging.getLogger("nemoguardrails").setLevel(logging.CRITICAL + 1)

# Its events bear random ids, a hundred an answer, that nobody outside sees. Each drawn from the system hands over the
# interpreter, so that others go first. This generator is NeMo's alone: no secret comes from it.
nemoguardrails.utils.secure_random = Random(secrets.randbits(128))  # noqa: S311

# A quarter of a check went into parsing the same few expressions again.
nemoguardrails.colang.v1_0.runtime.eval.simple_eval = evaluated


@dataclass(frozen=True)
class Passage:
    """Whether a text passes, and the flow that blocked it."""

    passed: bool
    blocked_by: str | None = None


class Nemo:
    """The engines: one for the passages, one for each set of own flows, made when it is first asked for.

    Making one takes a fifth of a second.
    """

    def __init__(self) -> None:
        self._between = _engine(_retrieval_config(), ())
        self._talking = {_SHIPPED: _engine(_talk_config(*_SHIPPED), ())}
        self._making = threading.Lock()

    async def check(
        self, stage: Stage, own: tuple[Flow, ...], models: ModelRails | None, inspection: Inspection
    ) -> Passage:
        """Runs the rails of ``stage`` over ``inspection``, those of the institution beside the shipped ones."""
        inspection.enter()
        messages = [{"role": _ROLE[stage], "content": inspection.text}]
        engine = self._between if stage is Stage.RETRIEVAL else await self._talk(own, models)
        result = await engine.check_async(messages, rail_types=[_TYPE[stage]])
        return Passage(result.status is not RailStatus.BLOCKED, result.rail)

    @property
    def engines(self) -> tuple[LLMRails, ...]:
        """Every engine there is."""
        return (self._between, *self._talking.values())

    async def _talk(self, own: tuple[Flow, ...], models: ModelRails | None) -> LLMRails:
        """The engine for what is said on both sides."""
        known = self._talking.get((own, models))
        return known or await asyncio.to_thread(self._make, own, models)

    def _make(self, own: tuple[Flow, ...], models: ModelRails | None) -> LLMRails:
        """Makes an engine, once however many ask; the one made first gives way where there are too many."""
        asked = (own, models)
        with self._making:
            if asked not in self._talking:
                if len(self._talking) >= MOST_ENGINES:
                    del self._talking[next(known for known in self._talking if known != _SHIPPED)]
                self._talking[asked] = _engine(_talk_config(own, models), own)
            return self._talking[asked]


async def inspect(detectors: str, **_: Any) -> RailOutcome:
    """The one action the flows call: what the named detectors of the current check found, parted by commas.

    NeMo blocks when it raises, too.
    """
    blocked = [Inspection.current().report(name.strip()) for name in detectors.split(",")]
    return RailOutcome.block() if any(blocked) else RailOutcome.allow()


def _engine(config: dict[str, Any], own: tuple[Flow, ...]) -> LLMRails:
    colang = "\n".join([*(path.read_text("utf-8") for path in sorted(HERE.glob("*.co"))), *map(_colang, own)])
    engine = LLMRails(RailsConfig.from_content(colang_content=colang, config=config))
    engine.register_action(inspect, "inspect")
    engine.register_output_parser(plain_word, plain_word.__name__)
    engine.events_history_cache = _NoHistory()
    return engine


def _talk_config(own: tuple[Flow, ...], models: ModelRails | None) -> dict[str, Any]:
    """The shipped configuration and, after its flows, the institution's and a model's."""
    config = shipped_config()
    rails = config["rails"]
    del rails["retrieval"]
    for flow in own:
        rails[flow.stage.value]["flows"].append(flow.name)
    return models.added_to(config) if models else config


def _retrieval_config() -> dict[str, Any]:
    config = shipped_config()
    return {**config, "rails": {"output": config["rails"]["retrieval"]}}


def _colang(flow: Flow) -> str:
    """A flow as NeMo reads it; its words stay out of it."""
    lines = (
        f'$outcome = execute inspect(detectors="{flow.name}")',
        "if $outcome.is_blocked",
        "  bot decline",
        "  stop",
    )
    return "\n  ".join([f"\ndefine subflow {flow.name}", *lines]) + "\n"


class _NoHistory(dict[str, Any]):
    """NeMo keeps the events of every message it has seen; here each check stands alone and nothing is kept."""

    def __setitem__(self, key: str, value: Any) -> None:
        pass
