"""The worker's retention: at its start, then once an interval; one institution's trouble keeps no other waiting."""

from __future__ import annotations

from unittest.mock import patch

from app.jobs.periodic import Periodic
from app.jobs.upkeep import keep
from app.removal import retention
from app.removal.retention import retain_all
from tests.app.documents.test_agreement import current
from tests.app.small_bank import BANK, DEPOSITS, RIVAL, SmallBank


def test_the_worker_makes_withdrawn_words_absent_at_its_start(small_bank: SmallBank) -> None:
    before = current(small_bank)
    small_bank.withdraw(DEPOSITS)
    runs: list[None] = []

    def act() -> None:
        runs.append(None)
        keep(small_bank.foundation)

    job = Periodic("retention", 3600.0, act)
    job.when_due()
    job.wait()
    after = current(small_bank)
    assert after != before
    job.when_due()
    job.wait()
    assert len(runs) == 1


def test_one_institution_s_trouble_keeps_no_other_waiting(small_bank: SmallBank) -> None:
    asked: list[str] = []

    def broken(_: object, institution_id: str) -> list[object]:
        asked.append(institution_id)
        raise OSError("the disk is gone")

    with patch.object(retention, "retain", broken):
        retain_all(small_bank.foundation)
    assert asked == sorted([BANK, RIVAL])
