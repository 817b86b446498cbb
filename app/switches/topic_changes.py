"""Changing how the answers on a topic are released: one person proposes, a second one decides."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.switches.errors import ChangeWaits, SecondDeciderNeeded
from app.switches.reading import require_writable, topics_of
from app.switches.records import topic_record
from app.switches.repository import TopicChangeRepository
from app.switches.service import stated_reason
from app.switches.tables import TopicChangeRow
from app.switches.topics import topic_of, topic_value
from app.switches.types import Topic, TopicChange


class TopicService:
    """The topics of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._session = session
        self._institution_id = institution_id
        self._digest_key = ledger.master.audit
        self._changes = TopicChangeRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)

    def all(self) -> Mapping[str, Topic]:
        """Every topic as it is in force, by id."""
        return topics_of(self._session, self._institution_id)

    def waiting(self) -> tuple[TopicChange, ...]:
        """The changes that nobody has decided yet, oldest first."""
        return tuple(_change(row) for row in self._changes.waiting())

    def propose(self, topic: Topic, by: str, reason: str) -> TopicChange:
        """Propose a topic as it should be, known or new; nothing changes before a second person approves.

        Raises:
            TopicWrong: it covers nothing, or a name can't be one. ChangeWaits: another change of it waits.
            SwitchReasonNeeded. ReadOnly: nothing may be changed now.
        """
        said, content = stated_reason(reason), topic_value(topic)
        topic_of(content)  # as it will be read again
        self._audit.lock()
        require_writable(self._session, self._institution_id)
        if any(row.topic == topic.id for row in self._changes.waiting()):
            raise ChangeWaits(topic.id)
        row = TopicChangeRow(
            institution_id=self._institution_id,
            id=new_id(),
            topic=topic.id,
            content=content,
            reason=said,
            by=by,
            at=now_utc(),
        )
        self._changes.add(row)
        self._audit.append(topic_record(self._digest_key, row).happening("propose:done"))
        return _change(row)

    def decide(self, change_id: str, by: str, *, approve: bool) -> TopicChange:
        """Approve a change, which holds in every process at once, or turn it down.

        Raises:
            ChangeNotFound: no such change waits. SecondDeciderNeeded: ``by`` proposed it. ReadOnly
        """
        self._audit.lock()
        row = self._changes.get_waiting(change_id)
        if row.by == by:
            raise SecondDeciderNeeded(f"the change of topic {row.topic!r}")
        if approve:
            require_writable(self._session, self._institution_id)
        row.decided_by, row.decided_at, row.approved = by, now_utc(), approve
        self._changes.save(row)
        step = "decide:approved" if approve else "decide:rejected"
        self._audit.append(topic_record(self._digest_key, row).happening(step))
        return _change(row)


def _change(row: TopicChangeRow) -> TopicChange:
    topic = topic_of(row.content)
    return TopicChange(row.id, topic, row.reason, row.by, row.at, row.decided_by, row.decided_at, row.approved)
