"""Many files at once: each is read or named, a row is proposed for it, and a person confirms them all."""

from __future__ import annotations

import re

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.batches.service import BatchService
from app.console import formats
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.jobs.batch_reading import BatchReader
from app.removal.orphans import orphans
from app.staff.service import StaffService
from app.staff.types import Role
from knowledge_bases.schema import Language, VersionKey
from tests.app.console.conftest import Browser
from tests.app.console.world import OWN, World

ROOM = f"/console/{OWN}/uploads"
FEES = b"# Travel card fees\n\nAll fees are as at 1 March 2026. The annual fee is HK$1,480.\n"
FEES_ZH = "# 旅遊卡收費\n\n所有收費截至2026年3月1日。年費為HK$1,480。\n".encode()
HOURS = b"# Branch hours\n\nIn force from 2 April 2026. Our branches open at 9.\n"
FILES = (("travel-fees-en.md", FEES), ("travel-fees-zh.md", FEES_ZH), ("hours.md", HOURS), ("virus.exe", b"MZ"))


def upload(client: TestClient, world: World, files: tuple[tuple[str, bytes], ...] = FILES) -> Response:
    sent = [("files", file) for file in files]
    return client.post(ROOM, data={"csrf": world.tickets["maya"].csrf_token}, files=sent)


def uploaded(client: TestClient, world: World, files: tuple[tuple[str, bytes], ...] = FILES) -> str:
    """The address of a batch whose files were read."""
    address = upload(client, world, files).headers["location"]
    reader = BatchReader(world.foundation)
    while reader.read_next():
        pass
    return address


