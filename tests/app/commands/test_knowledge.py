"""``candour knowledge``: sweep, receipts, retention and discarding from the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.documents.publishing import Publishing
from app.foundation import lay_foundation
from app.removal.receipts import Receipts
from app.removal.types import Cause, FileKind, Holding, Removal
from app.staff.service import StaffService
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, DEPOSITS, settings_of


def withdraw(home: Path) -> None:
    foundation = lay_foundation(settings_of(home / "data"))
    with foundation.database.write() as session:
        Publishing(session, BANK, foundation.ledger).withdraw(DEPOSITS, "tests", "wrong figure")
    foundation.database.engine.dispose()


def test_a_sweep_of_every_institution_agrees(run: Run) -> None:
    ran = run("knowledge", "sweep", "--json")
    assert (ran.status, [one["agrees"] for one in ran.json["institutions"]]) == (0, [True, True])
    assert "small-bank: index and catalogue agree; 5 versions" in run("knowledge", "sweep").out


def test_a_disagreement_is_one_line_and_exit_status_1(run: Run, home: Path) -> None:
    withdraw(home)
    ran = run("knowledge", "sweep", "--institution", BANK)
    assert ran.status == 1
    assert ran.out.splitlines()[1].startswith("  dps, version 1, is withdrawn, but still in the current snapshot")
    assert run("knowledge", "retain", "--institution", BANK).status == 0
    assert run("knowledge", "sweep", "--institution", BANK).status == 0


def test_what_is_removed_has_a_receipt(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    withdraw(home)
    monkeypatch.setenv("CANDOUR_KEEP_WITHDRAWN_DAYS", "0")
    for path in (home / "data" / "files").rglob("*"):
        os.utime(path, (0, 0))  # stored long ago
    (receipt,) = run("knowledge", "retain", "--institution", BANK, "--json").json["receipts"]
    assert (receipt["document"], receipt["cause"], receipt["by"]) == ("dps", "withdrawn", "cli")
    assert {one["kind"] for one in receipt["removed"]} == {"original", "parse"}
    assert [one["kind"] for one in receipt["kept"]] == ["segment"]  # until the last snapshot that holds it is gone
    assert run("knowledge", "receipts", "--institution", BANK, "--json").json == {"receipts": [receipt]}
    assert "kept: segment" in run("knowledge", "receipts", "--institution", BANK).out
    for command in (("knowledge", "sweep"), ("audit", "verify"), ("doctor", "--quiet", "--hashes")):
        assert run(*command).status == 0, command


def test_orphans_are_listed_and_removed_when_asked(run: Run, home: Path) -> None:
    from app.documents.files import FileStore

    sha256 = FileStore(home / "data" / "files", BANK).put(b"nobody's")
    os.utime(home / "data" / "files" / BANK / sha256[:2] / sha256, (0, 0))
    listed = run("knowledge", "sweep", "--institution", BANK)
    assert (listed.status, f"orphan: stray {sha256}" in listed.out) == (0, True)
    assert "orphans removed, receipt" in run("knowledge", "sweep", "--institution", BANK, "--remove-orphans").out
    assert run("knowledge", "sweep", "--institution", BANK, "--json").json["institutions"][0]["orphans"] == []


def test_a_draft_is_discarded_and_a_published_version_is_not(run: Run, home: Path) -> None:
    path = home / "wrong-file.md"
    path.write_text("# Wrong\n\nNobody should read this.\n", encoding="utf-8")
    assert run("ingest", str(path), "--institution", BANK).status == 0
    ran = run("knowledge", "discard", "wrong-file", "1", "--institution", BANK)
    assert (ran.status, "discarded: wrong-file, version 1, 3 files" in ran.out) == (0, True)
    assert run("knowledge", "discard", "dps", "1", "--institution", BANK).status == 1
    assert run("knowledge", "discard", "nothing", "1", "--institution", BANK).status == 2
    assert run("knowledge", "discard", "dps", "1", "--institution", "nobody").status == 2


HERE = ("--institution", BANK)
DIFF, IMPACT = ("knowledge", "diff", "card-fees", "2025-01", "2026-01"), ("knowledge", "impact", "card-fees", "2026-01")
EACH = (
    DIFF,
    IMPACT,
    ("knowledge", "discard", "dps", "1"),
    *(("knowledge", name) for name in ("sweep", "receipts", "retain", "reindex")),
    ("ingest", "nowhere.md"),
)


@pytest.mark.parametrize("command", EACH, ids=" ".join)
def test_an_unknown_institution_is_what_is_named(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--institution", "nobody")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("candour: there is no institution 'nobody'")


@pytest.mark.parametrize(
    "command",
    [
        ("knowledge", "diff", "nothing", "1", "2"),
        ("knowledge", "impact", "nothing", "1"),
        ("knowledge", "discard", "nothing", "1"),
    ],
    ids=" ".join,
)
def test_an_unknown_document_is_what_is_named(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, *HERE)
    assert (ran.status, ran.out) == (2, "")
    assert "there is no document 'nothing' in this institution" in ran.err


@pytest.mark.parametrize(
    "command",
    [
        ("knowledge", "diff", "card-fees", "1999", "2026-01"),
        ("knowledge", "diff", "card-fees", "2026-01", "1999"),
        ("knowledge", "impact", "card-fees", "1999"),
        ("knowledge", "discard", "card-fees", "1999"),
    ],
    ids=" ".join,
)
def test_an_unknown_version_is_named_with_those_there_are(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, *HERE)
    assert (ran.status, ran.out) == (2, "")
    assert "document 'card-fees' has no version '1999'; it has 2026-01, 2025-01" in " ".join(ran.err.split())


@pytest.mark.parametrize("option", ["--as-at", "--effective-from", "--effective-to"])
def test_a_day_that_is_none_is_a_usage_error(run: Run, option: str) -> None:
    ran = run("ingest", "nowhere.md", *HERE, option, "31.12.2026")
    assert (ran.status, ran.out) == (2, "")
    assert "'31.12.2026' is not a date; write it as YYYY-MM-DD" in ran.err


@pytest.mark.parametrize("command", ["sweep", "reindex"])
def test_help_shows_an_example_that_is_understood(run: Run, command: str) -> None:
    words = " ".join(run("knowledge", command, "--help").out.split())
    example = words.split("Example: candour ")[1].replace("my-bank", BANK)
    assert run(*example.split()).status == 0


def test_what_older_rules_built_is_listed_and_built_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("ingestion.chunking", "app.jobs.reindex"):
        monkeypatch.setattr(f"{place}.CHUNKER_VERSION", "newer")
    assert "7 versions are indexed by older rules" in run("doctor", "--json").out
    (told,) = run("knowledge", "reindex", *HERE, "--dry-run", "--json").json["institutions"]
    assert (len(told["stale"]), told["rebuilt"], told["snapshot"]) == (5, 0, None)
    assert told["stale"][0] == {"document": "card-fees", "version": "2026-01", "reasons": ["chunker"]}
    assert "5 of 5 versions built again" in run("knowledge", "reindex", *HERE).out
    ran = run("knowledge", "reindex", "--json")
    assert (ran.status, [len(one["stale"]) for one in ran.json["institutions"]]) == (0, [2, 0])
    assert "every version is indexed as it would be today" in run("doctor", "--json").out


def test_receipts_name_the_person_where_they_are_known(run: Run, home: Path) -> None:
    foundation = lay_foundation(settings_of(home / "data"))
    with foundation.database.write() as session:
        by = StaffService(session, foundation.ledger).create_account("maya", "a phrase that is long enough", by="tests")
        removal = Removal(Cause.ORPHANS, None, by, (Holding(FileKind.STRAY, "a" * 64, 1),))
        Receipts(session, BANK, foundation.ledger).begin(removal)
    foundation.database.engine.dispose()
    assert "by maya," in run("knowledge", "receipts", "--institution", BANK).out
