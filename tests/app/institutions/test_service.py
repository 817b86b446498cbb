"""Institutions: stored as they are described, with a pointer that moves one step at a time."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.tables import AuditEntryRow
from app.institutions.config import from_config, to_config
from app.institutions.errors import InstitutionExists, SnapshotMoved, UnknownInstitution
from app.institutions.service import InstitutionService, SnapshotPointer
from knowledge_bases.loader import FILE_NAME, load_institution
from tests.app.worlds import add_institution, an_institution

BANK = "harbour-bank"
SAMPLES = sorted(path.parent for path in (Path(__file__).parents[3] / "knowledge_bases").glob(f"*/{FILE_NAME}"))


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_every_sample_institution_survives_storage(folder: Path) -> None:
    institution = load_institution(folder).institution
    assert from_config(to_config(institution)) == institution


def test_an_institution_reads_back_equal(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        add_institution(session, ledger)
    with database.read() as session:
        assert InstitutionService(session, ledger).get(BANK) == an_institution()
        assert InstitutionService(session, ledger).all() == (an_institution(),)
        assert InstitutionService(session, ledger).pointer(BANK) == SnapshotPointer(None, 0)


def test_an_institution_is_added_once_and_configured_after(database: Database, ledger: Ledger) -> None:
    changed = replace(an_institution(), sites=("https://bank.example",))
    with database.write() as session:
        institutions = InstitutionService(session, ledger)
        institutions.add(an_institution())
        with pytest.raises(InstitutionExists):
            institutions.add(changed)
        for _ in range(2):
            institutions.configure(changed)
        assert institutions.get(BANK) == changed
        actions = [entry.action for entry in session.exec(select(AuditEntryRow))]
    assert actions == ["institution:add:done", "institution:configure:done"]


def test_an_unknown_institution_is_an_error(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        institutions = InstitutionService(session, ledger)
        for attempt in (
            lambda: institutions.get("nobody"),
            lambda: institutions.get("harbour\0bank"),
            lambda: institutions.get("\udcff"),
            lambda: institutions.pointer("nobody"),
            lambda: institutions.configure(an_institution("nobody")),
        ):
            with pytest.raises(UnknownInstitution):
                attempt()


def test_of_two_builders_one_publishes_and_the_other_starts_again(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        add_institution(session, ledger)
    outcomes: list[str] = []

    def build(name: str) -> None:
        try:
            with database.write() as session:
                InstitutionService(session, ledger).move_snapshot(BANK, name, expected_generation=0)
            outcomes.append(name)
        except SnapshotMoved:
            outcomes.append("moved")

    builders = [threading.Thread(target=build, args=(name,)) for name in ("one", "two")]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    with database.read() as session:
        pointer = InstitutionService(session, ledger).pointer(BANK)
    assert "moved" in outcomes
    assert len(outcomes) == 2
    assert pointer == SnapshotPointer(next(o for o in outcomes if o != "moved"), 1)
