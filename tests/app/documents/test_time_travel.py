"""What was in force when, and what was known of it then, over random lives of one document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.db.engine import make_engine
from app.db.session import Database
from app.documents.errors import DocumentsError
from app.documents.history import infos_known_at
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.evidence.audit import Ledger
from app.evidence.checkpoints import Checkpoints
from app.evidence.verification import AuditVerifier
from app.hong_kong import HONG_KONG
from app.keys import MasterKey
from knowledge_bases.schema import VersionKey
from tests.app.worlds import CHECKER, add_institution, an_institution, an_upload, publish

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(-3, 40, 3)]
banks = (f"bank-{n}" for n in count())
offsets = st.none() | st.integers(-6, 30)
acts = st.lists(
    st.tuples(st.sampled_from(["publish", "publish", "withdraw", "end"]), offsets, offsets, st.integers(0, 3)),
    min_size=1,
    max_size=7,
)


@dataclass
class Life:
    """One document of a bank of its own, acted on at days that pass; what was in force is noted after each act."""

    database: Database
    ledger: Ledger
    bank: str = field(default_factory=lambda: next(banks))
    now: datetime = START
    published: list[VersionKey] = field(default_factory=list)
    noted: dict[datetime, dict[date, frozenset[VersionKey]]] = field(default_factory=dict)

    def act(self, kind: str, first: int | None, last: int | None, wait_days: int) -> None:
        """One act, where it is possible; then the days are noted."""
        self.now += timedelta(days=wait_days, seconds=60)
        with self.clock():
            try:
                with self.database.write() as session:
                    getattr(self, kind)(Publishing(session, self.bank, self.ledger), session, first, last)
            except DocumentsError:
                pass
        self.noted[self.now] = self.in_force()

    @contextmanager
    def clock(self) -> Iterator[None]:
        """The product's clock stands at ``now``."""
        today = self.now.astimezone(HONG_KONG).date()
        with (
            patch("app.documents.publishing.now_utc", lambda: self.now),
            patch("app.documents.writing.now_utc", lambda: self.now),
            patch("app.documents.publishing.today_in_hong_kong", lambda: today),
        ):
            yield

    def publish(self, _: Publishing, session: object, first: int | None, last: int | None) -> None:
        starts, ends = day(first), day(last)
        if starts and ends and ends <= starts:
            ends = None
        key = VersionKey("card-fees", f"v{len(self.published)}")
        upload = an_upload(key, effective_from=starts, effective_to=ends)
        self.published.append(publish(session, self.bank, self.ledger, upload))  # type: ignore[arg-type]

    def withdraw(self, publishing: Publishing, _: object, first: int | None, last: int | None) -> None:
        if self.published:
            publishing.withdraw(self.published[(first or 0) % len(self.published)], CHECKER, "wrong fee")

    def end(self, publishing: Publishing, _: object, first: int | None, last: int | None) -> None:
        on = day(last)
        if self.published and on:
            publishing.end(self.published[(first or 0) % len(self.published)], on, CHECKER, "product closes")

    def in_force(self) -> dict[date, frozenset[VersionKey]]:
        with self.database.read() as session:
            documents = DocumentService(session, self.bank, self.ledger)
            return {on: documents.catalogue(on) for on in DAYS}


def day(offset: int | None) -> date | None:
    return None if offset is None else START.date() + timedelta(days=offset)


@pytest.fixture(scope="module")
def shared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Ledger]]:
    """One database for all examples; each has a bank of its own."""
    folder = tmp_path_factory.mktemp("lives")
    (folder / "candour.db").write_bytes(sqlite_template.read_bytes())
    engine, master = make_engine(f"sqlite:///{folder / 'candour.db'}"), MasterKey(bytes(range(32)))
    yield Database(engine), Ledger(master, Checkpoints(folder / "checkpoints", master.signing))
    engine.dispose()


@example([("publish", None, None, 0), ("end", 0, 12, 1), ("end", 0, 6, 2)])
@settings(max_examples=8, deadline=None)
@given(acts)
def test_time_travel(shared: tuple[Database, Ledger], life_of: list[tuple[str, int | None, int | None, int]]) -> None:
    """At most one version in force on any day; known-at agrees with what was noted; as-of shows nothing withdrawn."""
    life = Life(*shared)
    with life.database.write() as session:
        add_institution(session, life.ledger, an_institution(life.bank))
    for step in life_of:
        life.act(*step)
    with life.database.read() as session:
        documents = DocumentService(session, life.bank, life.ledger)
        withdrawn = {v.info.key for v in documents.all() if v.withdrawn_at is not None}
        for moment, noted in life.noted.items():
            for on, keys in noted.items():
                assert len(keys) <= 1
                assert infos_known_at(session, life.bank, on, moment).keys() == keys
                assert documents.infos_known_at(on, moment).keys() == keys - withdrawn
        assert all(not documents.catalogue(on) & withdrawn for on in DAYS)
    assert AuditVerifier(life.database, life.ledger).verify(life.bank).whole
