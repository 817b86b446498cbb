"""``candour knowledge``: sweep, receipts, retention and discarding from the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.documents.publishing import Publishing
from app.foundation import lay_foundation
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
