"""Promise 7: one institution never sees another, whatever is done in whatever order, and nobody is nobody."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import Session, select

import app
from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.errors import ForeignRow, MissingInstitution, RowNotFound
from app.db.repository import ScopedRepository, ScopedRow
from app.db.session import Database
from app.documents.service import DocumentService
from app.evidence.audit import Ledger
from app.evidence.service import EvidenceService
from app.handover.service import HandoverService
from app.handover.types import CallBackRequest
from app.tables import METADATA
from guardrails.types import Severity
from knowledge_bases.schema import VersionKey
from tests.app.worlds import add_institution, an_institution, an_upload, publish, some_evidence, start_conversation

BANKS = ("a-bank", "b-bank")
NOUNS = (
    "api_keys",
    "batches",
    "cases",
    "conversations",
    "documents",
    "embedding",
    "evidence",
    "handover",
    "institutions",
    "removal",
    "staff",
    "switches",
    "webhooks",
)


def repositories() -> list[type[ScopedRepository[Any]]]:
    """Every scoped repository of every noun."""
    for noun in NOUNS:
        for module in pkgutil.iter_modules([str(Path(app.__path__[0]) / noun)]):
            if module.name in {"repository", "service", "audit", "vault", "export", "tables"}:
                importlib.import_module(f"app.{noun}.{module.name}")

    def below(base: type[Any]) -> Iterator[type[Any]]:
        for found in base.__subclasses__():
            yield found
            yield from below(found)

    return sorted(below(ScopedRepository), key=lambda found: found.__name__)


@pytest.mark.parametrize("repository", repositories(), ids=lambda found: found.__name__)
@pytest.mark.parametrize("nobody", [None, "", " \t"])
def test_a_repository_for_nobody_is_an_error(
    repository: type[ScopedRepository[Any]], nobody: Any, sqlite_database: Database, ledger: Ledger
) -> None:
    extra = {"AuditLog": (ledger,), "KeyVault": (ledger.master,)}.get(repository.__name__, ())
    with sqlite_database.read() as session, pytest.raises(MissingInstitution):
        repository(session, nobody, *extra)


def test_every_table_is_scoped_or_known_to_belong_to_nobody() -> None:
    repositories()
    unscoped = {table.name for table in METADATA.sorted_tables if "institution_id" not in table.columns}
    assert unscoped == {
        "institution",
        "account",
        "staff_session",
        "login_attempt",
        "worker",
        "embedding_model",
        "rulebook_content",
    }


def test_every_scoped_table_has_the_institution_in_its_key() -> None:
    for row in ScopedRow.__subclasses__():
        assert "institution_id" in row.__table__.primary_key.columns, row.__name__  # type: ignore[attr-defined]


def test_a_row_of_another_institution_is_not_taken(sqlite_database: Database) -> None:
    from app.cases.repository import DecisionRepository
    from app.cases.tables import DecisionRow
    from app.db.columns import now_utc

    foreign = DecisionRow(institution_id="b-bank", case_id="c", by="x", at=now_utc(), approved=True)
    with sqlite_database.read() as session, pytest.raises(ForeignRow):
        DecisionRepository(session, "a-bank").add(foreign)


class World:
    """Two banks and the ids of what each has made so far."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self.session, self.ledger = session, ledger
        self.made: dict[str, dict[str, list[str]]] = {bank: {} for bank in BANKS}
        for bank in BANKS:
            add_institution(session, ledger, an_institution(bank))

    def make(self, bank: str, kind: str) -> None:
        """One more of ``kind`` in ``bank``."""
        made = getattr(self, f"_{kind}")(bank)
        self.made[bank].setdefault(kind, []).append(made)

    def _conversation(self, bank: str) -> str:
        return start_conversation(self.session, bank, self.ledger)

    def _answer(self, bank: str) -> str:
        conversation = self._conversation(bank)
        evidence = some_evidence(conversation)
        EvidenceService(self.session, bank, self.ledger).record(evidence)
        words = ConversationService(self.session, bank, self.ledger)
        words.say(conversation, MessageRole.ASSISTANT, f"words of {bank}", evidence.answer_id)
        return evidence.answer_id

    def _case(self, bank: str) -> str:
        flag = Flag(Trigger.SAMPLE, Severity.S4, self._conversation(bank), incident_key="the same in both banks")
        return CaseService(self.session, bank, self.ledger).open(flag).id

    def _callback(self, bank: str) -> str:
        request = CallBackRequest(f"a customer of {bank}", "+852 6000 0000", "noon")
        handover = HandoverService(self.session, bank, self.ledger)
        return handover.request_call_back(self._conversation(bank), request)

    def _version(self, bank: str) -> str:
        label = str(len(self.made[bank].get("version", [])))
        publish(self.session, bank, self.ledger, an_upload(VersionKey(f"fees-of-{bank}", label)))
        return label


