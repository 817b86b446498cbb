"""Which served model an institution has, where, and what it may take; none by default."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.answering.judges.settings import ENVIRONMENT_NAME
from app.answering.models.types import Limits

EVERYBODY = "*"  # in place of an institution's id: those that have no model of their own
MIB = 1024 * 1024
HOTTEST = 0.3  # HKMA, "Responsible Innovation with GenA.I.", 31 Oct 2025: 0.1-0.3 for product enquiries


class ServedModelSettings(BaseModel):
    """A model behind one or more addresses that speak OpenAI's protocol as vLLM does.

    ``addresses`` end in /v1 and serve the same ``model``. ``api_key_env`` names the environment variable that holds the
    key, which so stands in no file. The other fields are those of ``Limits``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    addresses: tuple[str, ...] = Field(min_length=1, max_length=16)
    model: str = Field(min_length=1)
    api_key_env: str | None = Field(None, pattern=ENVIRONMENT_NAME)
    temperature: float = 0.1
    max_tokens: int = Field(512, ge=16, le=8192)
    at_once: int = Field(16, ge=1, le=1000)
    first_sentence_s: float = Field(1.2, gt=0, le=30)
    total_s: float = Field(12.0, gt=0, le=120)
    max_reply_bytes: int = Field(MIB, ge=16 * 1024, le=16 * MIB)

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            url = urlsplit(address)
            plain = not (url.query or url.fragment or url.username or url.password)
            if url.scheme not in {"http", "https"} or not url.hostname or not url.path.endswith("/v1") or not plain:
                raise ValueError("write each address as http://HOST:PORT/v1, without a password")
        if len(set(addresses)) < len(addresses):
            raise ValueError("an address is named twice: name each once")
        return addresses

    @field_validator("temperature")
    @classmethod
    def _is_cool(cls, temperature: float) -> float:
        if not 0 <= temperature <= HOTTEST:
            raise ValueError(
                f"the temperature of answers to customers is between 0.0 and {HOTTEST} (HKMA's report of October 2025 "
                "uses 0.1 to 0.3 for product enquiries): set it there"
            )
        return temperature

    @model_validator(mode="after")
    def _first_before_the_end(self) -> Self:
        if self.first_sentence_s > self.total_s:
            raise ValueError("first_sentence_s is longer than total_s: lower it, or raise total_s")
        return self

    @property
    def limits(self) -> Limits:
        return Limits(self.first_sentence_s, self.total_s, self.max_tokens, self.max_reply_bytes, self.at_once)
