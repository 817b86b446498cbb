"""``candour keys`` and ``candour webhooks``: a secret is printed once; what is wrong says what to do."""

from __future__ import annotations

import json

import pytest

from app.api_keys.door import KeyDoor
from app.api_keys.errors import KeyOver
from app.api_keys.types import Scope
from app.evidence.export import AuditExport
from app.foundation import Foundation, lay_foundation
from app.settings import load_settings
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, RIVAL
from tests.app.webhooks.receiver import receiving

HERE = ("--institution", BANK)
BY = ("--by", "otto")


def base() -> Foundation:
    return lay_foundation(load_settings())


def test_a_key_is_made_listed_and_revoked(run: Run) -> None:
    made = run("keys", "add", "website", *HERE, "--scope", "answers", "--limits", "5,1,50", "--days", "30", *BY)
    assert made.status == 0
    secret = made.out.strip()
    key = KeyDoor(base().database, base().ledger).read(secret, Scope.ANSWERS)
    (listed,) = run("keys", "list", *HERE, "--json").json["keys"]
    assert (listed["id"], listed["by"], listed["state"]) == (key.id, "otto", "good")
    assert listed["limits"] == {"a_minute": 5, "at_once": 1, "a_day": 50}
    assert secret not in json.dumps(listed) + made.err + run("keys", "list", *HERE).both
    assert run("keys", "list", "--institution", RIVAL, "--json").json == {"keys": []}
    assert run("keys", "revoke", key.id, "--institution", RIVAL, *BY).status == 2
    assert run("keys", "revoke", key.id, *HERE, *BY).status == 0
    with pytest.raises(KeyOver):
        KeyDoor(base().database, base().ledger).read(secret, Scope.ANSWERS)
    with base().database.read() as session:
        log = "".join(AuditExport(session, BANK).lines())
    assert '"api_key:add:done"' in log
    assert '"api_key:revoke:done"' in log


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--scope", "evidence"), "use one of"),
        (("--scope", "search", "--limits", "many"), "three numbers"),
        (("--scope", "search", "--limits", "0,1,1"), "a number from 1"),
        (("--scope", "search", "--days", "9999"), "lasts 1 to"),
    ],
)
def test_a_key_that_cannot_be_made_says_what_to_change(run: Run, wrong: tuple[str, ...], said: str) -> None:
    ran = run("keys", "add", "website", *HERE, *wrong, *BY)
    assert ran.status == 2
    assert said in ran.err
    assert run("keys", "list", *HERE, "--json").json == {"keys": []}


def test_a_webhook_is_set_up_tested_and_removed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        refused = run("webhooks", "add", receiver.url, *HERE, "--kind", "case.*", *BY)
        assert (refused.status, "CANDOUR_WEBHOOK_HOSTS" in refused.err) == (2, True)
        monkeypatch.setenv("CANDOUR_WEBHOOK_HOSTS", receiver.host)
        assert run("webhooks", "add", receiver.url, *HERE, "--kind", "case", *BY).status == 2
        added = run("webhooks", "add", receiver.url, *HERE, "--kind", "case.*", *BY)
        assert added.out.startswith("whs_")
        (listed,) = run("webhooks", "list", *HERE, "--json").json["webhooks"]
        tested = run("webhooks", "test", listed["id"], *HERE)
        assert (tested.status, tested.out) == (0, "delivered: status_200\n")
        receiver.ways = [500]
        failed = run("webhooks", "test", listed["id"], *HERE)
        assert (failed.status, "status_500" in failed.err) == (1, True)
    changed = run("webhooks", "secret", listed["id"], *HERE, *BY)
    assert changed.out.startswith("whs_")
    assert changed.out != added.out
    assert run("webhooks", "resend", listed["id"], *HERE, *BY).out.startswith("0 events")
    assert run("webhooks", "remove", listed["id"], "--institution", RIVAL, *BY).status == 2
    assert run("webhooks", "remove", listed["id"], *HERE, *BY).status == 0
    assert run("webhooks", "list", *HERE, "--json").json == {"webhooks": []}


def test_hosts_that_are_none_are_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDOUR_WEBHOOK_HOSTS", "https://desk.bank.example/")
    ran = run("webhooks", "list", *HERE)
    assert (ran.status, "CANDOUR_WEBHOOK_HOSTS" in ran.err) == (2, True)
