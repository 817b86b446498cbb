"""A severe case is closed by two people: one proposes, another confirms; enforced by the server and by the database."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from app.cases.errors import CaseDecided, NothingHeld, NotProposed, ReasonRequired, ReasonTooLong, SecondReviewerNeeded
from app.cases.service import CaseService
from app.cases.tables import DecisionRow, ReleaseProposalRow
from app.cases.types import MAX_REASON_CHARACTERS, Flag, Proposal, ProposalState, Trigger
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.evidence.report import Breach
from app.evidence.tables import AuditEntryRow
from app.evidence.verification import AuditVerifier
from app.handover.register import human_incident
from app.handover.takeover import Takeover
from app.staff.service import StaffService
from app.staff.types import Role
from guardrails.types import Reason, Severity
from knowledge_bases.schema import Language
from tests.app.assistant.test_overdue import later
from tests.app.cases.held_desk import REWORDED, HeldDesk, hidden
from tests.app.cases.test_api import an_edit, approval, is_problem, proposed
from tests.app.cases.test_edit_pages import fields_of
from tests.app.small_bank import BANK, RIVAL, SmallBank


@pytest.fixture
def desk(small_bank: SmallBank) -> HeldDesk:
    return HeldDesk.of(small_bank)


def state_of(desk: HeldDesk, proposal: str) -> Proposal:
    with desk.bank.foundation.database.read() as session:
        every = CaseService(session, BANK, desk.bank.foundation.ledger).proposals(desk.case.id)
    return next(each for each in every if each.id == proposal)


async def test_whoever_proposes_never_approves_and_nothing_reaches_the_customer_meanwhile(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    case, proposal = desk.case.id, proposed(desk)
    for body in (approval(proposal), {"decision": "approve"}):
        told = is_problem(desk.api("rita", "POST", f"/{case}/decision", body), 403)
        assert "two people" in told
    is_problem(desk.api("hugo", "POST", f"/{case}/decision", {"decision": "approve"}), 403)
    page = desk.page("rita", f"/{case}/decision", decision="approve", proposal=proposal["id"])
    assert (page.status_code, "two people" in page.text) == (409, True)
    assert [answer.reason for answer in desk.said(conversation)] == [Reason.AWAITING_RELEASE]
    assert desk.api("hugo", "POST", f"/{case}/decision", approval(proposal)).status_code == 200
    assert "HK$720" in desk.said(conversation)[-1].text


async def test_the_console_shows_the_second_person_what_is_proposed_and_the_first_who_decides(desk: HeldDesk) -> None:
    await desk.hold()
    case = desk.case.id
    form = fields_of(desk, REWORDED)
    seen = hidden(desk.page("rita", f"/{case}/edit", **form).text, "seen")
    desk.page("rita", f"/{case}/edit", **{**form, "step": "propose", "seen": seen, "reason": "plainer"})
    mine, theirs = desk.page("rita", f"/{case}").text, desk.page("hugo", f"/{case}").text
    assert "You proposed its release" in mine
    assert "hugo" in mine
    assert 'value="approve"' not in mine
    for part in ("rita proposed its release", "plainer", "What is proposed to go out", REWORDED, "<ins>", "approve"):
        assert part in theirs
    assert "Waits for a second person" in desk.page("hugo").text
    assert "Take it back" not in theirs


async def test_a_second_person_returns_it_with_what_is_to_be_mended_and_it_waits_on(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    case, proposal = desk.case.id, proposed(desk)["id"]
    is_problem(desk.api("hugo", "POST", f"/{case}/proposal/{proposal}/return", {"comment": " "}), 422)
    is_problem(desk.api("rita", "POST", f"/{case}/proposal/{proposal}/return", {"comment": "no"}), 403)
    sent = {"comment": "name the card"}
    after = desk.api("hugo", "POST", f"/{case}/proposal/{proposal}/return", sent).json()
    assert (after["case"]["state"], after["proposals"][0]["state"]) == ("open", "returned")
    assert "hugo returned" in desk.page("rita", f"/{case}").text
    assert "name the card" in desk.page("rita", f"/{case}").text
    is_problem(desk.api("hugo", "POST", f"/{case}/decision", {"decision": "approve", "proposal": proposal}), 409)
    assert len(desk.said(conversation)) == 1


async def test_whoever_proposed_it_takes_it_back_and_nobody_else(desk: HeldDesk) -> None:
    await desk.hold()
    case, proposal = desk.case.id, proposed(desk)["id"]
    is_problem(desk.api("hugo", "POST", f"/{case}/proposal/{proposal}/withdraw"), 403)
    assert desk.page("rita", f"/{case}/proposal", step="withdraw", proposal=proposal).status_code == 303
    assert state_of(desk, proposal).state is ProposalState.WITHDRAWN
    is_problem(desk.api("rita", "POST", f"/{case}/proposal/{proposal}/withdraw"), 409)


async def test_another_proposal_overtakes_the_first_which_nobody_approves_unseen(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    case, first = desk.case.id, proposed(desk)
    sentences = an_edit(desk)
    seen = desk.api("hugo", "POST", f"/{case}/edit", {"sentences": sentences}).json()["seen"]
    second = proposed(desk, "hugo", sentences=sentences, seen=seen)
    is_problem(desk.api("hugo", "POST", f"/{case}/decision", approval(first)), 409)
    is_problem(desk.api("hugo", "POST", f"/{case}/decision", approval(second)), 403)
    assert desk.api("rita", "POST", f"/{case}/decision", approval(second)).status_code == 200
    assert REWORDED in desk.said(conversation)[-1].text


async def test_declining_takes_two_people_as_well_and_says_why(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    case, first = desk.case, proposed(desk)["id"]
    alone = {"decision": "reject", "reason": "not for chat"}
    assert "two people" in is_problem(desk.api("rita", "POST", f"/{case.id}/decision", alone), 403)
    is_problem(desk.api("rita", "POST", f"/{case.id}/proposal", {"decision": "reject"}), 422)
    second = proposed(desk, "hugo", decision="reject", reason="not for chat")
    assert (state_of(desk, first).state, second["approves"]) == (ProposalState.OVERTAKEN, False)
    assert "hugo proposed not to release it" in desk.page("rita", f"/{case.id}").text
    assert 'value="approve"' not in desk.page("rita", f"/{case.id}").text
    is_problem(desk.api("rita", "POST", f"/{case.id}/decision", approval(second)), 409)  # it is no release
    is_problem(desk.api("hugo", "POST", f"/{case.id}/decision", {**alone, "proposal": second["id"]}), 403)
    assert len(desk.said(conversation)) == 1
    confirmed = {"decision": "reject", "proposal": second["id"]}
    decision = desk.api("rita", "POST", f"/{case.id}/decision", confirmed).json()["decision"]
    assert (decision["by"], decision["proposed_by"], decision["reason"]) == ("rita", "hugo", "not for chat")
    assert desk.said(conversation)[-1].reason is Reason.NOT_RELEASED
    assert desk.bank.is_whole()


def flagged(desk: HeldDesk, severity: Severity, trigger: Trigger = Trigger.FRAUD) -> str:
    """A case without a held answer."""
    conversation = desk.bank.platform.assistant.open_conversation(BANK, Language.EN, "test")
    with desk.bank.foundation.database.write() as session:
        return CaseService(session, BANK, desk.bank.foundation.ledger).open(Flag(trigger, severity, conversation)).id


@pytest.mark.parametrize(("decision", "step"), [("approve", "propose"), ("reject", "propose-rejection")])
def test_a_case_of_the_highest_severity_is_closed_by_two_people_whatever_it_is_about(
    desk: HeldDesk, decision: str, step: str
) -> None:
    case = flagged(desk, Severity.S1)
    page = desk.page("rita", f"/{case}").text
    assert "closed by two people" in page
    assert f"/{case}/decision" not in page
    refused = desk.page("rita", f"/{case}/decision", decision=decision, reason="called the bank")
    assert (refused.status_code, "two people" in refused.text, "called the bank" in refused.text) == (409, True, True)
    assert desk.page("rita", f"/{case}/proposal", step=step, reason="called the bank").status_code == 303
    assert "Waits for a second person" in desk.page("hugo").text
    assert "You proposed" in desk.page("rita", f"/{case}").text
    theirs = desk.page("hugo", f"/{case}").text
    assert "rita proposed" in theirs
    assert "called the bank" in theirs
    form = {"decision": decision, "proposal": hidden(theirs, "proposal")}
    assert desk.page("rita", f"/{case}/decision", **form).status_code == 409
    assert desk.page("hugo", f"/{case}/decision", **form).status_code == 303
    closed = desk.page("ada", f"/{case}").text
    assert "Proposed by rita" in closed
    assert desk.bank.is_whole()


def test_a_second_person_returns_the_closing_of_a_case_and_whoever_proposed_it_takes_it_back(desk: HeldDesk) -> None:
    case = flagged(desk, Severity.S1)
    for step, by in (("return", "hugo"), ("withdraw", "rita")):
        desk.page("rita", f"/{case}/proposal", step="propose")
        proposal = hidden(desk.page("rita", f"/{case}").text, "proposal")
        sent = desk.page(by, f"/{case}/proposal", step=step, proposal=proposal, reason="call them first")
        assert sent.status_code == 303
        page = desk.page("rita", f"/{case}").text
        assert ("call them first" in page) is (step == "return")
        assert 'value="propose"' in page


def test_a_case_of_lower_severity_is_closed_by_one_and_nothing_is_proposed(desk: HeldDesk) -> None:
    case = flagged(desk, Severity.S2)
    assert desk.page("rita", f"/{case}/proposal", step="propose").status_code == 409
    is_problem(desk.api("rita", "POST", f"/{case}/proposal", {}), 409)
    assert desk.page("rita", f"/{case}/decision", decision="approve").status_code == 303


def test_a_case_that_becomes_severe_takes_two_people_from_then_on(desk: HeldDesk) -> None:
    case, ledger = flagged(desk, Severity.S2), desk.bank.foundation.ledger
    with desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).raise_severity(case, Severity.S1)
    with pytest.raises(SecondReviewerNeeded), desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).approve(case, "rita")


def test_a_wish_for_a_person_that_became_severe_waits_for_a_second_one_when_the_first_has_answered(
    desk: HeldDesk,
) -> None:
    assistant, ledger = desk.bank.platform.assistant, desk.bank.foundation.ledger
    conversation = assistant.open_conversation(BANK, Language.EN, "test")
    assistant.want_human(BANK, conversation, Language.EN)
    incident = human_incident(conversation)
    with desk.bank.foundation.database.write() as session:
        cases, people = CaseService(session, BANK, ledger), Takeover(session, BANK, ledger)
        cases.escalate(incident, Severity.S1)
        people.take(conversation, "rita")
        people.close(conversation, "rita")
        case = cases.open_incident(incident)
        assert case is not None
        assert [(each.by, each.approves) for each in cases.proposals(case.id)] == [("rita", True)]
        cases.approve(case.id, "hugo", proposal=cases.proposals(case.id)[0].id)
        assert cases.open_incident(incident) is None


def test_the_closing_of_an_erased_conversations_case_is_confirmed_too(desk: HeldDesk) -> None:
    case = flagged(desk, Severity.S1)
    with desk.bank.foundation.database.write() as session:
        service = CaseService(session, BANK, desk.bank.foundation.ledger)
        ConversationService(session, BANK, desk.bank.foundation.ledger).erase(service.get(case).conversation_id, "otto")
    desk.page("rita", f"/{case}/proposal", step="propose")
    form = {"decision": "approve", "proposal": hidden(desk.page("hugo", f"/{case}").text, "proposal")}
    assert desk.page("hugo", f"/{case}/decision", **form).status_code == 303


async def test_where_nobody_else_reviews_the_page_says_what_to_do(desk: HeldDesk) -> None:
    await desk.hold()
    with desk.bank.foundation.database.write() as session:
        staff = StaffService(session, desk.bank.foundation.ledger)
        staff.revoke(staff.account("hugo").id, BANK, Role.HEAD, by="otto")
    for _ in range(2):  # before it is proposed, and once it is
        page = desk.page("rita", f"/{desk.case.id}").text
        assert "You are the only reviewer or head of compliance here" in page
        assert f"candour staff grant NAME --institution {BANK} --role reviewer" in page
        desk.page("rita", f"/{desk.case.id}/proposal", step="propose")


async def test_what_is_proposed_keeps_the_customers_notice_true_and_late_is_late(
    desk: HeldDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await desk.hold()
    proposal = proposed(desk)
    assert later(desk.bank, monkeypatch, 31) == 1
    assert [answer.reason for answer in desk.said(conversation)] == [Reason.AWAITING_RELEASE] * 2
    assert desk.api("hugo", "POST", f"/{desk.case.id}/decision", approval(proposal)).status_code == 200


async def test_words_that_would_not_read_as_proposed_do_not_go_out(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    sentences = an_edit(desk)
    seen = desk.api("rita", "POST", f"/{desk.case.id}/edit", {"sentences": sentences}).json()["seen"]
    proposal = proposed(desk, sentences=sentences, seen=seen)
    desk.bank.withdraw()
    told = is_problem(desk.api("hugo", "POST", f"/{desk.case.id}/decision", approval(proposal)), 422)
    assert "no longer in force" in told
    assert len(desk.said(conversation)) == 1
    assert state_of(desk, proposal["id"]).state is ProposalState.PROPOSED


async def test_what_was_written_is_sealed_and_goes_with_the_conversation(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    sentences = an_edit(desk)
    seen = desk.api("rita", "POST", f"/{desk.case.id}/edit", {"sentences": sentences}).json()["seen"]
    proposal = proposed(desk, sentences=sentences, seen=seen)["id"]
    assert REWORDED in (state_of(desk, proposal).words or "")
    with desk.bank.foundation.database.write() as session:
        row = session.get(ReleaseProposalRow, (BANK, proposal))
        assert row is not None
        assert REWORDED.encode() not in (row.ciphertext or b"")
        ConversationService(session, BANK, desk.bank.foundation.ledger).erase(conversation, "otto")
    kept = state_of(desk, proposal)
    assert (kept.words, kept.edited) == (None, True)
    is_problem(
        desk.api("hugo", "POST", f"/{desk.case.id}/decision", {"decision": "approve", "proposal": proposal}), 410
    )
    with pytest.raises(ConversationErased), desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, desk.bank.foundation.ledger).propose(desk.case.id, "rita", words="{}")


async def test_every_step_is_in_the_log_which_vouches_for_the_proposal(desk: HeldDesk) -> None:
    await desk.hold()
    case = desk.case.id
    proposal = proposed(desk)["id"]
    desk.api("hugo", "POST", f"/{case}/proposal/{proposal}/return", {"comment": "name the card"})
    desk.api("hugo", "POST", f"/{case}/decision", approval(proposed(desk)))
    with desk.bank.foundation.database.read() as session:
        own = select(AuditEntryRow.action).where(AuditEntryRow.institution_id == BANK)
        steps = own.where(col(AuditEntryRow.action).startswith("release_proposal:"))
        actions = list(session.exec(steps.order_by(col(AuditEntryRow.seq))))
    step, decided = "release_proposal:propose:done", "release_proposal:decide:"
    assert actions == [step, f"{decided}returned", step, f"{decided}approved"]
    assert desk.bank.is_whole()
    with desk.bank.foundation.database.write() as session:
        session.execute(update(ReleaseProposalRow).values(comment="never mind"))
    found = AuditVerifier(desk.bank.foundation.database, desk.bank.foundation.ledger).verify(BANK).breaches
    assert {breach.breach for breach in found} == {Breach.RELEASE_PROPOSAL_CHANGED}


async def test_the_database_too_refuses_one_person_for_both(desk: HeldDesk) -> None:
    await desk.hold()
    case, proposal = desk.case.id, proposed(desk)
    by = state_of(desk, proposal["id"]).by
    mine = col(ReleaseProposalRow.id) == proposal["id"]
    forged = update(ReleaseProposalRow).where(mine).values(state="approved", decided_by=by)
    with pytest.raises(IntegrityError), desk.bank.foundation.database.write() as session:
        session.execute(forged)
    desk.api("hugo", "POST", f"/{case}/decision", approval(proposal))
    with pytest.raises(IntegrityError), desk.bank.foundation.database.write() as session:
        session.execute(update(DecisionRow).values(by=by))


async def test_what_holds_no_answer_or_was_decided_is_not_proposed(desk: HeldDesk) -> None:
    await desk.bank.ask("I want to talk to a human")
    ledger = desk.bank.foundation.ledger
    with pytest.raises(NothingHeld), desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).propose(desk.case.id, "rita")
    with desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).approve(desk.case.id, "rita")
    await desk.hold()
    case = desk.case.id
    desk.api("hugo", "POST", f"/{case}/decision", approval(proposed(desk)))
    with pytest.raises(CaseDecided), desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).propose(case, "rita")


async def test_a_proposal_is_found_by_its_institution_alone_and_its_reason_has_a_limit(desk: HeldDesk) -> None:
    await desk.hold()
    ledger, case = desk.bank.foundation.ledger, desk.case.id
    with pytest.raises(ReasonTooLong), desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).propose(case, "rita", "x" * (MAX_REASON_CHARACTERS + 1))
    with desk.bank.foundation.database.write() as session:
        proposal = CaseService(session, BANK, ledger).propose(case, "rita").id
        assert CaseService(session, RIVAL, ledger).proposed() == frozenset()
        assert CaseService(session, BANK, ledger).proposed() == {case}
    for wrong, by, comment in ((NotProposed, "hugo", "no"), (SecondReviewerNeeded, "rita", "no")):
        named = proposal if wrong is SecondReviewerNeeded else "another"
        with pytest.raises(wrong), desk.bank.foundation.database.write() as session:
            CaseService(session, BANK, ledger).send_back(case, by, named, comment)
    with pytest.raises(ReasonRequired), desk.bank.foundation.database.write() as session:
        CaseService(session, BANK, ledger).send_back(case, "hugo", proposal, "")
