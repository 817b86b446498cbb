"""A real process killed before every single write of a withdrawal and of what removes the words, on both databases.

At any moment nothing withdrawn is reachable and nothing else is lost. After the next run each removal has one receipt,
index and catalogue agree, and no byte of what was removed is left.
"""

from __future__ import annotations

import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from signal import SIGKILL

import pytest

from app.answering.types import Question
from app.chat.library import PublishedLibrary
from app.documents.errors import WrongStatus
from app.documents.published import PublishedKnowledge
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation, lay_foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake
from app.removal.agreement import compare
from app.removal.discarding import discard
from app.removal.orphans import orphans, remove_orphans
from app.removal.receipts import Receipts
from app.removal.retention import retain
from app.removal.types import Cause, FileKind, Receipt
from app.settings import Settings
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.jobs.mishaps import KilledAt, Moment, Writes
from tests.app.jobs.processes import started
from tests.app.small_bank import (
    BANK,
    DEPOSITS,
    EMBEDDER,
    FEES,
    bring_into_force,
    settings_of,
    take_one,
    write_folders,
)
from tests.postgres_server import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(560)]
LATER = datetime.now(UTC) + timedelta(days=45)  # past all retentions but that of replays
DRAFT = VersionKey("locker", "1")
STRAY = b"left by a crash, and named by no row"
DEPOSIT_WORDS, DRAFT_WORDS = b"Eligible deposits", b"A locker costs"
QUESTION = Question(BANK, "Up to how much are eligible deposits protected?")


@dataclass(frozen=True)
class Template:
    """A bank before anything is removed: its folder, and its database where that is not in the folder."""

    home: Path
    url: str | None


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    root, url = tmp_path_factory.mktemp("before"), None
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_server").create_database()
    foundation = lay_foundation(settings_of(root / "data", database_url=url))
    bring_into_force(foundation, write_folders(root / "folders")[BANK])
    (root / "locker.md").write_bytes(b"# Lockers\n\nA locker costs HK$450 a year.\n")
    take_one(foundation, BANK, Intake(root / "locker.md", VersionInfo(DRAFT, "Lockers", Language.EN)))
    foundation.files(BANK).put(STRAY)
    foundation.database.engine.dispose()
    return Template(root / "data", url)


@pytest.fixture
def copies(template: Template, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Foundation]:
    """Fresh copies of the bank, one after the other."""
    return _copies(template, request, tmp_path)


def _copies(template: Template, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Foundation]:
    for number in count(1):
        home, url = tmp_path / str(number), None
        shutil.copytree(template.home, home)
        if template.url is not None:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = server.create_database(template.url)
        foundation = lay_foundation(settings_of(home, database_url=url))
        yield foundation
        foundation.database.engine.dispose()
        shutil.rmtree(home)


def remove_all(foundation: Foundation) -> None:
    """A checker withdraws a version, a maker discards a draft, retention and an operator's sweep do the rest."""
    with suppress(WrongStatus), foundation.database.write() as session:
        Publishing(session, BANK, foundation.ledger).withdraw(DEPOSITS, "checker-1", "wrong figure")
    discard(foundation, BANK, DRAFT, "maker-1")
    retain(foundation, BANK, LATER)
    remove_orphans(foundation, BANK, "operator", LATER)


def remove_all_until(settings: Settings, mishap: Callable[[Moment], None]) -> None:
    """As ``remove_all``, with a mishap in store."""
    foundation, writes = lay_foundation(settings), Writes(mishap)
    writes.watch()
    with writes.stretch(ALL):
        remove_all(foundation)


ALL = "all"
STEPS = {  # the function of the product that writes: what it does in a removal
    "withdraw": "withdrawal",
    "_given_up": "draft given up",
    "drop_withdrawn": "snapshot without it",
    "carry_out": "receipt begun",
    "remove_segment": "segment removed",
    "remove_manifest": "snapshot removed",
    "remove": "file removed",
    "finish": "receipt closed",
}


@dataclass(frozen=True)
class Noting:
    """Notes in the file ``at`` which step each write belongs to."""

    at: Path

    def __call__(self, now: Moment) -> None:
        names = (frame.name for frame in reversed(traceback.extract_stack()))
        step = next((STEPS[name] for name in names if name in STEPS), "between")
        with self.at.open("a") as file:
            file.write(f"{step}\n")