def cells(page: str) -> dict[str, str]:
    """What stands in the table's cells, by name; a tick is "on"."""
    found = dict(re.findall(r'<input id="([a-z_]+-\d+)" name="[^"]+" type="[a-z]+" value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="([a-z_]+-\d+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    found |= re.findall(r'name="(revision)" value="(\d+)"', page)
    return found | dict.fromkeys(re.findall(r'name="(take-\d+)" checked', page), "on")


def press(client: TestClient, world: World, address: str, action: str, **changed: str) -> Response:
    """The table as it is shown, with changes, sent by one of its buttons."""
    table = cells(client.get(f"{address}?wait=0").text)
    form = {"csrf": world.tickets["maya"].csrf_token, "action": action, **table}
    return client.post(address, data={**form, **{name.replace("__", "-"): value for name, value in changed.items()}})


def versions(world: World) -> dict[VersionKey, DocumentVersion]:
    with world.foundation.database.read() as session:
        return {v.info.key: v for v in DocumentService(session, OWN, world.foundation.ledger).all()}


def test_each_file_gets_a_row_with_what_it_says_of_itself(browser: Browser, world: World) -> None:
    client = browser("maya")
    table = cells(client.get(uploaded(client, world)).text)
    assert (table["title-0"], table["document-0"], table["version-0"]) == (
        "Travel card fees",
        "travel-fees-en",
        "2026-03",
    )
    assert (table["language-0"], table["language-1"], table["sibling-0"]) == ("en", "zh-Hant", "travel-fees-zh")
    assert (table["as_at-1"], table["effective_from-2"]) == ("2026-03-01", "2026-04-02")


def test_a_chinese_row_says_what_approval_lacks_like_any_other(browser: Browser, world: World) -> None:
    chinese = (("網點.md", "# 網點時間\n\n我們的網點每天九時開門營業。\n".encode()),)
    page = browser("maya").get(uploaded(browser("maya"), world, chinese)).text
    assert cells(page)["document-0"] == "branch-hours-zh"
    assert "Before approval: an as-at date, a product tag" in page
    assert "1 lacks a fact that approval needs" in page


def test_what_approval_lacks_is_said_of_a_row_without_an_id_too(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    press(client, world, address, "save", document__1="", title__1="網點時間")
    assert client.get(address).text.count("Before approval: ") == 3


def test_a_row_that_would_replace_a_document_of_another_title_asks_for_a_look(browser: Browser, world: World) -> None:
    client = browser("maya")
    press(client, world, uploaded(client, world), "confirm")
    other = (("travel-fees-en.md", b"# Parcel lockers\n\nAs at 3 May 2026. A locker costs HK$90.\n"),)
    page = client.get(uploaded(client, world, other)).text
    assert "the document is called “Travel card fees” until now" in page
    assert "1 may replace a document of another title" in page
    again = ((other[0][0], FEES.replace(b"1 March", b"9 March")),)
    assert "of another title" not in client.get(uploaded(client, world, again)).text


def test_a_version_that_replaces_a_document_of_another_title_says_so_on_its_page(
    browser: Browser, world: World
) -> None:
    client = browser("maya")
    files = (("card-fees-en.md", b"# Parcel lockers\n\nAs at 3 November 2026. A locker costs HK$90.\n"),)
    press(client, world, uploaded(client, world, files), "confirm", document__0="card-fees-en")
    page = client.get(f"/console/{OWN}/documents/card-fees-en/2026-11").text
    assert "which bears another title. Check that it is the same document." in page
    assert "bears another title" not in client.get(f"/console/{OWN}/documents/card-fees-en/2026-01").text


def test_two_rows_of_one_id_and_two_titles_ask_for_a_look(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    press(client, world, address, "save", document__2="travel-fees-en")
    page = client.get(address).text
    assert "another row, “Branch hours”, has the same document id" in page
    assert "2 may replace a document of another title" in page


def test_a_bad_file_is_named_in_its_row_and_the_others_go_on(browser: Browser, world: World) -> None:
    client = browser("maya")
    broken = ("broken.pdf", b"%PDF-1.7 and nothing else")
    page = client.get(uploaded(client, world, (*FILES, broken, ("empty.md", b"")))).text
    for sentence in ("virus.exe can&#39;t be read", "broken.pdf", "empty.md is empty"):
        assert sentence in page
    assert "title-0" in cells(page)
    assert not {"title-3", "title-4", "title-5"} & cells(page).keys()


def test_the_same_bytes_twice_are_one_row(browser: Browser, world: World) -> None:
    client = browser("maya")
    page = client.get(uploaded(client, world, (FILES[0], ("again.md", FEES)))).text
    assert "again.md is the same file as travel-fees-en.md" in page


def test_nothing_is_a_document_before_it_is_confirmed(browser: Browser, world: World) -> None:
    before = versions(world)
    client = browser("maya")
    address = uploaded(client, world)
    press(client, world, address, "save", product__0="travel card")
    assert versions(world) == before


def test_what_was_written_survives_a_reload(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    press(client, world, address, "save", product__0="travel card", title__2="Hours")
    table = cells(browser("maya").get(address).text)
    assert (table["product-0"], table["title-2"], table["title-1"]) == ("travel card", "Hours", "旅遊卡收費")


def test_a_value_for_all_goes_into_every_ticked_row(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    without_hours = {"take-2": ""}
    table = cells(client.get(address).text)
    form = {"csrf": world.tickets["maya"].csrf_token, "action": "apply", **table, "all-product": "travel card"}
    client.post(address, data={name: value for name, value in form.items() if name not in without_hours})
    table = cells(client.get(address).text)
    assert [table[f"product-{place}"] for place in range(3)] == ["travel card", "travel card", ""]
    assert "take-2" not in table


def test_the_confirmed_rows_become_drafts_and_are_queued(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    assert press(client, world, address, "confirm", product__0="travel card").status_code == 303
    draft = versions(world)[VersionKey("travel-fees-en", "2026-03")]
    assert (draft.status, draft.progress.stage) == (VersionStatus.DRAFT, Stage.RECEIVED)
    assert (draft.info.product, draft.info.sibling, draft.info.language) == (
        "travel card",
        "travel-fees-zh",
        Language.EN,
    )
    assert draft.uploaded_by == world.tickets["maya"].account_id
    assert world.foundation.files(OWN).get(draft.file_sha256) == FEES
    assert "Travel card fees" in client.get(address).text


def test_a_wrong_row_is_named_and_none_is_taken_in(browser: Browser, world: World) -> None:
    before = versions(world)
    client = browser("maya")
    address = uploaded(client, world)
    response = press(client, world, address, "confirm", as_at__1="yesterday", title__2="")
    assert response.status_code == 422
    assert "year-month-day" in response.text
    assert "Give the document a title" in response.text
    assert versions(world) == before
    assert cells(response.text)["as_at-1"] == "yesterday"


def test_two_rows_of_one_name_are_refused(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    response = press(client, world, address, "confirm", document__2="travel-fees-en", version__2="2026-03")
    assert response.status_code == 422
    assert "stands in two rows" in response.text


def test_a_label_that_stands_for_another_file_is_named_and_nothing_is_taken_in(browser: Browser, world: World) -> None:
    client = browser("maya")
    first = uploaded(client, world)
    press(client, world, first, "confirm")
    known = versions(world)
    second = uploaded(client, world, (("other.md", b"# Something else\n\nAs at 3 May 2026.\n"), FILES[2]))
    response = press(client, world, second, "confirm", document__0="travel-fees-en", version__0="2026-03")
    assert (response.status_code, "own label" in response.text) == (422, True)
    assert versions(world) == known


def test_all_that_is_wrong_with_a_row_is_named_at_once(browser: Browser, world: World) -> None:
    client = browser("maya")
    wrong = {"version__0": "the second", "as_at__0": "1/3/2026", "tags__0": "Fees!", "title__0": ""}
    response = press(client, world, uploaded(client, world), "confirm", **wrong)
    assert response.status_code == 422
    for sentence in ("Give the version a label", "(as at)", "A tag is written in", "Give the document a title"):
        assert sentence in response.text


def test_a_changed_document_is_proposed_as_a_new_version(browser: Browser, world: World) -> None:
    client = browser("maya")
    press(client, world, uploaded(client, world), "confirm", product__0="travel card", tags__0="fees")
    changed = FEES.replace(b"1 March 2026", b"1 June 2026").replace(b"1,480", b"1,520")
    page = client.get(uploaded(client, world, (("travel-fees-en.md", changed), FILES[2]))).text
    table = cells(page)
    assert (table["document-0"], table["version-0"], table["product-0"]) == ("travel-fees-en", "2026-06", "travel card")
    assert "New version of Travel card fees" in page
    assert "The same file as hours-en 2026-04" in page
    assert "take-1" not in table


def test_a_file_held_by_a_version_that_could_not_be_read_leads_to_that_version(browser: Browser, world: World) -> None:
    client = browser("maya")
    press(client, world, uploaded(client, world, FILES[2:3]), "confirm")
    with world.foundation.database.write() as session:
        service = DocumentService(session, OWN, world.foundation.ledger)
        service.mark_failed(VersionKey("hours-en", "2026-04"), "hours-en: the database broke off.")
    address = uploaded(client, world, FILES[2:3])
    page = client.get(address).text
    assert "could not be read" in page
    assert f'href="/console/{OWN}/documents/hours-en/2026-04">Read hours-en 2026-04 again on its page' in page
    assert "The same file as" not in page
    assert ("held, but not read" in page, "held already</a>" in page) == (True, False)
    assert "take-0" not in cells(page)


def test_a_row_that_is_not_ticked_is_left_out(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    table = {name: value for name, value in cells(client.get(address).text).items() if name != "take-0"}
    form = {"csrf": world.tickets["maya"].csrf_token, "action": "confirm", **table, "sibling-1": ""}
    assert client.post(address, data=form).status_code == 303
    assert VersionKey("travel-fees-en", "2026-03") not in versions(world)
    assert VersionKey("travel-fees-zh", "2026-03") in versions(world)


def test_an_older_page_overwrites_nothing_and_is_told_so(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    older = cells(client.get(address).text)
    press(client, world, address, "save", title__0="The newer title")
    form = {"csrf": world.tickets["maya"].csrf_token, **older, "product-0": "travel card"}
    script = client.post(address, data={**form, "action": "save"}, headers={"Accept": "application/json"})
    assert (script.status_code, "changed elsewhere" in script.json()["error"]) == (409, True)
    for action in ("save", "apply", "confirm"):
        page = client.post(address, data={**form, "action": action})
        assert (page.status_code, "your page was out of date" in page.text) == (409, True)
        assert cells(page.text)["title-0"] == "The newer title"
    table = cells(client.get(address).text)
    assert (table["title-0"], table["product-0"]) == ("The newer title", "")


def test_a_page_that_saves_goes_on_from_its_own_saving(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    form = {"csrf": world.tickets["maya"].csrf_token, "action": "save", **cells(client.get(address).text)}
    for title in ("One", "Two"):
        answer = client.post(address, data={**form, "title-0": title}, headers={"Accept": "application/json"})
        form["revision"] = str(answer.json()["revision"])
    assert cells(client.get(address).text)["title-0"] == "Two"


def test_a_form_without_a_revision_writes_nothing(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    assert press(client, world, address, "save", title__0="Lost", revision="").status_code == 409


def test_what_was_taken_in_cannot_be_taken_in_again(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    table = cells(client.get(address).text)
    press(client, world, address, "confirm")
    form = {"csrf": world.tickets["maya"].csrf_token, "action": "confirm", **table}
    response = client.post(address, data=form)
    assert (response.status_code, "taken in already" in response.text) == (409, True)
    assert f"/console/{OWN}/documents/travel-fees-en/2026-03" in response.text


def test_a_discarded_batch_is_gone(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    assert press(client, world, address, "discard").status_code == 303
    assert client.get(address).status_code == 404


def test_another_maker_neither_sees_nor_changes_it(browser: Browser, world: World) -> None:
    address = uploaded(browser("maya"), world)
    with world.foundation.database.write() as session:
        StaffService(session, world.foundation.ledger).grant(
            world.tickets["chen"].account_id, OWN, Role.MAKER, by="tests"
        )
    other = browser("chen")
    assert other.get(address).status_code == 404
    form = {"csrf": world.tickets["chen"].csrf_token, "action": "confirm"}
    assert other.post(address, data=form).status_code == 404


def test_a_batch_that_waits_for_its_person_keeps_its_files(browser: Browser, world: World) -> None:
    from datetime import timedelta

    from app.db.columns import now_utc

    client = browser("maya")
    before = {holding.name for holding in orphans(world.foundation, OWN, now_utc() + timedelta(days=2))}
    address = uploaded(client, world)
    assert {holding.name for holding in orphans(world.foundation, OWN, now_utc() + timedelta(days=2))} == before
    press(client, world, address, "discard")
    assert len(orphans(world.foundation, OWN, now_utc() + timedelta(days=2))) == len(before) + 2 * 3  # files and parses


def test_files_that_are_not_read_yet_are_waited_for(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = upload(client, world).headers["location"]
    assert "Reading the files" in client.get(address).text
    waiting = client.get(f"{address}/progress.json").json()["working"]
    assert [(line["key"], line["label"]) for line in waiting] == [(str(n), "Waiting to be read") for n in range(3)]


@pytest.mark.parametrize(
    ("sibling", "sentence"),
    [
        ("no-such-document", "There is no document no-such-document to be the same in another language."),
        ("card-fees-en", "card-fees-en is in the same language."),
        ("hours-en", "hours-en is in the same language."),  # another row's
    ],
)
def test_a_row_whose_sibling_is_no_document_in_another_language_is_named_and_nothing_goes_in(
    browser: Browser, world: World, sibling: str, sentence: str
) -> None:
    client, before = browser("maya"), versions(world)
    response = press(client, world, uploaded(client, world), "confirm", sibling__0=sibling, document__2="hours-en")
    assert response.status_code == 422
    assert re.findall(r'id="wrong-(\d+)">([^<]*\.)', response.text)[0][0] == "0"
    assert response.text.count(sentence) == 2  # above the table and in the row
    assert versions(world) == before


def test_a_sibling_is_a_row_that_is_wanted_or_what_is_here_already(browser: Browser, world: World) -> None:
    client = browser("maya")
    address = uploaded(client, world)
    table = cells(client.get(f"{address}?wait=0").text)
    form = {"csrf": world.tickets["maya"].csrf_token, "action": "confirm", **table}
    form.pop("take-1")
    alone = client.post(address, data=form)
    assert (alone.status_code, "travel-fees-zh is not ticked, so it can&#39;t be linked." in alone.text) == (422, True)
    assert press(client, world, address, "confirm", sibling__0="loan-terms-zh").status_code == 303


def test_of_two_rows_only_the_one_that_is_wrong_in_itself_is_named(browser: Browser, world: World) -> None:
    client = browser("maya")
    response = press(client, world, uploaded(client, world), "confirm", version__1="no label")
    assert re.findall(r'id="wrong-(\d+)"', response.text) == ["1"]


@pytest.mark.parametrize(("count", "status"), [(0, 422), (60, 303), (61, 422)])
def test_an_upload_has_a_limit_of_files(browser: Browser, world: World, count: int, status: int) -> None:
    files = tuple((f"{number}.md", f"# Number {number}".encode()) for number in range(count))
    response = upload(browser("maya"), world, files) if count else upload(browser("maya"), world, (("", b""),))
    assert response.status_code == status


def test_a_script_is_told_where_its_batch_is(browser: Browser, world: World) -> None:
    client = browser("maya")
    client.headers["Accept"] = "application/json"
    response = upload(client, world)
    assert response.status_code == 201
    assert response.json()["address"].startswith(f"{ROOM}/")


def test_staff_see_until_when_an_upload_waits_for_them(browser: Browser, world: World) -> None:
    client, days = browser("maya"), world.foundation.settings.keep_batches_days
    address = uploaded(client, world)
    with world.foundation.database.read() as session:
        batch = BatchService(session, OWN, world.foundation.ledger).get(
            address.rsplit("/", 1)[1], world.tickets["maya"].account_id
        )
    says = f"Confirm it by {formats.day(batch.confirm_by(days))}; after that day the files are removed."
    assert says in client.get(address).text
    assert says in client.get(f"{ROOM}/new").text
