"""One vLLM for the session, serving a model that knows the sample institutions' answers by heart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.answering.models.registry import Models
from app.answering.models.settings import HOTTEST, ServedModelSettings
from app.composition import Platform, build_platform, ingestion_embedder
from app.foundation import lay_foundation
from app.jobs.samples import seed_sample
from app.samples import sample_root
from app.settings import Settings
from knowledge_bases.loader import load_institution
from tests.requirements import missing
from tests.vllm.lessons import Exchange, exchanges, load_lessons
from tests.vllm.server import KEY, NAME, ROOT, VENV, VllmServer

FOLDER = ROOT / "build" / "vllm"
INSTITUTIONS = ("harbour-bank", "teacup-wallet")
HERE = Path(__file__).parent
LONGEST_TEST_S = 1200  # the first one pays for documents, teaching and start, on a machine that may be busy
KEY_VARIABLE = "CANDOUR_TEST_VLLM_KEY"

Say = Callable[[str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What kills the server comes last."""
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.vllm)
        item.add_marker(pytest.mark.timeout(LONGEST_TEST_S))
    here.sort(key=lambda item: "killed" in item.path.name)
    places = [place for place, item in enumerate(items) if HERE in item.path.parents]
    for place, item in zip(places, here, strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Say:
    """Prints at once: the first test takes minutes."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def speak(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n==> {line}", end="", flush=True)

    return speak


@pytest.fixture(scope="session")
def installed() -> Path:
    """The Python that has vLLM; skips with the reason where there is none."""
    if not (VENV / ".stamp").is_file():
        missing("vllm", "there is no .venv-vllm; make test-vllm makes it")
    return VENV / "bin/python"


@pytest.fixture(scope="session")
def home(installed: Path, tmp_path_factory: pytest.TempPathFactory, say: Say) -> Path:
    """A data folder with two sample institutions in force."""
    say(f"reading the documents of {' and '.join(INSTITUTIONS)}")
    data = tmp_path_factory.mktemp("vllm") / "data"
    foundation = lay_foundation(settings_of(data))
    embedder = ingestion_embedder(foundation)
    for institution_id in INSTITUTIONS:
        seed_sample(foundation, embedder, load_institution(sample_root() / institution_id))
    foundation.database.engine.dispose()
    return data


@pytest.fixture(scope="session")
def taught(home: Path) -> dict[str, Exchange]:
    """What the model knows, by question: the messages that the product sends, and the reply."""
    lessons = load_lessons()
    known = exchanges(settings_of(home), lessons)
    return {lesson.question: exchange for lesson, exchange in zip(lessons, known, strict=True)}


@pytest.fixture(scope="session")
def server(taught: dict[str, Exchange], say: Say) -> Iterator[VllmServer]:
    """The running server; every process of it is gone at the end."""
    from tests.vllm.tiny_model import make_tiny_model  # loads torch, which collecting tests must not wait for

    FOLDER.mkdir(parents=True, exist_ok=True)
    model = make_tiny_model(FOLDER / "model", tuple(taught.values()), say)
    started = VllmServer.start(model, FOLDER / "server.log", say)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(KEY_VARIABLE, KEY)
        yield started
    started.stop()


@pytest.fixture
async def models(server: VllmServer) -> AsyncIterator[Models]:
    """The product's client for the server, as all institutions have it."""
    served = {**served_by(server), "temperature": HOTTEST, "max_tokens": 4096}
    made = Models({"*": ServedModelSettings.model_validate(served)}, lambda _: SecretStr(KEY), b"tests")
    yield made
    await made.aclose()


@pytest.fixture
async def platform(home: Path, server: VllmServer) -> AsyncIterator[Platform]:
    """The product, its answers written by the server."""
    made = build_platform(lay_foundation(settings_of(home, models={"*": served_by(server)})))
    yield made
    await made.models.aclose()
    made.rails.close()
    made.foundation.database.engine.dispose()


def served_by(server: VllmServer) -> dict[str, object]:
    """The product's settings of a model at the server; the shared processor is given time."""
    return {
        "addresses": [server.base_url],
        "model": NAME,
        "api_key_env": KEY_VARIABLE,
        "first_sentence_s": 30,
        "total_s": 60,
    }


def settings_of(data: Path, **changes: object) -> Settings:
    """Settings over ``data``: nothing is sampled, no worker is started."""
    fixed: dict[str, object] = {"data_dir": data, "worker": False, "quality_sample_rate": 0.0}
    return Settings(_env_file=None, **{**fixed, **changes})  # type: ignore[arg-type]
