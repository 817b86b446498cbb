"""Which second judge an institution has: a model behind an address, or an NLI model in a folder; none by default."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ENVIRONMENT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"


class SecondJudgeSettings(BaseModel):
    """Either ``base_url`` (ends in /v1) and ``model``, or ``nli_folder``.

    ``api_key_env`` names the environment variable that holds the key, which so stands in no file. ``timeout_s`` is for
    all sentences of an answer together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str | None = Field(None, pattern=r"^https?://")
    model: str | None = Field(None, min_length=1)
    api_key_env: str | None = Field(None, pattern=ENVIRONMENT_NAME)
    nli_folder: Path | None = None
    timeout_s: float = Field(3.0, gt=0, le=30)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        served = self.base_url is not None and self.model is not None
        part = self.base_url is not None or self.model is not None or self.api_key_env is not None
        if served is (self.nli_folder is not None) or (part and not served):
            raise ValueError("a second judge is base_url and model (and api_key_env), or nli_folder alone: name one")
        if self.nli_folder is not None and not self.nli_folder.is_dir():
            raise ValueError(f"nli_folder {str(self.nli_folder)!r} is no folder: name one that holds an NLI model")
        return self
