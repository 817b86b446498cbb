"""The one place of configuration: environment ``CANDOUR_*``, a ``.env`` file and ``candour.toml``, in this order.

Nothing else reads the environment (the command line apart); parts are handed the values they need.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.answering.judges.settings import SecondJudgeSettings
from app.answering.models.settings import EVERYBODY, ServedModelSettings
from app.answering.models.types import Limits
from app.webhooks.addresses import AllowedHosts
from guardrails.rails.models import ModelCheck, ModelRails
from knowledge_bases.schema import Language
from retrieval.models import FINANCE_MODEL

MIB = 1024 * 1024
_SHORT_FORM = {"addresses": "llm_base_url", "model": "llm_model"}
DATABASES = {
    "postgresql+psycopg": "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE (PostgreSQL)",
    "sqlite": "sqlite:///FILE (SQLite)",
}


class SettingsError(Exception):
    """The configuration is wrong: the message names each setting, what is wrong with it, and where to change it."""


@dataclass(frozen=True)
class SettingRow:
    """One line of ``candour doctor``: ``value`` is safe to print, ``changed`` says it is not the default."""

    name: str
    value: str
    changed: bool


class Settings(BaseSettings):
    """Everything that may differ between two deployments. Secrets never print."""

    model_config = SettingsConfigDict(
        env_prefix="CANDOUR_",
        env_file=".env",
        env_ignore_empty=True,  # compose files pass on variables that nobody set as empty ones
        toml_file="candour.toml",
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None  # may carry a password; None: SQLite in data_dir
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str | None = None  # the origin customers' browsers see; None: http://localhost:<port>
    demo: bool = False
    master_key: SecretStr | None = None  # 64 hex digits; None: data_dir/keys/master.key, made at first start

    models: dict[str, ServedModelSettings] = {}  # by institution, * for all others: who writes their answers
    llm_base_url: str | None = None  # this and the next three: one model at one address, short for models' *
    llm_model: str = ""
    llm_api_key: SecretStr | None = None
    llm_timeout_s: float = Field(12.0, gt=0, le=120)
    embedder: str = FINANCE_MODEL  # one that comes with the program, or a folder or hub name of sentence-transformers'
    embedder_engine: Literal["torch", "onnx", "openvino"] = "torch"  # for any other model than the packaged one
    embedder_languages: str | None = None  # it reads, with commas: en, zh-Hant, zh-Hans; None: as known of the model
    embedder_query_prefix: str | None = None  # before every question; None: what the model says itself
    embedder_passage_prefix: str | None = None  # before every passage; another one makes another index
    reranker: str | None = None  # a cross-encoder's folder or hub name; None: the learned order stands
    reranker_timeout_s: float = Field(1.0, gt=0)
    reranker_passages: int = Field(20, ge=2, le=60)  # the first of what was found, which it puts in order
    eight_bit_ingestion: bool = True  # twice as fast where the processor can; False: documents in single precision too

    model_rails: dict[str, tuple[ModelCheck, ...]] = {}  # by institution: what a model judges beside the rails
    model_rails_base_url: str | None = None  # of an OpenAI-compatible server; customers' masked words go there
    model_rails_model: str = ""
    model_rails_api_key: SecretStr | None = None
    model_rails_timeout_s: float = Field(3.0, gt=0, le=4)  # the rails give up after 5 s

    second_judges: dict[str, SecondJudgeSettings] = {}  # by institution: who judges generated sentences once more

    chat_token_ttl_s: int = Field(3600, ge=60)
    handover_patience_min: int = Field(5, ge=1)  # who waits longer for a person is offered a call-back
    staff_session_ttl_s: int = Field(8 * 3600, ge=300)
    held_answer_minutes: int = Field(30, ge=1)  # then a customer is told that the check of their answer takes longer
    quality_sample_rate: float = Field(0.02, ge=0, le=1)
    audit_checkpoint_every: int = Field(100, ge=1)

    keep_withdrawn_days: int = Field(30, ge=0)  # the files of a withdrawn version; what evidence cites stays
    keep_batches_days: int = Field(14, ge=1)  # files uploaded together that their maker never confirms
    keep_snapshots_days: int = Field(30, ge=1)  # earlier snapshots; at least a day, for answers under way
    keep_replay_days: int = Field(2557, ge=0)  # a snapshot that evidence names, counted from the answer: seven years

    webhook_hosts: str = ""  # where events may be sent, with commas: desk.bank.example, or with a port, or an address

    max_upload_bytes: int = Field(50 * MIB, ge=1)

    worker: bool = True  # serve starts a worker of its own
    worker_id: str | None = None  # None: a fresh one each start; two running workers must never share one
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and _backend_of(url.get_secret_value()) not in DATABASES:
            raise ValueError(f"write it as {' or as '.join(DATABASES.values())}")
        return url

    @field_validator("webhook_hosts")
    @classmethod
    def _known_hosts(cls, words: str) -> str:
        AllowedHosts.of(words)
        return words

    @field_validator("embedder_languages")
    @classmethod
    def _known_languages(cls, words: str | None) -> str | None:
        if words is not None and not _split(words) <= set(Language):
            raise ValueError(f"write it as {', '.join(Language)}, or leave some of them out")
        return words

    @model_validator(mode="after")
    def _judges_have_a_model(self) -> Self:
        if self.model_rails and not (self.model_rails_base_url and self.model_rails_model):
            raise ValueError(
                "model_rails asks a model that is not named: set model_rails_base_url and model_rails_model"
            )
        return self

    @model_validator(mode="after")
    def _named_keys_are_set(self) -> Self:
        named = [(f"the model of {one}", model.api_key_env) for one, model in self.models.items()]
        named += [(f"the second judge of {one}", judge.api_key_env) for one, judge in self.second_judges.items()]
        for whose, variable in named:
            if variable is not None and not os.environ.get(variable):
                raise ValueError(
                    f"{whose} needs the key in {variable}, which is not set: export it, or leave api_key_env out"
                )
        return self

    @model_validator(mode="after")
    def _one_model_for_everybody(self) -> Self:
        if self.llm_base_url is not None and EVERYBODY in self.models:
            raise ValueError("llm_base_url and models both name a model for all institutions: leave one of them out")
        try:
            self.served_models  # noqa: B018 - the short form is checked as the long one is
        except ValidationError as error:
            wrong = error.errors()[0]
            raise ValueError(f"{_SHORT_FORM[str(wrong['loc'][0])]}: {_plain(wrong['msg'])}") from None
        return self

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and not is_loopback(self.host):
            raise ValueError(f"demo accounts have known passwords: demo only binds to loopback, not to {self.host!r}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def effective_database_url(self) -> str:
        """The database's URL, password included: hand it to ``make_engine`` and to nothing that prints."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'candour.db'}"

    @property
    def embedder_reads(self) -> frozenset[Language] | None:
        """The languages whose questions the embedder takes as they stand; None: as known of the model."""
        words = self.embedder_languages
        return None if words is None else frozenset(map(Language, _split(words)))

    @property
    def judges(self) -> dict[str, ModelRails]:
        """What a model judges beside the rails, by institution."""
        key = self.model_rails_api_key.get_secret_value() if self.model_rails_api_key else "none"
        url, model, timeout_s = self.model_rails_base_url or "", self.model_rails_model, self.model_rails_timeout_s
        asked = {institution_id: checks for institution_id, checks in self.model_rails.items() if checks}
        return {one: ModelRails(url, model, checks, key, timeout_s) for one, checks in asked.items()}

    @property
    def served_models(self) -> dict[str, ServedModelSettings]:
        """The models by institution, ``*`` for all others; empty where all answers are quotes."""
        if self.llm_base_url is None:
            return self.models
        total_s = self.llm_timeout_s
        first_s = min(total_s, Limits.first_sentence_s)
        short = {"addresses": (self.llm_base_url,), "model": self.llm_model, "total_s": total_s}
        return {**self.models, EVERYBODY: ServedModelSettings.model_validate({**short, "first_sentence_s": first_s})}

    def key_of(self, served: ServedModelSettings | SecondJudgeSettings) -> SecretStr:
        """The key that ``served`` names; a word that is no key where it names none, as the protocol wants one."""
        return SecretStr(os.environ.get(served.api_key_env or "", "") or "none")

    def model_key(self, institution_id: str) -> SecretStr:
        """The key of the institution's entry in ``served_models``."""
        if institution_id not in self.models and self.llm_api_key is not None:
            return self.llm_api_key
        return self.key_of(self.served_models[institution_id])

    @property
    def origin(self) -> str:
        """The origin customers' browsers see, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def keys_dir(self) -> Path:
        """Where key files lie; readable by the service's user only."""
        return self.data_dir / "keys"

    @property
    def checkpoints_dir(self) -> Path:
        """The second place signed audit checkpoints are written to; mount it elsewhere in production."""
        return self.data_dir / "checkpoints"

    def describe(self) -> tuple[SettingRow, ...]:
        """Every setting as it is in force, secrets hidden, in the order of this class."""
        return tuple(self._row(name) for name in type(self).model_fields)

    def _row(self, name: str) -> SettingRow:
        value = getattr(self, name)
        changed = value != type(self).model_fields[name].default
        if name == "database_url":
            shown = make_url(self.effective_database_url).render_as_string(hide_password=True)
        elif isinstance(value, SecretStr):
            shown = "(set, hidden)"
        else:
            shown = "(not set)" if value is None or value == "" else str(value)
        return SettingRow(name, shown, changed)


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a setting has a wrong value.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(e["loc"], e["msg"]) for e in error.errors())) from None


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(words: str) -> set[str]:
    return {word.strip() for word in words.split(",")}


def _backend_of(url: str) -> str | None:
    try:
        return make_url(url).drivername
    except ArgumentError:
        return None


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in location)
    where = f"CANDOUR_{name.upper()} ({name} in candour.toml)" if name else "settings"
    return f"{where}: {_plain(message)}"


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