def steps_of(house: Foundation, at: Path) -> list[str]:
    """Which step each write of a removal belongs to, in their order."""
    process = started(remove_all_until, house.settings, Noting(at))
    process.join(60)
    assert process.exitcode == 0
    return at.read_text("utf-8").splitlines()


def status(house: Foundation, key: VersionKey) -> VersionStatus:
    with house.database.read() as session:
        return DocumentService(session, BANK, house.ledger).get(key).status


def nothing_withdrawn_is_reachable(house: Foundation) -> None:
    """Neither found nor shown, from the moment the withdrawal is committed; until then it answers."""
    withdrawn = status(house, DEPOSITS) is VersionStatus.WITHDRAWN
    with house.database.read() as session:
        institution = InstitutionService(session, house.ledger).get(BANK)
    found = PublishedKnowledge(house, EMBEDDER).retrieve(institution, QUESTION, Language.EN, today_in_hong_kong())
    assert (DEPOSITS in {passage.chunk.key for passage in found.passages}) is not withdrawn
    library = PublishedLibrary(house)
    assert (library.parse(BANK, DEPOSITS, None) is None) is withdrawn
    assert library.parse(BANK, FEES, None) is not None
    assert not found.degraded


def nothing_is_lost(house: Foundation) -> None:
    """All that stands is there to the byte; what a removal under way has taken is named by its open receipt."""
    lost = [sentence for sentence in compare(house, BANK).disagreements if "still in the current" not in sentence]
    assert lost == []


def all_is_removed_once(house: Foundation) -> None:
    with house.database.read() as session:
        receipts = Receipts(session, BANK, house.ledger).all()
    causes = Counter(receipt.removal.cause for receipt in receipts if not of_leftovers(receipt))
    assert causes == dict.fromkeys(EXPECTED, 1)
    assert all(receipt.done_at for receipt in receipts)
    named = Counter(holding for receipt in receipts for holding in receipt.removal.removed)
    assert set(named.values()) == {1}
    assert compare(house, BANK).disagreements == ()
    assert orphans(house, BANK, LATER) == ()
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole
    assert words_left(house) == []


def of_leftovers(receipt: Receipt) -> bool:
    """Whether it is of what the kill itself left half-written, and of nothing else."""
    return {holding.kind for holding in receipt.removal.removed} == {FileKind.LEFTOVER}


EXPECTED = (Cause.WITHDRAWN, Cause.DISCARDED, Cause.SNAPSHOTS, Cause.ORPHANS)


def words_left(house: Foundation) -> list[Path]:
    """The files that still hold words of what was removed, whatever they are called."""
    gone = (DEPOSIT_WORDS, DRAFT_WORDS, STRAY)
    folders = (house.settings.data_dir / name for name in ("files", "index", "work", "pages"))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in files if any(words in path.read_bytes() for words in gone)]


def test_a_removal_killed_before_each_of_its_writes_is_done_once_and_leaves_nothing(
    copies: Iterator[Foundation], tmp_path: Path
) -> None:
    house = next(copies)
    steps, killed, again = steps_of(house, tmp_path / "steps"), Counter[str](), 0
    all_is_removed_once(house)
    for number, (step, write) in enumerate(moments(steps)):
        house = next(copies)
        assert ends(house, KilledAt(Moment(ALL, write))) == -SIGKILL
        nothing_withdrawn_is_reachable(house)
        nothing_is_lost(house)
        if number % 3 == 0:
            again += ends(house, KilledAt(Moment(ALL, 2 + number % 5))) == -SIGKILL
            nothing_withdrawn_is_reachable(house)
        remove_all(house)
        all_is_removed_once(house)
        killed[step] += 1
    print(f"\n{house.database.engine.dialect.name}: killed {dict(killed)}, {again} times once more on the way back")
    assert killed.keys() >= set(STEPS.values())
    assert min(killed.values()) >= 2


def moments(steps: list[str]) -> Iterator[tuple[str, int]]:
    """For each step, up to five of its writes from the first to the last, and the one after it."""
    for step in dict.fromkeys(steps):
        writes = [write for write, named in enumerate(steps, start=1) if named == step]
        chosen = {writes[round(part * (len(writes) - 1) / 4)] for part in range(5)} | {writes[-1] + 1}
        yield from ((step, write) for write in sorted(chosen) if write <= len(steps))


def ends(house: Foundation, mishap: Callable[[Moment], None]) -> int | None:
    """How a process that removes everything ends."""
    process = started(remove_all_until, house.settings, mishap)
    process.join(60)
    return process.exitcode
