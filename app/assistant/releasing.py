"""What becomes of an answer that was held for a person: it goes out, as it stands or edited, or its customer is told
that it does not.

Each is an answer of its own in the same conversation, recorded before it is shown like any other.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from app.answering.evidence import evidence_of
from app.answering.texts import texts
from app.answering.types import Answer, AnswerStatus
from app.assistant.flags import flags_of
from app.assistant.wordings import Checked
from app.cases.errors import EditRefused, NotReleasable
from app.cases.service import CaseService
from app.cases.types import Case, CaseState, Trigger
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.columns import new_id
from app.documents.service import DocumentService
from app.evidence.audit import AuditLog, FieldValue, Happening, Ledger
from app.evidence.errors import CitedVersionWithdrawn
from app.evidence.service import EvidenceService
from app.evidence.types import DifferingRecord, Edit, Evidence, SentenceRecord
from app.hong_kong import HONG_KONG, today_in_hong_kong
from app.rules.provider import StoredRulebooks
from app.switches.reading import standing_of, topics_of
from app.switches.types import Route
from app.webhooks.service import WebhookService
from app.webhooks.types import ANSWER_DECLINED, ANSWER_RELEASED
from guardrails.types import Reason
from knowledge_bases.schema import Language, VersionKey

SHOWN_QUESTION = 120  # characters of it, so that the customer knows which one is answered


@dataclass(frozen=True)
class Releasing:
    """The held answers of one institution, within the unit of work that decides their cases.

    ``rulebooks`` says which rules are in force; None where there is only one. Of the cases that name a held answer,
    only the one that asks for its release decides what becomes of it.
    """

    session: Session
    institution_id: str
    ledger: Ledger
    rulebooks: StoredRulebooks | None = None

    def after(self, case: Case) -> Answer | None:
        """What the customer is given by a case just decided; None where no answer was held for it, or where it is
        declined and nobody is left to be told.

        Raises:
            NotReleasable: it was approved, but a version it cites, or its topic or language, may not be answered from,
                or it was made by rules that were replaced.
            ConversationErased: it was approved, but the conversation is gone, and what was held with it.
        """
        if case.trigger is not Trigger.RELEASE:
            return None
        try:
            evidence = self._evidence(case)
        except ConversationErased:
            if case.state is CaseState.REJECTED:
                return None
            raise
        held = None if evidence is None else held_answer(evidence)
        if evidence is None or evidence.held is None or held is None or case.decision is None:
            return None
        if case.state is CaseState.APPROVED:
            self.require_open(evidence, held, evidence.rulebook_version)
            answer = released(held, evidence.question, evidence.answer_id)
        else:
            words = f"{about('lead_declined', evidence.question, evidence.language)}\n\n{evidence.held.declined}"
            answer = declined(words, evidence.language, evidence.answer_id)
        self.record(instead_of(evidence, answer, case.decision.by), answer)
        self._publish(ANSWER_RELEASED if case.state is CaseState.APPROVED else ANSWER_DECLINED, answer, case)
        return answer

    def edited(self, case: Case, checked: Checked) -> Answer:
        """The edited answer, given to the customer by a case just approved.

        Raises:
            NotReleasable, ConversationErased: see ``after``. EditRefused: the rails did not let it pass.
        """
        if case.trigger is not Trigger.RELEASE:
            raise EditRefused("No answer waits here to be released, so there is none to edit.")
        evidence = self._evidence(case)
        if evidence is None or case.decision is None or checked.answer is None:
            raise EditRefused("The edited answer did not pass the checks. Mend what they name, and check it again.")
        answer, by = checked.answer, case.decision.by
        self.require_open(evidence, answer, checked.trail.rulebook.version)
        recorded = evidence_of(checked.trail, answer, evidence.conversation_id)
        decided = {"releases": evidence.answer_id, "decided_by": by, "edits": checked.changes}
        self.record(replace(recorded, **decided), answer)  # type: ignore[arg-type]
        counts = {each.value: sum(change.edit is each for change in checked.changes) for each in Edit}
        log = AuditLog(self.session, self.institution_id, self.ledger)
        told: dict[str, FieldValue] = {"by": by, "proposed_by": case.decision.proposed_by, **counts}
        told["releases"] = evidence.answer_id
        log.append(Happening("answer:edit:done", answer.answer_id, told))
        self._publish(ANSWER_RELEASED, answer, case)
        return answer

    def obstacle(self, evidence: Evidence) -> NotReleasable | None:
        """Why the held answer could not go out now; None: it could."""
        held = held_answer(evidence)
        if held is None:
            return None
        try:
            self.require_open(evidence, held, evidence.rulebook_version)
        except NotReleasable as error:
            return error
        documents = DocumentService(self.session, self.institution_id, self.ledger)
        gone = documents.not_in_force(cited_by(held), day_of(evidence), evidence.known_at)
        return _gone() if gone else None

    def record(self, recorded: Evidence, answer: Answer) -> None:
        """Store the evidence and say the answer in its conversation.

        Raises:
            NotReleasable: a version it cites is not in force.
        """
        try:
            EvidenceService(self.session, self.institution_id, self.ledger).record(recorded)
        except CitedVersionWithdrawn as error:
            raise _gone() from error
        said = json.dumps(answer.to_json(), ensure_ascii=False)
        conversations = ConversationService(self.session, self.institution_id, self.ledger)
        conversations.say(recorded.conversation_id, MessageRole.ASSISTANT, said, answer.answer_id)
        if answer.reason is Reason.AWAITING_RELEASE:  # its case is open
            return
        for flag in flags_of(answer, recorded.conversation_id, lambda: False):  # no sample: a person has looked
            CaseService(self.session, self.institution_id, self.ledger).open(flag)

    def _publish(self, kind: str, answer: Answer, case: Case) -> None:
        """What became of the held answer, told to the institution's own systems: where to read it, not what it says."""
        told = {"conversation_id": case.conversation_id, "releases": answer.releases}
        WebhookService(self.session, self.institution_id, self.ledger).publish(kind, answer.answer_id, told)

    def _evidence(self, case: Case) -> Evidence | None:
        if case.answer_id is None:
            return None
        return EvidenceService(self.session, self.institution_id, self.ledger).get(case.answer_id)

    def require_open(self, evidence: Evidence, answer: Answer, rulebook_version: str) -> None:
        """A person's word does not lift a switch, nor a rule. ``rulebook_version``: what the answer was made by.

        Raises:
            NotReleasable: something that was turned or replaced stands in its way.
        """
        if self._in_force() not in (None, rulebook_version):
            raise NotReleasable("the rules it was made by were replaced", _AGAIN)
        if not standing_of(self.session, self.institution_id).speaks(evidence.language):
            raise NotReleasable("answers in its language are suspended", _WAIT)
        if self._route(evidence, cited_by(answer)) in (Route.SUSPENDED, Route.REFUSE):
            raise NotReleasable("its topic is suspended or only answered by a person now", _WAIT)

    def _in_force(self) -> str | None:
        """The version of the rules that bind the institution today; None where there is only one."""
        if self.rulebooks is None:
            return None
        return self.rulebooks.standing(self.session, self.institution_id, today_in_hong_kong()).rulebook.version

    def _route(self, evidence: Evidence, keys: Collection[VersionKey]) -> Route:
        documents = DocumentService(self.session, self.institution_id, self.ledger)
        infos = [documents.get(key).info for key in keys]
        found = {finding.rule_id for verdict in evidence.verdicts for finding in verdict.findings}
        return standing_of(self.session, self.institution_id).route_of(
            topic
            for topic in topics_of(self.session, self.institution_id).values()
            if not found.isdisjoint(topic.findings) or any(topic.covers(i.tags, i.product) for i in infos)
        )


