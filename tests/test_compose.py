"""docker-compose.yml held against the product: no container engine is needed to see that its parts exist."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command
from typer.testing import CliRunner

from app.cli import cli
from app.operations.health import router
from app.settings import Settings
from tests.fakes.model_server import Reply, fails, says, serving

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = ("app", "worker")
SETTINGS = {f"CANDOUR_{name.upper()}" for name in Settings.model_fields}
COMMANDS = get_command(cli).commands  # type: ignore[attr-defined]
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::?[-?]([^}]*))?\}")


def example() -> dict[str, str]:
    """The variables of .env.example."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled(value: str, env: dict[str, str]) -> str:
    """What compose makes of ``value``: a variable that is unset or empty takes its default."""
    return VARIABLE.sub(lambda found: env.get(found[1]) or found[2] or "", value)


def environment(service: str, env: dict[str, str]) -> dict[str, str]:
    """The environment a service starts with."""
    return {name: filled(str(value), env) for name, value in SERVICES[service]["environment"].items()}


def arguments() -> dict[str, str]:
    """What the model server is told with a value, by flag."""
    return dict(a.removeprefix("--").split("=", 1) for a in SERVICES["vllm"]["command"] if "=" in a)


def test_the_four_services_are_there() -> None:
    assert set(SERVICES) == {"app", "worker", "postgres", "vllm"}


def test_every_setting_in_compose_and_example_exists() -> None:
    named = set(re.findall(r"CANDOUR_[A-Z_]+", COMPOSE)) | {n for n in example() if n.startswith("CANDOUR_")}
    assert named <= SETTINGS
    assert {"CANDOUR_DATABASE_URL", "CANDOUR_MASTER_KEY", "CANDOUR_LLM_BASE_URL"} <= named


def test_every_variable_compose_asks_for_is_in_the_example() -> None:
    assert {name for name, _ in VARIABLE.findall(COMPOSE)} == set(example())


@pytest.mark.parametrize("service", OURS)
@pytest.mark.parametrize("model", ["", "http://vllm:8000/v1"])
def test_settings_accept_what_compose_gives_them(service: str, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    env = example() | {"CANDOUR_MASTER_KEY": "ab" * 32, "POSTGRES_PASSWORD": "pw", "CANDOUR_LLM_BASE_URL": model}
    for name, value in environment(service, env).items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert settings.llm_base_url == (model or None)  # an empty variable is no model server
    assert settings.effective_database_url.startswith("postgresql+psycopg://candour:pw@postgres:5432/")
    assert settings.demo is False
    if service == "app":
        assert (settings.host, settings.port, settings.worker) == ("0.0.0.0", 8000, False)  # noqa: S104


def test_app_and_model_server_agree_on_key_name_and_address() -> None:
    told = arguments()
    for env in ({}, {"VLLM_API_KEY": "k", "CANDOUR_LLM_MODEL": "m"}):
        app = environment("app", env)
        assert app["CANDOUR_LLM_API_KEY"] == filled(told["api-key"], env)
        assert app["CANDOUR_LLM_MODEL"] == filled(told["served-model-name"], env)


@pytest.mark.parametrize("service", OURS)
def test_the_commands_exist(service: str) -> None:
    program, command, *options = SERVICES[service]["command"]
    assert (program, options) == ("candour", [])
    assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0


def test_the_workers_health_check_is_a_command_with_that_option() -> None:
    how, program, command, *options = SERVICES["worker"]["healthcheck"]["test"]
    assert (how, program) == ("CMD", "candour")
    known = {name for parameter in COMMANDS[command].params for name in parameter.opts}
    assert set(options) <= known


def test_the_apps_health_check_asks_a_route_that_exists_on_its_port() -> None:
    how, program, flag, code = SERVICES["app"]["healthcheck"]["test"]
    assert (how, program, flag) == ("CMD", "python", "-c")
    compile(code, "healthcheck", "exec")
    port, path = re.search(r"127\.0\.0\.1:(\d+)(/\w+)", code).groups()  # type: ignore[union-attr]
    assert path in {route.path for route in router.routes}  # type: ignore[attr-defined]
    assert port == SERVICES["app"]["environment"]["CANDOUR_PORT"]
    assert SERVICES["app"]["ports"] == [f"{port}:{port}"]


def test_the_other_health_checks_are_sound() -> None:
    assert SERVICES["postgres"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    for service in SERVICES.values():
        assert set(service["healthcheck"]) >= {"test", "interval", "timeout", "retries"}


@pytest.mark.parametrize(("reply", "status"), [(says("Hi"), 0), (fails(500), 1), (fails(503), 1)])
def test_the_model_servers_health_check_asks_for_one_token(reply: Reply, status: int) -> None:
    how, _, flag, code = SERVICES["vllm"]["healthcheck"]["test"]
    given = environment("vllm", {"VLLM_API_KEY": "k", "CANDOUR_LLM_MODEL": "m"})
    with serving(reply) as server:
        here = code.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        asked = subprocess.run([sys.executable, flag, here], env={**os.environ, **given}, capture_output=True)
    assert (how, min(asked.returncode, 1)) == ("CMD", status)
    (request,) = server.requests
    assert (request["max_tokens"], request["model"], server.keys) == (1, "m", ["Bearer k"])


def test_the_model_server_bounds_its_queue_shares_prefixes_and_keeps_customers_words_out_of_its_log() -> None:
    bare = {argument for argument in SERVICES["vllm"]["command"] if "=" not in argument}
    told = arguments()
    assert int(told["max-num-queued-reqs"]) > int(told["max-num-seqs"])
    assert json.loads(told["structured-outputs-config"])["disable_any_whitespace"] is True
    assert bare >= {"--enable-prefix-caching", "--no-enable-log-requests", "--disable-uvicorn-access-log"}
    assert SERVICES["vllm"]["environment"]["VLLM_NO_USAGE_STATS"] == "1"


def test_the_app_waits_for_a_healthy_database_and_shares_its_data_with_the_worker() -> None:
    for service in OURS:
        assert SERVICES[service]["depends_on"]["postgres"]["condition"] == "service_healthy"
        mounted = {volume.split(":")[1] for volume in SERVICES[service]["volumes"]}
        assert SERVICES[service]["environment"]["CANDOUR_DATA_DIR"] in mounted


def test_the_model_server_has_a_gpu_and_no_way_to_the_hub() -> None:
    vllm = SERVICES["vllm"]
    (device,) = vllm["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["count"], device["capabilities"]) == ("nvidia", 1, ["gpu"])
    assert vllm["environment"]["HF_HUB_OFFLINE"] == "1"
    assert "ports" not in vllm  # reached by the app alone


def test_nothing_secret_stands_in_the_files() -> None:
    assert "POSTGRES_PASSWORD:?" in COMPOSE
    assert "CANDOUR_MASTER_KEY:?" in COMPOSE
    assert not [name for name, value in example().items() if value and name.endswith(("PASSWORD", "KEY"))]


def test_the_image_starts_the_same_command_and_is_not_root() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    words = {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines if line}
    assert words["CMD"] == '["candour", "serve"]'
    assert words["USER"] == "candour"
    assert (ROOT / shlex.split(words["RUN"])[1]).is_file()
