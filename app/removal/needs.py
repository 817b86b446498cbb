"""What stored evidence needs: the versions it cites, and the snapshots it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.evidence.service import EvidenceService
from app.evidence.types import Evidence
from app.foundation import Foundation
from knowledge_bases.schema import VersionKey


@dataclass(frozen=True)
class Needs:
    """``cited`` by an answer or a draft that can still be read; ``named``: the last answer made from each snapshot."""

    cited: frozenset[VersionKey]
    named: Mapping[str, datetime]


def evidence_needs(foundation: Foundation, institution_id: str) -> Needs:
    """Reads all evidence of an institution; that of erased conversations needs nothing any more.

    Raises:
        SealBroken: evidence was changed: what it cites is not known, so nothing may be removed.
    """
    cited: set[VersionKey] = set()
    named: dict[str, datetime] = {}
    with foundation.database.read() as session:
        for evidence in EvidenceService(session, institution_id, foundation.ledger).readable():
            cited |= evidence.cited | _drafted(evidence)
            if evidence.snapshot is not None:
                named[evidence.snapshot] = max(evidence.created_at, named.get(evidence.snapshot, evidence.created_at))
    return Needs(frozenset(cited), named)


def parses_cited(evidence: EvidenceService) -> set[str]:
    """Parses that citations name: an earlier parse of a version is no orphan while an answer cites it."""
    return {
        citation.parse_sha256
        for one in evidence.readable()
        for sentences in (one.sentences, *(draft.sentences for draft in one.drafts))
        for sentence in sentences
        for citation in sentence.citations
    }


def _drafted(evidence: Evidence) -> set[VersionKey]:
    """The versions that drafts cite: a held answer released none of its sentences, and is looked into all the same."""
    return {c.key for draft in evidence.drafts for sentence in draft.sentences for c in sentence.citations}
