"""Questions over the sample institutions whose answer is known, and a product that has all six samples in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from app.answering.composers.generating import GeneratingWriter
from app.answering.models.registry import Models
from app.answering.models.settings import EVERYBODY, ServedModelSettings
from app.answering.parts import quotes_only
from app.answering.pipeline import Pipeline
from app.answering.ports import Writer
from app.assistant.service import ConversationAssistant
from app.composition import Platform, build_platform
from app.embedding.engines import make_embedder
from app.foundation import lay_foundation
from app.jobs.samples import seed_samples
from app.logs import configure_logs
from app.operations.readiness import Readiness
from app.samples import sample_folders
from app.settings import Settings
from eval.answers import Case, read_suite
from knowledge_bases.schema import Institution

QUESTIONS = Path(__file__).parent / "questions"
SETS = ("development", "first")
MODEL = "scripted"


@dataclass(frozen=True)
class Known:
    """A question and where its answer stands."""

    institution: str
    case: Case


def known_questions(most: int | None = None, sets: Sequence[str] = SETS) -> tuple[Known, ...]:
    """The answerable questions of ``sets``, the institutions in turns; over and over until there are ``most``."""
    found = [list(_known(folder.institution.id, sets)) for folder in sample_folders()]
    longest = max(map(len, found))
    mixed = [questions[place] for place in range(longest) for questions in found if place < len(questions)]
    return tuple(mixed if most is None else islice(cycle(mixed), most))


def _known(institution: str, sets: Sequence[str]) -> Iterator[Known]:
    for each in sets:
        path = QUESTIONS / each / f"{institution}.jsonl"
        if path.is_file():
            yield from (Known(institution, case) for case in read_suite(path) if case.answerable)


@contextmanager
def samples_in_force(data: Path | None = None) -> Iterator[Platform]:
    """The product over the six samples, warmed up. ``data`` keeps what was read; None: a folder for this time alone."""
    configure_logs("critical", json=False)
    with TemporaryDirectory() as folder:
        embedder = make_embedder()
        foundation = lay_foundation(Settings(data_dir=data or Path(folder), log_level="error"))
        seed_samples(foundation, embedder)
        platform = build_platform(foundation, embedder)
        Readiness(platform).warm_up()
        yield platform
        platform.rails.close()


def model_entry(base_url: str, **limits: float) -> dict[str, object]:
    """One model for all institutions, as the setting ``models`` names it."""
    return {EVERYBODY: {"addresses": [base_url], "model": MODEL, **limits}}


def models_at(base_url: str, **limits: float) -> Models:
    """The same as the product keeps it."""
    served = {one: ServedModelSettings.model_validate(each) for one, each in model_entry(base_url, **limits).items()}
    return Models(served, lambda _: SecretStr("none"), b"0" * 32)


def asked_of(platform: Platform, models: Models | None) -> ConversationAssistant:
    """The assistant whose answers ``models`` write; None: quotes alone."""
    writer_of: Callable[[Institution], Writer | None] = quotes_only if models is None else _written_by(models)
    return replace(platform.assistant, pipeline=Pipeline(replace(platform.parts, writer_of=writer_of)))


def _written_by(models: Models) -> Callable[[Institution], Writer | None]:
    def writer_of(institution: Institution) -> Writer | None:
        model = models.of(institution.id)
        return None if model is None else GeneratingWriter(model)

    return writer_of
