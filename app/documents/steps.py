"""What a member of staff may do with a version now. The services enforce it; this only says which buttons to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.console.access import Member
from app.documents.editing import EDITABLE, EDITABLE_STAGES
from app.documents.listing import PAST, SHOWN
from app.documents.publishing import end_between, missing_before_approval
from app.documents.types import FINISHED, DocumentVersion, Stage, VersionStatus
from app.hong_kong import today_in_hong_kong
from app.staff.types import Role

WAITING = frozenset({VersionStatus.IN_REVIEW, VersionStatus.APPROVED})


class Step(StrEnum):
    """A step, and the last part of the address it is posted to."""

    CANCEL = "cancel"
    READ_AGAIN = "read-again"
    SUBMIT = "submit"
    PUBLISH_ALONE = "publish-alone"
    EDIT = "edit"
    DISCARD = "discard"
    CONFIRM_HIDDEN = "hidden-seen"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    END = "end"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class OpenSteps:
    """The steps open to a member. ``own_work``: approval waits for somebody else.

    ``lacking`` are the facts that must be added before it can be sent for approval, as a person reads them.
    """

    steps: frozenset[Step]
    own_work: bool
    lacking: tuple[str, ...] = ()

    def __contains__(self, step: str) -> bool:
        return step in self.steps


def open_steps(version: DocumentVersion, member: Member) -> OpenSteps:
    """The steps open to ``member``."""
    account_id = member.identity.account_id
    own, lacking = version.made_by(account_id), missing_before_approval(version.info)
    steps = _of_either(version) if member.may(Role.MAKER, Role.CHECKER) else set()
    if member.may(Role.MAKER):
        steps |= _of_maker(version, complete=not lacking, alone=member.institution.self_publish)
    if member.may(Role.CHECKER):
        steps |= _of_checker(version, account_id, own=own and not member.institution.self_publish)
    waits = own and version.status in WAITING and not member.institution.self_publish
    return OpenSteps(frozenset(steps), own_work=waits, lacking=lacking if version.status is VersionStatus.DRAFT else ())


def _of_either(version: DocumentVersion) -> set[Step]:
    if version.status in PAST:
        return set()
    if version.progress.stage not in FINISHED:
        return {Step.CANCEL}
    return set() if version.progress.stage is Stage.READY else {Step.READ_AGAIN}


def _of_maker(version: DocumentVersion, *, complete: bool, alone: bool) -> set[Step]:
    stage = version.progress.stage
    steps = {Step.EDIT} if version.status in EDITABLE and stage in EDITABLE_STAGES else set()
    if version.status in EDITABLE and stage in FINISHED:
        steps.add(Step.DISCARD)
    if version.status is VersionStatus.DRAFT and stage is Stage.READY and complete:
        steps |= {Step.SUBMIT, Step.PUBLISH_ALONE} if alone and not version.hidden else {Step.SUBMIT}
    return steps


def _of_checker(version: DocumentVersion, account_id: str, *, own: bool) -> set[Step]:
    steps = {Step.WITHDRAW} if version.status in SHOWN else set()
    if version.status in WAITING:
        steps.add(Step.SEND_BACK)
    if own:
        return steps
    if version.status in SHOWN and _can_end(version):
        steps.add(Step.END)
    if version.status is VersionStatus.IN_REVIEW and version.hidden and version.hidden_seen_by != account_id:
        steps.add(Step.CONFIRM_HIDDEN)
    elif version.status in WAITING:
        steps.add(Step.APPROVE)
    return steps


def _can_end(version: DocumentVersion) -> bool:
    """Whether there is a day on which it may end that is earlier than the end it has."""
    after, before = end_between(version.info, today_in_hong_kong())
    return before - after > timedelta(days=1)
