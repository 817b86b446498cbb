"""A person takes over: one case, a silent assistant, a sealed call-back."""

from __future__ import annotations

import pytest
from sqlmodel import select

from app.conversations.errors import ConversationErased, ConversationNotFound
from app.conversations.service import ConversationService
from app.conversations.types import ConversationState
from app.db.session import Database
from app.evidence.audit import Ledger
from app.handover.service import HandoverService
from app.handover.tables import CallbackRow
from app.handover.types import CallBackRequest
from tests.app.worlds import add_institution, an_institution, start_conversation

BANK = "harbour-bank"
REQUEST = CallBackRequest("陳大文", "+852 6000 0000", "after six")


@pytest.fixture
def conversation(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        add_institution(session, ledger)
        return start_conversation(session, BANK, ledger)


def ask(database: Database, ledger: Ledger, conversation: str) -> str:
    with database.write() as session:
        return HandoverService(session, BANK, ledger).request_call_back(conversation, REQUEST)


def test_asking_for_a_person_silences_the_assistant_and_opens_one_case(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    with database.write() as session:
        cases = {HandoverService(session, BANK, ledger).request(conversation).id for _ in range(2)}
        state = ConversationService(session, BANK, ledger).get(conversation).state
    assert len(cases) == 1
    assert state is ConversationState.HUMAN


def test_a_call_back_reads_back_for_its_case(database: Database, ledger: Ledger, conversation: str) -> None:
    case_id = ask(database, ledger, conversation)
    with database.read() as session:
        assert HandoverService(session, BANK, ledger).callbacks(case_id) == (REQUEST,)


def test_how_to_reach_a_customer_is_stored_sealed_and_never_printed(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    ask(database, ledger, conversation)
    with database.read() as session:
        stored = session.exec(select(CallbackRow)).one().ciphertext
    for personal in (REQUEST.name, REQUEST.phone, REQUEST.preferred_time):
        assert personal.encode() not in stored
        assert personal not in repr(REQUEST)


def test_erasing_the_conversation_erases_the_call_back(database: Database, ledger: Ledger, conversation: str) -> None:
    case_id = ask(database, ledger, conversation)
    with database.write() as session:
        ConversationService(session, BANK, ledger).erase(conversation, by="operator-1")
    with database.read() as session, pytest.raises(ConversationErased):
        HandoverService(session, BANK, ledger).callbacks(case_id)


def test_another_institution_can_not_ask_for_it(database: Database, ledger: Ledger, conversation: str) -> None:
    with database.write() as session:
        add_institution(session, ledger, an_institution("other-bank"))
        with pytest.raises(ConversationNotFound):
            HandoverService(session, "other-bank", ledger).request_call_back(conversation, REQUEST)
