"""The reply to a complaint: staff's own words, which its customer reads in the conversation where they complained."""

from __future__ import annotations

from pathlib import Path

from app.cases.errors import CaseDecided, NoComplaint
from app.cases.service import CaseService
from app.cases.types import CaseState, Trigger
from app.console.access import Member
from app.console.desk import Desk
from app.conversations.service import ConversationService
from app.conversations.types import Message, MessageRole
from app.evidence.audit import AuditLog, Happening
from app.handover.errors import ReplyEmpty, ReplyTooLong
from app.handover.types import MAX_REPLY_CHARACTERS
from app.web.texts import Texts

_TEXTS = Texts.load(Path(__file__).parent / "texts.yaml")


def reply(desk: Desk, member: Member, case_id: str, text: str) -> Message:
    """Say ``text`` to the customer of an open complaint, below a line that names it. The case stays open.

    Raises:
        CaseNotFound, NoComplaint, CaseDecided. ReplyEmpty, ReplyTooLong. ConversationErased: nobody can read it.
    """
    words, place = text.strip(), (member.institution.id, desk.ledger)
    if not words:
        raise ReplyEmpty
    if len(words) > MAX_REPLY_CHARACTERS:
        raise ReplyTooLong(len(words))
    with desk.database.write() as session:
        case = CaseService(session, *place).get(case_id)
        if case.trigger is not Trigger.COMPLAINT:
            raise NoComplaint(case_id)
        if case.state is not CaseState.OPEN:
            raise CaseDecided(case_id)
        conversations = ConversationService(session, *place)
        language = conversations.get(case.conversation_id).language
        lead = _TEXTS.say("complaint_reply", language, reference=case.reference or case.number)
        said = conversations.say(case.conversation_id, MessageRole.STAFF, f"{lead}\n\n{words}")
        fields = {"by": member.identity.account_id, "message_id": said.id}
        AuditLog(session, *place).append(Happening("complaint:reply:done", case.id, fields))
    return said
