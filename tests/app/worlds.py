"""Small worlds for tests of the nouns: institutions, versions and evidence with sensible contents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from app.conversations.service import ConversationService
from app.db.columns import new_id
from app.documents.publishing import Publishing
from app.documents.repository import VersionRepository
from app.documents.service import DocumentService
from app.documents.types import Ingested, SnapshotMove, Stage, Upload
from app.evidence.audit import Ledger
from app.evidence.types import Evidence, SentenceRecord
from app.institutions.service import InstitutionService
from guardrails.types import Reason
from knowledge_bases.schema import (
    Brand,
    Citation,
    Contact,
    Institution,
    Language,
    Sector,
    Span,
    VersionInfo,
    VersionKey,
    Wording,
)

FEES = VersionKey("card-fees", "2026-01")
AS_AT = date(2026, 1, 1)
MAKER, CHECKER = "maker-1", "checker-1"


def an_institution(institution_id: str = "harbour-bank", *, self_publish: bool = False) -> Institution:
    """A bank."""
    return Institution(
        id=institution_id,
        names=Wording("Harbour Bank", "海港銀行", "海港银行"),
        sectors=(Sector.BANKING,),
        licences=frozenset({"dps_member"}),
        languages=tuple(Language),
        sites=("http://localhost:8000",),
        contact=Contact("+852 2000 0000", "care@bank.example", Wording("9 to 5", "九時至五時", "九时至五时")),
        brand=Brand("#0b5d66", "#10252b"),
        privacy_document=None,
        self_publish=self_publish,
        slots={"bank": Wording("Harbour Bank", "海港銀行", "海港银行")},
        starters={Language.EN: ("What is the fee?",)},
    )


def add_institution(session: Session, ledger: Ledger, institution: Institution | None = None) -> str:
    """Store a bank; returns its id."""
    return InstitutionService(session, ledger).add(institution or an_institution()).id


def an_upload(key: VersionKey = FEES, **changes: object) -> Upload:
    """A version by the maker; ``changes`` are of its VersionInfo."""
    info = VersionInfo(key=key, title="Card fees", language=Language.EN, tags=frozenset({"fees"}), as_at=AS_AT)
    return Upload(replace(info, **changes), "fees.pdf", f"{key.document}/{key.version}".ljust(64, "0"), MAKER)


def bring_to_approved(session: Session, institution_id: str, ledger: Ledger, upload: Upload) -> VersionKey:
    """Register, ingest, submit and approve a version."""
    key = upload.info.key
    documents = DocumentService(session, institution_id, ledger)
    documents.register(upload)
    documents.mark_ingested(key, Ingested("p" * 64, "{}", 3))
    publishing = Publishing(session, institution_id, ledger)
    publishing.submit(key, MAKER)
    publishing.approve(key, CHECKER)
    return key


def received_again(session: Session, institution_id: str, key: VersionKey) -> None:
    """As an edit of its facts leaves a version: to be read once more."""
    versions = VersionRepository(session, institution_id)
    row = versions.get(key)
    row.stage = Stage.RECEIVED
    versions.save(row)


def publish(session: Session, institution_id: str, ledger: Ledger, upload: Upload | None = None) -> VersionKey:
    """Bring a version all the way into force."""
    key = bring_to_approved(session, institution_id, ledger, upload or an_upload())
    pointer = InstitutionService(session, ledger).pointer(institution_id)
    move = SnapshotMove(f"snapshot-{pointer.generation + 1}", pointer.generation)
    Publishing(session, institution_id, ledger).publish([key], CHECKER, move)
    return key


def start_conversation(session: Session, institution_id: str, ledger: Ledger) -> str:
    """An open conversation's id."""
    return ConversationService(session, institution_id, ledger).start(Language.EN, "http://localhost:8000").id


def some_evidence(conversation_id: str, *keys: VersionKey) -> Evidence:
    """A quoted answer that cites ``keys``."""
    citations = tuple(Citation(key, "p" * 64, Span(0, 8), "HK$1,800", 1, "Fees", None) for key in keys)
    return Evidence(
        answer_id=new_id(),
        conversation_id=conversation_id,
        created_at=datetime.now(UTC),
        status="quoted",
        reason=Reason.NOT_FOUND if not keys else None,
        language=Language.EN,
        as_of=date(2026, 11, 22),
        question="What is the annual fee?",
        released="HK$1,800",
        rulebook_version="r" * 64,
        sentences=(SentenceRecord("HK$1,800", citations),) if keys else (),
    )
