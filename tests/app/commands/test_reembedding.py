"""A model of one's own from the command line: brought, asked in three languages, left again. Quality is not claimed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import cli
from retrieval.models import finance_model
from tests.app.commands.conftest import Ran, Run
from tests.app.small_bank import BANK, EMBEDDER, FEE_QUESTION, RIVAL, one_rails, one_rulebook, write_folders
from tests.fakes.tiny_models import make_cross_encoder, make_embedding_model

HERE = ("--institution", BANK)
QUESTIONS = {
    "en": (FEE_QUESTION, "HK$720"),
    "zh-Hant": ("遺失信用卡怎樣報失？", "2000 0000"),
    "zh-Hans": ("遗失信用卡怎样报失？", "2000 0000"),
}
PACKAGED = finance_model().embedder_id


@pytest.fixture
def asked(tmp_path: Path, logs_as_before: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs commands over an empty data folder, with the models that the settings name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANDOUR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("app.composition.load_rulebook", lambda **_: one_rulebook())
    monkeypatch.setattr("app.composition.Rails", lambda *_, **__: one_rails())
    monkeypatch.setattr(one_rails(), "close", lambda: None)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # as the program sets it when it starts

    def run(*words: str) -> Ran:
        result: Result = CliRunner().invoke(cli, list(words))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr, result.output)

    return run


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return make_embedding_model(tmp_path / "tiny-multilingual")


@pytest.fixture
def bank(asked: Run, tmp_path: Path) -> Run:
    """A bank and a rival in force, embedded by the packaged model."""
    for folder in write_folders(tmp_path / "folders").values():
        assert asked("institution", "add", str(folder), "--publish").status == 0
    return asked


def answers(run: Run, language: str = "en") -> tuple[str, str]:
    """The snapshot that answered and what it said."""
    answer = run("ask", QUESTIONS[language][0], *HERE, "--json").json
    assert answer["status"] == "quoted"
    return answer["snapshot"], answer["text"]


def standing(run: Run, institution: str = BANK) -> dict[str, object]:
    found = run("knowledge", "reembed", "--institution", institution, "--json").json["institutions"]
    return dict(found[0])


@pytest.mark.slow
def test_a_model_of_one_s_own_is_brought_answers_in_three_languages_and_is_left_again(
    bank: Run, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = answers(bank)
    monkeypatch.setenv("CANDOUR_EMBEDDER", str(tiny))  # its name says that it reads Chinese
    assert answers(bank)[0] == before, "the old index answers, by the old model"
    shown = standing(bank)
    assert shown["served_by"] == PACKAGED
    assert str(shown["settings_ask_for"]).startswith("tiny-multilingual@")
    (tmp_path / "locker.md").write_text("# Lockers\n\nA small locker costs HK$450 a year.\n", encoding="utf-8")
    assert bank("ingest", "locker.md", *HERE, "--publish").status == 0  # into the index that serves
    middle, _ = answers(bank)
    told = bank("doctor")
    assert f"model of {BANK} " in told.out
    assert f"served by {PACKAGED}; the settings ask for tiny-multilingual@" in told.out

    assert bank("knowledge", "reembed", *HERE, "--here").status == 0
    assert standing(bank)["served_by"] == shown["settings_ask_for"]
    assert standing(bank, RIVAL)["served_by"] == PACKAGED
    for language, (_, words) in QUESTIONS.items():
        snapshot, text = answers(bank, language)
        assert snapshot != middle
        assert words in text
    assert bank("search", "small locker", *HERE, "--json").json["passages"][0]["document"] == "locker"
    assert bank("knowledge", "sweep").status == 0

    monkeypatch.delenv("CANDOUR_EMBEDDER")
    assert answers(bank)[0] == snapshot, "what was noted of the model finds it again"
    assert bank("knowledge", "reindex", *HERE).out == f"{BANK}: 0 of 0 versions built again\n"
    assert bank("knowledge", "reembed", "--start").status == 0
    assert ", changing to" in bank("knowledge", "reembed", *HERE).out
    assert f"changing to {PACKAGED}: 0 of ? versions" in bank("doctor").out
    assert bank("knowledge", "reembed", "--here").status == 0
    assert standing(bank)["served_by"] == PACKAGED
    assert "HK$720" in answers(bank)[1]
    assert bank("audit", "verify").status == 0


@pytest.mark.slow
def test_an_index_whose_model_is_gone_answers_by_words_and_the_doctor_says_so(
    bank: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDOUR_EMBEDDER", str(tiny))
    assert bank("knowledge", "reembed", "--here").status == 0
    monkeypatch.delenv("CANDOUR_EMBEDDER")
    tiny.rename(tiny.with_name("elsewhere"))
    asked_by_words = "zh-Hans"  # of three documents words alone are hardly telling; this question's are
    assert QUESTIONS[asked_by_words][1] in answers(bank, asked_by_words)[1]
    told = bank("doctor", "--quiet")
    assert told.status == 1
    assert f"model of {BANK}" in told.out
    assert "cannot be had" in told.out


@pytest.mark.slow
def test_a_cross_encoder_that_is_set_is_used_and_named(
    bank: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDOUR_RERANKER", str(make_cross_encoder(tmp_path / "tiny-pairs")))
    monkeypatch.setenv("CANDOUR_RERANKER_TIMEOUT_S", "60")
    assert "HK$720" in answers(bank)[1]
    assert "tiny-pairs orders the first 20, within 60 s" in bank("doctor").out


@pytest.mark.parametrize("setting", ["CANDOUR_EMBEDDER", "CANDOUR_RERANKER"])
def test_a_model_that_cannot_be_had_is_one_sentence(asked: Run, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(setting, "nobody/no-such-model")
    ran = asked("ask", FEE_QUESTION, *HERE)
    assert ran.status == 1
    assert f"{setting}=nobody/no-such-model is no folder here" in ran.err
    assert len(ran.err.strip().splitlines()) <= 4  # as the terminal wraps it


def test_a_reranker_that_is_none_is_refused_at_the_start(
    asked: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDOUR_RERANKER", str(tmp_path))
    ran = asked("ask", FEE_QUESTION, *HERE)
    assert ran.status == 1
    assert "CANDOUR_RERANKER: there is no cross-encoder in" in " ".join(ran.err.split())


def test_a_change_is_asked_for_once_and_can_be_ended(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from retrieval.embedders import HashingEmbedder

    monkeypatch.setattr("app.composition.make_embedder", lambda *_: HashingEmbedder(32))
    (shown,) = run("knowledge", "reembed", *HERE, "--start", "--json").json["institutions"]
    assert shown["served_by"] == EMBEDDER.id
    assert (shown["change"]["to"], shown["change"]["done_at"]) == ("hashing@1/32", None)
    (ended,) = run("knowledge", "reembed", *HERE, "--cancel", "--json").json["institutions"]
    assert (ended["change"]["problem"], ended["change"]["done_at"] is None) == ("cancelled", False)
    assert "the last change ended: cancelled" in run("knowledge", "reembed", *HERE).out


def test_a_change_that_was_ended_is_no_failure_of_the_model_that_serves(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.embedders import HashingEmbedder

    with monkeypatch.context() as other:
        other.setattr("app.composition.make_embedder", lambda *_: HashingEmbedder(32))
        run("knowledge", "reembed", *HERE, "--start")
        run("knowledge", "reembed", *HERE, "--cancel")
    assert run("knowledge", "reembed", *HERE, "--here").status == 0


def test_where_nothing_differs_nothing_is_asked_for(run: Run) -> None:
    (shown,) = run("knowledge", "reembed", *HERE, "--start", "--json").json["institutions"]
    assert shown["change"] is None
    assert run("knowledge", "reembed", *HERE).out == f"{BANK}: served by {EMBEDDER.id}\n"


def test_the_doctor_names_an_institution_once_with_its_model(run: Run) -> None:
    (line,) = [line for line in run("doctor").out.splitlines() if f"model of {BANK}" in line]
    assert line.count(BANK) == 1
    assert f"served by {EMBEDDER.id}" in line


def test_ending_and_beginning_at_once_is_a_usage_error(run: Run) -> None:
    assert run("knowledge", "reembed", "--cancel", "--here").status == 2
