"""``candour institution`` and ``candour ingest``: of many files the good ones go in and each bad one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, RIVAL, write_folders

HERE = ("--institution", BANK)


@pytest.fixture
def files(home: Path) -> list[str]:
    """Two good files and four bad ones."""
    contents = {
        "locker.md": b"# Lockers\n\nA small safe deposit locker costs HK$450 a year.\n",
        "safe.txt": "保管箱每年收費港幣450元。\n".encode(),
        "empty.md": b"",
        "broken.pdf": b"%PDF-1.7 not really",
        "sheet.xlsx": b"PK\x03\x04 what",
    }
    for name, content in contents.items():
        (home / name).write_bytes(content)
    return [str(home / name) for name in (*contents, "missing.md")]


def test_good_files_go_in_and_each_bad_one_is_named(run: Run, files: list[str]) -> None:
    ran = run("ingest", *files, *HERE, "--publish", "--json")
    assert ran.status == 1
    by_name = {entry["file"]: entry for entry in ran.json["files"]}
    assert {name for name, entry in by_name.items() if entry["status"] == "ingested"} == {"locker.md", "safe.txt"}
    for name in ("empty.md", "broken.pdf", "sheet.xlsx", "missing.md"):
        assert name in by_name[name]["reason"]
        assert "Traceback" not in by_name[name]["reason"]
    assert len(ran.json["snapshot"]) == 64
    assert "4 of 6 files were refused" in ran.err
    assert "HK$450" in run("ask", "What does a small safe deposit locker cost a year?", *HERE).out


def test_all_good_is_zero_and_a_second_time_changes_nothing(run: Run, files: list[str]) -> None:
    first = run("ingest", *files[:2], *HERE, "--publish", "--json")
    again = run("ingest", *files[:2], *HERE, "--publish", "--json")
    assert (first.status, again.status) == (0, 0)
    assert first.json == again.json


def test_another_file_under_the_same_name_is_refused(run: Run, files: list[str]) -> None:
    run("ingest", files[0], *HERE)
    Path(files[0]).write_text("# Lockers\n\nA locker costs HK$999.\n")
    ran = run("ingest", files[0], *HERE, "--json")
    assert (ran.status, ran.json["files"][0]["status"]) == (1, "refused")


def test_without_publish_the_files_wait_for_approval(run: Run, files: list[str]) -> None:
    ran = run("ingest", files[0], *HERE)
    assert ran.status == 0
    assert "waiting for approval" in ran.out
    assert "HK$450" not in run("ask", "What does a small safe deposit locker cost a year?", *HERE).out


def test_the_language_is_told_from_the_text_or_given(run: Run, files: list[str]) -> None:
    run("ingest", files[1], *HERE, "--publish")
    assert "HK" not in run("search", "保管箱收費", *HERE, "--language", "zh-Hant", "--json").json["passages"][0]["text"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--institution", "no-bank"), "no-bank"),
        ((*HERE, "--effective-from", "soon"), "not a date"),
        ((*HERE, "--language", "fr"), "not a language"),
        ((), "--institution"),
    ],
)
def test_wrong_use_takes_nothing_in(run: Run, files: list[str], options: tuple[str, ...], says: str) -> None:
    ran = run("ingest", files[0], *options)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err


def test_one_person_cannot_publish_where_two_are_needed(run: Run, home: Path, files: list[str]) -> None:
    folder = write_folders(home / "careful")[RIVAL]
    value = yaml.safe_load((folder / "institution.yaml").read_text("utf-8"))
    value |= {"id": "careful-bank", "self_publish": False}
    (folder / "institution.yaml").write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    refused = run("institution", "add", str(folder), "--publish")
    assert refused.status == 2
    assert "careful-bank" not in run("institution", "list").out
    assert run("institution", "add", str(folder)).status == 0
    ran = run("ingest", files[0], "--institution", "careful-bank", "--publish")
    assert (ran.status, ran.out) == (2, "")
    assert "does not let one person publish" in ran.err
    assert run("ingest", files[0], "--institution", "careful-bank").status == 0


def test_institutions_are_added_listed_and_not_added_twice(run: Run, home: Path) -> None:
    listed = run("institution", "list", "--json").json["institutions"]
    assert [entry["id"] for entry in listed] == [RIVAL, BANK]
    twice = run("institution", "add", str(write_folders(home / "again")[BANK]))
    assert twice.status == 1
    assert BANK in twice.err


@pytest.mark.parametrize("content", [None, "id: [", "id: small"])
def test_a_folder_without_a_sound_institution_file_is_refused(run: Run, home: Path, content: str | None) -> None:
    (home / "folder").mkdir()
    if content is not None:
        (home / "folder" / "institution.yaml").write_text(content)
    ran = run("institution", "add", str(home / "folder"))
    assert (ran.status, ran.out) == (1, "")
    assert "institution.yaml" in ran.err


def test_a_folder_can_be_added_with_its_documents(run: Run, home: Path) -> None:
    folder = write_folders(home / "new")[RIVAL]
    value = yaml.safe_load((folder / "institution.yaml").read_text("utf-8"))
    (folder / "institution.yaml").write_text(yaml.safe_dump(value | {"id": "new-bank"}, allow_unicode=True), "utf-8")
    assert run("institution", "add", str(folder), "--publish").status == 0
    assert "HK$9,999" in run("ask", "What is the annual fee of the gold card?", "--institution", "new-bank").out
