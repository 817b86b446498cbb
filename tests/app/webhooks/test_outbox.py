"""What happens is told once it is committed, to those who want it, and to nobody of another institution."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from app.evidence.export import AuditExport
from app.evidence.report import Breach
from app.evidence.verification import AuditVerifier
from app.webhooks.addresses import AllowedHosts
from app.webhooks.errors import AddressRefused, KindUnknown, PayloadRefused, TooManyWebhooks, WebhookNotFound
from app.webhooks.service import MOST_WEBHOOKS, WebhookService
from app.webhooks.types import MOST_TRIES, Reply
from guardrails.types import Severity
from tests.app.webhooks.conftest import BANK, RIVAL, House
from tests.app.worlds import start_conversation

URL = "https://desk.bank.example/hook/the-token"
FAILED, WELL = Reply(False, "status_500"), Reply(True, "status_204")


def test_an_event_goes_to_every_webhook_that_wants_its_kind(house: House) -> None:
    case, held, everything = house.add(URL, "case.*"), house.add(URL, "answer.held"), house.add(URL, "*")
    house.publish("case.opened", trigger="fraud")
    claimed = house.outbox.claim(BANK, 10)
    assert {each.webhook.id for each in claimed} == {case.webhook.id, everything.webhook.id}
    assert len({each.event.id for each in claimed}) == 1
    assert house.standing(held).waiting == 0


def test_what_nobody_wants_is_not_stored(house: House) -> None:
    house.add(URL, "handover.*")
    assert house.publish("case.opened") is None
    assert house.publish("case.opened", bank=RIVAL) is None
    assert house.outbox.claim(BANK, 10) == ()


def test_an_event_of_a_transaction_that_is_undone_is_never_told(house: House) -> None:
    house.add(URL)
    with house.database.write() as session:
        WebhookService(session, BANK, house.ledger).publish("case.opened", "c1", {})
        session.rollback()
    assert house.outbox.claim(BANK, 10) == ()


def test_another_institution_sees_neither_webhooks_nor_events(house: House) -> None:
    added = house.add(URL)
    house.publish()
    assert house.outbox.claim(RIVAL, 10) == ()
    with house.database.write() as session:
        service = WebhookService(session, RIVAL, house.ledger)
        assert service.all() == ()
        for step in (service.remove, service.change_secret, service.send_again):
            with pytest.raises(WebhookNotFound):
                step(added.webhook.id, "mallory")


@pytest.mark.parametrize("words", ["my card was stolen", "卡", 1.5, ["a"], {"a": 1}, "x" * 201, b"x"])
def test_an_event_never_carries_words(house: House, words: object) -> None:
    house.add(URL)
    with pytest.raises(PayloadRefused):
        house.publish(said=words)
    assert house.outbox.claim(BANK, 10) == ()


def test_an_opened_case_is_told_by_trigger_and_severity_once(house: House) -> None:
    house.add(URL, "case.*")
    with house.database.write() as session:
        conversation = start_conversation(session, BANK, house.ledger)
        for _ in range(2):
            flag = Flag(Trigger.FRAUD, Severity.S1, conversation, "answer-1", "human:x")
            case = CaseService(session, BANK, house.ledger).open(flag)
    (claimed,) = house.outbox.claim(BANK, 10)
    assert (claimed.event.kind, claimed.event.subject_id) == ("case.opened", case.id)
    told = {"trigger": "fraud", "severity": "S1", "answer_id": "answer-1", "conversation_id": conversation}
    assert claimed.event.payload == told


def test_two_workers_are_never_at_the_same_event(house: House) -> None:
    house.add(URL)
    house.publish()
    assert len(house.outbox.claim(BANK, 10)) == 1
    assert house.outbox.claim(BANK, 10) == ()


def test_the_event_of_a_worker_that_is_gone_is_taken_over_and_settled_once(house: House) -> None:
    added = house.add(URL)
    house.publish()
    (gone,) = house.outbox.claim(BANK, 10)
    house.ahead += timedelta(minutes=2)
    (taken,) = house.outbox.claim(BANK, 10)
    assert taken.event.id == gone.event.id
    assert house.outbox.settle(gone, WELL) is False
    assert house.standing(added).delivered == 0
    assert house.outbox.settle(taken, WELL) is True
    assert house.outbox.settle(taken, FAILED) is False
    assert house.standing(added).delivered == 1


def test_each_pause_is_longer_and_after_the_last_try_the_event_is_given_up(house: House) -> None:
    added = house.add(URL)
    house.publish()
    for tried in range(1, MOST_TRIES + 1):
        (claimed,) = house.outbox.claim(BANK, 10)
        house.outbox.settle(claimed, FAILED)
        assert house.outbox.claim(BANK, 10) == ()
        assert house.standing(added).dead == (tried == MOST_TRIES)
        house.ahead += timedelta(minutes=6 * 60 + 1)
    assert house.standing(added).said == "status_500"
    assert house.outbox.claim(BANK, 10) == ()
    with house.database.write() as session:
        assert WebhookService(session, BANK, house.ledger).send_again(added.webhook.id, "otto") == 1
    assert len(house.outbox.claim(BANK, 10)) == 1


def test_a_receiver_that_is_away_costs_one_try_and_not_one_an_event(house: House) -> None:
    house.add(URL)
    for number in range(3):
        house.publish(subject=f"c{number}")
    (first,) = house.outbox.claim(BANK, 1)
    house.outbox.settle(first, FAILED)
    assert house.outbox.claim(BANK, 10) == ()
    house.ahead += timedelta(minutes=1)
    assert len(house.outbox.claim(BANK, 10)) == 3


def test_a_removed_webhook_is_sent_nothing_more(house: House) -> None:
    added = house.add(URL)
    house.publish()
    with house.database.write() as session:
        WebhookService(session, BANK, house.ledger).remove(added.webhook.id, "otto")
    assert house.outbox.claim(BANK, 10) == ()
    assert house.publish() is None


def test_an_event_published_while_its_webhook_was_removed_stops_nothing(house: House) -> None:
    first, second = house.add(URL), house.add(URL)
    house.publish()
    with house.database.write() as session:
        session.execute(
            text("UPDATE webhook SET removed_at = at, removed_by = 'x' WHERE id = :id"), {"id": first.webhook.id}
        )
    assert [each.webhook.id for each in house.outbox.claim(BANK, 10)] == [second.webhook.id]
    house.ahead += timedelta(minutes=2)
    assert len(house.outbox.claim(BANK, 10)) == 1


def test_while_a_secret_changes_both_are_signed_with(house: House) -> None:
    added = house.add(URL)
    with house.database.write() as session:
        changed = WebhookService(session, BANK, house.ledger).change_secret(added.webhook.id, "otto")
    house.publish()
    (claimed,) = house.outbox.claim(BANK, 10)
    assert claimed.secrets == (changed.secret, added.secret)
    house.ahead += timedelta(minutes=8 * 24 * 60)
    (claimed,) = house.outbox.claim(BANK, 10)
    assert claimed.secrets == (changed.secret,)


def test_secrets_are_stored_nowhere_and_the_log_does_not_repeat_an_address(house: House) -> None:
    added = house.add(URL)
    with house.database.read() as session:
        rows = str(session.execute(text("SELECT * FROM webhook")).all())
        entries = "".join(AuditExport(session, BANK).lines())
    assert added.secret not in rows + entries + repr(added)
    assert "the-token" not in entries
    assert '"webhook:add:done"' in entries


def test_the_log_vouches_for_an_address(house: House) -> None:
    house.add(URL)
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole
    with house.database.write() as session:
        session.execute(text("UPDATE webhook SET url = 'https://evil.example/'"))
    found = AuditVerifier(house.database, house.ledger).verify(BANK).breaches
    assert [breach.breach for breach in found] == [Breach.WEBHOOK_CHANGED]


def test_what_cannot_be_set_up_is_refused(house: House) -> None:
    with pytest.raises(AddressRefused):
        house.add(URL, hosts="other.example")
    for kind in ("Case.opened", "case", "case.*.x", "", "**"):
        with pytest.raises(KindUnknown):
            house.add(URL, kind)
    with house.database.write() as session, pytest.raises(KindUnknown):
        WebhookService(session, BANK, house.ledger).add(URL, (), AllowedHosts.of("desk.bank.example"), "otto")
    for _ in range(MOST_WEBHOOKS):
        house.add(URL)
    with pytest.raises(TooManyWebhooks):
        house.add(URL)


def test_what_was_delivered_long_ago_is_forgotten(house: House) -> None:
    added = house.add(URL)
    house.publish()
    (claimed,) = house.outbox.claim(BANK, 10)
    house.outbox.settle(claimed, WELL)
    house.outbox.forget(BANK)
    assert house.standing(added).delivered == 1
    house.ahead += timedelta(minutes=31 * 24 * 60)
    house.outbox.forget(BANK)
    assert house.standing(added).delivered == 0


def test_an_event_whose_last_try_was_never_settled_is_given_up(house: House) -> None:
    added = house.add(URL)
    house.publish()
    for _ in range(MOST_TRIES):
        assert len(house.outbox.claim(BANK, 10)) == 1
        house.ahead += timedelta(minutes=2)
    assert house.outbox.claim(BANK, 10) == ()
    assert (house.standing(added).dead, house.standing(added).said) == (1, "unsettled")


def test_what_only_compliance_is_to_know_is_told_to_no_webhook(house: House) -> None:
    house.add(URL)
    with house.database.write() as session:
        cases = CaseService(session, BANK, house.ledger)
        conversation = start_conversation(session, BANK, house.ledger)
        case = cases.open(Flag(Trigger.COMPLIANCE, Severity.S2, conversation))
        assert cases.raise_severity(case.id, Severity.S1)
    assert house.outbox.claim(BANK, 10) == ()
