"""Which model an institution has: said once, checked at the start, its key in no file; told by doctor and readyz."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.answering.models.settings import ServedModelSettings
from app.answering.models.types import Limits
from app.doctor.models import served as doctor
from app.settings import SettingsError, load_settings
from tests.app.answering.models.served import BANK
from tests.app.small_bank import settings_of
from tests.fakes.model_server import fails, free_port, serving, streams

TOLD: dict[str, object] = {"addresses": ["http://one:8000/v1", "https://two/v1"], "model": "m"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tell(monkeypatch: pytest.MonkeyPatch, **entries: dict[str, object]) -> None:
    monkeypatch.setenv("CANDOUR_MODELS", json.dumps(entries))


def test_each_institution_may_have_a_model_of_its_own_with_its_limits_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANK_KEY", "sk-hidden")
    limits = {"max_tokens": 300, "at_once": 4, "first_sentence_s": 1, "total_s": 8, "max_reply_bytes": 200_000}
    bank = {**TOLD, "api_key_env": "BANK_KEY", "temperature": 0.2, **limits}
    monkeypatch.setenv("CANDOUR_MODELS", json.dumps({BANK: bank, "*": TOLD}))
    settings = load_settings()
    assert settings.served_models[BANK].limits == Limits(1, 8, 300, 200_000, 4)
    assert settings.served_models[BANK].temperature == 0.2
    assert [settings.model_key(one) for one in (BANK, "*")] == [SecretStr("sk-hidden"), SecretStr("none")]
    assert not any("sk-hidden" in row.value for row in settings.describe())


def test_what_is_not_said_is_as_documented() -> None:
    settings = ServedModelSettings(addresses=("http://one/v1",), model="m")
    assert (settings.temperature, settings.limits) == (0.1, Limits(1.2, 12.0, 512, 1024 * 1024, 16))


def test_one_model_at_one_address_is_said_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, **{BANK: TOLD})
    monkeypatch.setenv("CANDOUR_LLM_BASE_URL", "http://short/v1")
    monkeypatch.setenv("CANDOUR_LLM_MODEL", "tiny")
    monkeypatch.setenv("CANDOUR_LLM_API_KEY", "sk-short")
    monkeypatch.setenv("CANDOUR_LLM_TIMEOUT_S", "1")
    settings = load_settings()
    assert set(settings.served_models) == {BANK, "*"}
    short = settings.served_models["*"]
    assert (short.addresses, short.model, short.limits.total_s) == (("http://short/v1",), "tiny", 1)
    assert [settings.model_key(one).get_secret_value() for one in (BANK, "*")] == ["none", "sk-short"]


def test_without_a_setting_nobody_has_a_model() -> None:
    assert load_settings().served_models == {}


@pytest.mark.parametrize(
    ("told", "says_what"),
    [
        ({"addresses": []}, "addresses"),
        ({"addresses": ["http://one:8000"]}, r"write each address as http://HOST:PORT/v1"),
        ({"addresses": ["one:8000/v1"]}, r"write each address as"),
        ({"addresses": ["http://one/v1?key=x"]}, r"write each address as"),
        ({"addresses": ["http://user:hush@one/v1"]}, "without a password"),
        ({"addresses": ["http://one/v1", "http://one/v1"]}, "named twice"),
        ({"model": ""}, "model"),
        ({"temperature": 0.31}, r"between 0.0 and 0.3 \(HKMA.*set it there"),
        ({"temperature": -0.1}, "between 0.0 and 0.3"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"at_once": 0}, "at_once"),
        ({"first_sentence_s": 0}, "first_sentence_s"),
        ({"first_sentence_s": 13}, "first_sentence_s is longer than total_s"),
        ({"total_s": 1000}, "total_s"),
        ({"max_reply_bytes": 10}, "max_reply_bytes"),
        ({"api_key": "sk-hidden"}, "api_key"),
        ({"api_key_env": "NO_SUCH_KEY"}, f"the model of {BANK} needs the key in NO_SUCH_KEY, which is not set"),
    ],
)
def test_a_wrong_setting_is_refused_at_the_start_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, object], says_what: str
) -> None:
    tell(monkeypatch, **{BANK: {**TOLD, **told}})
    with pytest.raises(SettingsError, match=says_what) as wrong:
        load_settings()
    assert "hush" not in str(wrong.value)
    assert "sk-hidden" not in str(wrong.value)


@pytest.mark.parametrize(
    ("short", "says_what"),
    [
        ({"BASE_URL": "http://one/v1"}, "llm_model"),
        ({"BASE_URL": "http://one", "MODEL": "m"}, "llm_base_url: write each address"),
    ],
)
def test_the_short_form_is_checked_like_the_long_one(
    monkeypatch: pytest.MonkeyPatch, short: dict[str, str], says_what: str
) -> None:
    for name, value in short.items():
        monkeypatch.setenv(f"CANDOUR_LLM_{name}", value)
    with pytest.raises(SettingsError, match=says_what):
        load_settings()


def test_two_models_for_everybody_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, **{"*": TOLD})
    monkeypatch.setenv("CANDOUR_LLM_BASE_URL", "http://one/v1")
    monkeypatch.setenv("CANDOUR_LLM_MODEL", "m")
    with pytest.raises(SettingsError, match="leave one of them out"):
        load_settings()


def test_doctor_says_of_each_institution_which_model_where_how_it_is_and_what_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANK_KEY", "sk-hidden")
    gone = f"http://127.0.0.1:{free_port()}/v1"
    with serving(streams("Y", finish_reason="length")) as well, serving(fails(500)) as ill:
        models = {
            BANK: ServedModelSettings(addresses=(well.base_url, gone), model="own", api_key_env="BANK_KEY"),
            "ill-bank": ServedModelSettings(addresses=(ill.base_url,), model="own"),
            "*": ServedModelSettings(addresses=(well.base_url,), model="shared"),
        }
        parts = {part.name: part for part in doctor(settings_of(tmp_path, models=models))}
        assert "Bearer sk-hidden" in well.keys
    assert {name: part.well for name, part in parts.items()} == {
        f"model of {BANK}": False,
        "model of ill-bank": False,
        "model": True,
    }
    assert parts[f"model of {BANK}"].says == (
        f"own at {well.base_url} up, {gone} down (down): start it, or correct its address; "
        "first sentence within 1.2 s, all within 12 s, 512 tokens, 16 at once"
    )
    assert "(500)" in parts["model of ill-bank"].says
    assert not any("sk-hidden" in part.says for part in parts.values())


def test_doctor_says_that_answers_are_quotes_where_nobody_has_a_model(tmp_path: Path) -> None:
    (part,) = doctor(settings_of(tmp_path))
    assert (part.well, part.says) == (True, "none configured: answers are quotes only")
