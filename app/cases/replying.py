"""The reply to a complaint: staff's own words, which its customer reads in the conversation where they complained, or
that they were answered elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session

from app.answering.types import DIRECT
from app.cases.complaints import REPLIED, Complaints, Way
from app.cases.errors import AnsweredAhead, CaseDecided, NoComplaint
from app.cases.service import CaseService
from app.cases.types import Case, CaseState, Trigger
from app.console.access import Member
from app.console.desk import Desk
from app.conversations.service import ConversationService
from app.conversations.types import Conversation, Message, MessageRole
from app.db.columns import now_utc
from app.evidence.audit import AuditLog, Happening
from app.handover.errors import ReplyEmpty, ReplyTooLong
from app.handover.events import Event, own_desk
from app.handover.types import MAX_REPLY_CHARACTERS
from app.hong_kong import today_in_hong_kong
from app.web.texts import Texts
from guardrails.detectors import credentials, pii
from guardrails.masking import mask
from guardrails.types import RailContext
from knowledge_bases.schema import Institution, Language

_TEXTS = Texts.load(Path(__file__).parent / "texts.yaml")
# Of a customer, never needed in a reply. How to reach somebody is: the desk, or the body that decides disputes.
_MASKED = ("HKID", "ID", "CARD", "ACCOUNT", "PASSPORT")


class Chat(StrEnum):
    """Whether a reply is read where the complaint was made."""

    OPEN = "open"
    RUN_OUT = "run_out"  # the page forgets the chat a while after it was opened, and begins another
    PROGRAM = "program"  # an institution's own program holds it, and alone knows whether it shows what is said
    NONE = "none"  # a single question, without a chat


@dataclass(frozen=True)
class Reach:
    """How a customer is reached; ``last_seen`` is when they last wrote, as far as is known."""

    chat: Chat
    last_seen: datetime


def reach_of(conversation: Conversation, said: Collection[Message], chat_lasts_s: int) -> Reach:
    """Whether the customer of ``conversation`` can still be replied to there."""
    wrote = [message.at for message in said if message.role is MessageRole.CUSTOMER]
    last_seen = max(wrote, default=conversation.created_at)
    if conversation.origin == DIRECT or conversation.origin == "cli":
        return Reach(Chat.NONE, last_seen)
    if conversation.origin == "api" or conversation.origin.startswith("api_key:"):
        return Reach(Chat.PROGRAM, last_seen)
    over = now_utc() - last_seen > timedelta(seconds=chat_lasts_s)
    return Reach(Chat.RUN_OUT if over else Chat.OPEN, last_seen)


def without_numbers(text: str, institution: Institution, language: Language) -> str:
    """``text`` with a customer's card, account and identity numbers, and every secret, masked."""
    context = RailContext(institution, language, text)
    numbers = (finding for finding in pii.detect(context) if finding.detail in _MASKED)
    return mask(text, (*numbers, *credentials.detect(context)))


def reply(desk: Desk, member: Member, case_id: str, text: str, noted: Collection[str] = ()) -> Message:
    """Say ``text`` to the customer of an open complaint, below a line that names it. The case stays open.

    ``noted`` are the rules that the member was told of. The same reply sent again at once is said once.

    Raises:
        CaseNotFound, NoComplaint, CaseDecided. ReplyEmpty, ReplyTooLong. ConversationErased: nobody can read it.
    """
    words, place = text.strip(), (member.institution.id, desk.ledger)
    if not words:
        raise ReplyEmpty
    if len(words) > MAX_REPLY_CHARACTERS:
        raise ReplyTooLong(len(words))
    with desk.database.write() as session:
        conversations = ConversationService(session, *place)
        case = CaseService(session, *place).get(case_id)
        conversation = conversations.held(case.conversation_id)  # before the case is looked at: one reply at a time
        case = _complaint(session, desk, member, case_id)
        language = conversation.language
        words = without_numbers(words, member.institution, language)
        whole = f"{_TEXTS.say('complaint_reply', language, reference=case.reference or case.number)}\n\n{words}"
        before = conversations.transcript(conversation.id)
        staff = [message for message in before if message.role is MessageRole.STAFF]
        if staff and staff[-1].text == whole:
            return staff[-1]
        said = conversations.say(conversation.id, MessageRole.STAFF, whole)
        readable = reach_of(conversation, before, desk.settings.chat_token_ttl_s).chat in (Chat.OPEN, Chat.PROGRAM)
        fields = {"by": member.identity.account_id, "message_id": said.id, "noted": " ".join(sorted(noted))}
        AuditLog(session, *place).append(Happening(REPLIED, case.id, {**fields, "readable": readable}))
        _tell(session, desk, member, case, said, language)
    return said


def note_answer(desk: Desk, member: Member, case_id: str, way: Way, on: date) -> None:
    """Note that an open complaint was answered outside of its chat.

    Raises:
        CaseNotFound, NoComplaint, CaseDecided. AnsweredAhead: the day is still to come.
    """
    if on > today_in_hong_kong():
        raise AnsweredAhead(on)
    with desk.database.write() as session:
        audit = AuditLog(session, member.institution.id, desk.ledger)
        audit.lock()
        case = _complaint(session, desk, member, case_id)
        Complaints(audit).note(case.id, member.identity.account_id, way, on)


def _complaint(session: Session, desk: Desk, member: Member, case_id: str) -> Case:
    case = CaseService(session, member.institution.id, desk.ledger).get(case_id)
    if case.trigger is not Trigger.COMPLAINT:
        raise NoComplaint(case_id)
    if case.state is not CaseState.OPEN:
        raise CaseDecided(case_id)
    return case


def _tell(session: Session, desk: Desk, member: Member, case: Case, said: Message, language: Language) -> None:
    """The institution's own desk, as of any reply of a person."""
    payload = {
        "conversation_id": case.conversation_id,
        "handover_id": None,
        "case_id": case.id,
        "at": said.at.isoformat(),
        "reference": case.reference or case.number,
        "reason": Trigger.COMPLAINT.value,
        "language": language.value,
        "last_seq": said.seq,
    }
    own_desk(session, member.institution.id, desk.ledger).publish(Event.REPLY.value, case.conversation_id, payload)
