"""The product's SourceLibrary and the fake keep one contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.chat.library import PublishedLibrary
from app.chat.ports import SourceLibrary
from app.composition import today_in_hong_kong
from app.db.session import Database
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import Ingested, SnapshotMove
from app.evidence.audit import Ledger
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.settings import Settings
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app import worlds
from tests.fakes.library import FakeLibrary, a_text_document, an_info

HERE, ELSEWHERE = "harbour-bank", "lantern-insurance"
FEES, OLD, NOTICE, CHINESE = (
    VersionKey(*pair.split("@")) for pair in ("fees@2026-01", "old@2025-01", "privacy@2026-01", "privacy-zh@2026-01")
)
PARSE = a_text_document()
TODAY = date(2026, 6, 1)


def infos() -> list[VersionInfo]:
    """Fees, a version that is withdrawn, and a notice with its Chinese sibling."""
    notice = replace(an_info(NOTICE.document), sibling=CHINESE.document)
    chinese = replace(an_info(CHINESE.document, language=Language.ZH_HANT), sibling=NOTICE.document)
    return [an_info(FEES.document), an_info(OLD.document, OLD.version), notice, chinese]


class Contract:
    """What every SourceLibrary holds to."""

    @pytest.fixture
    def library(self) -> SourceLibrary:
        raise NotImplementedError

    def test_a_published_version_is_found_with_its_words_and_its_file(self, library: SourceLibrary) -> None:
        version = library.find(HERE, FEES)
        assert version is not None
        assert (version.info.key, version.withdrawn) == (FEES, False)
        assert library.parse(HERE, FEES, PARSE.sha256) == PARSE
        assert library.parse(HERE, FEES, None) == PARSE
        assert library.original(HERE, FEES) == b"the file of fees"

    def test_a_parse_that_is_not_the_version_s_is_not_shown(self, library: SourceLibrary) -> None:
        assert library.parse(HERE, FEES, "0" * 64) is None

    def test_a_withdrawn_version_is_said_to_be_withdrawn(self, library: SourceLibrary) -> None:
        version = library.find(HERE, OLD)
        assert version is not None
        assert version.withdrawn

    def test_what_is_not_there_is_not_found(self, library: SourceLibrary) -> None:
        assert library.find(HERE, VersionKey("fees", "1999-01")) is None
        assert library.parse(HERE, VersionKey("nothing", "2026-01"), None) is None

    def test_another_institution_finds_nothing(self, library: SourceLibrary) -> None:
        assert library.find(ELSEWHERE, FEES) is None
        assert library.parse(ELSEWHERE, FEES, PARSE.sha256) is None
        assert library.in_force(ELSEWHERE, FEES.document, Language.EN, TODAY) is None

    @pytest.mark.parametrize(
        ("language", "key"),
        [(Language.EN, NOTICE), (Language.ZH_HANT, CHINESE), (Language.ZH_HANS, CHINESE)],
    )
    def test_the_version_in_force_is_in_the_reader_s_language(
        self, library: SourceLibrary, language: Language, key: VersionKey
    ) -> None:
        assert library.in_force(HERE, NOTICE.document, language, TODAY) == key

    def test_a_withdrawn_version_is_not_in_force(self, library: SourceLibrary) -> None:
        assert library.in_force(HERE, OLD.document, Language.EN, TODAY) is None


class TestFake(Contract):
    @pytest.fixture
    def library(self) -> SourceLibrary:
        library = FakeLibrary()
        for info in infos():
            file = f"the file of {info.key.document}".encode()
            library.add(HERE, info, PARSE, file, withdrawn=info.key == OLD)
        return library


class TestPublished(Contract):
    @pytest.fixture
    def foundation(self, sqlite_database: Database, ledger: Ledger, tmp_path: Path) -> Foundation:
        return Foundation(Settings(data_dir=tmp_path), sqlite_database, ledger)

    @pytest.fixture
    def library(self, foundation: Foundation) -> SourceLibrary:
        for institution in (HERE, ELSEWHERE):
            with foundation.database.write() as session:
                worlds.add_institution(session, foundation.ledger, worlds.an_institution(institution))
        for info in infos():
            publish(foundation, info)
        with foundation.database.write() as session:
            Publishing(session, HERE, foundation.ledger).withdraw(OLD, worlds.CHECKER, "wrong figures")
        return PublishedLibrary(foundation)

    def test_a_draft_is_nobody_s_business(self, foundation: Foundation, library: SourceLibrary) -> None:
        draft = VersionKey("draft", "2027-01")
        with foundation.database.write() as session:
            DocumentService(session, HERE, foundation.ledger).register(worlds.an_upload(draft))
        assert library.find(HERE, draft) is None
        assert library.parse(HERE, draft, None) is None

    def test_a_withdrawn_version_s_words_are_not_read(self, library: SourceLibrary) -> None:
        assert library.parse(HERE, OLD, PARSE.sha256) is None

    def test_before_its_first_day_a_version_is_not_in_force(
        self, foundation: Foundation, library: SourceLibrary
    ) -> None:
        tomorrow = today_in_hong_kong() + timedelta(days=1)
        publish(foundation, replace(an_info("terms"), effective_from=tomorrow))
        assert library.in_force(HERE, "terms", Language.EN, today_in_hong_kong()) is None


def publish(foundation: Foundation, info: VersionInfo) -> None:
    """Brings a version with its file and the parse all the way into force."""
    files = foundation.files(HERE)
    parse_sha256 = files.put(PARSE.to_json())
    file_sha256 = files.put(f"the file of {info.key.document}".encode())
    upload = replace(worlds.an_upload(), info=info, file_sha256=file_sha256)
    with foundation.database.write() as session:
        documents = DocumentService(session, HERE, foundation.ledger)
        documents.register(upload)
        documents.mark_ingested(info.key, Ingested(parse_sha256, "{}", None))
        publishing = Publishing(session, HERE, foundation.ledger)
        publishing.submit(info.key, worlds.MAKER)
        publishing.approve(info.key, worlds.CHECKER)
        pointer = InstitutionService(session, foundation.ledger).pointer(HERE)
        publishing.publish([info.key], worlds.CHECKER, SnapshotMove(f"s-{info.key.document}", pointer.generation))
