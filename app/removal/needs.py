"""What stored evidence needs: the versions it cites, and the snapshots it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.evidence.service import EvidenceService
from app.foundation import Foundation
from knowledge_bases.schema import VersionKey


@dataclass(frozen=True)
class Needs:
    """``cited`` by an answer or a draft that can still be read; ``named``: the last answer made from each snapshot."""

    cited: frozenset[VersionKey]
    named: Mapping[str, datetime]


def evidence_needs(foundation: Foundation, institution_id: str) -> Needs:
    """Reads the index of cited versions; answers of erased conversations need nothing any more.

    Raises:
        CitationsChanged, SealBroken: what an answer cites is not known, so nothing may be removed.
    """
    cited: set[VersionKey] = set()
    named: dict[str, datetime] = {}
    with foundation.database.read() as session:
        for listing in EvidenceService(session, institution_id, foundation.ledger).listings():
            cited.update(one.key for one in listing.cited)
            if listing.snapshot is not None:
                named[listing.snapshot] = max(listing.at, named.get(listing.snapshot, listing.at))
    return Needs(frozenset(cited), named)


def parses_cited(evidence: EvidenceService) -> set[str]:
    """Parses that citations name: an earlier parse of a version is no orphan while an answer cites it."""
    return {cited.parse_sha256 for listing in evidence.listings() for cited in listing.cited}
