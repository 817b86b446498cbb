"""Whom a version would reach and which figures disagree, as staff see it."""

from __future__ import annotations

from tests.app.console.conftest import Browser
from tests.app.console.test_compare import NEXT, add_draft, draft_of
from tests.app.console.world import FAILED, LINES, OWN, World, parsed

ROOM = f"/console/{OWN}/documents"
IMPACT = f"{ROOM}/{NEXT.document}/{NEXT.version}/impact"


def test_the_answers_that_cite_a_changed_line_are_listed(browser: Browser, world: World) -> None:
    add_draft(world, draft_of(parsed().text.replace("HK$1,200, waived", "HK$1,500, waived")))
    page = browser("chen").get(IMPACT).text
    assert "1 of the 1 past answers that cite the version before cite words that change" in page
    assert "What is the annual fee of the gold card?" in page
    assert LINES[1] in page
    assert f"{NEXT.version}/impact" in browser("chen").get(f"{ROOM}/{NEXT.document}/{NEXT.version}").text


def test_only_who_decides_about_documents_sees_the_impact(browser: Browser, world: World) -> None:
    add_draft(world, parsed())
    statuses = {name: browser(name).get(IMPACT).status_code for name in ("maya", "chen", "hugo", "rita", "ada", "otto")}
    assert statuses == {"maya": 200, "chen": 200, "hugo": 200, "rita": 403, "ada": 403, "otto": 403}


def test_figures_in_agreement_are_said_to_be(browser: Browser) -> None:
    assert "No documents in force disagree" in browser("ada").get(f"{ROOM}/figures").text


def test_a_version_that_could_not_be_read_reaches_nobody_and_says_that_it_failed(browser: Browser) -> None:
    page = browser("chen").get(f"{ROOM}/{FAILED.document}/{FAILED.version}/impact")
    assert page.status_code == 409
    assert "could not be read" in page.text
    assert "not read yet" not in page.text
