"""From files that went in to versions in force, as far as one person may bring them: the rest waits in review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import VersionStatus
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.jobs.intake import publish_taken
from app.jobs.taken import Taken
from knowledge_bases.schema import VersionKey


@dataclass(frozen=True)
class Publication:
    """``snapshot`` None: nothing was published. ``waiting`` are in review; ``why`` says what for, if any are."""

    snapshot: str | None
    waiting: tuple[VersionKey, ...] = ()
    why: str | None = None


def publish_alone(
    foundation: Foundation, institution_id: str, taken: Sequence[Taken], by: str, *, hidden_seen: bool = False
) -> Publication:
    """Publishes in one snapshot what one person may: nothing where the institution asks for two people, and no version
    with hidden text unless ``by`` says that they have read it. What is held back is sent for approval.
    """
    with foundation.database.read() as session:
        institution = InstitutionService(session, foundation.ledger).get(institution_id)
    if not institution.self_publish:
        held, why = [t for t in taken if t.is_undecided], f"{institution_id} does not let one person publish"
    elif not hidden_seen:
        held, why = [t for t in taken if t.is_undecided and t.version.hidden], "hidden text was found"
    else:
        _confirm_hidden(foundation, institution_id, [t for t in taken if t.is_undecided and t.version.hidden], by)
        held, why = [], ""
    waiting = _send_for_approval(foundation, institution_id, held, by)
    rest = [each for each in taken if each not in held]
    snapshot = publish_taken(foundation, institution_id, rest, by) if rest else None
    return Publication(snapshot, waiting, why if waiting else None)


def _send_for_approval(
    foundation: Foundation, institution_id: str, taken: Sequence[Taken], by: str
) -> tuple[VersionKey, ...]:
    keys = tuple(each.version.info.key for each in taken)
    with foundation.database.write() as session:
        documents = DocumentService(session, institution_id, foundation.ledger)
        publishing = Publishing(session, institution_id, foundation.ledger)
        for key in keys:
            if documents.get(key).status is VersionStatus.DRAFT:
                publishing.submit(key, by)
    return keys


def _confirm_hidden(foundation: Foundation, institution_id: str, taken: Sequence[Taken], by: str) -> None:
    keys = _send_for_approval(foundation, institution_id, taken, by)
    with foundation.database.write() as session:
        publishing = Publishing(session, institution_id, foundation.ledger)
        for key in keys:
            publishing.confirm_hidden(key, by)
