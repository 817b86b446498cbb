"""What becomes of an answer that was held for a person: it goes out, or its customer is told that it does not.

Both are answers of their own in the same conversation, recorded before they are shown like any other.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from app.answering.texts import texts
from app.answering.types import Answer, AnswerStatus
from app.assistant.flags import flags_of
from app.cases.errors import NotReleasable
from app.cases.service import CaseService
from app.cases.types import Case, CaseState
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.columns import new_id
from app.documents.service import DocumentService
from app.evidence.audit import Ledger
from app.evidence.errors import CitedVersionWithdrawn
from app.evidence.service import EvidenceService
from app.evidence.types import DifferingRecord, Evidence, SentenceRecord
from app.hong_kong import HONG_KONG, today_in_hong_kong
from app.switches.reading import standing_of, topics_of
from app.switches.types import Route
from guardrails.types import Reason
from knowledge_bases.schema import Language, VersionKey

SHOWN_QUESTION = 120  # characters of it, so that the customer knows which one is answered


@dataclass(frozen=True)
class Releasing:
    """The held answers of one institution, within the unit of work that decides their cases."""

    session: Session
    institution_id: str
    ledger: Ledger

    def after(self, case: Case) -> Answer | None:
        """What the customer is given by a case just decided; None where no answer was held for it.

        Raises:
            NotReleasable: it was approved, but a version it cites, or its topic or language, may not be answered from.
            ConversationErased: the conversation is gone, and what was held with it.
        """
        evidence = self._evidence(case)
        if evidence is None or evidence.held is None or case.decision is None:
            return None
        if case.state is CaseState.APPROVED:
            self._require_open(evidence)
            answer = released(Answer.from_json(json.loads(evidence.held.answer)), evidence.question, evidence.answer_id)
        else:
            answer = declined(evidence.held.declined, evidence.language, evidence.answer_id)
        self._record(evidence, answer, case.decision.by)
        return answer

    def _evidence(self, case: Case) -> Evidence | None:
        if case.answer_id is None:
            return None
        return EvidenceService(self.session, self.institution_id, self.ledger).get(case.answer_id)

    def _record(self, held: Evidence, answer: Answer, by: str) -> None:
        try:
            recorded = _evidence_of(held, answer, by)
            EvidenceService(self.session, self.institution_id, self.ledger).record(recorded)
        except CitedVersionWithdrawn as error:
            raise NotReleasable("a document it quotes is no longer in force") from error
        said = json.dumps(answer.to_json(), ensure_ascii=False)
        conversations = ConversationService(self.session, self.institution_id, self.ledger)
        conversations.say(held.conversation_id, MessageRole.ASSISTANT, said, answer.answer_id)
        for flag in flags_of(answer, held.conversation_id, lambda: False):  # no sample: a person has looked
            CaseService(self.session, self.institution_id, self.ledger).open(flag)

    def _require_open(self, evidence: Evidence) -> None:
        """A person's word does not lift a switch."""
        standing = standing_of(self.session, self.institution_id)
        if not standing.speaks(evidence.language):
            raise NotReleasable("answers in its language are suspended")
        held = Answer.from_json(json.loads(evidence.held.answer)) if evidence.held else None
        keys = {citation.key for sentence in (held.sentences if held else ()) for citation in sentence.citations}
        if self._route(evidence, keys) in (Route.SUSPENDED, Route.REFUSE):
            raise NotReleasable("its topic is suspended or only answered by a person now")

    def _route(self, evidence: Evidence, keys: Collection[VersionKey]) -> Route:
        documents = DocumentService(self.session, self.institution_id, self.ledger)
        infos = [documents.get(key).info for key in keys]
        found = {finding.rule_id for verdict in evidence.verdicts for finding in verdict.findings}
        return standing_of(self.session, self.institution_id).route_of(
            topic
            for topic in topics_of(self.session, self.institution_id).values()
            if not found.isdisjoint(topic.findings) or any(topic.covers(i.tags, i.product) for i in infos)
        )


def released(held: Answer, question: str, held_id: str) -> Answer:
    """The held answer as its customer reads it: word for word, below a line that says which question it answers."""
    asked = " ".join(question.split())
    asked = asked if len(asked) <= SHOWN_QUESTION else f"{asked[:SHOWN_QUESTION].rstrip()}…"
    lead = f"{texts(held.language)['lead_released'].format(question=asked)}\n\n{held.lead}"
    text = f"{lead}{held.text.removeprefix(held.lead)}"
    return replace(held, answer_id=new_id(), lead=lead, text=text, releases=held_id)


def declined(words: str, language: Language, held_id: str) -> Answer:
    """What the customer reads in place of an answer that a person did not let go out."""
    return Answer(
        answer_id=new_id(),
        status=AnswerStatus.REFUSED,
        reason=Reason.NOT_RELEASED,
        language=language,
        text=words,
        lead=words,
        releases=held_id,
    )


def _evidence_of(held: Evidence, answer: Answer, by: str) -> Evidence:
    sentences = tuple(SentenceRecord(sentence.text, sentence.citations) for sentence in answer.sentences)
    return replace(
        held,
        answer_id=answer.answer_id,
        created_at=datetime.now(UTC),
        status=answer.status.value,
        reason=answer.reason,
        as_of=_day(held),
        released=answer.text,
        sentences=sentences,
        notices=answer.notices,
        disclosures=answer.disclosures,
        differing=tuple(DifferingRecord(d.pair, d.citations) for d in answer.differing),
        held=None,
        releases=held.answer_id,
        decided_by=by,
    )


def _day(held: Evidence) -> date:
    """The day whose versions must be in force: today for a question about its own day, which may be some days ago."""
    asked_on = held.created_at.astimezone(HONG_KONG).date()
    return today_in_hong_kong() if held.as_of == asked_on else held.as_of
