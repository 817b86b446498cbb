"""What is done with a case, as the console's pages and the API take it: decided, or its held answer edited."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from app.assistant.editing import Bench, Editing
from app.assistant.releasing import Releasing
from app.assistant.wordings import Checked, Wording
from app.cases.errors import CaseDecided, EditRefused, NotLookedAt
from app.cases.service import CaseService
from app.cases.types import Case, CaseState, Trigger
from app.console.access import Member
from app.console.desk import Desk
from app.console.errors import BadForm
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.hong_kong import today_in_hong_kong


def approve(desk: Desk, member: Member, case_id: str, reason: str) -> Case:
    """The answer stands; one that was held goes out as it is.

    Raises:
        CasesError: it can't be decided so. ConversationErased: it was held, and is gone.
    """
    rulebooks = desk.rulebooks  # which may have to be read first, in a unit of work of their own
    with desk.database.write() as session:
        decided = CaseService(session, member.institution.id, desk.ledger).approve(
            case_id, member.identity.account_id, reason or None
        )
        Releasing(session, member.institution.id, desk.ledger, rulebooks).after(decided)
    return decided


def reject(desk: Desk, member: Member, case_id: str, reason: str) -> Case:
    """The answer should not have been given; the customer of one that was held is told.

    Raises:
        CasesError: it can't be decided so.
    """
    rulebooks = desk.rulebooks
    with desk.database.write() as session:
        decided = CaseService(session, member.institution.id, desk.ledger).reject(
            case_id, member.identity.account_id, reason
        )
        Releasing(session, member.institution.id, desk.ledger, rulebooks).after(decided)
    return decided


@dataclass(frozen=True)
class OnTheBench:
    """A case that waits with the answer that is held for it, and what that may be edited with."""

    case: Case
    evidence: Evidence = field(repr=False)
    bench: Bench = field(repr=False)


async def take_up(desk: Desk, member: Member, case_id: str) -> OnTheBench:
    """Open a held answer to be edited.

    Raises:
        CaseDecided: it is too late. EditRefused: no answer is held there. ConversationErased. RetrievalError: the
            snapshot it was made from is gone or damaged. BadForm: this process answers no questions.
    """
    case, evidence = await asyncio.to_thread(_waiting, desk, member, case_id)
    return OnTheBench(case, evidence, await _editing(desk, member).bench(evidence))


async def check(desk: Desk, member: Member, taken: OnTheBench, edit: tuple[Wording, ...]) -> Checked:
    """What the rails say of an edit. Nothing is stored.

    Raises:
        EditRefused: it is no answer, or changes nothing.
    """
    return await _editing(desk, member).check(taken.evidence, taken.bench, edit)


def release_edited(desk: Desk, member: Member, case_id: str, checked: Checked, reason: str) -> Case:
    """The edited answer goes out. Whoever calls has seen to it that the member was shown just this.

    Raises:
        CasesError: it can't go out, or was decided meanwhile. ConversationErased: it is gone.
    """
    institution_id, rulebooks = member.institution.id, desk.rulebooks
    with desk.database.write() as session:
        rulebook = rulebooks.standing(session, institution_id, today_in_hong_kong()).rulebook
        if rulebook.version != checked.trail.rulebook.version:
            raise NotLookedAt
        decided = CaseService(session, institution_id, desk.ledger).approve(
            case_id, member.identity.account_id, reason or None
        )
        Releasing(session, institution_id, desk.ledger, rulebooks).edited(decided, checked)
    return decided


def _waiting(desk: Desk, member: Member, case_id: str) -> tuple[Case, Evidence]:
    with desk.database.read() as session:
        case = CaseService(session, member.institution.id, desk.ledger).get(case_id)
        if case.state is not CaseState.OPEN:
            raise CaseDecided(case_id)
        if case.trigger is not Trigger.RELEASE or case.answer_id is None:
            raise EditRefused("No answer waits here to be released, so there is none to edit.")
        return case, EvidenceService(session, member.institution.id, desk.ledger).get(case.answer_id)


def _editing(desk: Desk, member: Member) -> Editing:
    if desk.answering is None:
        raise BadForm("This process does not answer questions. Edit the answer where the assistant runs.")
    return Editing(desk.foundation, desk.answering.knowledge, desk.answering.parts, member.institution)
