"""From a question that opens a case to the institution's own desk: outbox, worker, doctor."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text

from app.db.session import Database
from app.doctor.programs import webhooks
from app.foundation import Foundation
from app.jobs.upkeep import send_events
from app.webhooks.addresses import AllowedHosts
from app.webhooks.outbox import Outbox
from app.webhooks.service import WebhookService
from app.webhooks.types import MOST_TRIES, Reply
from retrieval.errors import SnapshotMissing
from tests.app.small_bank import BANK, SmallBank
from tests.app.webhooks.receiver import Receiver


def listening(foundation: Foundation, receiver: Receiver, *kinds: str) -> Foundation:
    """The foundation with the receiver allowed, and a webhook to it."""
    with foundation.database.write() as session:
        allowed = AllowedHosts.of(receiver.host)
        WebhookService(session, BANK, foundation.ledger).add(receiver.url, kinds, allowed, "otto")
    settings = foundation.settings.model_copy(update={"webhook_hosts": receiver.host})
    return Foundation(settings, Database(foundation.database.engine), foundation.ledger)


def told(receiver: Receiver) -> list[tuple[str, dict[str, object]]]:
    """The kind and payload of what came, in no order."""
    values = [json.loads(body) for _, body in receiver.got]
    return [(value["kind"], value["payload"]) for value in values]


async def test_a_question_that_opens_a_case_is_told_without_a_word_of_it(
    small_bank: SmallBank, receiver: Receiver
) -> None:
    foundation = listening(small_bank.foundation, receiver, "case.*", "answer.*")
    answer = await small_bank.ask("My HKID is A123456(3). Which fund should I buy?")
    await asyncio.to_thread(send_events, foundation)
    ((kind, payload),) = told(receiver)
    assert (kind, payload["trigger"], payload["severity"]) == ("case.opened", "refusal", "S3")
    assert payload["answer_id"] == answer.answer_id
    assert b"fund" not in receiver.got[0][1]
    assert b"HKID" not in receiver.got[0][1]
    await asyncio.to_thread(send_events, foundation)
    assert len(receiver.got) == 1


async def test_a_held_answer_is_told_beside_its_case(
    small_bank: SmallBank, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise SnapshotMissing("gone")

    foundation = listening(small_bank.foundation, receiver, "*")
    monkeypatch.setattr(type(small_bank.platform.knowledge), "retrieve", missing)
    answer = await small_bank.ask()
    await asyncio.to_thread(send_events, foundation)
    by_kind = dict(told(receiver))
    assert by_kind.keys() == {"case.opened", "answer.held"}
    assert by_kind["answer.held"]["reason"] == "rail_failed"
    held = next(json.loads(body) for _, body in receiver.got if b"answer.held" in body)
    assert held["subject"] == answer.answer_id


def test_the_doctor_names_what_was_given_up_and_a_host_that_may_not_be_told(
    small_bank: SmallBank, receiver: Receiver
) -> None:
    assert list(webhooks(small_bank.foundation)) == []
    foundation = listening(small_bank.foundation, receiver, "*")
    (part,) = webhooks(foundation)
    assert (part.name, part.well) == (f"webhooks of {BANK}", True)
    with foundation.database.write() as session:
        WebhookService(session, BANK, foundation.ledger).publish("case.opened", "c1", {})
    outbox = Outbox(foundation.database, foundation.ledger)
    (claimed,) = outbox.claim(BANK, 1)
    with foundation.database.write() as session:
        session.execute(text("UPDATE webhook_event SET tries = :most"), {"most": MOST_TRIES})
    outbox.settle(claimed, Reply(False, "status_500"))
    (part,) = webhooks(foundation)
    assert not part.well
    assert f"1 events could not be delivered to {receiver.host} (status_500)" in part.says
    (part,) = webhooks(small_bank.foundation)
    assert (part.well, "CANDOUR_WEBHOOK_HOSTS" in part.says) == (False, True)
