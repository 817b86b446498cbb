"""The Knowledge room as each person needs it: first what waits for them, then for others, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.console.access import Member
from app.documents.listing import PAST, Listed, Need, Phase
from app.documents.publishing import missing_before_approval
from app.documents.types import Act, DocumentVersion, Stage, VersionStatus
from app.staff.types import Role


class Ask(StrEnum):
    """What a version asks of a person."""

    FAILED = "failed"
    STUCK = "stuck"
    HIDDEN = "hidden"
    APPROVE = "approve"
    RETURNED = "returned"
    LACKING = "lacking"
    PROBLEMS = "problems"
    SUBMIT = "submit"
    CANCELLED = "cancelled"


GLANCE = 12  # versions of a section shown beside the others
PER_PAGE = 50
URGENCY = {ask: place for place, ask in enumerate(Ask)}
OF_CHECKERS = frozenset({Ask.HIDDEN, Ask.APPROVE})


class Section(StrEnum):
    """The parts of the list, in the order they are read."""

    YOURS = "yours"
    OTHERS = "others"
    WORKING = "working"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    PAST = "past"


@dataclass(frozen=True)
class Entry:
    """A version in its section. ``comment``: what the checker wrote who sent it back, where it asks to be mended."""

    listed: Listed
    section: Section
    ask: Ask | None
    lacking: tuple[str, ...] = ()
    comment: str | None = None

    @property
    def sendable(self) -> bool:
        """Whether the member may send it for approval among others."""
        return self.section is Section.YOURS and sendable(self.version)

    @property
    def version(self) -> DocumentVersion:
        """The version."""
        return self.listed.version


def entries_for(member: Member, listed: Sequence[Listed]) -> list[Entry]:
    """Every version in the member's order; within a section the most urgent first, else as they are listed."""
    entries = [_entry(each, member) for each in listed]
    places = {section: place for place, section in enumerate(Section)}
    return sorted(entries, key=lambda e: (places[e.section], URGENCY[e.ask] if e.ask else 0))


@dataclass(frozen=True)
class Group:
    """What is shown of a section: ``entries`` are those from the place ``first`` on, of ``total``."""

    section: Section
    entries: Sequence[Entry]
    first: int
    total: int

    @property
    def end(self) -> int:
        """The place after the last one shown."""
        return self.first + len(self.entries)


def groups(entries: Sequence[Entry], only: Section | None, first: int) -> list[Group]:
    """The first of each section that has any; or, of the section ``only``, a page from ``first`` on."""
    found = []
    for section in Section:
        own = [entry for entry in entries if entry.section is section]
        if only is None and own:
            found.append(Group(section, own[:GLANCE], 0, len(own)))
        elif only is section:
            found.append(Group(section, own[first : first + PER_PAGE], first, len(own)))
    return found


def ask_of(listed: Listed) -> Ask | None:
    """What the version asks for; None where it asks for nothing, or only for time."""
    version = listed.version
    match listed.need:
        case Need.MENDING:
            return Ask.FAILED
        case Need.A_WORKER:
            return Ask.STUCK
        case Need.STARTING:
            return Ask.CANCELLED
        case Need.APPROVAL:
            return Ask.HIDDEN if version.hidden and not version.hidden_seen_by else Ask.APPROVE
    return _of_draft(version) if version.status is VersionStatus.DRAFT and listed.need is not Need.TIME else None


def sendable(version: DocumentVersion) -> bool:
    """Whether a maker may send it for approval among others, unopened: nothing of it asks for a look."""
    draft = version.status is VersionStatus.DRAFT and version.progress.stage is Stage.READY
    return draft and _of_draft(version) is Ask.SUBMIT


def _of_draft(version: DocumentVersion) -> Ask:
    if version.history and version.history[-1].act is Act.RETURNED:
        return Ask.RETURNED
    if missing_before_approval(version.info):
        return Ask.LACKING
    return Ask.PROBLEMS if version.problems or version.hidden else Ask.SUBMIT


def _entry(listed: Listed, member: Member) -> Entry:
    ask, version = ask_of(listed), listed.version
    return Entry(
        listed=listed,
        section=_section(listed, ask, member),
        ask=ask,
        lacking=missing_before_approval(version.info) if ask is Ask.LACKING else (),
        comment=version.history[-1].comment if ask is Ask.RETURNED else None,
    )


def _section(listed: Listed, ask: Ask | None, member: Member) -> Section:
    if ask is not None:
        return Section.YOURS if _may_answer(listed.version, ask, member) else Section.OTHERS
    if listed.need is Need.TIME:
        return Section.WORKING
    if listed.version.status in PAST or listed.phase is Phase.ENDED:
        return Section.PAST
    return Section.SCHEDULED if listed.phase is Phase.SCHEDULED else Section.IN_FORCE


def _may_answer(version: DocumentVersion, ask: Ask, member: Member) -> bool:
    if ask not in OF_CHECKERS:
        return member.may(Role.MAKER)
    alone = member.institution.self_publish
    return member.may(Role.CHECKER) and (alone or not version.made_by(member.identity.account_id))
