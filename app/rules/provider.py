"""Which rulebook binds an institution on a day: asked of the database for every answer, so a change holds at once.

Of an institution's approved versions the newest whose day has come counts, then of those for everybody, then the
rulebook that ships. A version that does not load gives way to the one before it, and whoever looks is told so: there
is no answer without a rulebook (decision 18).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import structlog
from sqlmodel import Session

from app.db.errors import DatabaseAway
from app.db.session import Database
from app.foundation import Foundation
from app.institutions.own_rules import own_rule_folders
from app.rules.repository import VersionRepository, last_shipped, note_content, stored_content
from app.rules.tables import RulebookVersionRow
from app.rules.types import EVERYBODY
from guardrails.errors import RulebookError
from guardrails.rulebook import Rulebook, load_rulebook, rulebook_of
from guardrails.rulebook_content import RulebookContent, completed

GRACE_S = 60.0  # how long answers are begun by what was in force last while the database is away
RETRY_S = 10.0  # a version that does not load is not tried again sooner

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """Which rulebook binds, by which approval (None: the one that ships), and why newer ones do not."""

    rulebook: Rulebook
    row: RulebookVersionRow | None = None
    problems: tuple[str, ...] = ()


@dataclass
class StoredRulebooks:
    """The pipeline's Rulebooks, over a database. Safe to share between threads.

    ``shipped`` is the rulebook of this program; ``problem`` says why that is not the one of its files.
    """

    database: Database
    shipped: Rulebook
    problem: str | None = None
    clock: Callable[[], float] = time.monotonic
    _loaded: dict[str, Rulebook] = field(default_factory=dict, repr=False)
    _failed: dict[str, tuple[float, str]] = field(default_factory=dict, repr=False)
    _told: dict[str, tuple[float, Rulebook]] = field(default_factory=dict, repr=False)

    @classmethod
    def over(cls, database: Database, load: Callable[[], Rulebook] = load_rulebook) -> StoredRulebooks:
        """Over ``database``, which keeps the shipped rulebook from now on: for replays, and for a file with an error.

        Raises:
            RulebookError: the shipped files are wrong, and none that shipped before is kept.
        """
        try:
            shipped = load()
        except RulebookError as error:
            return cls._last_good(database, error)
        with database.read() as session:
            newest = next(iter(last_shipped(session)), None)
        if newest != shipped.content.version:
            with database.write() as session:
                note_content(session, shipped.content, shipped=True)
        return cls(database, shipped)

    @classmethod
    def _last_good(cls, database: Database, error: RulebookError) -> StoredRulebooks:
        with database.read() as session:
            for version in last_shipped(session):
                try:
                    shipped = rulebook_of(_stored(session, version).parts)
                except RulebookError:
                    continue
                log.error("rulebook.shipped.unloadable", error=str(error), rulebook_version=version)
                return cls(database, shipped, f"the shipped files do not load ({error}); {version[:12]} stands in")
        raise error

    def in_force(self, institution_id: str, on: date) -> Rulebook:
        """See ``app.answering.ports.Rulebooks``. Nothing is released by what this says while the database is away:
        the transaction that records an answer asks again."""
        try:
            with self.database.read() as session:
                rulebook = self.standing(session, institution_id, on).rulebook
        except DatabaseAway:
            told_at, rulebook = self._told.get(institution_id, (float("-inf"), self.shipped))
            if self.clock() - told_at > GRACE_S:
                raise
            return rulebook
        self._told[institution_id] = (self.clock(), rulebook)
        return rulebook

    def of_version(self, version: str) -> Rulebook | None:
        """See ``app.answering.ports.Rulebooks``."""
        with self.database.read() as session:
            try:
                return self.load(session, version)
            except RulebookError:
                return None

    def standing(self, session: Session, scope: str, on: date) -> Standing:
        """What binds ``scope`` (an institution or EVERYBODY) on the day ``on``."""
        problems: list[str] = []
        for row in _candidates(session, scope, on):
            try:
                return Standing(self.load(session, row.version), row, tuple(problems))
            except RulebookError as error:
                problems.append(f"rulebook {row.number} ({row.version[:12]}) does not load: {error}")
        return Standing(self.shipped, None, tuple(problems))

    def below(self, session: Session, scope: str, on: date) -> Rulebook:
        """What would bind ``scope`` without any version of its own."""
        return self.shipped if scope == EVERYBODY else self.standing(session, EVERYBODY, on).rulebook

    def load(self, session: Session, version: str) -> Rulebook:
        """The rulebook kept under a hash.

        Raises:
            RulebookError: nothing is kept there, it is not what was kept, or this program can't read it.
        """
        if version == self.shipped.version:
            return self.shipped
        if version not in self._loaded:
            self._refuse_again(version)
            try:
                self._loaded[version] = self._read(session, version)
                self._failed.pop(version, None)
            except RulebookError as error:
                self._failed[version] = (self.clock(), str(error))
                log.error("rulebook.unloadable", rulebook_version=version)
                raise
        return self._loaded[version]

    def _read(self, session: Session, version: str) -> Rulebook:
        """A stored rulebook, completed by what this program says for reasons that one could not know."""
        content = completed(_stored(session, version), self.shipped.content)
        return replace(rulebook_of(content.parts), version=version)

    def failed(self) -> list[str]:
        """The rulebooks that should have answered in this process and did not load; "shipped" for the files."""
        return [*(["shipped"] if self.problem else []), *sorted(version[:12] for version in self._failed)]

    def _refuse_again(self, version: str) -> None:
        failed_at, why = self._failed.get(version, (float("-inf"), ""))
        if self.clock() - failed_at < RETRY_S:
            raise RulebookError(why)


def rulebooks_of(foundation: Foundation) -> StoredRulebooks:
    """The rulebooks of a process that does not answer itself; what institutions have added counts as shipped.

    Raises:
        RulebookError: see ``StoredRulebooks.over``.
    """
    own = own_rule_folders(foundation.settings.data_dir)
    return StoredRulebooks.over(foundation.database, lambda: load_rulebook(own=own))


def _candidates(session: Session, scope: str, on: date) -> Iterator[RulebookVersionRow]:
    """Approved versions that may bind ``scope``, best first. One that follows the rulebook below leads there."""
    rows = VersionRepository(session, scope).come_with(EVERYBODY, on)
    for each in dict.fromkeys((scope, EVERYBODY)):
        for row in (row for row in rows if row.institution_id == each):
            if row.version == row.below:
                break
            yield row


def _stored(session: Session, version: str) -> RulebookContent:
    text = stored_content(session, version)
    if text is None:
        raise RulebookError(f"rulebook {version[:12]} is not kept; restore the database from a backup")
    content = RulebookContent.read(text)
    if content.version != version:
        raise RulebookError(f"rulebook {version[:12]} was changed where it is kept; restore the database from a backup")
    return content
