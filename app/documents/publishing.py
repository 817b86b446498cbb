"""A version's way into force: submitted, looked at and approved by a second person, published with a snapshot, ended
earlier than it was published for, withdrawn. How each step is written: ``writing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.db.columns import now_utc
from app.documents.errors import HiddenUnseen, NotComplete, ReasonMissing, WrongEnd, WrongStatus
from app.documents.rows import info_of, key_of
from app.documents.tables import DocumentVersionRow
from app.documents.types import Act, SnapshotMove, Stage, VersionStatus
from app.documents.writing import VersionWriter
from app.hong_kong import HONG_KONG, today_in_hong_kong
from app.institutions.service import SnapshotPointer
from knowledge_bases.schema import VersionInfo, VersionKey

_BEFORE = {
    VersionStatus.IN_REVIEW: {VersionStatus.DRAFT},
    VersionStatus.APPROVED: {VersionStatus.IN_REVIEW},
    VersionStatus.DRAFT: {VersionStatus.IN_REVIEW, VersionStatus.APPROVED},
    VersionStatus.PUBLISHED: {VersionStatus.APPROVED},
    VersionStatus.WITHDRAWN: set(VersionStatus) - {VersionStatus.WITHDRAWN},
}


def missing_before_approval(info: VersionInfo) -> tuple[str, ...]:
    """The facts that an approval still lacks, as a person reads them; tags say what a version is about as well."""
    lacks = {"an as-at date": info.as_at is None, "a product tag": not (info.product or info.tags)}
    return tuple(fact for fact, lacking in lacks.items() if lacking)


def end_between(info: VersionInfo, today: date) -> tuple[date, date]:
    """An earlier end lies after the first day and before the second; where no day does, it can't end earlier."""
    return max(today, info.effective_from or date.min), info.effective_to or date.max


