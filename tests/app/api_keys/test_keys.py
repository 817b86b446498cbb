"""A key belongs to one institution, is told once and stored nowhere; its limits hold over all processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.api_keys.door import KeyDoor
from app.api_keys.errors import KeyNotFound, KeyOver, KeyUnknown, KeyWrong, LimitReached, ScopeMissing
from app.api_keys.service import ApiKeyService
from app.api_keys.types import MOST_DAYS, ApiKey, Issued, Limits, Scope, Wish
from app.db.errors import DatabaseAway
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.export import AuditExport
from app.evidence.report import Breach
from app.evidence.verification import AuditVerifier
from tests.app.worlds import add_institution, an_institution
from tests.fakes.absence import away

BANK, RIVAL = "a-bank", "b-bank"
NOON = datetime(2026, 11, 30, 4, 0, 10, tzinfo=UTC)  # in Hong Kong


@pytest.fixture
def banks(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        for bank in (BANK, RIVAL):
            add_institution(session, ledger, an_institution(bank))


def make(database: Database, ledger: Ledger, bank: str = BANK, **changes: object) -> Issued:
    wish = Wish(**{"name": "website", "scopes": frozenset({Scope.ANSWERS}), **changes})  # type: ignore[arg-type]
    with database.write() as session:
        return ApiKeyService(session, bank, ledger).add(wish, "otto")


def keys(database: Database, ledger: Ledger, bank: str = BANK) -> tuple[ApiKey, ...]:
    with database.read() as session:
        return ApiKeyService(session, bank, ledger).all()


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.mark.usefixtures("banks")
def test_a_key_opens_what_it_was_made_for_and_nothing_else(database: Database, ledger: Ledger) -> None:
    issued, door = make(database, ledger), KeyDoor(database, ledger)
    assert door.read(issued.secret, Scope.ANSWERS) == issued.key
    with pytest.raises(ScopeMissing, match="search"):
        door.read(issued.secret, Scope.SEARCH)


@pytest.mark.usefixtures("banks")
def test_neither_the_key_nor_its_secret_is_stored_shown_or_logged(database: Database, ledger: Ledger) -> None:
    issued = make(database, ledger)
    secret = issued.secret.rsplit("_", 1)[1]
    with database.read() as session:
        rows = [str(row) for row in session.execute(text("SELECT * FROM api_key"))]
        entries = "".join(AuditExport(session, BANK).lines())
    assert secret not in "".join(rows) + entries + repr(issued) + repr(issued.key)
    assert '"api_key:add:done"' in entries


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
        lambda key: key.replace(BANK, RIVAL),
        lambda key: key.replace(BANK, "no-bank"),
        lambda key: key[:-2],
        lambda key: key + "\n",
        lambda _: "ck_",
        lambda _: "",
    ],
)
@pytest.mark.usefixtures("banks")
def test_a_key_that_is_not_exactly_right_is_unknown(
    database: Database, ledger: Ledger, spoil: Callable[[str], str]
) -> None:
    with pytest.raises(KeyUnknown) as refused:
        KeyDoor(database, ledger).read(spoil(make(database, ledger).secret), Scope.ANSWERS)
    assert BANK not in str(refused.value)


@pytest.mark.usefixtures("banks")
def test_a_revoked_key_opens_nothing_and_stays_listed(database: Database, ledger: Ledger) -> None:
    issued = make(database, ledger)
    with database.write() as session:
        ApiKeyService(session, BANK, ledger).revoke(issued.key.id, "hugo")
    with pytest.raises(KeyOver, match="was revoked"):
        KeyDoor(database, ledger).read(issued.secret, Scope.ANSWERS)
    assert [(key.id, key.revoked_by) for key in keys(database, ledger)] == [(issued.key.id, "hugo")]
    with database.write() as session, pytest.raises(KeyOver, match="before"):
        ApiKeyService(session, BANK, ledger).revoke(issued.key.id, "hugo")


@pytest.mark.usefixtures("banks")
def test_a_key_of_another_institution_is_not_found(database: Database, ledger: Ledger) -> None:
    issued = make(database, ledger)
    assert keys(database, ledger, RIVAL) == ()
    with database.write() as session, pytest.raises(KeyNotFound):
        ApiKeyService(session, RIVAL, ledger).revoke(issued.key.id, "mallory")


@pytest.mark.usefixtures("banks")
def test_an_expired_key_opens_nothing(database: Database, ledger: Ledger) -> None:
    issued = make(database, ledger, days=1)
    door = KeyDoor(database, ledger, lambda: issued.key.expires_at)
    with pytest.raises(KeyOver, match="expired"):
        door.read(issued.secret, Scope.ANSWERS)


@pytest.mark.usefixtures("banks")
def test_requests_of_a_minute_and_a_day_are_counted_over_all_processes(database: Database, ledger: Ledger) -> None:
    key, clock = make(database, ledger, limits=Limits(a_minute=2, a_day=3)).key, Clock()
    doors = [KeyDoor(database, ledger, clock) for _ in range(2)]
    for door in doors:
        door.count(key)
    for _ in range(3):
        with pytest.raises(LimitReached, match="2 requests a minute") as refused:
            doors[0].count(key)
        assert refused.value.retry_after_s == 50
    clock.at += timedelta(minutes=1)
    doors[1].count(key)
    with pytest.raises(LimitReached, match="3 requests a day") as refused:
        doors[0].count(key)
    assert refused.value.retry_after_s == 12 * 3600 - 70
    clock.at += timedelta(hours=12)
    doors[0].count(key)
    assert keys(database, ledger)[0].last_used == clock.at.replace(minute=0, second=0)


@pytest.mark.usefixtures("banks")
def test_no_more_are_under_way_at_once_than_the_key_allows(database: Database, ledger: Ledger) -> None:
    key, other = (make(database, ledger, limits=Limits(at_once=1)).key for _ in range(2))
    door = KeyDoor(database, ledger)
    with door.inside(key), door.inside(other), pytest.raises(LimitReached, match="at once"), door.inside(key):
        pass
    with door.inside(key):
        pass


@pytest.mark.parametrize(
    "wish",
    [
        {"name": " "},
        {"name": "a" * 65},
        {"name": "a\u202eb"},
        {"scopes": frozenset()},
        {"days": 0},
        {"days": MOST_DAYS + 1},
        {"limits": Limits(a_minute=0)},
        {"limits": Limits(at_once=1000)},
        {"limits": Limits(a_day=10**9)},
    ],
    ids=str,
)
@pytest.mark.usefixtures("banks")
def test_a_wish_that_cannot_be_granted_makes_no_key(
    database: Database, ledger: Ledger, wish: dict[str, object]
) -> None:
    with pytest.raises(KeyWrong):
        make(database, ledger, **wish)
    assert keys(database, ledger) == ()


@pytest.mark.usefixtures("banks")
def test_the_log_vouches_for_what_a_key_may(database: Database, ledger: Ledger) -> None:
    make(database, ledger)
    assert AuditVerifier(database, ledger).verify(BANK).whole
    with database.write() as session:
        session.execute(text("UPDATE api_key SET a_day = 900000"))
    found = AuditVerifier(database, ledger).verify(BANK).breaches
    assert [breach.breach for breach in found] == [Breach.API_KEY_CHANGED]


@pytest.mark.usefixtures("banks")
def test_nobody_comes_in_while_the_database_is_away(database: Database, ledger: Ledger) -> None:
    issued, door = make(database, ledger), KeyDoor(database, ledger)
    with away(database), pytest.raises(DatabaseAway):
        door.read(issued.secret, Scope.ANSWERS)
    with away(database), pytest.raises(DatabaseAway):
        door.count(issued.key)
