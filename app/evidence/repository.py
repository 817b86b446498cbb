"""The rows of one institution's evidence, and of what it cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, exists, func, or_, union
from sqlmodel import col, select

from app.db.errors import ForeignRow
from app.db.repository import ScopedRepository
from app.evidence.errors import EvidenceNotFound
from app.evidence.tables import CitationListRow, CitedVersionRow, EvidenceRow
from knowledge_bases.schema import VersionKey

_BATCH = 500


@dataclass(frozen=True)
class Listed:
    """An answer, and when it was made."""

    answer_id: str
    at: datetime


class EvidenceRepository(ScopedRepository[EvidenceRow]):
    """Evidence by answer and by conversation."""

    table = EvidenceRow

    def get(self, answer_id: str) -> EvidenceRow:
        """The sealed evidence of an answer.

        Raises:
            EvidenceNotFound: there is none in this institution.
        """
        row = self.find(EvidenceRow.answer_id == answer_id)
        if row is None:
            raise EvidenceNotFound(answer_id)
        return row

    def of(self, conversation_id: str) -> Sequence[EvidenceRow]:
        """The evidence of a conversation's answers, oldest first."""
        own = self.rows().where(EvidenceRow.conversation_id == conversation_id)
        return self.session.exec(own.order_by(col(EvidenceRow.created_at), col(EvidenceRow.answer_id))).all()

    def ids(self) -> Sequence[str]:
        """The ids of all answers."""
        own = select(EvidenceRow.answer_id).where(EvidenceRow.institution_id == self.institution_id)
        return self.session.exec(own).all()

    def unlisted(self, limit: int, after: str) -> Sequence[str]:
        """Ids of answers whose citations are not listed yet, in order, from the one after ``after`` on."""
        own = self._unlisted(col(EvidenceRow.answer_id)).where(col(EvidenceRow.answer_id) > after)
        found: Sequence[str] = self.session.exec(own.order_by(col(EvidenceRow.answer_id)).limit(limit)).all()
        return found

    def count_unlisted(self) -> int:
        """How many answers are not listed yet."""
        count: int = self.session.exec(self._unlisted(func.count())).one()
        return count

    def citing(self, key: VersionKey, limit: int, before: Listed | None) -> tuple[Listed, ...]:
        """Answers listed as citing a version in their released words, and unlisted ones; newest first."""
        cites, own = CitedVersionRow, CitedVersionRow.institution_id == self.institution_id
        named = (own, cites.document_id == key.document, cites.version == key.version, col(cites.released))
        listed: Any = select(col(cites.answer_id), col(cites.at).label("at")).where(*named)
        unlisted = self._unlisted(col(EvidenceRow.answer_id), col(EvidenceRow.created_at).label("at"))
        both = union(listed, unlisted).subquery()
        asked = select(both.c.answer_id, both.c.at).order_by(both.c.at.desc(), both.c.answer_id).limit(limit)
        if before is not None:
            later = and_(both.c.at == before.at, both.c.answer_id > before.answer_id)
            asked = asked.where(or_(both.c.at < before.at, later))
        return tuple(Listed(answer_id, at) for answer_id, at in self.session.execute(asked))

    def _unlisted(self, *columns: Any) -> Any:
        listed = exists().where(
            col(CitationListRow.institution_id) == EvidenceRow.institution_id,
            col(CitationListRow.answer_id) == EvidenceRow.answer_id,
        )
        return select(*columns).where(EvidenceRow.institution_id == self.institution_id, ~listed)


class CitationRepository(ScopedRepository[CitationListRow]):
    """The lists of cited versions, each with its rows."""

    table = CitationListRow

    def put_cited(self, rows: Sequence[CitedVersionRow]) -> None:
        """Store the versions an answer cites, as ``put`` does."""
        for row in rows:
            if row.institution_id != self.institution_id:
                raise ForeignRow(type(self).__name__, self.institution_id)
        self.session.add_all(rows)

    def together(self) -> Iterator[tuple[CitationListRow, list[CitedVersionRow]]]:
        """Every list with its rows, by answer; rows without a list are not among them."""
        lists, cited = CitationListRow, CitedVersionRow
        same = and_(
            col(cited.institution_id) == lists.institution_id,
            col(cited.answer_id) == lists.answer_id,
        )
        joined = select(lists, cited).where(lists.institution_id == self.institution_id).outerjoin(cited, same)
        found = self.session.exec(joined.order_by(col(lists.answer_id)).execution_options(yield_per=_BATCH))
        for _, group in groupby(found, lambda pair: pair[0].answer_id):
            pairs = list(group)
            yield pairs[0][0], [row for _, row in pairs if row is not None]

    def strays(self) -> Sequence[str]:
        """Answers that have rows and no list."""
        lists, cited = CitationListRow, CitedVersionRow
        listed = exists().where(
            col(lists.institution_id) == cited.institution_id, col(lists.answer_id) == cited.answer_id
        )
        own = select(cited.answer_id).where(cited.institution_id == self.institution_id, ~listed)
        return self.session.exec(own.distinct()).all()
