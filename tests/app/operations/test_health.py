"""Alive, ready, measured: what a load balancer and an operator look at."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app.main import create_app
from app.operations.readiness import Readiness
from app.switches.service import SwitchService
from app.switches.types import EVERYWHERE, Kind, Switch
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors
from tests.app.small_bank import BANK, EMBEDDER, SmallBank, settings_of, shared_rails
from tests.fakes.absence import away
from tests.fakes.model_server import ModelServer, fails, serving

COLD = {"ready": False, "waiting_for": ["embedder", "rails"]}


def eventually(holds: Callable[[], bool], within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_ready_only_once_the_parts_are_warm(small_bank: SmallBank) -> None:
    readiness = Readiness(small_bank.platform, frozenset({BANK}))
    assert readiness.waiting_for() == ["embedder", "rails"]
    readiness.warm_up()
    assert readiness.waiting_for() == []


def test_no_question_waits_for_the_collector_to_look_at_what_was_warmed_up(small_bank: SmallBank) -> None:
    readiness = Readiness(small_bank.platform)
    readiness.warm_up()
    kept = gc.get_freeze_count()
    readiness.stop()
    assert kept > 10_000
    assert gc.get_freeze_count() == 0


def test_an_expected_institution_without_a_snapshot_is_waited_for(small_bank: SmallBank) -> None:
    readiness = Readiness(small_bank.platform, frozenset({"coming-bank", BANK}))
    assert readiness.waiting_for() == ["embedder", "rails", "knowledge:coming-bank"]


@pytest.mark.parametrize(("own_worker", "says"), [(False, "run candour worker --demo"), (True, "candour doctor")])
def test_samples_that_are_waited_for_say_what_brings_them_in(
    small_bank: SmallBank, own_worker: bool, says: str
) -> None:
    settings = small_bank.foundation.settings.model_copy(update={"worker": own_worker})
    platform = replace(small_bank.platform, foundation=replace(small_bank.foundation, settings=settings))
    readiness = Readiness(platform, frozenset({"coming-bank"}))
    with capture_logs() as logged:
        (step,) = readiness.next_steps(readiness.waiting_for())
    assert says in step
    assert [(line["event"], line["action"]) for line in logged] == [("readiness.waiting", step)]
    assert len(step) < 200, "or the log drops it"


class Unloadable(HashingEmbedder):
    """A model whose files are gone."""

    def embed(self, texts: object) -> Vectors:
        raise OSError("gone")


def test_a_model_that_cannot_be_loaded_is_never_ready_and_named(small_bank: SmallBank) -> None:
    small_bank.platform.knowledge.embedder = Unloadable()
    readiness = Readiness(small_bank.platform)
    readiness.start()
    assert not eventually(lambda: "embedder" not in readiness.waiting_for(), within_s=0.5)
    assert "embedder" in readiness.waiting_for()


def test_a_database_that_is_gone_is_named_not_raised(small_bank: SmallBank, tmp_path: Path) -> None:
    from app.db.engine import make_engine
    from app.db.session import Database

    gone = Database(make_engine(f"sqlite:///{tmp_path / 'no-folder' / 'gone.db'}"))
    platform = replace(small_bank.platform, foundation=replace(small_bank.foundation, database=gone))
    readiness = Readiness(platform)
    assert readiness.waiting_for()[0] == "database"
    assert "CANDOUR_DATABASE_URL" in readiness.next_steps(["database"])[0]


def test_while_the_database_is_away_readyz_names_it(client: TestClient) -> None:
    with away(client.app.state.platform.foundation.database):  # type: ignore[attr-defined]
        response = client.get("/readyz")
    assert response.status_code == 503
    assert "database" in response.json()["waiting_for"]


@pytest.fixture
def client(small_bank: SmallBank) -> TestClient:
    with shared_rails(), patch("app.composition.make_embedder", lambda *_: EMBEDDER):
        return TestClient(create_app(settings_of(small_bank.home)))


def test_healthz_says_alive_and_readyz_503_then_200(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    cold = client.get("/readyz")
    assert (cold.status_code, cold.json()) == (503, {**COLD, "next": [], "degraded": [], "switches": []})
    client.app.state.readiness.start()  # type: ignore[attr-defined]
    assert eventually(lambda: client.get("/readyz").status_code == 200)
    well = {"ready": True, "waiting_for": [], "next": [], "degraded": [], "switches": []}
    assert client.get("/readyz").json() == well


def test_readyz_names_what_staff_switched_on_and_says_when_nobody_knows(client: TestClient) -> None:
    foundation = client.app.state.platform.foundation  # type: ignore[attr-defined]
    with foundation.database.write() as session:
        SwitchService(session, EVERYWHERE, foundation.ledger).set(Switch(Kind.GENERATION), "otto", "odd words")
        SwitchService(session, BANK, foundation.ledger).set(Switch(Kind.TOPIC, "fees"), "hugo", "wrong table")
    assert client.get("/readyz").json()["switches"] == ["*:generation", f"{BANK}:topic:fees"]
    with away(foundation.database):
        assert client.get("/readyz").json()["switches"] is None


@pytest.fixture
def running(small_bank: SmallBank) -> Iterator[tuple[TestClient, ModelServer]]:
    """A process that serves, with a model that is down; its rails are everybody's, and stay open."""
    open_rails = patch("guardrails.rails.engine.Rails.close")
    embedder = patch("app.composition.make_embedder", lambda *_: EMBEDDER)
    with serving(fails(503)) as server, shared_rails(), open_rails, embedder:
        settings = settings_of(small_bank.home, llm_base_url=server.base_url, llm_model="tiny")
        with TestClient(create_app(settings)) as client:
            yield client, server


def test_a_model_that_is_down_is_named_and_takes_nobody_out_as_quotes_still_answer(
    running: tuple[TestClient, ModelServer],
) -> None:
    client, server = running
    assert eventually(lambda: client.get("/readyz").json()["degraded"] == ["model:*"])
    assert eventually(lambda: client.get("/readyz").status_code == 200)
    assert f'candour_model_up{{address="{server.base_url}"}} 0.0' in client.get("/metrics").text
    assert server.requests[0]["max_completion_tokens"] == 1, "the probe, with nobody asking"


def test_a_canary_that_is_stopped_makes_the_process_unready(client: TestClient) -> None:
    readiness: Readiness = client.app.state.readiness  # type: ignore[attr-defined]
    readiness.start()
    assert eventually(lambda: client.get("/readyz").status_code == 200)
    with patch.object(readiness.canary, "_passed", {"canary": False}):
        ill = client.get("/readyz")
    assert (ill.status_code, ill.json()["waiting_for"]) == (503, ["rails"])
    assert "every answer is held" in ill.json()["next"][0]


def test_metrics_say_whether_the_canary_lives(client: TestClient) -> None:
    readiness: Readiness = client.app.state.readiness  # type: ignore[attr-defined]
    asyncio.run(readiness.canary.send())
    printed = client.get("/metrics").text
    assert 'candour_canary_passes{rails="canary"} 1.0' in printed
    assert "candour_canary_age_seconds" in printed
    assert "candour_rails_hanging 0.0" in printed


def test_metrics_are_prometheus_text(client: TestClient) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert "python_info" in response.text
