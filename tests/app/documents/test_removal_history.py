"""Whatever is published, withdrawn and published again: no process finds a withdrawn word, for any day."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.answering.types import Question
from app.documents.published import PublishedKnowledge
from app.documents.publishing import Publishing
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import Ingested, Upload
from app.documents.withdrawal import drop_withdrawn
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation, lay_foundation
from app.institutions.service import InstitutionService
from app.removal.agreement import compare
from app.removal.retention import retain
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.segments import write_segment
from tests.app.small_bank import settings_of
from tests.app.worlds import an_institution
from tests.retrieval.chunks import make_chunk

BANK = "harbour-bank"
EMBEDDER = HashingEmbedder()
DOCUMENTS = ("cards", "loans")
DAYS = tuple(date(2026, 1, 1) + timedelta(days=30 * n) for n in range(5))
BEFORE = date(2025, 12, 31)


@dataclass(frozen=True)
class Known:
    """What the model knows of a version: its place in the order of publication, and its first day."""

    key: VersionKey
    start: date


class History(RuleBasedStateMachine):
    """Two processes over one data folder, against a model in two lists."""

    home: Path

    @initialize()
    def begin(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.processes = [lay_foundation(settings_of(self.home)) for _ in range(2)]
        self.knowledge = [PublishedKnowledge(foundation, EMBEDDER) for foundation in self.processes]
        self.published: list[Known] = []
        self.withdrawn: set[VersionKey] = set()
        with self.first.database.write() as session:
            InstitutionService(session, self.first.ledger).add(an_institution(BANK, self_publish=True))

    @property
    def first(self) -> Foundation:
        return self.processes[0]

    @rule(document=st.sampled_from(DOCUMENTS), start=st.sampled_from(DAYS))
    def publish(self, document: str, start: date) -> None:
        """A new version, or one that supersedes: the dates decide."""
        key = VersionKey(document, f"v{len(self.published) + 1}")
        self._ingest(key, start)
        publish_versions(self.first, BANK, [key], "tests")
        self.published.append(Known(key, start))

    @precondition(lambda self: self.published)
    @rule(number=st.integers(0, 20), absent=st.booleans())
    def withdraw(self, number: int, absent: bool) -> None:
        """``absent``: the snapshot without it follows at once; else a later one leaves it out."""
        key = self.published[number % len(self.published)].key
        if key in self.withdrawn:
            return
        with self.first.database.write() as session:
            Publishing(session, BANK, self.first.ledger).withdraw(key, "tests", "wrong")
        self.withdrawn.add(key)
        if absent:
            drop_withdrawn(self.first, BANK)

    @precondition(lambda self: self.withdrawn)
    @rule()
    def publish_the_withdrawn_words_again(self) -> None:
        """Under a new label, as the product asks for; the old label stays withdrawn."""
        old = min(self.withdrawn)
        self.publish(old.document, DAYS[-1])

    @rule(days=st.integers(0, 90))
    def retention(self, days: int) -> None:
        retain(self.first, BANK, datetime.now(UTC) + timedelta(days=days))

    @invariant()
    def every_process_finds_what_is_in_force_and_nothing_else(self) -> None:
        institution = an_institution(BANK)
        for on in (BEFORE, *DAYS):
            for knowledge in self.knowledge:
                found = knowledge.retrieve(institution, Question(BANK, "the fee of a version"), Language.EN, on)
                keys = {passage.chunk.key for passage in found.passages}
                assert keys == self._in_force(on)
                assert not keys & self.withdrawn

    def teardown(self) -> None:
        if not hasattr(self, "processes"):
            return
        drop_withdrawn(self.first, BANK)
        disagreements = compare(self.first, BANK).disagreements
        assert not [sentence for sentence in disagreements if "stored file" not in sentence]  # only segments are real
        assert AuditVerifier(self.first.database, self.first.ledger).verify(BANK).whole
        for foundation in self.processes:
            foundation.database.engine.dispose()
        shutil.rmtree(self.home)

    def _in_force(self, on: date) -> set[VersionKey]:
        """Of each document the version that began last; of two of one day the later published. None if withdrawn."""
        found = set()
        for document in DOCUMENTS:
            begun = [(v.start, n, v.key) for n, v in enumerate(self.published) if v.key.document == document]
            last = max((one for one in begun if one[0] <= on), default=None)
            if last is not None and last[2] not in self.withdrawn:
                found.add(last[2])
        return found

    def _ingest(self, key: VersionKey, start: date) -> None:
        chunk = make_chunk(f"The fee of version {key.version} of {key.document}.", key.document, key.version)
        root = self.first.index_root(BANK)
        ref = write_segment(root, [chunk], EMBEDDER.embed([chunk.text]), EMBEDDER.id, key)
        info = VersionInfo(key, key.document.title(), Language.EN, product="cards", as_at=BEFORE, effective_from=start)
        with self.first.database.write() as session:
            documents = DocumentService(session, BANK, self.first.ledger)
            documents.register(Upload(info, "fees.md", f"{len(self.published):064x}", "tests"))
            documents.mark_ingested(key, Ingested("0" * 64, _json(ref), None))


def _json(ref: object) -> str:
    import json

    return json.dumps(ref.to_value())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("histories", "steps"), [(3, 6), pytest.param(20, 15, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_withdrawn_words_are_never_retrieved_whatever_happens_in_whatever_order(histories: int, steps: int) -> None:
    longest = settings(max_examples=histories, stateful_step_count=steps, deadline=None)
    run_state_machine_as_test(History, settings=longest)
