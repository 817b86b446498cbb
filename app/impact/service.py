"""Finds the past answers that a version would change: those that cite what it changes in the version before it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.conversations.errors import ConversationErased
from app.documents.compared import parse_of, predecessor, starts
from app.documents.comparison import Comparison, compare
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion
from app.evidence.citations import Listed
from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.foundation import Foundation
from app.hong_kong import HONG_KONG, today_in_hong_kong
from app.impact.types import Affected, Impact
from app.institutions.service import InstitutionService
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Citation, VersionKey

MOST_AFFECTED = 200
LOOK_FOR_S = 10.0
READ_AT_ONCE = 200  # evidence rows of one unit of work


def impact_of(foundation: Foundation, institution_id: str, key: VersionKey, look_for_s: float = LOOK_FOR_S) -> Impact:
    """What ``key`` would change, from the newest answer back; at most 200 answers, and no longer than ``look_for_s``.

    Raises:
        UnknownInstitution: there is none of this id. VersionNotFound: there is no such version.
        WrongStatus: it was not read yet.
        SealBroken: stored evidence was changed.
    """
    today = today_in_hong_kong()
    with foundation.database.read() as session:
        InstitutionService(session, foundation.ledger).get(institution_id)
        service = DocumentService(session, institution_id, foundation.ledger)
        version, every = service.get(key), service.all()
    parsed = parse_of(foundation, institution_id, version)
    before, first = predecessor(every, version, today), starts(version, today)
    on = max(first, today)
    if before is None:
        return Impact(version, None, on)
    return _Search(foundation, institution_id, version, before, first, parsed).run(on, time.monotonic() + look_for_s)


def _names_a_day_before(evidence: Evidence, first: date) -> bool:
    """Whether the question named a day before ``first``: asked again, it is answered from the version before.

    A day named that was just yesterday can't be told from a question put before midnight and answered after it.
    """
    answered = evidence.created_at.astimezone(HONG_KONG).date()
    return evidence.as_of < first and evidence.as_of not in (answered, answered - timedelta(days=1))


@dataclass
class _Search:
    """One look through the answers of an institution that cite ``before``; ``version`` starts on the day ``first``."""

    foundation: Foundation
    institution_id: str
    version: DocumentVersion
    before: DocumentVersion
    first: date
    parsed: ParsedDocument
    comparisons: dict[str, Comparison] = field(default_factory=dict)
    affected: list[Affected] = field(default_factory=list)
    looked_at: int = 0
    erased: int = 0
    last: Listed | None = None

    def run(self, on: date, until_s: float) -> Impact:
        """``until_s`` on the monotonic clock."""
        more = True
        while more and len(self.affected) < MOST_AFFECTED and time.monotonic() < until_s:
            more = self._read_some(until_s)
        found = tuple(self.affected)
        return Impact(self.version, self.before, on, found, self.looked_at, self.erased, complete=not more)

    def _read_some(self, until_s: float) -> bool:
        """The next answers, newest first; whether there may be more."""
        with self.foundation.database.read() as session:
            evidence = EvidenceService(session, self.institution_id, self.foundation.ledger)
            citing = evidence.citing(self.before.info.key, READ_AT_ONCE, before=self.last)
            for listed in citing:
                if len(self.affected) == MOST_AFFECTED or time.monotonic() > until_s:
                    return True
                self.looked_at, self.last = self.looked_at + 1, listed
                try:
                    self._look_at(evidence.get(listed.answer_id))
                except ConversationErased:
                    self.erased += 1
        return len(citing) == READ_AT_ONCE

    def _look_at(self, evidence: Evidence) -> None:
        if _names_a_day_before(evidence, self.first):
            return
        cited = tuple(c for sentence in evidence.sentences for c in sentence.citations if self._is_changed(c))
        if cited:
            self.affected.append(Affected(evidence, cited))

    def _is_changed(self, citation: Citation) -> bool:
        """A citation of another reading of the same version is looked up in that reading."""
        if citation.key != self.before.info.key:
            return False
        address = citation.parse_sha256
        if address not in self.comparisons:
            content = self.foundation.files(self.institution_id).get(address)
            self.comparisons[address] = compare(ParsedDocument.from_json(content), self.parsed)
        return self.comparisons[address].touches(citation.span)