_AGAIN = (
    "edit it, also without a change, to have it checked by the rules of today, or don't release it, with a reason, and "
    "its customer is told"
)
_WAIT = "wait until that is lifted (see Switches), or don't release it, with a reason, and its customer is told"


def _gone() -> NotReleasable:
    return NotReleasable(
        "a document it quotes is no longer in force",
        "edit it to rest on documents that are, or don't release it, with a reason; its customer is told either way",
    )


def held_answer(evidence: Evidence) -> Answer | None:
    """The answer that waits, or waited, to be released; None where none was held."""
    return None if evidence.held is None else Answer.from_json(json.loads(evidence.held.answer))


def cited_by(answer: Answer) -> frozenset[VersionKey]:
    """The versions that an answer's sentences rest on."""
    return frozenset(citation.key for sentence in answer.sentences for citation in sentence.citations)


def released(held: Answer, question: str, held_id: str, *, edited: bool = False) -> Answer:
    """The held answer as its customer reads it: word for word, below a line that says which question it answers.

    ``edited``: it is what the rails let pass of a reviewer's words, and says so.
    """
    first = about("lead_edited" if edited else "lead_released", question, held.language)
    lead = f"{first}\n\n{held.lead}"
    text = f"{lead}{held.text.removeprefix(held.lead)}"
    return replace(held, answer_id=new_id(), lead=lead, text=text, releases=held_id)


def declined(words: str, language: Language, held_id: str) -> Answer:
    """What the customer reads in place of an answer that a person did not let go out."""
    return _fixed(AnswerStatus.REFUSED, Reason.NOT_RELEASED, words, language, held_id)


def late(words: str, language: Language, held_id: str) -> Answer:
    """What the customer reads where nobody has decided in time; they go on waiting."""
    return _fixed(AnswerStatus.HELD, Reason.AWAITING_RELEASE, words, language, held_id)


def _fixed(status: AnswerStatus, reason: Reason, words: str, language: Language, held_id: str) -> Answer:
    return Answer(
        answer_id=new_id(), status=status, reason=reason, language=language, text=words, lead=words, releases=held_id
    )


def about(key: str, question: str, language: Language, **slots: str) -> str:
    """Fixed words that name the question, or its beginning."""
    asked = " ".join(question.split())
    asked = asked if len(asked) <= SHOWN_QUESTION else f"{asked[:SHOWN_QUESTION].rstrip()}…"
    return texts(language)[key].format(question=asked, **slots)


def instead_of(held: Evidence, answer: Answer, by: str | None) -> Evidence:
    """The evidence of what is said on a held answer, ``by`` whose decision; None: nobody has decided."""
    sentences = tuple(SentenceRecord(sentence.text, sentence.citations) for sentence in answer.sentences)
    return replace(
        held,
        answer_id=answer.answer_id,
        created_at=datetime.now(UTC),
        status=answer.status.value,
        reason=answer.reason,
        as_of=day_of(held),
        released=answer.text,
        sentences=sentences,
        notices=answer.notices,
        disclosures=answer.disclosures,
        places=answer.places,
        differing=tuple(DifferingRecord(d.pair, d.citations) for d in answer.differing),
        held=None,
        releases=held.answer_id,
        decided_by=by,
    )


def day_of(held: Evidence) -> date:
    """The day whose versions must be in force: today for a question about its own day, which may be some days ago."""
    asked_on = held.created_at.astimezone(HONG_KONG).date()
    return today_in_hong_kong() if held.as_of == asked_on else held.as_of
