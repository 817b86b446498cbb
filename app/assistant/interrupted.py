"""What a process that was killed left: answers half told are closed from what their customers read, and no word more;
questions of whose answer nothing was told are recorded as unanswered, and their customers read so."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlmodel import Session

from app.answering.texts import texts
from app.answering.types import Answer
from app.assistant.flags import flags_of
from app.cases.service import CaseService
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.open_questions import OpenQuestions
from app.evidence.pieces import PieceService
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence

log = structlog.get_logger(__name__)

End = Callable[[Session, str, Ledger, str], int]  # of an institution's answer; 0: there was nothing to end

ABANDONED_S = 120.0  # no answer waits so long for its next sentence


def close_interrupted(database: Database, ledger: Ledger, institution_id: str, after_s: float = ABANDONED_S) -> int:
    """Close the answers of which nothing came for ``after_s`` seconds; how many. Those of erased conversations stay."""
    with database.read() as session:
        left = PieceService(session, institution_id, ledger).unclosed(now_utc() - timedelta(seconds=after_s))
    return sum(_ended(database, ledger, institution_id, answer_id, _close) for answer_id in left)


def close_unanswered(database: Database, ledger: Ledger, institution_id: str, after_s: float = ABANDONED_S) -> int:
    """Record the questions that are open for ``after_s`` seconds as unanswered; how many. Those erased stay."""
    with database.read() as session:
        left = OpenQuestions(session, institution_id, ledger).asked_before(now_utc() - timedelta(seconds=after_s))
    return sum(_ended(database, ledger, institution_id, answer_id, _give_up) for answer_id in left)


def _ended(database: Database, ledger: Ledger, institution_id: str, answer_id: str, end: End) -> int:
    """How many were ended: one, or none. One that can't be read keeps no other from being ended."""
    try:
        with suppress(ConversationErased), database.write() as session:
            return end(session, institution_id, ledger, answer_id)
    except Exception as error:
        log.error("answer.interrupted.failed", institution_id=institution_id, error=type(error).__name__)
    return 0


def _give_up(session: Session, institution_id: str, ledger: Ledger, answer_id: str) -> int:
    """The question as a message, and the words kept for this end as its answer. 0: it is open no more."""
    question = OpenQuestions(session, institution_id, ledger).give_up(answer_id)
    if question is None:
        return 0
    ConversationService(session, institution_id, ledger).say(
        question.evidence.conversation_id, MessageRole.CUSTOMER, question.evidence.question
    )
    _say(session, institution_id, ledger, question.evidence, Answer.from_json(json.loads(question.answer)))
    return 1


def _close(session: Session, institution_id: str, ledger: Ledger, answer_id: str) -> int:
    """The last piece as the whole answer, with a notice that it ended there. 0: somebody else was faster."""
    evidences = EvidenceService(session, institution_id, ledger)
    last = PieceService(session, institution_id, ledger).of(answer_id)[-1]
    evidences.lock()
    if evidences.has(answer_id):
        return 0
    answer = Answer.from_json(json.loads(last.answer))
    notice = texts(answer.language)["notice_interrupted"]
    answer = replace(answer, notices=(*answer.notices, notice), text=f"{answer.text}\n\n{notice}")
    recorded = replace(last.evidence, released=answer.text, notices=answer.notices)
    _say(session, institution_id, ledger, recorded, answer)
    return 1


def _say(session: Session, institution_id: str, ledger: Ledger, recorded: Evidence, answer: Answer) -> None:
    EvidenceService(session, institution_id, ledger).close(recorded)
    said = json.dumps(answer.to_json(), ensure_ascii=False)
    conversations = ConversationService(session, institution_id, ledger)
    conversations.say(recorded.conversation_id, MessageRole.ASSISTANT, said, answer.answer_id)
    findings = [finding for verdict in recorded.verdicts for finding in verdict.findings]
    for flag in flags_of(answer, recorded.conversation_id, lambda: False, findings):
        CaseService(session, institution_id, ledger).open(flag)
