"""Two banks with staff, documents in every state and cases: what the console's tests walk through."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlmodel import Session

from app.answering.types import Answer, AnswerStatus
from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole, Vote
from app.db.session import Database
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import Ingested, Progress, SnapshotMove, Stage, Upload
from app.evidence.audit import Ledger
from app.evidence.service import EvidenceService
from app.evidence.types import DraftRecord, Evidence, SentenceRecord, VerdictRecord
from app.foundation import Foundation
from app.handover.service import HandoverService
from app.handover.types import CallBackRequest
from app.institutions.service import InstitutionService
from app.settings import Settings
from app.staff.service import StaffService
from app.staff.types import Role, Ticket
from guardrails.types import Action, Disclosure, Finding, Reason, Severity
from guardrails.types import Stage as RailStage
from knowledge_bases.parsed import Block, BlockKind, Page, ParsedDocument, Table
from knowledge_bases.schema import Chunk, Citation, Language, Span, Unit, UnitKind, VersionInfo, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.segments import write_segment
from tests.fakes.answering import institution
from tests.fakes.library import a_blank_pdf

OWN, FOREIGN = "north-bank", "south-bank"
PASSWORD = "a phrase that is long enough"
PUBLISHED = VersionKey("card-fees-en", "2026-01")
READY = VersionKey("card-terms-en", "2026-11")
IN_REVIEW = VersionKey("loan-terms-zh", "2026-10")
FAILED = VersionKey("branch-notice-en", "2026-09")
RECEIVED = VersionKey("insurance-en", "2026-11")
WITHDRAWN = VersionKey("old-leaflet-en", "2019")
PHONE, NAME = "+852 5555 0147", "Chan Tai Man"
SCRIPT = "<script>alert(1)</script>"

LINES = (
    "Card fees",
    "The annual fee of the Gold Card is HK$1,200, waived in the first year.",
    f"Words that try to be markup stay words: {SCRIPT}",
    "Fees by card",
    "Card | Annual fee",
    "Gold | HK$1,200",
    "Platinum | HK$2,400",
    "* Supplementary cards cost half.",
)


@dataclass(frozen=True)
class World:
    """``tickets`` by user name; each of ``maya``, ``chen`` … holds the role of ``STAFF`` in the own bank."""

    foundation: Foundation
    tickets: dict[str, Ticket]
    case_id: str
    call_back_case_id: str
    erased_case_id: str
    foreign_case_id: str


STAFF = {
    "maya": Role.MAKER,
    "chen": Role.CHECKER,
    "rita": Role.REVIEWER,
    "hugo": Role.HEAD,
    "ada": Role.AUDITOR,
    "otto": Role.OPERATOR,
}
STRANGER = "mallory"  # holds every role, in the foreign bank only


def foundation_at(folder: Path, database: Database, ledger: Ledger) -> Foundation:
    """A foundation whose files lie in ``folder``."""
    settings = Settings(data_dir=folder, worker=False, host="127.0.0.1", demo=True)
    return Foundation(settings, database, ledger)


def build(foundation: Foundation) -> World:
    """Fill an empty database."""
    with foundation.database.write() as session:
        for bank in (OWN, FOREIGN):
            InstitutionService(session, foundation.ledger).add(institution(bank))
        tickets = _staff(session, foundation.ledger)
        _documents(session, foundation, tickets)
        case_id, call_back, erased = _cases(session, foundation.ledger, OWN)
        return World(foundation, tickets, case_id, call_back, erased, _cases(session, foundation.ledger, FOREIGN)[0])


def parsed() -> ParsedDocument:
    """A small document of two pages with a heading, a paragraph and a table."""
    text = "\n".join(LINES)
    spans = [_span(text, line) for line in LINES]
    table = Table(caption=spans[3], headers=(spans[4],), rows=(spans[5], spans[6]), footnotes=(spans[7],))
    blocks = (
        Block(BlockKind.HEADING, spans[0], 1, (), level=1),
        Block(BlockKind.PARAGRAPH, spans[1], 1, (LINES[0],)),
        Block(BlockKind.LIST_ITEM, spans[2], 1, (LINES[0],)),
        Block(BlockKind.TABLE, Span(spans[3].start, spans[7].end), 2, (LINES[0],), table=table),
    )
    return ParsedDocument(text, blocks, "test-1", (Page(1, 595, 842), Page(2, 595, 842)))


@cache
def _two_pages() -> bytes:
    """Made once: it holds the time it was made at."""
    return a_blank_pdf(2)


def original_of(key: VersionKey) -> bytes:
    """A PDF of two blank pages that is like no other version's."""
    return _two_pages() + f"% original of {key}".encode()


def fee_citation() -> Citation:
    """A citation of the published version's second line."""
    document = parsed()
    span = _span(document.text, LINES[1])
    return Citation(PUBLISHED, document.sha256, span, LINES[1], 1, LINES[0], None)


def _span(text: str, line: str) -> Span:
    start = text.index(line)
    return Span(start, start + len(line))


def _staff(session: Session, ledger: Ledger) -> dict[str, Ticket]:
    service = StaffService(session, ledger)
    tickets = {}
    for name in (*STAFF, STRANGER):
        account = service.create_account(name, PASSWORD, by="tests")
        for role in [STAFF[name]] if name in STAFF else Role:
            service.grant(account, OWN if name in STAFF else FOREIGN, role, by="tests")
        tickets[name] = service.open_session(account, 3600)
    return tickets


