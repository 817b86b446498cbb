"""Events over a real connection to a receiver that takes them, fails, hangs, drips, redirects or answers 10 MB."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from unittest.mock import patch

import httpx
import pytest

from app.db.errors import DatabaseAway
from app.webhooks import delivery
from app.webhooks.addresses import AllowedHosts
from app.webhooks.delivery import Sender, deliver_due
from tests.app.webhooks.conftest import BANK, RIVAL, House
from tests.app.webhooks.receiver import Receiver
from tests.fakes.absence import away


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    with patch.multiple(delivery, TOTAL_S=1.0, CONNECT_S=0.5, READ_S=0.7):
        yield


def send_due(house: House, receiver: Receiver) -> int:
    return deliver_due([BANK, RIVAL], house.outbox, AllowedHosts.of(receiver.host))


def test_an_event_arrives_once_and_signed(house: House, receiver: Receiver) -> None:
    added = house.add(receiver.url)
    event_id = house.publish("case.opened", "c1", trigger="fraud", severity="S1")
    assert [send_due(house, receiver) for _ in range(2)] == [1, 0]
    ((headers, body),) = receiver.got
    assert headers["candour-event"] == event_id
    assert headers["host"] == receiver.host
    value = json.loads(body)
    assert {name: value[name] for name in ("id", "institution", "kind", "subject", "payload")} == {
        "id": event_id,
        "institution": BANK,
        "kind": "case.opened",
        "subject": "c1",
        "payload": {"trigger": "fraud", "severity": "S1"},
    }
    signed = f"{headers['candour-timestamp']}.{event_id}.".encode() + body
    assert headers["candour-signature"] == f"v1={hmac.digest(added.secret.encode(), signed, sha256).hex()}"
    assert abs(time.time() - int(headers["candour-timestamp"])) < 60
    assert house.standing(added).delivered == 1


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (500, "status_500"),
        (404, "status_404"),
        (302, "status_302"),
        (307, "status_307"),
        ("hang", "ReadTimeout"),
        ("drip", "timeout"),
    ],
)
def test_an_event_that_is_not_taken_is_sent_again_with_the_same_id(
    house: House, receiver: Receiver, way: int | str, said: str
) -> None:
    added = house.add(receiver.url)
    event_id = house.publish()
    receiver.ways = [way, 204]
    begun = time.monotonic()
    assert send_due(house, receiver) == 1
    assert time.monotonic() - begun < 5
    assert (house.standing(added).waiting, house.standing(added).said) == (1, said)
    house.ahead += timedelta(seconds=10)
    assert send_due(house, receiver) == 1
    assert receiver.ids == [event_id, event_id]
    bodies = {body for _, body in receiver.got}
    assert len(bodies) == 1
    assert (house.standing(added).delivered, house.standing(added).said) == (1, None)


def test_of_a_reply_of_ten_megabytes_only_the_status_is_read(house: House, receiver: Receiver) -> None:
    added = house.add(receiver.url)
    house.publish()
    receiver.ways = ["large"]
    send_due(house, receiver)
    assert house.standing(added).delivered == 1
    assert receiver.sent_bytes < 10_000_000


def test_a_receiver_that_hangs_does_not_hold_up_another_one(house: House, receiver: Receiver) -> None:
    slow = house.add(receiver.url)
    for number in range(20):
        house.publish(subject=f"c{number}")
    receiver.ways = ["hang"]
    begun = time.monotonic()
    send_due(house, receiver)
    assert time.monotonic() - begun < 15
    assert house.standing(slow).waiting == 20


def test_a_receiver_that_is_not_there_is_tried_again(house: House) -> None:
    added = house.add("http://127.0.0.1:9/hook")
    house.publish()
    deliver_due([BANK], house.outbox, AllowedHosts.of("127.0.0.1:9"))
    assert house.standing(added).said == "ConnectError"


def test_a_host_that_is_not_listed_any_more_is_sent_nothing(house: House, receiver: Receiver) -> None:
    added = house.add(receiver.url)
    house.publish()
    deliver_due([BANK], house.outbox, AllowedHosts.of("other.example"))
    assert receiver.got == []
    assert house.standing(added).said == "address_refused"


@pytest.mark.parametrize("inside", [["127.0.0.1"], ["169.254.169.254"], ["93.184.216.34", "10.0.0.1"], []])
def test_a_listed_name_that_leads_inside_the_network_is_sent_nothing(
    house: House, receiver: Receiver, inside: list[str]
) -> None:
    port = receiver.host.split(":")[1]
    house.add(f"https://desk.bank.example:{port}/hook")
    house.publish()
    (claimed,) = house.outbox.claim(BANK, 1)

    async def resolve(host: str, _: int) -> list[str]:
        assert host == "desk.bank.example"
        return inside

    async def sent() -> str:
        async with httpx.AsyncClient() as client:
            return (await Sender(AllowedHosts.of(f"desk.bank.example:{port}"), client, resolve).send(claimed)).said

    assert asyncio.run(sent()) == "address_refused"
    assert receiver.got == []


def test_a_proxy_of_the_environment_is_not_used(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    house.add(receiver.url)
    house.publish()
    send_due(house, receiver)
    assert len(receiver.got) == 1


def test_with_the_database_away_nothing_is_sent_and_afterwards_all_is(house: House, receiver: Receiver) -> None:
    added = house.add(receiver.url)
    house.publish()
    with away(house.database), pytest.raises(DatabaseAway):
        send_due(house, receiver)
    assert receiver.got == []
    send_due(house, receiver)
    assert house.standing(added).delivered == 1


def test_a_failure_nobody_thought_of_is_one_failed_try_named_by_its_kind(house: House, receiver: Receiver) -> None:
    added = house.add(receiver.url)
    house.publish()

    async def strange(*_: object) -> list[str]:
        raise UnicodeError("label too long: a secret")

    with patch.object(Sender, "_address", strange):
        assert send_due(house, receiver) == 1
    assert (house.standing(added).waiting, house.standing(added).said) == (1, "UnicodeError")
