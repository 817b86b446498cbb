"""The index of cited versions: which answers rest on a version, without opening any evidence.

An answer is listed in the transaction that records its evidence; older ones by ``fill``. The list of an answer bears a
keyed digest: whoever only has the database can neither take a version off it nor put one on. A list that is taken away
altogether makes its answer unlisted, and what unlisted answers cite is read from their evidence, never taken as
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.evidence.audit import Ledger
from app.evidence.errors import CitationsChanged
from app.evidence.hashes import keyed, same
from app.evidence.repository import CitationRepository, EvidenceRepository, Listed
from app.evidence.tables import CitationListRow, CitedVersionRow
from app.evidence.types import Evidence, SentenceRecord
from knowledge_bases.schema import VersionKey

AT_ONCE = 200  # unlisted answers looked up at a time

__all__ = ["CitationIndex", "CitedVersion", "Listed", "Listing"]


@dataclass(frozen=True, order=True)
class CitedVersion:
    """A version in the reading that is cited; ``released`` False: by a draft only, as of an answer that was held."""

    key: VersionKey
    parse_sha256: str
    released: bool


@dataclass(frozen=True)
class Listing:
    """What an answer cites, in order and each reading once, and the snapshot it was made from."""

    answer_id: str
    conversation_id: str
    at: datetime
    snapshot: str | None
    cited: tuple[CitedVersion, ...]

    @classmethod
    def of(cls, evidence: Evidence) -> Listing:
        """The listing of an answer whose evidence can be read."""
        released = _readings(evidence.sentences)
        drafted = {reading for draft in evidence.drafts for reading in _readings(draft.sentences)}
        cited = sorted(CitedVersion(*reading, reading in released) for reading in released | drafted)
        made_from = evidence.snapshot
        return cls(evidence.answer_id, evidence.conversation_id, evidence.created_at, made_from, tuple(cited))

    def mac(self, key: bytes, institution_id: str) -> str:
        """The keyed digest of the listing."""
        cited = [[c.key.document, c.key.version, c.parse_sha256, c.released] for c in self.cited]
        members = {
            "institution": institution_id,
            "answer": self.answer_id,
            "conversation": self.conversation_id,
            "at": self.at.isoformat(timespec="microseconds"),
            "snapshot": self.snapshot,
            "cited": cited,
        }
        return keyed(key, "citations", members)


class CitationIndex:
    """The index of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._evidence = EvidenceRepository(session, institution_id)
        self._lists = CitationRepository(session, institution_id)
        self._institution_id = institution_id
        self._key = ledger.master.audit

    def add(self, listing: Listing) -> None:
        """List an answer that is not listed yet."""
        row = CitationListRow(
            institution_id=self._institution_id,
            answer_id=listing.answer_id,
            conversation_id=listing.conversation_id,
            snapshot=listing.snapshot,
            at=listing.at,
            mac=listing.mac(self._key, self._institution_id),
        )
        self._lists.put(row)
        self._lists.put_cited([_row(row, cited) for cited in listing.cited])

    def citing(self, key: VersionKey, limit: int, before: Listed | None = None) -> tuple[Listed, ...]:
        """As ``EvidenceService.citing``."""
        return self._evidence.citing(key, limit, before)

    def sound(self) -> Iterator[Listing]:
        """Every listing, by answer.

        Raises:
            CitationsChanged: one is not as it was written.
        """
        for listing, mac in self.all():
            if not same(mac, listing.mac(self._key, self._institution_id)):
                raise CitationsChanged(listing.answer_id)
            yield listing

    def all(self) -> Iterator[tuple[Listing, str]]:
        """Every listing as it is stored, with the digest it bears, by answer."""
        for row, cited in self._lists.together():
            yield Listing(row.answer_id, row.conversation_id, row.at, row.snapshot, _cited(cited)), row.mac

    def changed(self) -> Iterator[str]:
        """The answers whose listing is not as it was written."""
        for listing, mac in self.all():
            if not same(mac, listing.mac(self._key, self._institution_id)):
                yield listing.answer_id
        yield from self._lists.strays()

    def unlisted(self, after: str = "") -> Iterator[str]:
        """The answers that are not listed yet, by id, from the one after ``after`` on."""
        while some := self._evidence.unlisted(AT_ONCE, after):
            yield from some
            after = some[-1]

    def lists(self, answer_id: str) -> bool:
        """Whether an answer is listed."""
        return self._lists.find(CitationListRow.answer_id == answer_id) is not None

    def count_unlisted(self) -> int:
        """How many answers are not listed yet."""
        return self._evidence.count_unlisted()


def _readings(sentences: Sequence[SentenceRecord]) -> set[tuple[VersionKey, str]]:
    return {(c.key, c.parse_sha256) for sentence in sentences for c in sentence.citations}


def _row(listed: CitationListRow, cited: CitedVersion) -> CitedVersionRow:
    return CitedVersionRow(
        institution_id=listed.institution_id,
        document_id=cited.key.document,
        version=cited.key.version,
        answer_id=listed.answer_id,
        parse_sha256=cited.parse_sha256,
        released=cited.released,
        at=listed.at,
    )


def _cited(rows: Sequence[CitedVersionRow]) -> tuple[CitedVersion, ...]:
    return tuple(sorted(CitedVersion(VersionKey(r.document_id, r.version), r.parse_sha256, r.released) for r in rows))
