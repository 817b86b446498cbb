"""A bank with five small documents and a rival with two, brought into force by the product's own ingestion.

Made once per test session and copied for each test: a folder that any process of the product can be pointed at.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import yaml

from app.answering.ports import Writer
from app.answering.types import Answer, Question
from app.cases.service import CaseService
from app.cases.types import Case
from app.composition import Platform, build_platform
from app.documents.publishing import Publishing
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation, lay_foundation
from app.jobs.intake import Intake, publish_taken, take
from app.jobs.taken import Taken
from app.settings import Settings
from guardrails.rails.engine import Rails
from guardrails.rulebook import Rulebook, load_rulebook
from knowledge_bases.loader import FILE_NAME, load_institution
from knowledge_bases.schema import Institution, VersionKey
from retrieval.embedders import HashingEmbedder

BANK, RIVAL = "small-bank", "rival-bank"
EMBEDDER = HashingEmbedder()
FEE_QUESTION = "What is the annual fee of the gold card?"
OLD_FEES, FEES = VersionKey("card-fees", "2025-01"), VersionKey("card-fees", "2026-01")
DEPOSITS, LOST, LOST_ZH = VersionKey("dps", "1"), VersionKey("lost-card", "1"), VersionKey("lost-card-zh", "1")

_FILES = {
    "card-fees-2025.md": "# Credit card fees\n\n## Annual fees\n\nThe annual fee of the Gold Card is HK$600.\n\n"
    "The annual fee of the Platinum Card is HK$1,500.\n",
    "card-fees-2026.md": "# Credit card fees\n\n## Annual fees\n\nThe annual fee of the Gold Card is HK$720.\n\n"
    "The annual fee of the Platinum Card is HK$1,800.\n\n## Late payment\n\n"
    "The late charge is HK$300 for each missed payment.\n",
    "dps.html": "<html><head><title>Deposit Protection</title></head><body><h1>Deposit Protection</h1>"
    "<p>Eligible deposits are protected up to HK$800,000 for each depositor.</p></body></html>",
    "lost-card.md": "# Lost or stolen cards\n\nReport a lost card by calling +852 2000 0000 at any hour.\n\n"
    "The replacement of a lost card costs HK$100.\n",
    "lost-card-zh.md": "# 遺失信用卡\n\n如遺失信用卡，請立即致電 +852 2000 0000 報失。\n\n"
    "補發信用卡收費為港幣100元。\n",
    "rival-fees.md": "# Card fees\n\nThe annual fee of the Gold Card is HK$9,999.\n",
    "rival-loans.md": "# Personal loans\n\nThe handling fee of a personal loan is 1% of the loan amount.\n\n"
    "Early repayment of a loan costs HK$1,000.\n",
}


def _institution(institution_id: str, *documents: dict[str, object]) -> dict[str, object]:
    name = {"en": f"The {institution_id}", "zh-Hant": "小銀行", "zh-Hans": "小银行"}
    return {
        "id": institution_id,
        "names": name,
        "sectors": ["banking"],
        "licences": ["dps_member"],
        "languages": ["en", "zh-Hant", "zh-Hans"],
        "sites": ["http://localhost:8000"],
        "self_publish": True,
        "brand": {"accent": "#0b5d66", "ink": "#10252b"},
        "contact": {
            "phone": "+852 2000 0000",
            "email": "care@small.example",
            "hours": {"en": "9 to 5", "zh-Hant": "九時至五時", "zh-Hans": "九时至五时"},
        },
        "privacy_document": None,
        "slots": {"bank": name},
        "starters": {"en": [FEE_QUESTION], "zh-Hant": ["金卡年費幾多？"], "zh-Hans": ["金卡年费是多少？"]},
        "documents": list(documents),
    }


def _document(key: VersionKey, file: str, title: str, **changes: object) -> dict[str, object]:
    facts = {"id": key.document, "file": file, "title": title, "language": "en", "version": key.version, "tags": []}
    return {**facts, **changes}


def write_folders(root: Path) -> dict[str, Path]:
    """The folders that ``candour institution add`` takes, by institution."""
    values = {
        BANK: _institution(
            BANK,
            _document(OLD_FEES, "card-fees-2025.md", "Card Fees", effective_from="2025-01-01", tags=["credit_card"]),
            _document(FEES, "card-fees-2026.md", "Card Fees", effective_from="2026-01-01", tags=["credit_card"]),
            _document(DEPOSITS, "dps.html", "Deposit Protection", tags=["deposit"]),
            _document(LOST, "lost-card.md", "Lost Cards", sibling="lost-card-zh"),
            _document(LOST_ZH, "lost-card-zh.md", "遺失信用卡", language="zh-Hant", sibling="lost-card"),
        ),
        RIVAL: _institution(
            RIVAL,
            _document(VersionKey("rival-fees", "1"), "rival-fees.md", "Rival Fees"),
            _document(VersionKey("rival-loans", "1"), "rival-loans.md", "Rival Loans"),
        ),
    }
    for institution_id, value in values.items():
        folder = root / institution_id
        folder.mkdir(parents=True)
        (folder / FILE_NAME).write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        for name, text in _FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
    return {institution_id: root / institution_id for institution_id in values}


def settings_of(data_dir: Path, **changes: object) -> Settings:
    """Settings for tests: nothing is sampled, no worker is started."""
    fixed: dict[str, object] = {"data_dir": data_dir, "worker": False, "quality_sample_rate": 0.0}
    return Settings(_env_file=None, **{**fixed, **changes})  # type: ignore[arg-type]


def make_home(root: Path) -> Path:
    """A data folder with both institutions in force."""
    foundation = lay_foundation(settings_of(root / "data"))
    for folder in write_folders(root / "folders").values():
        bring_into_force(foundation, folder)
    foundation.database.engine.dispose()
    return root / "data"


def bring_into_force(foundation: Foundation, folder: Path) -> None:
    """Adds the institution that ``folder`` describes and publishes its documents."""
    from app.institutions.service import InstitutionService

    loaded = load_institution(folder)
    with foundation.database.write() as session:
        InstitutionService(session, foundation.ledger).add(loaded.institution)
    results = [take_one(foundation, loaded.institution.id, Intake.of(source)) for source in loaded.sources]
    publish_taken(foundation, loaded.institution.id, results, "tests")


def take_one(foundation: Foundation, institution_id: str, intake: Intake) -> Taken:
    """Ingests a file that is expected to go in."""
    taken = take(foundation, EMBEDDER, institution_id, intake, "tests", lambda progress: None)
    assert isinstance(taken, Taken), taken
    return taken


@cache
def one_rulebook() -> Rulebook:
    """The shipped rulebook, loaded once: it is frozen."""
    return load_rulebook()


@cache
def one_rails() -> Rails:
    """The real rails, built once: half a second each, and they keep nothing between questions."""
    return Rails(one_rulebook())


@contextmanager
def shared_rails() -> Iterator[None]:
    """Platforms built inside share rulebook and rails."""
    shared = {"load_rulebook": lambda **_: one_rulebook(), "Rails": lambda *_, **__: one_rails()}
    with patch.multiple("app.composition", **shared):
        yield


@dataclass(frozen=True)
class SmallBank:
    """The platform over one copy of the data folder, and what tests look at."""

    home: Path
    platform: Platform

    @classmethod
    def copy_of(cls, home: Path, to: Path, **changes: object) -> SmallBank:
        """A platform over a fresh copy of ``home``; ``changes`` are of its settings."""
        shutil.copytree(home, to)
        with shared_rails():
            return cls(to, build_platform(lay_foundation(settings_of(to, **changes)), EMBEDDER))

    @property
    def foundation(self) -> Foundation:
        return self.platform.foundation

    @property
    def institution(self) -> Institution:
        return self.platform.assistant.institution(BANK)

    def with_writer(self, writer: Writer | None) -> SmallBank:
        """The same bank, whose answers ``writer`` writes."""
        return self.with_parts(lambda parts: replace(parts, writer_of=lambda _: writer))

    def with_parts(self, change: Callable[..., object]) -> SmallBank:
        """The same bank with changed parts of its pipeline."""
        from app.answering.pipeline import Pipeline

        parts = change(self.platform.parts)
        assistant = replace(self.platform.assistant, pipeline=Pipeline(parts))  # type: ignore[arg-type]
        return replace(self, platform=replace(self.platform, parts=parts, assistant=assistant))  # type: ignore[arg-type]

    async def ask(self, text: str = FEE_QUESTION, conversation: str | None = None, **changes: object) -> Answer:
        """Asks the bank; the assistant is expected to speak."""
        question = Question(BANK, text, conversation_id=conversation, **changes)  # type: ignore[arg-type]
        answer = await self.platform.assistant.ask(question)
        assert answer is not None
        return answer

    def evidence(self, answer_id: str) -> Evidence:
        """The stored evidence of an answer."""
        with self.foundation.database.read() as session:
            return EvidenceService(session, BANK, self.foundation.ledger).get(answer_id)

    def cases(self, institution_id: str = BANK) -> tuple[Case, ...]:
        """The open review cases."""
        with self.foundation.database.read() as session:
            return CaseService(session, institution_id, self.foundation.ledger).queue()

    def withdraw(self, key: VersionKey = FEES) -> None:
        """Takes a version out of force at once."""
        with self.foundation.database.write() as session:
            Publishing(session, BANK, self.foundation.ledger).withdraw(key, "tests", "wrong figure")

    def is_whole(self) -> bool:
        """Whether the bank's log, evidence and checkpoints verify."""
        return AuditVerifier(self.foundation.database, self.foundation.ledger).verify(BANK).whole

    def close(self) -> None:
        """Lets connections go; the rails are shared."""
        self.foundation.database.engine.dispose()
