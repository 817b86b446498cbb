"""What is switched now: read for every answer, once more in the transaction that records it, and for every page.

Nothing is remembered between reads: a switch holds in every process from the moment it is committed. A database that
does not answer gives no standing, and so no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.db.session import Database
from app.switches.errors import ReadOnly
from app.switches.repository import SwitchRepository, TopicChangeRepository
from app.switches.tables import SwitchRow
from app.switches.topics import shipped_topics, topic_of
from app.switches.types import EVERYWHERE, Kind, Lift, Setting, Standing, Switch, Topic


@dataclass(frozen=True)
class Switchboard:
    """The pipeline's view of the switches."""

    database: Database

    def standing(self, institution_id: str) -> Standing:
        """What is switched for an institution now.

        Raises:
            DatabaseAway: nobody knows, so nothing may be answered.
        """
        with self.database.read() as session:
            return standing_of(session, institution_id)


def standing_of(session: Session, institution_id: str) -> Standing:
    """What is switched for an institution, as this transaction sees it."""
    switches = {setting.switch for setting in settings_of(session, institution_id)}
    suspended = {switch.subject for switch in switches if switch.kind is Kind.TOPIC}
    topics = topics_of(session, institution_id).values()
    ruled = (topic for topic in topics if topic.is_ruled or topic.id in suspended)
    return Standing(tuple(sorted(switches)), tuple(sorted(ruled)))


def settings_of(session: Session, institution_id: str) -> tuple[Setting, ...]:
    """The switches that are on for an institution, those for all first."""
    return tuple(setting_of(row) for row in SwitchRepository(session, institution_id).on_with(EVERYWHERE))


def all_settings(session: Session) -> tuple[Setting, ...]:
    """Every switch that is on, of every institution, those for all first: for whoever runs the product."""
    on = select(SwitchRow).where(col(SwitchRow.lifted_at).is_(None))
    rows = session.exec(on.order_by(col(SwitchRow.institution_id), col(SwitchRow.at))).all()
    return tuple(setting_of(row) for row in sorted(rows, key=lambda row: row.institution_id != EVERYWHERE))


def topics_with_rules(session: Session, institution_ids: Iterable[str]) -> tuple[tuple[str, Topic], ...]:
    """The topics whose answers a person releases or gives, or that are answered by a composer of their own, each with
    its institution's id."""
    topics = ((each, topic) for each in institution_ids for topic in topics_of(session, each).values())
    return tuple((each, topic) for each, topic in topics if topic.is_ruled or topic.composer is not None)


def unknown_topics(session: Session) -> tuple[Setting, ...]:
    """The switches that are on for a topic that does not exist there: they stop nothing."""
    stops = (setting for setting in all_settings(session) if setting.switch.kind is Kind.TOPIC)
    return tuple(each for each in stops if each.switch.subject not in _topics_in(session, each.scope))


def _topics_in(session: Session, scope: str) -> Mapping[str, Topic]:
    return shipped_topics() if scope == EVERYWHERE else topics_of(session, scope)


def topics_of(session: Session, institution_id: str) -> Mapping[str, Topic]:
    """The topics of an institution by id: those shipped, as the last approved changes have them, and its own."""
    changed = TopicChangeRepository(session, institution_id).approved()
    return {**shipped_topics(), **{row.topic: topic_of(row.content) for row in changed}}


def require_writable(session: Session, institution_id: str) -> None:
    """Passes while what staff maintain may change.

    Raises:
        ReadOnly: the switch is on, for this institution or for all.
    """
    if any(setting.switch.kind is Kind.READ_ONLY for setting in settings_of(session, institution_id)):
        raise ReadOnly


def setting_of(row: SwitchRow) -> Setting:
    """The row as a value."""
    asked = None
    if row.lift_by is not None and row.lift_at is not None:
        asked = Lift(row.lift_by, row.lift_at, row.lift_reason or "")
    return Setting(
        id=row.id,
        scope=row.institution_id,
        switch=Switch(row.kind, row.subject),
        reason=row.reason,
        by=row.by,
        at=row.at,
        lift=asked,
        lifted_by=row.lifted_by,
        lifted_at=row.lifted_at,
    )
