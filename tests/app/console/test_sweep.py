"""The page of the last sweep: who may ask for one, what it shows; and the draft that a maker discards."""

from __future__ import annotations

import pytest

from app.documents.errors import WrongStatus
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.evidence.export import AuditExport
from app.removal.discarding import discard
from app.removal.sweeps import Sweeps, run_asked, sweep_now
from knowledge_bases.schema import VersionKey
from tests.app.console.conftest import Browser
from tests.app.console.world import FOREIGN, OWN, PUBLISHED, READY, RECEIVED, World

PAGE = f"/console/{OWN}/sweep"


def ask(browser: Browser, world: World, name: str) -> int:
    return browser(name).post(PAGE, data={"csrf": world.tickets[name].csrf_token}).status_code


def status(world: World, key: VersionKey) -> VersionStatus:
    with world.foundation.database.read() as session:
        return DocumentService(session, OWN, world.foundation.ledger).get(key).status


def actions(world: World) -> str:
    with world.foundation.database.read() as session:
        return "\n".join(AuditExport(session, OWN).lines())


def test_before_the_first_sweep_the_page_says_so(browser: Browser) -> None:
    assert "No check has been run yet." in browser("ada").get(PAGE).text


@pytest.mark.parametrize(("name", "may"), [("chen", True), ("hugo", True), ("maya", False), ("ada", False)])
def test_checkers_and_heads_ask_for_a_sweep(browser: Browser, world: World, name: str, may: bool) -> None:
    assert ("Check now" in browser(name).get(PAGE).text) == may
    assert ask(browser, world, name) == (303 if may else 403)
    with world.foundation.database.read() as session:
        assert len(Sweeps(session, OWN, world.foundation.ledger).waiting()) == may


def test_asked_for_twice_is_once_and_the_page_waits_for_the_worker(browser: Browser, world: World) -> None:
    assert (ask(browser, world, "chen"), ask(browser, world, "hugo")) == (303, 303)
    page = browser("ada").get(PAGE)
    assert "Asked for by chen" in page.text
    assert page.headers["refresh"] == "3"
    assert "Check now" not in browser("hugo").get(PAGE).text
    assert run_asked(world.foundation) == 1
    assert run_asked(world.foundation) == 0


def test_what_the_last_sweep_found_is_shown_and_stands_in_the_log(browser: Browser, world: World) -> None:
    ask(browser, world, "chen")
    run_asked(world.foundation)  # this world's snapshot is only a name
    page = browser("ada").get(PAGE)
    assert "refresh" not in page.headers
    assert "Something disagrees" in page.text
    assert "there is no snapshot" in page.text
    assert str(world.foundation.settings.data_dir) not in page.text
    assert all(f'"sweep:{step}:done"' in actions(world) for step in ("ask", "run"))
    assert "No check has been run yet." in browser("mallory").get(f"/console/{FOREIGN}/sweep").text


def test_a_sweep_that_breaks_off_says_so_and_is_not_begun_for_ever(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("app.removal.sweeps.compare", broken)
    swept = sweep_now(world.foundation, OWN, "cli")
    assert swept.found is not None
    assert not swept.found.agrees
    assert "the sweep broke off (OSError)" in browser("ada").get(PAGE).text
    assert run_asked(world.foundation) == 0


def test_a_maker_discards_a_draft_and_the_page_shows_the_receipt(browser: Browser, world: World) -> None:
    place = f"/console/{OWN}/documents/{READY.document}/{READY.version}"
    assert "Discard this version" in browser("maya").get(place).text
    sent = browser("maya").post(f"{place}/discard", data={"csrf": world.tickets["maya"].csrf_token})
    assert (sent.status_code, sent.headers["location"]) == (303, place)
    assert status(world, READY) is VersionStatus.WITHDRAWN
    page = browser("maya").get(place)
    assert page.status_code == 200
    assert "Files removed: 2" in page.text
    assert "Discard this version" not in page.text


@pytest.mark.parametrize(("name", "code"), [("chen", 403), ("hugo", 403), ("ada", 403)])
def test_only_makers_discard(browser: Browser, world: World, name: str, code: int) -> None:
    place = f"/console/{OWN}/documents/{READY.document}/{READY.version}"
    assert "Discard this version" not in browser(name).get(place).text
    sent = browser(name).post(f"{place}/discard", data={"csrf": world.tickets[name].csrf_token})
    assert (sent.status_code, status(world, READY)) == (code, VersionStatus.DRAFT)


@pytest.mark.parametrize("key", [PUBLISHED, RECEIVED])
def test_what_was_published_or_is_being_read_is_not_discarded(browser: Browser, world: World, key: VersionKey) -> None:
    place = f"/console/{OWN}/documents/{key.document}/{key.version}"
    assert "Discard this version" not in browser("maya").get(place).text
    before = status(world, key)
    sent = browser("maya").post(f"{place}/discard", data={"csrf": world.tickets["maya"].csrf_token})
    assert (sent.status_code, status(world, key)) == (409, before)
    with pytest.raises(WrongStatus):
        discard(world.foundation, OWN, key, "cli")