class Publishing(VersionWriter):
    """Changes the status of one institution's versions, within one unit of work.

    Raises (all methods but ``withdraw``):
        ReadOnly: that is switched on.
    """

    def submit(self, key: VersionKey, by: str, comment: str | None = None) -> None:
        """Send a draft for approval; whoever does is one of its makers.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is no draft.
            NotComplete: it has no as-at date, or neither product nor tag.
        """
        row = self._locked(key, VersionStatus.IN_REVIEW)
        lacking = missing_before_approval(info_of(row))
        if lacking:
            raise NotComplete(key, lacking)
        self._add_maker(row, by)
        self._note(row, Act.SUBMITTED, by, comment)
        self._move(row, VersionStatus.IN_REVIEW, "submit:done", by)

    def reject(self, key: VersionKey, by: str, reason: str) -> None:
        """Send a version back to its maker.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is neither in review nor approved.
            ReasonMissing: the reason is blank.
        """
        row = self._locked(key, VersionStatus.DRAFT)
        _require_reason(key, reason)
        row.approved_by, row.self_published = None, False
        self._note(row, Act.RETURNED, by, reason)
        self._move(row, VersionStatus.DRAFT, "approve:rejected", by)

    def confirm_hidden(self, key: VersionKey, by: str) -> None:
        """The checker has read the list of hidden texts; only then can they approve.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is not in review. FourEyesRequired: ``by`` made it.
        """
        row = self._locked(key, VersionStatus.APPROVED)
        self._require_second(row, by)
        row.hidden_seen_by, row.hidden_seen_at = by, now_utc()
        self._note(row, Act.HIDDEN_SEEN, by)
        self._save(row, "hidden:seen", by=by, hidden=row.hidden)

    def approve(self, key: VersionKey, by: str, comment: str | None = None) -> None:
        """Approve a version that other people made; one's own only where the institution allows it.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is not in review, or was not read yet.
            FourEyesRequired: ``by`` uploaded, edited or submitted it.
            HiddenUnseen: it holds hidden text that ``by`` has not looked at.
        """
        row = self._locked(key, VersionStatus.APPROVED)
        alone = self._require_second(row, by)
        _require_ready(row, VersionStatus.APPROVED)
        if row.hidden and row.hidden_seen_by != by:
            raise HiddenUnseen(key, row.hidden)
        row.approved_by, row.self_published = by, alone
        self._note(row, Act.APPROVED, by, comment)
        self._move(row, VersionStatus.APPROVED, "approve:self" if alone else "approve:done", by)

    def publish(self, keys: Sequence[VersionKey], by: str, move: SnapshotMove) -> SnapshotPointer:
        """Publish approved versions together with the snapshot that holds them; earlier versions give way by dates.

        A version without dates whose document is published already is in force from today. One whose first day lies
        ahead comes into force on that day without a further step.

        Raises:
            VersionNotFound: no such version. WrongStatus: one is not approved or not ingested.
            SnapshotMoved: another builder was first; the whole transaction must be given up.
        """
        for key in keys:
            self._publish_one(self._locked(key, VersionStatus.PUBLISHED), by)
        return self._institutions.move_snapshot(self._institution_id, move.snapshot_id, move.from_generation)

    def end(self, key: VersionKey, on: date, by: str, reason: str) -> None:
        """Let a version end earlier than it was published for; ``on`` is the first day no longer in force.

        Never today or before: what was answered until now was in force. The version before does not come back.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is not published. ReasonMissing: the reason is blank.
            FourEyesRequired: ``by`` made it. WrongEnd: ``on`` is not ahead, or not earlier than its end.
        """
        row = self._get_locked(key)
        self._require_writable()
        if row.status not in {VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED}:
            raise WrongStatus(key, row.status.value, "ended earlier")
        _require_reason(key, reason)
        self._require_second(row, by)
        after, before = end_between(info_of(row), today_in_hong_kong())
        if not after < on < before:
            raise WrongEnd(key, on)
        self._note(row, Act.ENDED, by, reason, ended_before=row.declared_to)
        row.declared_to = on
        self._save(row, "end:done", by=by, reason=reason)
        self._settle(self._versions.ever_published(key.document))

    def withdraw(self, key: VersionKey, by: str, reason: str) -> None:
        """Make a version unreachable at once; ``reason`` is staff's own words, without personal data.

        The version before it does not come back: publish it again under a new label if it should.

        Raises:
            VersionNotFound: no such version. WrongStatus: it was withdrawn before. ReasonMissing: the reason is blank.
        """
        row = self._locked(key, VersionStatus.WITHDRAWN)
        _require_reason(key, reason)
        row.withdrawn_at = now_utc()
        row.status = VersionStatus.WITHDRAWN
        self._note(row, Act.WITHDRAWN, by, reason)
        self._save(row, "withdraw:done", by=by, reason=reason)

    def _publish_one(self, row: DocumentVersionRow, by: str) -> None:
        _require_ready(row, VersionStatus.PUBLISHED)
        others = self._versions.ever_published(row.document_id)
        row.published_at = now_utc()
        if others and row.effective_from is None and row.effective_to is None:
            row.effective_from = row.published_at.astimezone(HONG_KONG).date()
        self._move(row, VersionStatus.PUBLISHED, "publish:done", by)
        self._settle([row, *others])

    def _locked(self, key: VersionKey, wanted: VersionStatus) -> DocumentVersionRow:
        """The version, on its way to ``wanted``.

        Raises:
            ReadOnly: that is switched on, and ``wanted`` is not WITHDRAWN. WrongStatus
        """
        row = self._get_locked(key)
        if wanted is not VersionStatus.WITHDRAWN:
            self._require_writable()
        if row.status not in _BEFORE[wanted]:
            raise WrongStatus(key, row.status.value, wanted.value)
        return row

    def _move(self, row: DocumentVersionRow, status: VersionStatus, step: str, by: str) -> None:
        row.status = status
        self._save(row, step, by=by, reason=None)


def _require_ready(row: DocumentVersionRow, wanted: VersionStatus) -> None:
    if row.stage is not Stage.READY:
        raise WrongStatus(key_of(row), "was not read yet", wanted.value)


def _require_reason(key: VersionKey, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(key)
