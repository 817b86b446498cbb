"""The impact of a version as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.documents.compared import stretch_json
from app.documents.types import DocumentVersion
from app.documents.wording import Stretch
from app.evidence.types import Evidence
from knowledge_bases.schema import Citation


@dataclass(frozen=True)
class Affected:
    """A past answer that cited words which the version changes or no longer has."""

    evidence: Evidence
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Impact:
    """``version`` would take the place of ``before`` (None: of nothing, then nobody is affected) on the day ``on``.

    ``affected`` are the newest ones, newest first; an answer as of a day named before ``version`` starts is none of
    them. ``looked_at`` counts the answers that cite ``before`` (and those of which that is not known without reading
    them), of them ``erased`` can't be read any more; ``complete`` False: older answers were not looked at, because the
    time or the list was full.
    """

    version: DocumentVersion
    before: DocumentVersion | None
    on: date
    affected: tuple[Affected, ...] = ()
    looked_at: int = 0
    erased: int = 0
    complete: bool = True


@dataclass(frozen=True)
class Rereading:
    """An affected answer as it would read now; ``status`` and ``now`` are the new answer's."""

    affected: Affected
    status: str
    now: str
    words: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether a customer would read the same words."""
        return self.affected.evidence.released == self.now

    def to_json(self) -> Mapping[str, Any]:
        """An entry of ``candour knowledge impact --json``; the question is masked, as it was stored."""
        evidence = self.affected.evidence
        return {
            "answer_id": evidence.answer_id,
            "at": _iso(evidence.created_at),
            "question": evidence.question,
            "cited": [citation.quote for citation in self.affected.citations],
            "same": self.same,
            "then": {"status": evidence.status, "text": evidence.released},
            "now": {"status": self.status, "text": self.now},
            "words": [stretch_json(stretch) for stretch in self.words],
        }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
