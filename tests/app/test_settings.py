"""Settings: from environment, files and defaults; secrets never print; demo stays at home."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, load_settings
from knowledge_bases.schema import Language


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without files, and an environment without our variables."""
    import os

    for name in [name for name in os.environ if name.startswith("CANDOUR_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(settings: Settings) -> dict[str, str]:
    return {row.name: row.value for row in settings.describe()}


def test_without_any_setting_it_runs_at_home_on_sqlite() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8000, False)
    assert settings.effective_database_url == "sqlite:///data/candour.db"


def test_the_environment_wins_over_env_file_over_toml(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "candour.toml").write_text('port = 1001\nlog_level = "error"\nembedder = "toml"\n')
    (elsewhere / ".env").write_text("CANDOUR_PORT=1002\nCANDOUR_LOG_LEVEL=warning\n")
    monkeypatch.setenv("CANDOUR_PORT", "1003")
    settings = load_settings()
    assert (settings.port, settings.log_level, settings.embedder) == (1003, "warning", "toml")


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_MASTER_KEY", "ab" * 32)
    monkeypatch.setenv("CANDOUR_LLM_API_KEY", "sk-hidden")
    monkeypatch.setenv("CANDOUR_DATABASE_URL", "postgresql+psycopg://candour:hush@db/candour")
    settings = load_settings()
    printed = f"{settings!r} {settings} {settings.describe()}"
    for secret in ("ab" * 32, "sk-hidden", "hush"):
        assert secret not in printed
    assert shown(settings)["database_url"] == "postgresql+psycopg://candour:***@db/candour"
    assert settings.effective_database_url.endswith("candour:hush@db/candour")


@pytest.mark.parametrize(
    "url", ["postgres://u:hush@db/candour", "postgresql://u:hush@db/candour", "mysql://x/y", "candour.db", "://"]
)
def test_a_database_of_another_kind_is_one_sentence_that_says_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CANDOUR_DATABASE_URL", url)
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert str(wrong.value) == (
        "CANDOUR_DATABASE_URL (database_url in candour.toml): write it as "
        "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE (PostgreSQL) or as sqlite:///FILE (SQLite)"
    )


@pytest.mark.parametrize("url", ["sqlite:///x.db", "sqlite:////srv/x.db", "postgresql+psycopg://u:p@db:5432/candour"])
def test_both_kinds_of_database_are_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CANDOUR_DATABASE_URL", url)
    assert load_settings().effective_database_url == url


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "candour.example", "::"])  # noqa: S104
def test_demo_mode_binds_to_nothing_but_loopback(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("CANDOUR_DEMO", "true")
    monkeypatch.setenv("CANDOUR_HOST", host)
    with pytest.raises(SettingsError, match="loopback"):
        load_settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_demo_mode_is_allowed_at_home(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("CANDOUR_DEMO", "true")
    monkeypatch.setenv("CANDOUR_HOST", host)
    assert load_settings().demo


def test_a_wrong_value_names_the_setting_and_where_to_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_PORT", "http")
    monkeypatch.setenv("CANDOUR_QUALITY_SAMPLE_RATE", "2")
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert "CANDOUR_PORT (port in candour.toml)" in str(wrong.value)
    assert "CANDOUR_QUALITY_SAMPLE_RATE" in str(wrong.value)


def test_a_wrong_secret_is_not_repeated_in_the_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_PORT", "70000")
    monkeypatch.setenv("CANDOUR_LLM_API_KEY", "sk-hidden")
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert "sk-hidden" not in str(wrong.value)


def test_what_was_changed_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_PORT", "8001")
    assert [row.name for row in load_settings().describe() if row.changed] == ["port"]


def test_the_languages_a_model_reads_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().embedder_reads is None
    monkeypatch.setenv("CANDOUR_EMBEDDER_LANGUAGES", "en, zh-Hant,zh-Hans")
    assert load_settings().embedder_reads == set(Language)


def test_a_language_nobody_knows_is_one_sentence_that_says_how_to_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_EMBEDDER_LANGUAGES", "en, Cantonese")
    with pytest.raises(SettingsError, match=r"CANDOUR_EMBEDDER_LANGUAGES .*write it as en, zh-Hant, zh-Hans"):
        load_settings()
