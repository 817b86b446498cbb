"""The staff console in a real Chromium: log in, upload with progress, publish, decide; at a desk and on a phone."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI

from app.answering.parts import Parts
from app.answering.pipeline import Pipeline
from app.answering.ports import OneRulebook
from app.answering.types import AnswerStatus, Question
from app.batches import pages as batch_pages
from app.batches.types import Batch
from app.console.desk import Answering, Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from app.db.engine import make_engine
from app.db.schema import upgrade
from app.db.session import Database
from app.documents.published import PublishedKnowledge
from app.documents.service import DocumentService
from app.documents.types import Ingested, Progress, Stage
from app.evidence.audit import Ledger
from app.evidence.checkpoints import Checkpoints
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.jobs.batch_reading import BatchReader
from app.jobs.ingest import Ingestion, Job
from app.keys import MasterKey
from app.removal.sweeps import run_asked
from app.staff.demo import DEMO_LOGINS
from guardrails.rulebook import load_rulebook
from knowledge_bases.schema import VersionKey
from retrieval.embedders import HashingEmbedder
from tests.app.console.world import IN_REVIEW, OWN, PASSWORD, PUBLISHED, READY, World, build, foundation_at, parsed
from tests.browser.conftest import free_port, wait_until
from tests.fakes.answering import FakeRails, FakeRecorder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

EMBEDDER = HashingEmbedder()
SAMPLES = Path(__file__).parents[2] / "knowledge_bases" / "harbour-bank" / "documents"
UPLOADED = VersionKey("travel-notice", "2026-12")
SIZES = [(1440, 900), (390, 844)]


@dataclass(frozen=True)
class Console:
    """A running console. ``problems`` are what its pages complained of, ``hosts`` whom they asked."""

    url: str
    world: World
    open: Callable[[str | None, tuple[int, int]], Page]
    problems: list[str]
    hosts: set[str]


@pytest.fixture
def console(browser: Browser, tmp_path: Path) -> Iterator[Console]:
    engine = make_engine(f"sqlite:///{tmp_path / 'candour.db'}")
    upgrade(engine)
    master = MasterKey(bytes(range(32)))
    world = build(foundation_at(tmp_path, Database(engine), Ledger(master, Checkpoints(tmp_path, master.signing))))
    app, port = FastAPI(), free_port()
    knowledge = PublishedKnowledge(world.foundation, EMBEDDER)
    rulebooks = OneRulebook(load_rulebook())
    parts = Parts(knowledge, FakeRails(), rulebooks, FakeRecorder(), today_in_hong_kong)
    mount_console(app, Desk(world.foundation, DEMO_LOGINS, Answering(knowledge, parts)))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    url, problems, hosts, contexts = f"http://localhost:{port}/console", [], set(), []

    def open_page(name: str | None, size: tuple[int, int]) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        if name is not None:
            context.add_cookies([{"name": SESSION_COOKIE, "value": world.tickets[name].token, "url": f"{url}/"}])
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        return page

    yield Console(url, world, open_page, problems, hosts)
    for context in contexts:
        context.close()
    server.should_exit = True
    thread.join(timeout=10)
    engine.dispose()


def test_a_maker_logs_in_uploads_and_watches_the_file_being_read(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "notice.txt"
    file.write_text("The travel notice.", encoding="utf-8")
    page = console.open(None, SIZES[0])
    page.goto(f"{console.url}/{OWN}/documents")
    page.get_by_label("User name").fill("maya")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Upload documents").click()
    page.get_by_role("link", name="One document by hand").click()
    page.get_by_label("Title").fill("Travel notice")
    page.get_by_label("Language", exact=True).select_option("en")
    page.get_by_label("Version label").fill("2026-12")
    page.get_by_label("Product").fill("travel")
    page.get_by_label("Figures as at").fill("2026-11-01")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/travel-notice/2026-12")
    page.get_by_text("Waiting to be read").wait_for()
    work(console, Progress(Stage.EMBEDDING, 3, 4))
    page.get_by_text("Making it searchable").wait_for()
    assert page.locator("progress").evaluate("bar => bar.value / bar.max") == 0.75
    finish(console)
    page.get_by_role("button", name="Send for approval").click()
    page.get_by_text("another checker must approve it").wait_for()
    assert console.problems == []
    assert console.hosts == {urlsplit(console.url).netloc}


def test_five_dropped_files_are_confirmed_in_one_table_approved_and_answer_a_customer(
    console: Console, tmp_path: Path
) -> None:
    page = console.open("maya", SIZES[0])
    page.goto(f"{console.url}/{OWN}/documents")
    page.get_by_role("link", name="Upload documents").click()
    drop(page, [SAMPLES / "card-fees-en.pdf", SAMPLES / "card-fees-zh.pdf", *written(tmp_path)])
    page.get_by_text("5 files chosen").wait_for()
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="Reading the files").wait_for()
    read_batches(console)
    page.get_by_role("heading", name="Confirm what these files are").wait_for()
    assert page.locator("#document-0").input_value() == "card-fees-en"
    assert page.locator("#sibling-0").input_value() == "card-fees-zh"
    assert page.locator("#effective_from-2").input_value() == "2026-04-02"
    page.get_by_text("broken.pdf: ").wait_for()
    page.locator("#product-2").fill("parcel lockers")
    page.keyboard.press("Tab")
    page.get_by_text("Saved", exact=True).wait_for()
    page.reload()
    assert page.locator("#product-2").input_value() == "parcel lockers"
    page.locator("#all-owner").fill("Retail team")
    page.get_by_role("button", name="Put into ticked rows").click()
    page.get_by_role("button", name="Take in the ticked rows").click()
    page.get_by_role("heading", name="These files are taken in").wait_for()
    page.get_by_role("link", name="Parcel lockers").click()
    page.get_by_text("Waiting to be read").wait_for()
    ingest(console)
    page.get_by_text("Retail team").wait_for()
    page.get_by_label("Comment").fill("New this spring.")
    page.get_by_role("button", name="Send for approval").click()
    page.get_by_text("another checker must approve it").wait_for()
    approve_and_ask(console, page.url)
    assert console.problems == []
    assert console.hosts == {urlsplit(console.url).netloc}


def approve_and_ask(console: Console, address: str) -> None:
    """A second person reads and approves; then staff and a customer ask."""
    page = console.open("chen", SIZES[0])
    page.goto(f"{console.url}/{OWN}/documents")
    page.get_by_role("region", name="Needs you").get_by_role("link", name="Parcel lockers").click()
    assert page.url == address
    page.get_by_text("New this spring.").wait_for()
    page.get_by_role("button", name="Approve and publish").click()
    page.locator(".head .chip", has_text="Published").wait_for()
    page.goto(f"{console.url}/{OWN}/search")
    page.get_by_role("textbox", name="Question").fill("How long does a parcel locker keep a parcel?")
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("A parcel locker keeps a parcel for nine days").first.wait_for()
    with ThreadPoolExecutor(1) as elsewhere:  # the browser's own loop runs in this thread
        asking = as_a_customer(console, "How long does a parcel locker keep a parcel?")
        assert "nine days" in elsewhere.submit(asyncio.run, asking).result()


async def as_a_customer(console: Console, question: str) -> str:
    """What the assistant says over what is published now."""
    foundation = console.world.foundation
    with foundation.database.read() as session:
        institution = InstitutionService(session, foundation.ledger).get(OWN)
    knowledge = PublishedKnowledge(foundation, EMBEDDER)
    parts = Parts(knowledge, FakeRails(), OneRulebook(load_rulebook()), FakeRecorder(), today_in_hong_kong)
    answer = await Pipeline(parts).answer(institution, Question(OWN, question))
    assert answer.status is AnswerStatus.QUOTED
    return answer.text


def written(folder: Path) -> list[Path]:
    """Two good files and a broken one."""
    texts = {
        "parcel-lockers.md": "# Parcel lockers\n\nIn force from 2 April 2026. As at 1 April 2026.\n\n"
        "A parcel locker keeps a parcel for nine days.\n",
        "hours.md": "# Branch hours\n\nAs at 1 May 2026. Branches open at nine.\n",
        "broken.pdf": "%PDF-1.7 and nothing else",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def test_files_dropped_beside_the_frame_are_taken_and_a_second_drop_adds_to_the_first(
    console: Console, tmp_path: Path
) -> None:
    page = console.open("maya", SIZES[0])
    page.goto(f"{console.url}/{OWN}/uploads/new")
    lockers, hours, broken = written(tmp_path)
    drop(page, [lockers, hours], onto="h1")
    page.get_by_text("2 files chosen").wait_for()
    drop(page, [hours, broken])
    page.get_by_text("3 files chosen").wait_for()
    assert page.url.endswith("/uploads/new"), "the browser opened the file instead"


def test_files_are_told_apart_while_they_are_read_and_the_page_stays(console: Console, tmp_path: Path) -> None:
    page = dropped(console, written(tmp_path))
    page.get_by_text("3 still to be read").wait_for()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    reader = BatchReader(console.world.foundation)
    reader.read_next()
    page.get_by_text("2 still to be read").wait_for()
    assert loads == []
    page.evaluate("renew = () => {}")  # the last state before the table comes
    while reader.read_next():
        pass
    page.get_by_text("0 still to be read").wait_for()
    row = page.get_by_role("row").filter(has_text="broken.pdf")
    assert "Cannot be used" in row.inner_text()


def test_a_refused_table_names_its_rows_and_keys_reach_them_first(console: Console, tmp_path: Path) -> None:
    page = dropped(console, written(tmp_path)[:2])
    read_batches(console)
    page.locator("#title-1").fill("")
    page.get_by_role("button", name="Take in the ticked rows").click()
    alert = page.get_by_role("alert")
    alert.get_by_text("hours.md").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#row-1"
    page.keyboard.press("Enter")
    assert page.locator("#row-1").evaluate("row => row.getBoundingClientRect().top < innerHeight")


def test_what_is_put_into_all_rows_leaves_filled_cells_alone(console: Console, tmp_path: Path) -> None:
    page = dropped(console, written(tmp_path)[:2])
    read_batches(console)
    page.locator("#product-0").fill("parcel lockers")
    page.locator("#all-product").fill("branches")
    page.get_by_role("button", name="Put into ticked rows").click()
    page.wait_for_load_state()
    assert [page.locator(f"#product-{place}").input_value() for place in (0, 1)] == ["parcel lockers", "branches"]


def slowed(monkeypatch: pytest.MonkeyPatch, *, filling: bool, seconds: float) -> None:
    """Let the server answer late to the button that fills a column, or to what is saved as it is typed."""
    keep = batch_pages._kept

    def late(*args: Any, fill: bool) -> Batch:
        kept = keep(*args, fill=fill)
        time.sleep(seconds if fill is filling else 0)
        return kept

    monkeypatch.setattr(batch_pages, "_kept", late)


def test_what_is_saved_as_typed_never_overtakes_a_button(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = dropped(console, written(tmp_path)[:2])
    read_batches(console)
    page.locator("#all-product").wait_for()
    slowed(monkeypatch, filling=True, seconds=1.5)
    page.locator("#all-product").fill("branches")
    page.get_by_role("button", name="Put into ticked rows").click()
    page.wait_for_url("**?wait=0")
    page.reload()
    assert [page.locator(f"#product-{place}").input_value() for place in (0, 1)] == ["branches", "branches"]
    assert console.problems == []


def test_a_button_waits_for_what_is_being_saved(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = dropped(console, written(tmp_path)[:2])
    read_batches(console)
    page.locator("#title-0").wait_for()
    slowed(monkeypatch, filling=False, seconds=1.5)
    page.locator("#title-0").fill("Lockers")
    page.locator("#all-product").fill("branches")
    with page.expect_request(lambda request: request.method == "POST"):
        page.locator("#all-owner").focus()
    page.get_by_role("button", name="Put into ticked rows").click()
    page.wait_for_url("**?wait=0")
    shown = [page.locator(f"#{cell}").input_value() for cell in ("title-0", "product-0", "product-1")]
    assert shown == ["Lockers", "branches", "branches"]
    assert console.problems == []


def test_an_older_window_is_told_and_overwrites_nothing(console: Console, tmp_path: Path) -> None:
    page = dropped(console, written(tmp_path)[:2])
    read_batches(console)
    page.locator("#title-0").wait_for()
    older = console.open("maya", SIZES[0])
    older.goto(page.url)
    page.locator("#title-0").fill("Lockers of the branches")
    page.keyboard.press("Tab")
    page.get_by_text("Saved", exact=True).wait_for()
    older.locator("#product-0").fill("lockers")
    older.keyboard.press("Tab")
    older.get_by_text("this table was changed elsewhere").wait_for()
    older.get_by_role("link", name="Open it as it stands now").click()
    older.wait_for_url("**?wait=0")
    assert older.locator("#title-0").input_value() == "Lockers of the branches"
    assert older.locator("#product-0").input_value() == ""
    page.get_by_role("button", name="Take in the ticked rows").click()
    page.get_by_role("heading", name="These files are taken in").wait_for()
    older.locator("#product-0").fill("lockers")
    older.keyboard.press("Tab")
    older.get_by_text("These files were taken in already").wait_for()
    older.get_by_role("button", name="Take in the ticked rows").click()
    older.get_by_role("link", name="Lockers of the branches").wait_for()


def test_a_batch_is_sent_for_approval_by_keyboard_alone(console: Console, tmp_path: Path) -> None:
    page = dropped(console, written(tmp_path)[:2])
    read_batches(console)
    page.locator("#all-product").fill("branches")
    press(page, "Put into ticked rows")
    press(page, "Take in the ticked rows")
    page.get_by_role("heading", name="These files are taken in").wait_for()
    ingest(console)
    page.get_by_role("button", name="Send the ticked for approval (2)").wait_for()
    tick = page.get_by_role("checkbox", name="Send Branch hours for approval")
    tick.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send the ticked for approval (1)").wait_for()
    page.get_by_role("checkbox", name="Tick all").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Send the ticked for approval", exact=True).is_disabled()
    page.keyboard.press("Space")
    press(page, "Send the ticked for approval (2)")
    page.get_by_role("status").get_by_text("2 versions were sent for approval.").wait_for()
    assert console.problems == []


def press(page: Page, name: str) -> None:
    """With the keyboard."""
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def dropped(console: Console, files: list[Path]) -> Page:
    """The page of a batch that waits to be read."""
    page = console.open("maya", SIZES[0])
    page.goto(f"{console.url}/{OWN}/uploads/new")
    drop(page, files)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="Reading the files").wait_for()
    return page


def drop(page: Page, files: list[Path], onto: str = "[data-drop]") -> None:
    """As a person drops files from the desktop onto a part of the page."""
    contents = [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files]
    transfer = page.evaluate_handle(
        """files => {
          const transfer = new DataTransfer();
          for (const [name, content] of files) {
            const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
            transfer.items.add(new File([bytes], name, { lastModified: 1 }));
          }
          return transfer;
        }""",
        contents,
    )
    page.dispatch_event(onto, "drop", {"dataTransfer": transfer})


def read_batches(console: Console) -> None:
    reader = BatchReader(console.world.foundation)
    while reader.read_next():
        pass


def ingest(console: Console) -> None:
    """What the worker does with every version that waits."""
    foundation = console.world.foundation
    with foundation.database.read() as session:
        versions = DocumentService(session, OWN, foundation.ledger).all()
    for version in versions:
        if version.progress.stage is Stage.RECEIVED:
            Ingestion(foundation, EMBEDDER).run(Job(OWN, version.info.key))


def test_a_refused_upload_says_why_and_keeps_what_was_typed(console: Console, tmp_path: Path) -> None:
    (tmp_path / "notice.exe").write_bytes(b"MZ")
    page = console.open("maya", SIZES[0])
    page.goto(f"{console.url}/{OWN}/documents/upload")
    page.get_by_label("Title").fill("Travel notice")
    page.get_by_label("Language", exact=True).select_option("en")
    page.get_by_label("Version label").fill("2026-12")
    page.set_input_files("input[type=file]", str(tmp_path / "notice.exe"))
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("alert").get_by_text("notice.exe can't be read").wait_for()
    assert page.get_by_label("Title").input_value() == "Travel notice"
    assert page.get_by_role("button", name="Upload").is_enabled()


def test_a_checker_publishes(console: Console) -> None:
    page = console.open("chen", SIZES[0])
    page.goto(f"{console.url}/{OWN}/documents/{IN_REVIEW.document}/{IN_REVIEW.version}")
    page.get_by_role("button", name="Approve and publish").click()
    page.locator(".head .chip", has_text="Published").wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_a_reviewer_follows_the_citation_and_decides(console: Console, size: tuple[int, int]) -> None:
    page = console.open("rita", size)
    page.goto(f"{console.url}/{OWN}/cases")
    page.get_by_role("link", name="Thumbs down").click()
    page.get_by_role("link", name="Card fees").click()
    assert page.locator("mark#quote").is_visible()
    page.go_back()
    page.get_by_role("button", name="Reject").click()
    assert page.get_by_label("Reason").evaluate("field => field.validity.valueMissing")
    page.get_by_label("Reason").fill("The waiver belongs to new customers only.")
    page.get_by_role("button", name="Reject").click()
    page.get_by_text("The waiver belongs to new customers only.").wait_for()
    assert page.get_by_role("button", name="Approve").count() == 0
    assert console.problems == []


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_screen(console: Console, size: tuple[int, int]) -> None:
    case = f"/cases/{console.world.case_id}"
    document = f"/documents/{PUBLISHED.document}/{PUBLISHED.version}"
    uploads = ["/uploads/new", "/documents/upload"]
    rooms = {"maya": ["", "/documents", *uploads, document, "/search", "/receipts", "/sweep"], "hugo": ["/cases", case]}
    for name, paths in rooms.items():
        page = console.open(name, size)
        for path in paths:
            page.goto(f"{console.url}/{OWN}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_no_figure_of_a_table_is_broken_over_two_lines_on_a_phone(console: Console) -> None:
    page = console.open("maya", SIZES[1])
    page.goto(f"{console.url}/{OWN}/documents/{PUBLISHED.document}/{PUBLISHED.version}")
    page.locator(".read").first.evaluate(
        """read => {
          const cells = ["Harbour Platinum Card", ...Array(6).fill("HK$1,234.56")].map((text) => `<td>${text}</td>`);
          read.innerHTML = `<div class="scroll"><table class="document"><tr>${cells.join("")}</tr></table></div>`;
        }"""
    )
    lines = (
        page.locator(".read")
        .first.locator("td")
        .evaluate_all(
            """cells => cells.slice(1).map((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return new Set([...range.getClientRects()].map((box) => box.top)).size;
        })"""
        )
    )
    assert lines == [1] * 6
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[1][0]


def test_the_case_is_decided_by_keyboard_alone(console: Console) -> None:
    page = console.open("hugo", SIZES[0])
    page.goto(f"{console.url}/{OWN}/cases/{console.world.case_id}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    for _ in range(40):
        if page.evaluate("document.activeElement.textContent") == "Approve":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("hugo, ").wait_for()


def work(console: Console, progress: Progress) -> None:
    with console.world.foundation.database.write() as session:
        DocumentService(session, OWN, console.world.foundation.ledger).set_progress(UPLOADED, progress)


def finish(console: Console) -> None:
    address = console.world.foundation.files(OWN).put(parsed().to_json())
    with console.world.foundation.database.write() as session:
        service = DocumentService(session, OWN, console.world.foundation.ledger)
        service.mark_ingested(UPLOADED, Ingested(address, "{}", None))


@pytest.mark.parametrize("size", SIZES)
def test_a_head_asks_for_a_sweep_and_reads_what_it_found(console: Console, size: tuple[int, int]) -> None:
    page = console.open("hugo", size)
    page.goto(f"{console.url}/{OWN}/documents")
    page.get_by_role("link", name="Index check").click()
    assert page.get_by_text("No check has been run yet.").is_visible()
    page.get_by_role("button", name="Check now").click()
    page.get_by_text("A worker runs it").wait_for()
    run_asked(console.world.foundation)
    page.get_by_text("Something disagrees").wait_for()  # the page asks again by itself; this world's snapshot is a name
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert console.problems == []


@pytest.mark.parametrize("size", SIZES)
def test_a_maker_discards_a_draft(console: Console, size: tuple[int, int]) -> None:
    page = console.open("maya", size)
    page.goto(f"{console.url}/{OWN}/documents/{READY.document}/{READY.version}")
    page.get_by_text("Discard this version").first.click()
    page.get_by_role("button", name="Discard this version").click()
    page.get_by_text("Files removed:").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert console.problems == []


@pytest.mark.parametrize("size", SIZES)
def test_a_switch_is_turned_on_by_keyboard_seen_on_every_page_and_lifted_by_a_second_person(
    console: Console, size: tuple[int, int]
) -> None:
    page = console.open("hugo", size)
    page.goto(f"{console.url}/{OWN}/switches")
    card = page.get_by_role("region", name="Every question to a person")
    card.get_by_text("Turn on…").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("The fee table shows last year's late charge.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    card.get_by_text("turned on by hugo").wait_for()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("status").get_by_role("link", name="Every question to a person").click()
    card.get_by_text("Ask for it to be lifted…").click()
    card.get_by_label("Why can it be lifted?").fill("Corrected.")
    card.get_by_role("button", name="Ask a second person").click()
    page.get_by_role("button", name="Take it back").wait_for()
    assert page.get_by_role("button", name="Lift it").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    second = console.open("otto", size)
    second.goto(f"{console.url}/{OWN}/switches")
    second.get_by_role("button", name="Lift it").click()
    second.get_by_role("heading", name="Lifted").wait_for()
    assert second.get_by_role("status").count() == 0
    assert console.problems == []
