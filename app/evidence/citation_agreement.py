"""Whether the index of cited versions and the evidence agree, both ways: every answer that can be read is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from app.conversations.errors import SealBroken
from app.evidence.audit import Ledger
from app.evidence.citations import CitationIndex, Listing
from app.evidence.service import EvidenceService

VERIFY = "run `candour audit verify` and restore the database from a backup"


@dataclass(frozen=True)
class CitationsCompared:
    """``listed`` answers agree where there are no ``disagreements`` (sentences); ``unlisted`` wait to be listed."""

    listed: int
    unlisted: int
    disagreements: tuple[str, ...]


def compare_citations(session: Session, institution_id: str, ledger: Ledger) -> CitationsCompared:
    """Holds every list against the evidence of its answer, and every answer against its list. Repairs nothing."""
    index, key = CitationIndex(session, institution_id, ledger), ledger.master.audit
    changed = [f"answer {each}: the versions listed as cited were changed: {VERIFY}" for each in index.changed()]
    macs = {listing.answer_id: mac for listing, mac in index.all()}
    evidence = EvidenceService(session, institution_id, ledger)
    found = [*changed, *_without_evidence(evidence, macs), *_against_evidence(evidence, macs, key, institution_id)]
    return CitationsCompared(len(macs), index.count_unlisted(), tuple(found))


def _without_evidence(evidence: EvidenceService, macs: dict[str, str]) -> Iterator[str]:
    for answer_id in sorted(macs.keys() - evidence.ids()):
        yield f"answer {answer_id} is listed as citing, but has no evidence: {VERIFY}"


def _against_evidence(
    evidence: EvidenceService, macs: dict[str, str], key: bytes, institution_id: str
) -> Iterator[str]:
    """A list bears the digest of what the evidence cites, or it lists something else."""
    try:
        for one in evidence.readable():
            listed = macs.get(one.answer_id)
            if listed is not None and listed != Listing.of(one).mac(key, institution_id):
                yield f"answer {one.answer_id} cites other versions than are listed: {VERIFY}"
    except SealBroken as error:
        yield f"{error}; what it and later answers cite was not compared: {VERIFY}"
