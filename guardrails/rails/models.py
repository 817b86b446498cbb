"""A model's judgement as a further rail: NeMo's self-check and content-safety flows, off unless an operator asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from guardrails.types import Stage

_PROMPTS = Path(__file__).parent / "model_rails.yml"
_SAFETY = "content_safety"  # NeMo's name of the model that judges content
_PASSES = frozenset({"no", "safe"})


class ModelCheck(StrEnum):
    """A judgement that can be asked for."""

    SELF_CHECK_INPUT = "self-check-input"
    SELF_CHECK_OUTPUT = "self-check-output"
    CONTENT_SAFETY_INPUT = "content-safety-input"
    CONTENT_SAFETY_OUTPUT = "content-safety-output"

    @property
    def stage(self) -> Stage:
        """Where it is asked."""
        return Stage.INPUT if self.value.endswith("input") else Stage.OUTPUT

    @property
    def flow(self) -> str:
        """NeMo's name of it."""
        if self in (ModelCheck.SELF_CHECK_INPUT, ModelCheck.SELF_CHECK_OUTPUT):
            return f"self check {self.stage}"
        return f"content safety check {self.stage} $model={_SAFETY}"


@dataclass(frozen=True)
class ModelRails:
    """Which judgements are asked of which model, behind an OpenAI-compatible address. The key never prints."""

    base_url: str
    model: str
    checks: tuple[ModelCheck, ...]
    api_key: str = "none"
    timeout_s: float = 3.0

    def __repr__(self) -> str:
        return f"ModelRails({self.base_url!r}, {self.model!r}, {[check.value for check in self.checks]})"

    def added_to(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """NeMo's configuration with the checks after the flows that are there."""
        rails = {stage: dict(settings) for stage, settings in config["rails"].items()}
        for check in self.checks:
            rails[check.stage]["flows"] = [*rails[check.stage]["flows"], check.flow]
        prompts = yaml.safe_load(_PROMPTS.read_text("utf-8"))["prompts"]
        models = [self._model(kind) for kind in ("main", _SAFETY)]
        return {**config, "rails": rails, "models": models, "prompts": prompts}

    def _model(self, kind: str) -> dict[str, Any]:
        parameters = {"base_url": self.base_url, "api_key": self.api_key, "timeout": self.timeout_s, "max_retries": 0}
        return {"type": kind, "engine": "openai", "model": self.model, "parameters": parameters}


def plain_word(said: str) -> list[bool]:
    """[True] where a model said the one word that lets a text pass. (NeMo's own reader takes "not safe" for safe.)"""
    return [said.strip().strip(".!\"'").lower() in _PASSES]