KINDS = ("conversation", "answer", "case", "callback", "version")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(BANKS), st.sampled_from(KINDS)), max_size=8))
def test_whatever_one_bank_does_the_other_sees_its_own_only(
    sqlite_database: Database, ledger: Ledger, deeds: list[tuple[str, str]]
) -> None:
    with sqlite_database.write() as session:
        world = World(session, ledger)
        for bank, kind in deeds:
            world.make(bank, kind)
        for bank, other in (BANKS, BANKS[::-1]):
            sees_only_its_own(world, bank)
            finds_nothing_foreign(world, bank, other)
        session.rollback()


def sees_only_its_own(world: World, bank: str) -> None:
    made = world.made[bank]
    conversations = ConversationService(world.session, bank, world.ledger).recent(1000)
    assert {c.institution_id for c in conversations} <= {bank}
    assert set(made.get("conversation", [])) <= {c.id for c in conversations}
    queued = {case.id for case in CaseService(world.session, bank, world.ledger).queue()}
    assert queued == {*made.get("case", []), *made.get("callback", [])}
    catalogue = DocumentService(world.session, bank, world.ledger).catalogue(date(2099, 1, 1))
    assert {key.document for key in catalogue} <= {f"fees-of-{bank}"}
    for answer_id in made.get("answer", []):
        assert EvidenceService(world.session, bank, world.ledger).get(answer_id).answer_id == answer_id


def finds_nothing_foreign(world: World, bank: str, other: str) -> None:
    foreign = world.made[other]
    session, ledger = world.session, world.ledger
    for conversation_id in foreign.get("conversation", []):
        with pytest.raises(RowNotFound):
            ConversationService(session, bank, ledger).transcript(conversation_id)
    for answer_id in foreign.get("answer", []):
        with pytest.raises(RowNotFound):
            EvidenceService(session, bank, ledger).get(answer_id)
    for case_id in foreign.get("case", []):
        if case_id not in world.made[bank].get("case", []):
            with pytest.raises(RowNotFound):
                CaseService(session, bank, ledger).get(case_id)
    for case_id in foreign.get("callback", []):
        assert HandoverService(session, bank, ledger).callbacks(case_id) == ()
    for label in foreign.get("version", []):
        with pytest.raises(RowNotFound):
            DocumentService(session, bank, ledger).get(VersionKey(f"fees-of-{other}", label))


def test_counting_all_rows_of_a_bank_needs_its_name(sqlite_database: Database, ledger: Ledger) -> None:
    """The base statement of every repository carries the institution, so nothing built on it can leave it out."""
    with sqlite_database.read() as session:
        for repository in repositories():
            extra = {"AuditLog": (ledger,), "KeyVault": (ledger.master,)}.get(repository.__name__, ())
            statement = repository(session, "a-bank", *extra).rows()
            assert "institution_id = :institution_id_1" in str(statement.compile())
            assert session.exec(select(func.count()).select_from(statement.subquery())).one() == 0
