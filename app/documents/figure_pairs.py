"""The pairs of statements in force that disagree on a figure, kept so that an answer finds those it touches at once.

What a version disagrees with is looked for when it is published (``pairing``). A pair stays after one of its versions
is superseded or withdrawn: an answer asks for pairs of versions in force on its day, and a replay for those of then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, or_

from app.db.columns import now_utc
from app.db.repository import ScopedRepository
from app.documents.disagreements import Kinship
from app.documents.tables import ComparedVersionRow, DisagreementRow
from app.documents.types import DocumentVersion
from knowledge_bases.schema import Span, VersionKey

RULES = 1  # of ``disagreements``: with a higher number every version is looked through again


@dataclass(frozen=True)
class Side:
    """Where one of the two figures stands: a sentence or a row of a version's parse."""

    key: VersionKey
    parse_sha256: str
    span: Span


@dataclass(frozen=True)
class FigurePair:
    """Two statements that should say the same and do not; neither is the right one. ``id`` names it for good."""

    why: Kinship
    sides: tuple[Side, Side]

    @property
    def id(self) -> str:
        """The same two places of the same texts are the same pair."""
        named = [(s.key.document, s.key.version, s.parse_sha256, s.span.start, s.span.end) for s in self.sides]
        return hashlib.sha256(repr(named).encode()).hexdigest()[:32]


class FigurePairs(ScopedRepository[DisagreementRow]):
    """The pairs of one institution."""

    table = DisagreementRow

    def of(self, keys: Collection[VersionKey], found_by: datetime | None = None) -> tuple[FigurePair, ...]:
        """The pairs in which a version of ``keys`` has a part, in no order; ``found_by``: those known then."""
        documents = sorted({key.document for key in keys})
        places = (col(DisagreementRow.first_document), col(DisagreementRow.second_document))
        touching = self.rows().where(or_(*(place.in_(documents) for place in places)))
        if found_by is not None:
            touching = touching.where(col(DisagreementRow.found_at) <= found_by)
        pairs = [_pair(row) for row in self.session.exec(touching)] if documents else []
        return tuple(pair for pair in pairs if any(side.key in keys for side in pair.sides))

    def add_new(self, pairs: Collection[FigurePair]) -> None:
        """Keep those that are not kept yet."""
        for pair in pairs:
            if self.find(DisagreementRow.id == pair.id) is None:
                self.add(_row(self.institution_id, pair))

    def drop_others(self, key: VersionKey, parses: Mapping[VersionKey, str], pairs: Collection[FigurePair]) -> None:
        """Forget what other rules found between a version and others in the readings ``parses``."""
        ids = {pair.id for pair in pairs}
        for pair in self.of({key}):
            was_read = all(parses.get(side.key) == side.parse_sha256 for side in pair.sides)
            if was_read and pair.id not in ids:
                self.session.delete(self.find(DisagreementRow.id == pair.id))


class ComparedVersions(ScopedRepository[ComparedVersionRow]):
    """Which versions of one institution were looked through, in which reading and by which rules."""

    table = ComparedVersionRow

    def lacking(self, versions: Collection[DocumentVersion]) -> tuple[DocumentVersion, ...]:
        """Those of ``versions`` that are still to be looked through."""
        done: dict[VersionKey, tuple[str, int]] = {}
        for row in self.session.exec(self.rows()):
            done[VersionKey(row.document_id, row.version)] = (row.parse_sha256, row.rules)
        return tuple(v for v in versions if v.parse_sha256 and done.get(v.info.key) != (v.parse_sha256, RULES))

    def note(self, version: DocumentVersion) -> None:
        """It was looked through."""
        key = version.info.key
        known = self.find(ComparedVersionRow.document_id == key.document, ComparedVersionRow.version == key.version)
        row = known or ComparedVersionRow(
            institution_id=self.institution_id, document_id=key.document, version=key.version, parse_sha256="", rules=0
        )
        row.parse_sha256, row.rules = version.parse_sha256 or "", RULES
        self.save(row)


def _pair(row: DisagreementRow) -> FigurePair:
    first = VersionKey(row.first_document, row.first_version)
    second = VersionKey(row.second_document, row.second_version)
    return FigurePair(
        Kinship(row.why),
        (
            Side(first, row.first_parse, Span(row.first_start, row.first_end)),
            Side(second, row.second_parse, Span(row.second_start, row.second_end)),
        ),
    )


def _row(institution_id: str, pair: FigurePair) -> DisagreementRow:
    first, second = pair.sides
    return DisagreementRow(
        institution_id=institution_id,
        id=pair.id,
        why=pair.why.value,
        first_document=first.key.document,
        first_version=first.key.version,
        first_parse=first.parse_sha256,
        first_start=first.span.start,
        first_end=first.span.end,
        second_document=second.key.document,
        second_version=second.key.version,
        second_parse=second.parse_sha256,
        second_start=second.span.start,
        second_end=second.span.end,
        found_at=now_utc(),
    )
