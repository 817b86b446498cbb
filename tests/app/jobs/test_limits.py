"""A file that is larger than an upload may be is refused with the same limit, whichever way it comes in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.batches.service import BatchService
from app.batches.types import Arrived
from app.documents.service import DocumentService
from app.documents.types import Upload
from app.foundation import Foundation
from app.jobs.batch_reading import BatchReader
from app.jobs.ingest import Ingestion, Job
from app.jobs.intake import Intake, take
from app.jobs.taken import Refused
from ingestion.errors import FileTooLarge
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.small_bank import BANK, EMBEDDER, SmallBank, settings_of

NAME, CONTENT = "vault.md", b"# Vaults\n\n" + b"A vault costs HK$9,000 a year. " * 50_000
INFO = VersionInfo(VersionKey("vault", "1"), "Vaults", Language.EN)
LIMITED = "vault.md: it has 1.5 MB and the limit is 1 MB"


@pytest.fixture
def narrow(small_bank: SmallBank) -> Foundation:
    """A foundation on which an upload may have one MB."""
    base = small_bank.foundation
    return replace(base, settings=settings_of(base.settings.data_dir, max_upload_bytes=2**20))


def test_from_the_command_line(narrow: Foundation, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(CONTENT)
    result = take(narrow, EMBEDDER, BANK, Intake(path, INFO, language_known=False), "tests", lambda _: None)
    assert isinstance(result, Refused)
    assert LIMITED in result.reason


def test_from_a_row_that_was_received(narrow: Foundation) -> None:
    sha256 = narrow.files(BANK).put(CONTENT)
    with narrow.database.write() as session:
        DocumentService(session, BANK, narrow.ledger).register(Upload(INFO, NAME, sha256, "maker-1"))
    with pytest.raises(FileTooLarge, match=re.escape(LIMITED)):
        Ingestion(narrow, EMBEDDER).run(Job(BANK, INFO.key))


def test_from_a_batch(narrow: Foundation) -> None:
    arrived = Arrived(NAME, len(CONTENT), narrow.files(BANK).put(CONTENT))
    with narrow.database.write() as session:
        batch_id = BatchService(session, BANK, narrow.ledger).receive([arrived], "maker-1")
    BatchReader(narrow).read_next()
    with narrow.database.read() as session:
        (file,) = BatchService(session, BANK, narrow.ledger).get(batch_id, "maker-1").files
    assert LIMITED in (file.error or "")
