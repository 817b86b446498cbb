"""What is done with a case, as the console's pages and the API take it: it is decided, or the release of its held
answer, as it stands or edited, is proposed to a second person."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sqlmodel import Session

from app.assistant.editing import Bench, Editing
from app.assistant.releasing import Releasing
from app.assistant.wordings import Checked, Wording, Written
from app.cases.errors import CaseDecided, EditRefused, NothingHeld, NotLookedAt, NotProposed, SecondReviewerNeeded
from app.cases.service import CaseService
from app.cases.types import Case, CaseState, Proposal, ProposalState, Trigger
from app.console.access import Member
from app.console.desk import Desk
from app.console.errors import BadForm
from app.conversations.errors import ConversationErased
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.hong_kong import today_in_hong_kong


async def approve(desk: Desk, member: Member, case_id: str, reason: str, proposal: str | None = None) -> Case:
    """The answer stands; what was held goes out as ``proposal``, which another person made, has it.

    Raises:
        CasesError: it can't be decided so. ConversationErased: it was held, and is gone.
    """
    checked = None if proposal is None else await _as_proposed(desk, member, case_id, proposal)
    return await asyncio.to_thread(_approved, desk, member, case_id, reason, proposal, checked)


def _approved(
    desk: Desk, member: Member, case_id: str, reason: str, proposal: str | None, checked: Checked | None
) -> Case:
    rulebooks = desk.rulebooks  # which may have to be read first, in a unit of work of their own
    with desk.database.write() as session:
        if checked is not None:
            _require_rules(desk, session, member, checked)
        decided = CaseService(session, member.institution.id, desk.ledger).approve(
            case_id, member.identity.account_id, reason or None, proposal=proposal
        )
        releasing = Releasing(session, member.institution.id, desk.ledger, rulebooks)
        if checked is None:
            releasing.after(decided)
        else:
            releasing.edited(decided, checked)
    return decided


def reject(desk: Desk, member: Member, case_id: str, reason: str, proposal: str | None = None) -> Case:
    """The answer should not have been given; the customer of one that was held is told. ``proposal``: see ``approve``.

    Raises:
        CasesError: it can't be decided so.
    """
    rulebooks = desk.rulebooks
    with desk.database.write() as session:
        decided = CaseService(session, member.institution.id, desk.ledger).reject(
            case_id, member.identity.account_id, reason, proposal=proposal
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


def propose(desk: Desk, member: Member, case_id: str, reason: str, *, approves: bool = True) -> Proposal:
    """That a severe case is closed so: a held answer goes out as it stands, or does not; any other stood, or did not.
    A second person decides.

    Raises:
        CasesError: it can't go out so, was decided, or needs no second person. ConversationErased: it is gone.
    """
    place, rulebooks, by = (member.institution.id, desk.ledger), desk.rulebooks, member.identity.account_id
    with desk.database.write() as session:
        service = CaseService(session, *place)
        if not approves or service.get(case_id).trigger is not Trigger.RELEASE:
            return service.propose_closing(case_id, by, approves=approves, reason=reason or None)
        proposed = service.propose(case_id, by, reason or None)
        evidence = EvidenceService(session, *place).get(service.get(case_id).answer_id or "")
        obstacle = Releasing(session, *place, rulebooks).obstacle(evidence)
        if obstacle is not None:
            raise obstacle
    return proposed


def propose_edited(desk: Desk, member: Member, taken: OnTheBench, checked: Checked, reason: str) -> Proposal:
    """That the edited answer goes out. Whoever calls has seen to it that the member was shown just this.

    Raises:
        CasesError: it can't go out, or was decided meanwhile. ConversationErased: it is gone.
    """
    if checked.answer is None:
        raise EditRefused("The rails do not let this out. Check it to read why, and mend it.")
    place, rulebooks = (member.institution.id, desk.ledger), desk.rulebooks
    with desk.database.write() as session:
        _require_rules(desk, session, member, checked)
        releasing = Releasing(session, *place, rulebooks)
        releasing.require_open(taken.evidence, checked.answer, checked.trail.rulebook.version)
        words = Written.of(checked).to_json()
        return CaseService(session, *place).propose(taken.case.id, member.identity.account_id, reason or None, words)


def send_back(desk: Desk, member: Member, case_id: str, proposal: str, comment: str) -> None:
    """The second person's no; the case waits on.

    Raises:
        CasesError: it is not theirs to return, or waits no more, or ``comment`` is blank.
    """
    with desk.database.write() as session:
        service = CaseService(session, member.institution.id, desk.ledger)
        service.send_back(case_id, member.identity.account_id, proposal, comment)


def withdraw(desk: Desk, member: Member, case_id: str, proposal: str) -> None:
    """Take back a release of one's own proposing.

    Raises:
        CasesError: it is somebody else's, or waits no more.
    """
    with desk.database.write() as session:
        service = CaseService(session, member.institution.id, desk.ledger)
        service.withdraw(case_id, member.identity.account_id, proposal)


async def _as_proposed(desk: Desk, member: Member, case_id: str, proposal: str) -> Checked | None:
    """The edit that was proposed, checked by the rules and documents of now; None: nothing was edited.

    Raises:
        CasesError: it waits no more, or would not read as it was proposed. ConversationErased: it is gone.
    """
    found = await asyncio.to_thread(_proposed, desk, member, case_id, proposal)
    if not found.edited:
        return None
    taken = await take_up(desk, member, case_id)
    if found.words is None:
        raise ConversationErased(taken.case.conversation_id)
    written = Written.from_json(found.words)
    checked = await check(desk, member, taken, written.edit)
    if checked.answer is None or checked.seen != written.seen:
        raise EditRefused(
            "By the documents and rules of now this would not go out as it was proposed. Return it, or edit it and "
            "propose that."
        )
    return checked


def _proposed(desk: Desk, member: Member, case_id: str, proposal: str) -> Proposal:
    with desk.database.read() as session:
        service = CaseService(session, member.institution.id, desk.ledger)
        if service.get(case_id).state is not CaseState.OPEN:
            raise CaseDecided(case_id)
        every = service.proposals(case_id)
    found = next((each for each in every if each.id == proposal and each.state is ProposalState.PROPOSED), None)
    if found is None:
        raise NotProposed
    if found.by == member.identity.account_id:
        raise SecondReviewerNeeded(case_id)
    return found


def _require_rules(desk: Desk, session: Session, member: Member, checked: Checked) -> None:
    """Raises NotLookedAt: other rules came into force since it was checked."""
    rulebook = desk.rulebooks.standing(session, member.institution.id, today_in_hong_kong()).rulebook
    if rulebook.version != checked.trail.rulebook.version:
        raise NotLookedAt


def _waiting(desk: Desk, member: Member, case_id: str) -> tuple[Case, Evidence]:
    with desk.database.read() as session:
        case = CaseService(session, member.institution.id, desk.ledger).get(case_id)
        if case.state is not CaseState.OPEN:
            raise CaseDecided(case_id)
        if case.trigger is not Trigger.RELEASE or case.answer_id is None:
            raise NothingHeld
        return case, EvidenceService(session, member.institution.id, desk.ledger).get(case.answer_id)


def _editing(desk: Desk, member: Member) -> Editing:
    if desk.answering is None:
        raise BadForm("This process does not answer questions. Edit the answer where the assistant runs.")
    return Editing(desk.foundation, desk.answering.knowledge, desk.answering.parts, member.institution)
