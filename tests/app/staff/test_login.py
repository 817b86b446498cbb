"""Staff: limited logins, hashed secrets, roles per institution, demo accounts only at home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import Ledger
from app.settings import Settings
from app.staff.demo import DEMO_LOGINS, settle_demo_accounts
from app.staff.errors import AccountExists, AccountNotFound, WeakPassword
from app.staff.login import MAX_PER_ACCOUNT, MAX_PER_ADDRESS, StaffLogin
from app.staff.passwords import password_matches
from app.staff.service import StaffService
from app.staff.tables import AccountRow, LoginAttemptRow, StaffSessionRow
from app.staff.types import LoginRefused, Role, Ticket
from tests.app.worlds import add_institution

BANK = "harbour-bank"
PASSWORD = "correct horse battery"
NEW_PASSWORD = "incorrect donkey mains"
HOME = "127.0.0.1"


@pytest.fixture
def account(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        add_institution(session, ledger)
        staff = StaffService(session, ledger)
        account_id = staff.create_account("mei", PASSWORD, by="tests")
        staff.grant(account_id, BANK, Role.MAKER, by="tests")
        return account_id


@pytest.fixture
def desk(database: Database, ledger: Ledger) -> StaffLogin:
    return StaffLogin(database, ledger, session_ttl_s=600)


def log_in(desk: StaffLogin) -> Ticket:
    ticket = desk.login("mei", PASSWORD, HOME)
    assert isinstance(ticket, Ticket)
    return ticket


def test_a_session_tells_who_and_what_where(database: Database, ledger: Ledger, account: str, desk: StaffLogin) -> None:
    ticket = log_in(desk)
    with database.read() as session:
        identity = StaffService(session, ledger).identify(ticket.token)
    assert identity is not None
    assert (identity.account_id, identity.username, identity.csrf_token) == (account, "mei", ticket.csrf_token)
    assert identity.roles_in(BANK) == {Role.MAKER}
    assert identity.roles_in("other-bank") == frozenset()


def test_neither_password_nor_token_is_stored(
    database: Database, ledger: Ledger, account: str, desk: StaffLogin
) -> None:
    ticket = log_in(desk)
    with database.read() as session:
        row, stored = session.exec(select(StaffSessionRow)).one(), session.exec(select(AccountRow)).one()
    assert ticket.token not in (row.token_sha256, row.csrf_token)
    assert stored.password_hash.startswith("$argon2id$")
    assert ticket.token not in repr(ticket)


@pytest.mark.parametrize(("username", "password"), [("mei", "wrong password"), ("nobody", PASSWORD), ("mei", "")])
def test_a_wrong_name_and_a_wrong_password_look_alike(
    account: str, desk: StaffLogin, username: str, password: str
) -> None:
    assert desk.login(username, password, HOME) == LoginRefused()


def test_after_too_many_attempts_even_the_right_password_waits(account: str, desk: StaffLogin) -> None:
    for _ in range(MAX_PER_ACCOUNT):
        desk.login("mei", "wrong password", HOME)
    refused = desk.login("mei", PASSWORD, "10.0.0.9")
    assert isinstance(refused, LoginRefused)
    assert 0 < refused.retry_after_s <= 900


def test_one_address_can_not_try_many_names(
    database: Database, account: str, desk: StaffLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.staff.login.MAX_PER_ADDRESS", 3)
    for number in range(3):
        desk.login(f"guess-{number}", PASSWORD, HOME)
    refused = desk.login("mei", PASSWORD, HOME)
    assert isinstance(refused, LoginRefused)
    assert refused.retry_after_s > 0
    assert isinstance(desk.login("mei", PASSWORD, "10.0.0.9"), Ticket)
    assert MAX_PER_ADDRESS > MAX_PER_ACCOUNT


def test_waiting_ends_with_the_window(database: Database, account: str, desk: StaffLogin) -> None:
    for _ in range(MAX_PER_ACCOUNT):
        desk.login("mei", "wrong password", HOME)
    with database.write() as session:
        for attempt in session.exec(select(LoginAttemptRow)):
            attempt.at = now_utc() - timedelta(minutes=16)
    assert isinstance(desk.login("mei", PASSWORD, HOME), Ticket)


def test_a_success_forgets_the_attempts_before_it(database: Database, account: str, desk: StaffLogin) -> None:
    for _ in range(MAX_PER_ACCOUNT - 1):
        desk.login("mei", "wrong password", HOME)
    log_in(desk)
    with database.read() as session:
        assert session.exec(select(LoginAttemptRow)).all() == []


def test_a_session_ends_by_time_by_logout_and_with_the_account(
    database: Database, ledger: Ledger, account: str, desk: StaffLogin
) -> None:
    timed, left, closed = (log_in(desk).token for _ in range(3))
    with database.write() as session:
        staff = StaffService(session, ledger)
        staff.logout(left)
        assert staff.identify(left) is None
        for row in session.exec(select(StaffSessionRow)):
            row.expires_at = now_utc() - timedelta(seconds=1)
        session.flush()
        assert staff.identify(timed) is None
        staff.set_active(account, active=False, by="tests")
        assert staff.identify(closed) is None
    assert desk.login("mei", PASSWORD, HOME) == LoginRefused()


def test_a_new_password_ends_the_sessions_of_the_old_one(
    database: Database, ledger: Ledger, account: str, desk: StaffLogin
) -> None:
    token = log_in(desk).token
    with database.write() as session:
        StaffService(session, ledger).set_password(account, NEW_PASSWORD, by="tests")
    with database.read() as session:
        assert StaffService(session, ledger).identify(token) is None
    assert desk.login("mei", PASSWORD, HOME) == LoginRefused()
    assert isinstance(desk.login("mei", NEW_PASSWORD, HOME), Ticket)


@pytest.mark.parametrize(
    "change",
    [
        lambda staff, account: staff.set_active(account, active=False, by="tests"),
        lambda staff, account: staff.set_password(account, NEW_PASSWORD, by="tests"),
    ],
    ids=["deactivated", "another password"],
)
def test_a_login_under_way_while_the_account_changes_opens_no_session(
    database: Database,
    ledger: Ledger,
    account: str,
    desk: StaffLogin,
    change: Callable[[StaffService, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def matches_meanwhile(password_hash: str | None, password: str) -> bool:
        with database.write() as session:
            change(StaffService(session, ledger), account)
        return password_matches(password_hash, password)

    monkeypatch.setattr("app.staff.login.password_matches", matches_meanwhile)
    assert desk.login("mei", PASSWORD, HOME) == LoginRefused()
    with database.read() as session:
        assert session.exec(select(StaffSessionRow)).all() == []


def test_an_account_that_is_not_there_gets_no_password(database: Database, ledger: Ledger) -> None:
    with database.write() as session, pytest.raises(AccountNotFound):
        StaffService(session, ledger).set_password("no-such-id", NEW_PASSWORD, by="tests")


def test_accounts_are_listed_by_name_with_their_roles(database: Database, ledger: Ledger, account: str) -> None:
    with database.write() as session:
        staff = StaffService(session, ledger)
        staff.set_active(staff.create_account("kay", PASSWORD, by="tests"), active=False, by="tests")
        staff.grant(account, BANK, Role.HEAD, by="tests")
        kay, mei = staff.accounts()
        assert staff.account("mei") == mei
    assert (kay.username, kay.active, kay.memberships) == ("kay", False, {})
    assert (mei.username, mei.active, mei.memberships) == ("mei", True, {BANK: frozenset({Role.MAKER, Role.HEAD})})


def test_a_revoked_role_is_gone_at_once(database: Database, ledger: Ledger, account: str, desk: StaffLogin) -> None:
    token = log_in(desk).token
    with database.write() as session:
        StaffService(session, ledger).revoke(account, BANK, Role.MAKER, by="tests")
    with database.read() as session:
        identity = StaffService(session, ledger).identify(token)
    assert identity is not None
    assert identity.roles_in(BANK) == frozenset()


def test_short_passwords_and_taken_names_are_refused(database: Database, ledger: Ledger, account: str) -> None:
    with database.write() as session:
        with pytest.raises(WeakPassword):
            StaffService(session, ledger).create_account("kay", "short", by="tests")
        with pytest.raises(AccountExists):
            StaffService(session, ledger).create_account("mei", PASSWORD, by="tests")


def demo(database: Database, ledger: Ledger, tmp_path: Path, on: bool) -> int:
    settings = Settings(data_dir=tmp_path, demo=on)
    with database.write() as session:
        return len(settle_demo_accounts(session, ledger, settings, [BANK]))


def test_demo_accounts_exist_in_demo_mode_and_are_closed_after_it(
    database: Database, ledger: Ledger, account: str, desk: StaffLogin, tmp_path: Path
) -> None:
    login = DEMO_LOGINS[0]
    assert demo(database, ledger, tmp_path, on=False) == 0
    assert desk.login(login.username, login.password, HOME) == LoginRefused()
    assert [demo(database, ledger, tmp_path, on=True) for _ in range(2)] == [len(Role), len(Role)]
    ticket = desk.login(login.username, login.password, HOME)
    assert isinstance(ticket, Ticket)
    assert demo(database, ledger, tmp_path, on=False) == 0
    assert desk.login(login.username, login.password, HOME) == LoginRefused()
    with database.read() as session:
        assert StaffService(session, ledger).identify(ticket.token) is None
    assert isinstance(desk.login("mei", PASSWORD, HOME), Ticket)
