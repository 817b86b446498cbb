"""What the console is handed by whoever mounts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from starlette.requests import Request

from app.answering.parts import Parts
from app.db.session import Database
from app.documents.files import FileStore
from app.documents.published import PublishedKnowledge
from app.evidence.audit import Ledger
from app.foundation import Foundation
from app.rules.provider import StoredRulebooks, rulebooks_of
from app.settings import Settings
from app.staff.demo import DemoLogin


@dataclass(frozen=True)
class Answering:
    """What answers are made of, for looking ahead; nothing asked here is recorded."""

    knowledge: PublishedKnowledge
    parts: Parts


@dataclass(frozen=True)
class Desk:
    """The process's foundation. ``demo_logins`` are listed on the login page with their passwords: demo mode only.

    ``answering`` None: in a process that does not answer questions. ``alarms`` are shown on every page of an
    institution. ``known_rulebooks`` are those of the process, where it has loaded them.
    """

    foundation: Foundation
    demo_logins: tuple[DemoLogin, ...] = ()
    answering: Answering | None = None
    alarms: Callable[[str], tuple[str, ...]] = lambda _: ()
    known_rulebooks: StoredRulebooks | None = None

    @cached_property
    def rulebooks(self) -> StoredRulebooks:
        """Which rules bind whom."""
        return self.known_rulebooks or rulebooks_of(self.foundation)

    @property
    def database(self) -> Database:
        """Where units of work are opened."""
        return self.foundation.database

    @property
    def ledger(self) -> Ledger:
        """What services append to the audit log with."""
        return self.foundation.ledger

    @property
    def settings(self) -> Settings:
        """The process's settings."""
        return self.foundation.settings

    def files(self, institution_id: str) -> FileStore:
        """The institution's originals and parses."""
        return self.foundation.files(institution_id)


def desk_of(request: Request) -> Desk:
    """The desk of the console that serves ``request``."""
    return cast(Desk, request.app.state.desk)
