"""What whoever waits for a person reads: a place, or when somebody is there; never a time that nobody knows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.handover.service import HandoverService
from app.handover.telling import TEXTS
from app.handover.types import CallBackRequest
from app.institutions.service import InstitutionService
from guardrails.types import Severity
from knowledge_bases.office_hours import HONG_KONG
from knowledge_bases.schema import Language
from tests.app.handover.counter import BANK, PATIENCE, Counter, open_bank

RITA = "account-rita"


def evening(counter: Counter) -> None:
    counter.now = datetime(2026, 11, 23, 20, tzinfo=HONG_KONG)


def unstated(counter: Counter) -> None:
    with counter.database.write() as session:
        InstitutionService(session, counter.ledger).configure(open_bank(BANK, None))


@pytest.mark.parametrize(
    ("language", "first", "third"),
    [
        (Language.EN, "next in the queue", "number 3"),
        (Language.ZH_HANT, "下一位", "第 3 位"),
        (Language.ZH_HANS, "下一位", "第 3 位"),
    ],
)
def test_in_hours_a_customer_reads_the_place_in_the_queue(
    counter: Counter, language: Language, first: str, third: str
) -> None:
    waiting = [counter.customer(language) for _ in range(3)]
    (told,) = counter.notices(waiting[0])
    assert first in told
    (told,) = counter.notices(waiting[2])
    assert third in told


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (Language.EN, "back on 24 November 2026 at 9:00 (Hong Kong time)"),
        (Language.ZH_HANT, "2026年11月24日 9:00（香港時間）"),
        (Language.ZH_HANS, "2026年11月24日 9:00（香港时间）"),
    ],
)
def test_out_of_hours_a_customer_reads_when_somebody_is_there_and_of_the_call_back(
    counter: Counter, language: Language, says: str
) -> None:
    evening(counter)
    (told,) = counter.notices(counter.customer(language))
    assert says in told
    assert TEXTS.say("away", language).split("。" if language is not Language.EN else ". ")[-1] in told


def test_where_no_hours_are_stated_nothing_is_promised(counter: Counter) -> None:
    unstated(counter)
    (told,) = counter.notices(counter.customer())
    assert "call you back" in told
    assert not re.search(r"\d|minute|reply here", told)


def test_whoever_moves_up_among_the_first_reads_so_and_others_do_not(counter: Counter) -> None:
    waiting = [counter.customer() for _ in range(5)]
    counter.people(lambda people: people.take(waiting[0], RITA))
    assert ["next in the queue" in counter.notices(waiting[1])[-1], len(counter.notices(waiting[4]))] == [True, 1]
    assert "number 3" in counter.notices(waiting[3])[-1]
    assert len(counter.notices(waiting[0])) == 2


def test_asking_again_while_waiting_says_nothing_new(counter: Counter) -> None:
    conversation = counter.customer()
    counter.begin(conversation)
    assert len(counter.notices(conversation)) == 1
    assert counter.desk.kinds == ["handover.requested"]


def test_where_nobody_comes_in_time_a_call_back_is_offered_once(counter: Counter) -> None:
    conversation = counter.customer()
    counter.now += PATIENCE - timedelta(seconds=1)
    counter.offer(conversation)
    assert len(counter.notices(conversation)) == 1
    counter.now += timedelta(seconds=1)
    for _ in range(2):
        counter.offer(conversation)
    assert "Nobody has been free" in counter.notices(conversation)[-1]
    assert len(counter.notices(conversation)) == 2


def test_where_everybody_leaves_meanwhile_whoever_waits_reads_it_at_once(counter: Counter) -> None:
    counter.now = datetime(2026, 11, 23, 17, 59, 30, tzinfo=HONG_KONG)
    conversation = counter.customer()
    counter.now += timedelta(minutes=1)
    counter.offer(conversation)
    assert "back on 24 November 2026" in counter.notices(conversation)[-1]


def test_whoever_was_told_of_the_call_back_or_has_a_person_is_not_told_again(counter: Counter) -> None:
    taken = counter.customer()
    counter.people(lambda people: people.take(taken, RITA))
    evening(counter)
    late = counter.customer()
    before = [len(counter.notices(each)) for each in (taken, late)]
    counter.now += timedelta(hours=1)
    for each in (taken, late):
        counter.offer(each)
    assert [len(counter.notices(each)) for each in (taken, late)] == before


def test_a_conversation_from_before_the_queue_gets_its_place_when_its_customer_writes(counter: Counter) -> None:
    with counter.database.write() as session:
        conversations = ConversationService(session, BANK, counter.ledger)
        conversation = conversations.start(Language.ZH_HANT, "http://localhost").id
        conversations.hand_to_human(conversation)
    counter.customers(lambda service: service.heard(conversation))
    with counter.room() as room:
        assert [queued.handover.conversation_id for queued in room.queue().waiting] == [conversation]
    assert "下一位" in counter.notices(conversation)[0]


def test_a_number_that_was_left_shows_in_the_queue_and_is_told_to_the_desk(counter: Counter) -> None:
    conversation = counter.customer()
    request = CallBackRequest("陳大文", "+852 6000 0000", "")
    counter.customers(lambda service: service.request_call_back(conversation, request))
    with counter.room() as room:
        (queued,) = room.queue().waiting
    assert (queued.call_backs, queued.severity) == (1, queued.cases[0].severity)
    kind, _, payload = counter.desk.told[-1]
    assert kind == "handover.call_back"
    assert payload["reference"] == queued.cases[0].number
    assert "6000" not in str(payload)


@pytest.mark.parametrize("language", list(Language))
def test_every_text_is_one_that_a_customer_may_read(language: Language) -> None:
    """No text speaks of minutes or promises when somebody replies."""
    for key in TEXTS._wordings:
        words = TEXTS.say(key, language, place="2", day="24 November 2026", time="9:00")
        assert not re.search(r"minute|soon|shortly|分鐘|分钟|很快|馬上|马上", words), key
        assert "{" not in words


def flag(counter: Counter, conversation: str, trigger: Trigger, severity: Severity) -> str:
    with counter.database.write() as session:
        return CaseService(session, BANK, counter.ledger).open(Flag(trigger, severity, conversation)).id


def line(counter: Counter) -> list[str]:
    """Whoever waits, as the staff's list has them."""
    with counter.room() as room:
        return [queued.handover.conversation_id for queued in room.queue().waiting]


