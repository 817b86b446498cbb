"""What whoever has a version before them should know at once: what a checker wants changed, what speaks against
approving it, and which version waits for them next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.console.access import Member
from app.documents.compared import predecessor
from app.documents.errors import FileDamaged, FileMissing
from app.documents.figure_alarms import figures_that_disagree
from app.documents.listing import listed
from app.documents.sections import Entry, Section, entries_for
from app.documents.steps import OpenSteps, Step
from app.documents.titles import same_title
from app.documents.types import DocumentVersion
from app.foundation import Foundation
from knowledge_bases.schema import VersionKey

DECIDING = (Step.APPROVE, Step.CONFIRM_HIDDEN)


@dataclass(frozen=True)
class Bearings:
    """``returned``: why a checker sent it back. ``first``: there is no version before it to compare with.
    ``before``: the title of the version before it, where that is another one; else None.

    ``alarms``: how many of its figures other documents in force contradict; counted for whoever decides, else 0.
    ``next`` waits for the member as well, with ``waiting`` in all; None where nothing else does.
    """

    returned: str | None
    first: bool
    before: str | None
    alarms: int
    next: Entry | None
    waiting: int


def bearings(
    foundation: Foundation,
    member: Member,
    version: DocumentVersion,
    versions: Sequence[DocumentVersion],
    steps: OpenSteps,
) -> Bearings:
    """The bearings of ``version`` for ``member``, who may take ``steps``; ``versions`` are all of the institution."""
    entries = entries_for(member, listed(member.institution, versions))
    own = next(entry for entry in entries if entry.version.info.key == version.info.key)
    others = [entry for entry in entries if entry.section is Section.YOURS and entry is not own]
    previous = predecessor(versions, version)
    decides = any(step in steps for step in DECIDING)
    return Bearings(
        returned=own.comment,
        first=previous is None,
        before=_other_title(previous, version),
        alarms=_alarms(foundation, member.institution.id, version.info.key) if decides else 0,
        next=others[0] if others else None,
        waiting=len(others),
    )


def _other_title(previous: DocumentVersion | None, version: DocumentVersion) -> str | None:
    if previous is None or same_title(previous.info.title, version.info.title):
        return None
    return previous.info.title


def _alarms(foundation: Foundation, institution_id: str, key: VersionKey) -> int:
    """A text of another document that is gone must not keep anybody from this one; the page of figures names it."""
    try:
        return len(figures_that_disagree(foundation, institution_id, key))
    except (FileMissing, FileDamaged):
        return 0