def _documents(session: Session, foundation: Foundation, tickets: dict[str, Ticket]) -> None:
    maya, chen = tickets["maya"].account_id, tickets["chen"].account_id
    service = DocumentService(session, OWN, foundation.ledger)
    publishing = Publishing(session, OWN, foundation.ledger)
    address = foundation.files(OWN).put(parsed().to_json())
    for key in (PUBLISHED, READY, IN_REVIEW, FAILED, RECEIVED, WITHDRAWN):
        original = foundation.files(OWN).put(original_of(key))
        service.register(Upload(_info(key), f"{key.document}.pdf", original, maya))
        if key not in (FAILED, RECEIVED):
            problems = ("page 2: no text: scanned image; needs OCR",) if key == READY else ()
            service.mark_ingested(key, Ingested(address, _segment(foundation, key), 2, problems))
    service.mark_failed(FAILED, "branch-notice-en.pdf is encrypted; save it without a password and upload it again.")
    for key in (PUBLISHED, IN_REVIEW, WITHDRAWN):
        publishing.submit(key, maya)
    for generation, key in enumerate((PUBLISHED, WITHDRAWN)):
        publishing.approve(key, chen)
        publishing.publish([key], chen, SnapshotMove(f"{generation}" * 64, generation))
    publishing.withdraw(WITHDRAWN, chen, "replaced by the fee table")
    service.set_progress(RECEIVED, Progress(Stage.EMBEDDING, 12, 40))


def _segment(foundation: Foundation, key: VersionKey) -> str:
    """A real segment of one chunk, so that the version can be published."""
    document, embedder = parsed(), HashingEmbedder()
    span = _span(document.text, LINES[1])
    chunk = Chunk(
        id=f"chunk of {key.document}",
        key=key,
        parse_sha256=document.sha256,
        language=Language.EN,
        span=span,
        text=LINES[1],
        indexed_text=LINES[1],
        page=1,
        heading_path=(LINES[0],),
        anchor=None,
        units=(Unit(UnitKind.SENTENCE, span),),
    )
    root = foundation.index_root(OWN)
    return json.dumps(write_segment(root, [chunk], embedder.embed([LINES[1]]), embedder.id, key).to_value())


def _info(key: VersionKey) -> VersionInfo:
    chinese = key.document.endswith("zh")
    return VersionInfo(
        key=key,
        title="貸款條款" if chinese else key.document.removesuffix("-en").replace("-", " ").capitalize(),
        language=Language.ZH_HANT if chinese else Language.EN,
        product="gold card",
        tags=frozenset({"fees"}),
        as_at=date(2026, 1, 1),
        effective_from=date(2026, 1, 1),
        sibling="loan-terms-zh" if key == PUBLISHED else None,
    )


def _cases(session: Session, ledger: Ledger, bank: str) -> tuple[str, str, str]:
    conversations, cases = ConversationService(session, bank, ledger), CaseService(session, bank, ledger)
    talk = conversations.start(Language.EN, "http://localhost:8000")
    conversations.say(talk.id, MessageRole.CUSTOMER, "What is the annual fee of the gold card? My HKID is ●●●●●●●●.")
    evidence = _evidence(talk.id, bank)
    EvidenceService(session, bank, ledger).record(evidence)
    said = Answer(evidence.answer_id, AnswerStatus.QUOTED, None, Language.EN, evidence.released, "From our documents:")
    conversations.say(talk.id, MessageRole.ASSISTANT, json.dumps(said.to_json()), evidence.answer_id)
    conversations.vote(talk.id, evidence.answer_id, Vote.DOWN)
    case = cases.open(Flag(Trigger.THUMBS_DOWN, Severity.S3, talk.id, evidence.answer_id))
    handover = HandoverService(session, bank, ledger)
    handover.request_call_back(talk.id, CallBackRequest(NAME, PHONE, "after 6 p.m."))
    wanted = next(each for each in cases.queue() if each.trigger is Trigger.HUMAN_WANTED)
    gone = conversations.start(Language.ZH_HANT, "cli")
    conversations.say(gone.id, MessageRole.CUSTOMER, "words that were erased")
    erased = cases.open(Flag(Trigger.COMPLAINT, Severity.S2, gone.id))
    conversations.erase(gone.id, "otto")
    return case.id, wanted.id, erased.id


def _evidence(conversation_id: str, bank: str) -> Evidence:
    cited = () if bank == FOREIGN else (SentenceRecord(LINES[1], (fee_citation(),)),)
    finding = Finding("P07", RailStage.OUTPUT, Severity.S3, Action.REWRITE, Reason.CREDENTIALS)
    now = datetime.now(UTC)
    return Evidence(
        answer_id=f"{bank}-answer-1",
        conversation_id=conversation_id,
        created_at=now,
        status="quoted",
        reason=None,
        language=Language.EN,
        as_of=date(2026, 11, 20),
        question="What is the annual fee of the gold card?",
        released=f"From our documents:\n\n{LINES[1]}\n\nThis is information, not advice.",
        rulebook_version="5" * 64,
        snapshot="0" * 64,
        strength=0.83,
        drafts=(DraftRecord("quoting", cited),),
        verdicts=(VerdictRecord(RailStage.OUTPUT, Action.REWRITE, None, (finding,), now),),
        sentences=cited,
        disclosures=(Disclosure("D09", "This is information, not advice."),),
        timings_ms={"screen": 4.2, "retrieve": 11.8, "compose": 1.4, "verify": 6.0},
    )
