"""Two versions side by side in the Knowledge room."""

from __future__ import annotations

import re
from dataclasses import replace

from app.documents.service import DocumentService
from app.documents.types import Ingested, Upload
from app.staff.types import Role
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import VersionKey
from tests.app.console.conftest import Browser
from tests.app.console.world import LINES, OWN, PUBLISHED, READY, SCRIPT, STAFF, World, _info, parsed

NEXT = VersionKey(PUBLISHED.document, "2026-12")
ROOM = f"/console/{OWN}/documents"
PAGE = f"{ROOM}/{PUBLISHED.document}/compare"


def draft_of(text: str) -> ParsedDocument:
    """The published parse with another text of the same length."""
    assert len(text) == len(parsed().text)
    return replace(parsed(), text=text)


def add_draft(world: World, document: ParsedDocument) -> None:
    files = world.foundation.files(OWN)
    with world.foundation.database.write() as session:
        service = DocumentService(session, OWN, world.foundation.ledger)
        service.register(Upload(_info(NEXT), "fees.pdf", files.put(b"next"), world.tickets["maya"].account_id))
        service.mark_ingested(NEXT, Ingested(files.put(document.to_json()), "{}", 2))


def test_the_newest_version_is_compared_with_the_one_in_force(browser: Browser, world: World) -> None:
    add_draft(world, draft_of(parsed().text.replace("HK$1,200, waived", "HK$1,500, waived")))
    page = browser("chen").get(PAGE).text
    assert '<del class="figure">HK$1,200</del><ins class="figure">HK$1,500</ins>' in page
    assert "Figures changed" in page
    assert len(re.findall(r'class="change ', page)) == 1
    assert page == browser("chen").get(PAGE, params={"from": PUBLISHED.version, "to": NEXT.version}).text


def test_the_version_page_links_to_its_comparison(browser: Browser, world: World) -> None:
    add_draft(world, parsed())
    page = browser("chen").get(f"{ROOM}/{NEXT.document}/{NEXT.version}").text
    assert f'{PAGE}?to={NEXT.version}"' in page


def test_unchanged_passages_are_folded_and_documents_words_stay_words(browser: Browser, world: World) -> None:
    add_draft(world, draft_of(parsed().text.replace("HK$2,400", "HK$2,800")))
    page = browser("chen").get(PAGE).text
    assert SCRIPT not in page
    folded = page[page.index("<details>") : page.index("</details>")]
    assert LINES[1] in folded
    assert "6 unchanged passages" in folded


def test_a_first_version_has_nothing_to_compare_with(browser: Browser) -> None:
    assert "first version" in browser("chen").get(f"{ROOM}/{READY.document}/compare").text


def test_a_version_compared_with_itself_is_the_same(browser: Browser) -> None:
    same = {"from": PUBLISHED.version, "to": PUBLISHED.version}
    assert "the same words" in browser("chen").get(PAGE, params=same).text


def test_an_unknown_version_or_document_is_not_found(browser: Browser) -> None:
    assert browser("chen").get(PAGE, params={"from": "1999"}).status_code == 404
    assert browser("chen").get(f"{ROOM}/no-such/compare").status_code == 404


def test_everyone_of_the_institution_may_compare(browser: Browser) -> None:
    assert {browser(name).get(PAGE).status_code for name in STAFF} == {200}
    assert set(STAFF.values()) == set(Role)
