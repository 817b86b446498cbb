"""A person has a conversation: one at a time, from taking it to the end, and all of it is in the log."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlmodel import select

from app.cases.service import CaseService
from app.cases.types import Case, CaseState, Flag, Trigger
from app.conversations.errors import ConversationErased, ConversationNotFound
from app.conversations.service import ConversationService
from app.conversations.tables import MessageRow
from app.conversations.types import ConversationState, MessageRole
from app.db.errors import DatabaseAway
from app.evidence.tables import AuditEntryRow
from app.handover.errors import HandoverNotTaken, HandoverOver, HandoverTaken, ReplyEmpty, ReplyTooLong
from app.handover.register import human_incident
from app.handover.takeover import Takeover
from app.handover.types import MAX_REPLY_CHARACTERS, NEXT, CallBackRequest, HandoverState
from app.staff.service import StaffService
from guardrails.types import Severity
from tests.app.handover.counter import BANK, OTHER, Counter
from tests.fakes.absence import away

Step = Callable[[Takeover, str, str], object]
RITA, HUGO = "account-rita", "account-hugo"
WORDS = "Good morning, I look into it."


def taken(counter: Counter, by: str = RITA) -> str:
    conversation = counter.customer()
    counter.people(lambda people: people.take(conversation, by))
    return conversation


def test_from_waiting_to_closed_the_customer_reads_each_step_and_the_log_is_whole(counter: Counter) -> None:
    conversation = taken(counter)
    assert counter.state(conversation) == (ConversationState.HUMAN, HandoverState.WITH_PERSON)
    counter.people(lambda people: people.reply(conversation, RITA, f"  {WORDS}\n"))
    counter.people(lambda people: people.close(conversation, RITA))
    assert counter.state(conversation) == (ConversationState.ASSISTANT, HandoverState.CLOSED)
    roles, words = zip(*counter.read(conversation), strict=True)
    assert roles == (MessageRole.NOTICE, MessageRole.NOTICE, MessageRole.STAFF, MessageRole.NOTICE)
    assert words[2] == WORDS
    assert ("next in the queue" in words[0], "has joined" in words[1], "closed this enquiry" in words[3]) == (True,) * 3
    assert counter.is_whole()


def wish(counter: Counter, trigger: Trigger = Trigger.HUMAN_WANTED) -> tuple[str, Case]:
    """A customer whom rita has, and the case of why."""
    conversation = counter.customer()
    with counter.database.write() as session:
        cases = CaseService(session, BANK, counter.ledger)
        case = cases.open(Flag(trigger, Severity.S3, conversation, incident_key=human_incident(conversation)))
    counter.people(lambda people: people.take(conversation, RITA))
    return conversation, case


def case_now(counter: Counter, case: Case) -> Case:
    with counter.database.read() as session:
        return CaseService(session, BANK, counter.ledger).get(case.id)


@pytest.mark.parametrize("end", [Takeover.close, Takeover.hand_back])
def test_the_wish_for_a_person_is_dealt_with_once_they_had_one(counter: Counter, end: Step) -> None:
    conversation, case = wish(counter)
    counter.people(lambda people: people.put_back(conversation, RITA))
    assert case_now(counter, case).state is CaseState.OPEN
    counter.people(lambda people: people.take(conversation, RITA))
    counter.people(lambda people: end(people, conversation, RITA))
    decision = case_now(counter, case).decision
    assert decision is not None
    assert (decision.by, decision.approved) == (RITA, True)
    assert counter.is_whole()


def test_a_fraud_and_a_number_that_was_left_wait_for_somebody_to_see_to_them(counter: Counter) -> None:
    fraud, told = wish(counter, Trigger.FRAUD)
    called, asked = wish(counter)
    request = CallBackRequest("Chan", "+852 6000 0000", "")
    counter.customers(lambda service: service.request_call_back(called, request))
    for conversation in (fraud, called):
        counter.people(lambda people, conversation=conversation: people.close(conversation, RITA))  # type: ignore[misc]
    assert [case_now(counter, each).state for each in (told, asked)] == [CaseState.OPEN, CaseState.OPEN]


def test_who_did_what_stands_in_the_audit_log_and_no_words_do(counter: Counter) -> None:
    conversation = taken(counter)
    counter.people(lambda people: people.reply(conversation, RITA, WORDS, ["D05", "D01"]))
    counter.people(lambda people: people.hand_back(conversation, RITA))
    with counter.database.read() as session:
        entries = list(session.exec(select(AuditEntryRow).order_by(AuditEntryRow.seq)))  # type: ignore[arg-type]
    told = {entry.action: entry.fields for entry in entries}
    for action in ("handover:step:with_person", "reply:send:done", "handover:step:handed_back"):
        assert RITA in told[action]
    assert "D01 D05" in told["reply:send:done"]
    assert not any(WORDS in entry.fields for entry in entries)


def test_the_second_to_take_it_is_told_who_has_it(counter: Counter) -> None:
    with counter.database.write() as session:
        rita = StaffService(session, counter.ledger).create_account("rita", "a phrase long enough", by="tests")
    conversation = taken(counter, rita)
    counter.people(lambda people: people.take(conversation, rita))
    with pytest.raises(HandoverTaken, match=r"^rita has this conversation"):
        counter.people(lambda people: people.take(conversation, HUGO))
    assert counter.desk.kinds == ["handover.requested", "handover.taken"]


def test_of_many_who_take_it_at_once_one_has_it(counter: Counter) -> None:
    conversation, won, lost = counter.customer(), [], []

    def take(by: str) -> None:
        try:
            counter.people(lambda people: people.take(conversation, by))
            won.append(by)
        except HandoverTaken:
            lost.append(by)

    threads = [threading.Thread(target=take, args=(f"account-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert len(counter.notices(conversation)) == 2
    assert counter.is_whole()


STEPS: dict[str, Callable[[Takeover, str], object]] = {
    "reply": lambda people, conversation: people.reply(conversation, RITA, WORDS),
    "put back": lambda people, conversation: people.put_back(conversation, RITA),
    "hand back": lambda people, conversation: people.hand_back(conversation, RITA),
    "close": lambda people, conversation: people.close(conversation, RITA),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_step_is_for_whoever_has_it_and_only_while_they_do(
    counter: Counter, step: Callable[[Takeover, str], object]
) -> None:
    waiting = counter.customer()
    with pytest.raises(HandoverNotTaken):
        counter.people(lambda people: step(people, waiting))
    theirs = taken(counter, HUGO)
    with pytest.raises(HandoverTaken):
        counter.people(lambda people: step(people, theirs))
    over = taken(counter)
    counter.people(lambda people: people.hand_back(over, RITA))
    before = counter.read(over)
    with pytest.raises(HandoverOver, match="Nothing was sent"):
        counter.people(lambda people: step(people, over))
    assert counter.read(over) == before


@pytest.mark.parametrize("step", [*STEPS.values(), lambda p, c: p.take(c, RITA)], ids=[*STEPS, "take"])
def test_a_conversation_of_another_institution_is_not_found(
    counter: Counter, step: Callable[[Takeover, str], object]
) -> None:
    conversation = taken(counter)
    counter.bank = OTHER
    with pytest.raises(ConversationNotFound):
        counter.people(lambda people: step(people, conversation))
    with counter.room() as room:
        assert (room.queue().waiting, room.queue().taken, room.count_waiting()) == ((), (), 0)
        with pytest.raises(ConversationNotFound):
            room.open(conversation)
        with pytest.raises(ConversationNotFound):
            room.stamp(conversation)


def test_put_back_it_waits_in_its_old_place_and_a_head_may_do_so_for_whoever_went_away(counter: Counter) -> None:
    first = taken(counter)
    second = counter.customer()
    counter.people(lambda people: people.put_back(first, HUGO, head=True))
    with counter.room() as room:
        assert [queued.handover.conversation_id for queued in room.queue().waiting] == [first, second]
    assert "Another one will go on" in counter.notices(first)[-1]
    counter.people(lambda people: people.take(first, HUGO))
    with pytest.raises(HandoverNotTaken):
        counter.people(lambda people: people.put_back(second, HUGO, head=True))


def test_asked_for_again_after_the_end_there_is_another_hand_over(counter: Counter) -> None:
    conversation = taken(counter)
    counter.people(lambda people: people.close(conversation, RITA))
    counter.begin(conversation)
    assert counter.state(conversation) == (ConversationState.HUMAN, HandoverState.WAITING)
    assert counter.is_whole()


@pytest.mark.parametrize(("words", "refused"), [(" \n", ReplyEmpty), ("a" * (MAX_REPLY_CHARACTERS + 1), ReplyTooLong)])
def test_nothing_and_too_much_are_not_sent(counter: Counter, words: str, refused: type[Exception]) -> None:
    conversation = taken(counter)
    with pytest.raises(refused):
        counter.people(lambda people: people.reply(conversation, RITA, words))
    counter.people(lambda people: people.reply(conversation, RITA, "a" * MAX_REPLY_CHARACTERS))


def test_a_reply_is_stored_sealed_and_erased_with_the_key(counter: Counter) -> None:
    conversation = taken(counter)
    counter.people(lambda people: people.reply(conversation, RITA, WORDS))
    with counter.database.write() as session:
        stored = [row.ciphertext for row in session.exec(select(MessageRow))]
        ConversationService(session, counter.bank, counter.ledger).erase(conversation, by="operator")
    assert not any(WORDS.encode() in ciphertext for ciphertext in stored)
    with pytest.raises(ConversationErased):
        counter.read(conversation)
    with pytest.raises(ConversationErased):
        counter.people(lambda people: people.reply(conversation, RITA, WORDS))
    with counter.room() as room:
        assert room.open(conversation).erased
    counter.people(lambda people: people.close(conversation, RITA))
    assert counter.is_whole()


def test_while_the_database_is_away_nothing_is_said_and_afterwards_it_is_as_before(counter: Counter) -> None:
    conversation = taken(counter)
    before = counter.read(conversation)
    with away(counter.database), pytest.raises(DatabaseAway):
        counter.people(lambda people: people.reply(conversation, RITA, WORDS))
    assert counter.read(conversation) == before
    counter.people(lambda people: people.reply(conversation, RITA, WORDS))


def test_no_step_leads_out_of_an_end() -> None:
    assert NEXT[HandoverState.CLOSED] == NEXT[HandoverState.HANDED_BACK] == frozenset()
    assert set(NEXT) == set(HandoverState)


def test_the_desk_is_told_of_every_step_without_a_word_of_the_customer(counter: Counter) -> None:
    conversation = taken(counter)
    counter.says(conversation, "a word of mine")
    counter.customers(lambda service: service.heard(conversation))
    counter.people(lambda people: people.reply(conversation, RITA, "a word of ours"))
    counter.people(lambda people: people.hand_back(conversation, RITA))
    assert counter.desk.kinds == [
        "handover.requested",
        "handover.taken",
        "handover.message",
        "handover.reply",
        "handover.handed_back",
    ]
    for _, subject, payload in counter.desk.told:
        assert subject == payload["conversation_id"] == conversation
        assert payload["language"] == "en"
        assert "a word of" not in str(payload)
    assert [payload["waiting"] for _, _, payload in counter.desk.told] == [1, 0, 0, 0, 0]
    assert [payload["last_seq"] for _, _, payload in counter.desk.told] == [0, 1, 3, 4, 4]