def told(counter: Counter, conversation: str) -> str:
    """The customer's latest notice, once their page has looked."""
    with counter.database.read() as session:
        due = HandoverService(session, BANK, counter.ledger, counter.desk, counter.clock).is_due(conversation, PATIENCE)
    if due:
        counter.customers(lambda service: service.tell_places())
    return counter.notices(conversation)[-1]


def test_who_cannot_wait_stands_first_and_all_others_as_they_came(counter: Counter) -> None:
    waiting = [counter.customer() for _ in range(4)]
    flag(counter, waiting[2], Trigger.FRAUD, Severity.S1)
    flag(counter, waiting[1], Trigger.COMPLIANCE, Severity.S1)
    flag(counter, waiting[3], Trigger.COMPLAINT, Severity.S2)
    assert line(counter) == [waiting[2], waiting[0], waiting[1], waiting[3]]


def test_the_place_that_a_customer_reads_is_the_one_in_the_list_of_the_staff(counter: Counter) -> None:
    waiting = [counter.customer() for _ in range(3)]
    fraud = flag(counter, waiting[2], Trigger.FRAUD, Severity.S1)
    assert "next in the queue" in told(counter, waiting[2])
    assert "can't wait" in told(counter, waiting[0])
    assert [f"number {place}" in told(counter, each) for place, each in enumerate(waiting[:2], 2)] == [True, True]
    with counter.database.write() as session:
        cases = CaseService(session, BANK, counter.ledger)
        cases.approve(fraud, RITA, proposal=cases.propose_closing(fraud, "account-hugo", approves=True).id)
    assert "next in the queue" in told(counter, waiting[0])
    assert line(counter) == waiting


def test_who_arrives_and_cannot_wait_reads_the_true_place_and_those_before_read_theirs(counter: Counter) -> None:
    first = counter.customer()
    with counter.database.write() as session:
        urgent = ConversationService(session, BANK, counter.ledger).start(Language.EN, "http://localhost").id
    flag(counter, urgent, Trigger.VULNERABLE, Severity.S1)
    counter.begin(urgent)
    assert "next in the queue" in counter.notices(urgent)[0]
    assert "number 2" in counter.notices(first)[-1]


def test_who_is_put_back_moves_those_behind_them_back(counter: Counter) -> None:
    first, second = counter.customer(), counter.customer()
    counter.people(lambda people: people.take(first, RITA))
    assert "next in the queue" in counter.notices(second)[-1]
    counter.people(lambda people: people.put_back(first, RITA))
    assert "number 2" in counter.notices(second)[-1]
    assert line(counter) == [first, second]


def test_nobody_is_told_the_same_place_twice(counter: Counter) -> None:
    waiting = [counter.customer() for _ in range(2)]
    flag(counter, waiting[1], Trigger.FRAUD, Severity.S1)
    for each in waiting * 2:
        told(counter, each)
    assert [len(counter.notices(each)) for each in waiting] == [2, 2]


def test_only_a_change_makes_another_stamp(counter: Counter) -> None:
    conversation = counter.customer()
    changes = (
        lambda: counter.says(conversation, "hello"),
        lambda: counter.people(lambda people: people.take(conversation, RITA)),
        lambda: counter.people(lambda people: people.reply(conversation, RITA, "hello")),
        lambda: counter.people(lambda people: people.close(conversation, RITA)),
    )
    seen = set()
    for change in changes:
        with counter.room() as room:
            seen |= {room.stamp(conversation), room.stamp(conversation)}
        change()
    assert len(seen) == len(changes)
    assert counter.read(conversation)[-2][0] is MessageRole.STAFF


def test_a_number_that_is_left_and_an_erasure_make_another_stamp(counter: Counter) -> None:
    conversation = counter.customer()
    counter.customers(lambda service: service.request_call_back(conversation, CallBackRequest("A", "1", "")))
    stamps = []
    for _ in range(2):
        with counter.room() as room:
            stamps.append(room.stamp(conversation))
        counter.customers(lambda service: service.request_call_back(conversation, CallBackRequest("A", "2", "")))
    with counter.database.write() as session:
        ConversationService(session, BANK, counter.ledger).erase(conversation, "otto")
    with counter.room() as room:
        assert len({*stamps, room.stamp(conversation)}) == 3


def test_whoever_is_put_back_has_only_begun_to_wait_again(counter: Counter) -> None:
    conversation = counter.customer()
    counter.now += PATIENCE
    counter.offer(conversation)
    counter.people(lambda people: people.take(conversation, RITA))
    counter.now += PATIENCE
    counter.people(lambda people: people.put_back(conversation, RITA))
    before = len(counter.notices(conversation))
    counter.offer(conversation)
    assert len(counter.notices(conversation)) == before
    counter.now += PATIENCE
    counter.offer(conversation)
    counter.offer(conversation)
    assert len(counter.notices(conversation)) == before + 1
