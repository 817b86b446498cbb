"""What a customer writes while a person has the conversation: kept, told to staff where it can't wait, and answered by
nobody but for the words that can't wait either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from app.answering.references import new_reference
from app.assistant.flags import alarms_of
from app.cases.service import CaseService
from app.cases.types import COMPLAINT_KEY, Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.types import ConversationState, MessageRole
from app.evidence.audit import AuditLog, Happening, Ledger
from app.evidence.open_questions import OpenQuestions
from app.handover.register import human_incident
from app.handover.service import HandoverService
from guardrails.messages import customer_words
from guardrails.rulebook import Rulebook
from guardrails.types import Finding, Reason, Severity, Verdict
from knowledge_bases.schema import Institution, Language

# what a customer reads at once, whoever has the conversation: how to stop a fraud, whom to call with a life in danger
TOLD = (Reason.DISTRESS, Reason.FRAUD)


@dataclass(frozen=True)
class Listening:
    """The conversations of one institution that people have, within one unit of work; ``rulebook`` is in force."""

    session: Session
    institution: Institution
    ledger: Ledger
    rulebook: Rulebook

    def note(self, conversation_id: str, heard: Verdict, language: Language) -> bool:
        """Keep the masked words; where they raise an alarm, its words follow them, once while the alarm is open.

        False, and nothing is kept, where the assistant answers again: it was handed back a moment ago.
        """
        place = (self.session, self.institution.id, self.ledger)
        AuditLog(*place).lock()
        conversations = ConversationService(*place)
        if conversations.get(conversation_id).state is not ConversationState.HUMAN:
            return False
        conversations.say(conversation_id, MessageRole.CUSTOMER, heard.text)
        OpenQuestions(*place).settle(conversation_id, heard.text)
        HandoverService(*place).heard(conversation_id)
        cases, fresh = CaseService(*place), False
        for flag in alarms_of(heard.findings, conversation_id):
            fresh |= cases.open(flag).occurrences == 1
            cases.escalate(human_incident(conversation_id), flag.severity)
        reason = _told(heard.findings)
        if fresh and reason is not None:
            self._tell(conversation_id, reason, language)
        if _complains(heard.findings) and not self._known(cases, conversation_id):
            self._take_down(cases, conversation_id, language)
        return True

    def _known(self, cases: CaseService, conversation_id: str) -> bool:
        """Whether a complaint of the conversation is open: what is said next belongs to it."""
        return any(case.trigger is Trigger.COMPLAINT for case in cases.open_of(conversation_id))

    def _take_down(self, cases: CaseService, conversation_id: str, language: Language) -> None:
        """A complaint has its number and its day also where a person is waited for."""
        reference = new_reference()
        incident = COMPLAINT_KEY + reference
        cases.open(Flag(Trigger.COMPLAINT, Severity.S2, conversation_id, incident_key=incident))
        self._tell(conversation_id, Reason.COMPLAINT, language, reference)

    def _tell(self, conversation_id: str, reason: Reason, language: Language, reference: str = "") -> None:
        words = customer_words(self.rulebook, reason, self.institution, language, reference)
        said = ConversationService(self.session, self.institution.id, self.ledger).say(
            conversation_id, MessageRole.NOTICE, words
        )
        fields = {"reason": reason.value, "message_id": said.id, "rulebook": self.rulebook.version}
        log = AuditLog(self.session, self.institution.id, self.ledger)
        log.append(Happening("conversation:warn:done", conversation_id, fields))


def _complains(findings: Iterable[Finding]) -> bool:
    """What an attack says is no complaint."""
    found = {finding.reason for finding in findings}
    return Reason.COMPLAINT in found and Reason.INJECTION not in found


def _told(findings: Iterable[Finding]) -> Reason | None:
    found = {finding.reason for finding in findings}
    return next((reason for reason in TOLD if reason in found), None)
