"""What is given up, withdrawn or removed for good, and what people read where somebody else was first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.documents.errors import WrongStatus
from app.documents.tables import DocumentVersionRow
from app.documents.types import VersionStatus
from app.hong_kong import today_in_hong_kong
from knowledge_bases.schema import VersionKey
from tests.app.console.conftest import Browser
from tests.app.console.test_knowledge import OWN, place, step, stored
from tests.app.console.world import IN_REVIEW, PUBLISHED, READY, World


def test_the_original_of_a_discarded_version_is_not_offered(browser: Browser, world: World) -> None:
    assert "Download the original" in browser("maya").get(place(READY)).text
    step(browser("maya"), world, "maya", READY, "discard")
    assert "Download the original" not in browser("maya").get(place(READY)).text


def test_a_removed_original_is_a_page_that_says_when_and_leads_on(browser: Browser, world: World) -> None:
    step(browser("maya"), world, "maya", READY, "discard")
    response = browser("ada").get(f"{place(READY)}/original")
    assert response.status_code == 410
    assert "removed for good on" in response.text
    assert f'href="{place(READY)}"' in response.text
    assert f'href="/console/{OWN}/receipts"' in response.text
    told = browser("ada").get(f"{place(READY)}/original", headers={"Accept": "application/json"})
    assert (told.status_code, "removed for good" in told.json()["error"]) == (410, True)


def test_a_discarded_version_does_not_read_as_one_that_customers_saw(browser: Browser, world: World) -> None:
    step(browser("maya"), world, "maya", READY, "discard")
    page = browser("maya").get(place(READY)).text
    assert "Discarded" in page
    assert "Customers never saw it" in page
    assert "Withdrawn" not in page
    assert "to look back" not in page


@pytest.mark.parametrize("key", [READY, IN_REVIEW])
def test_what_customers_never_saw_is_discarded_by_a_maker_and_not_withdrawn(
    browser: Browser, world: World, key: VersionKey
) -> None:
    assert "Customers stop seeing it" not in browser("chen").get(place(key)).text
    assert step(browser("chen"), world, "chen", key, "withdraw", reason="wrong") == 409
    assert "Discard this version" in browser("maya").get(place(key)).text
    assert step(browser("maya"), world, "maya", key, "discard") == 303
    assert stored(world, key).given_up


def test_what_customers_see_is_withdrawn_and_cannot_be_discarded(browser: Browser, world: World) -> None:
    assert "Customers stop seeing it" in browser("chen").get(place(PUBLISHED)).text
    assert "Discard this version" not in browser("maya").get(place(PUBLISHED)).text
    assert step(browser("maya"), world, "maya", PUBLISHED, "discard") == 409


def test_an_earlier_end_is_offered_only_where_a_day_is_left_for_it(browser: Browser, world: World) -> None:
    assert "End earlier" in browser("chen").get(place(PUBLISHED)).text
    for days, offered in ((2, True), (1, False), (-30, False)):
        with world.foundation.database.write() as session:
            row = session.get(DocumentVersionRow, (OWN, PUBLISHED.document, PUBLISHED.version))
            assert row is not None
            row.effective_to = row.declared_to = today_in_hong_kong() + timedelta(days=days)
        assert ("End earlier" in browser("chen").get(place(PUBLISHED)).text) is offered


def test_whoever_comes_second_reads_what_happened_and_finds_the_way_back(browser: Browser, world: World) -> None:
    form = {"csrf": world.tickets["maya"].csrf_token}
    response = browser("maya").post(f"{place(IN_REVIEW)}/submit", data=form)
    assert response.status_code == 409
    assert "waits for a checker&#39;s decision already, so it can&#39;t be sent for approval" in response.text
    assert "somebody was first" in response.text
    assert "in_review" not in response.text
    assert f'href="{place(IN_REVIEW)}"' in response.text


@pytest.mark.parametrize("status", [status.value for status in VersionStatus])
@pytest.mark.parametrize("wanted", [status.value for status in VersionStatus])
def test_no_refused_step_speaks_in_names_of_the_program(status: str, wanted: str) -> None:
    said = str(WrongStatus(IN_REVIEW, status, wanted))
    assert "_" not in said
    assert said.count("'") == said.count("can't") + said.count("checker's")


def test_an_address_that_is_none_leads_back_to_no_document(browser: Browser) -> None:
    response = browser("ada").get(f"/console/{OWN}/documents/no-such/1")
    assert response.status_code == 404
    assert "Back to the document" not in response.text


def test_a_reason_to_withdraw_is_held_to_its_length_in_the_form_and_leads_back(browser: Browser, world: World) -> None:
    page = browser("chen").get(place(PUBLISHED)).text
    assert page.count('<textarea name="reason" rows="2" maxlength="2000" required>') == page.count('name="reason"')
    form = {"csrf": world.tickets["chen"].csrf_token, "reason": "x" * 5000}
    response = browser("chen").post(f"{place(PUBLISHED)}/withdraw", data=form)
    assert response.status_code == 422
    assert "at most 2000 characters" in response.text
    assert f'href="{place(PUBLISHED)}"' in response.text


def test_receipts_are_told_in_words_of_people(browser: Browser, world: World) -> None:
    step(browser("maya"), world, "maya", READY, "discard")
    page = browser("ada").get(f"/console/{OWN}/receipts").text
    assert "Original <code>" in page
    assert "Search index <code>" in page
    assert "segment <code>" not in page
