"""What a member of staff may do with a version now. The services enforce it; this only says which buttons to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.console.access import Member
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.staff.types import Role

WAITING = frozenset({VersionStatus.IN_REVIEW, VersionStatus.APPROVED})


class Step(StrEnum):
    """A step, and the last part of the address it is posted to."""

    SUBMIT = "submit"
    PUBLISH_ALONE = "publish-alone"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class OpenSteps:
    """The steps open to a member. ``own_upload``: approval waits for somebody else."""

    steps: frozenset[Step]
    own_upload: bool

    def __contains__(self, step: str) -> bool:
        return step in self.steps


def open_steps(version: DocumentVersion, member: Member) -> OpenSteps:
    """The steps open to ``member``."""
    own = version.uploaded_by == member.identity.account_id
    steps: set[Step] = set()
    if member.may(Role.MAKER):
        steps |= _of_maker(version, alone=member.institution.self_publish)
    if member.may(Role.CHECKER):
        steps |= _of_checker(version, own=own and not member.institution.self_publish)
    waits = own and version.status in WAITING and Step.APPROVE not in steps
    return OpenSteps(frozenset(steps), own_upload=waits)


def _of_maker(version: DocumentVersion, *, alone: bool) -> set[Step]:
    if version.status is not VersionStatus.DRAFT or version.progress.stage is not Stage.READY:
        return set()
    return {Step.SUBMIT, Step.PUBLISH_ALONE} if alone else {Step.SUBMIT}


def _of_checker(version: DocumentVersion, *, own: bool) -> set[Step]:
    steps = set() if version.status is VersionStatus.WITHDRAWN else {Step.WITHDRAW}
    if version.status in WAITING:
        steps |= {Step.SEND_BACK} if own else {Step.SEND_BACK, Step.APPROVE}
    return steps
