"""The samples of a demo, brought into force at every start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.foundation import lay_foundation
from app.jobs.samples import seed_sample
from app.samples import sample_folders
from app.settings import Settings
from knowledge_bases.schema import VersionKey
from retrieval.embedders import HashingEmbedder


def test_a_sample_that_staff_withdrew_stays_withdrawn_and_the_next_start_goes_on(tmp_path: Path) -> None:
    bank = next(folder for folder in sample_folders() if folder.institution.id == "harbour-bank")
    complaints = [source for source in bank.sources if source.info.key.document.startswith("complaints")]
    sample, foundation = (
        replace(bank, sources=tuple(complaints)),
        lay_foundation(Settings(data_dir=tmp_path, log_level="error")),
    )
    seed_sample(foundation, HashingEmbedder(), sample)
    withdrawn = complaints[0].info.key
    with foundation.database.write() as session:
        Publishing(session, "harbour-bank", foundation.ledger).withdraw(withdrawn, "a checker", "Out of date.")
    seed_sample(foundation, HashingEmbedder(), sample)
    with foundation.database.read() as session:
        versions = DocumentService(session, "harbour-bank", foundation.ledger).all()
    statuses: dict[VersionKey, VersionStatus] = {v.info.key: v.status for v in versions}
    assert statuses.pop(withdrawn) is VersionStatus.WITHDRAWN
    assert set(statuses.values()) == {VersionStatus.PUBLISHED}
