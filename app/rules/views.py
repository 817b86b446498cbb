"""What the API shows of rules, rulebooks and changes; people by their user names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from app.rules.looking import FieldChange, Here, RuleLine, field_changes, shown_to
from app.rules.preview import Preview
from app.rules.trying import Outcome
from app.rules.types import EVERYBODY, ApprovedVersion, Cause, Change, ChangeState, EntryChange
from guardrails.types import Action, Reason
from knowledge_bases.schema import Language

Names = dict[str, str]


class RuleChangeView(BaseModel):
    """One rule of a change: its fields that differ, each as the way from the one text to the other."""

    rule: str
    fields: tuple[FieldChange, ...]


class ChangeView(BaseModel):
    """A proposed change. ``effective_from`` null: the day it is approved."""

    id: str
    everywhere: bool
    state: ChangeState
    cause: Cause
    rules: tuple[str, ...]
    reason: str
    effective_from: date | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    comment: str | None

    @classmethod
    def of(cls, change: Change, institution_id: str, names: Names) -> ChangeView:
        """As staff of the institution may see it; ``names`` by account."""
        return cls(
            id=change.id,
            everywhere=change.scope == EVERYBODY,
            state=change.state,
            cause=change.cause,
            rules=tuple(each.rule_id for each in shown_to(change.changes, institution_id)),
            reason=change.reason,
            effective_from=change.effective_from,
            proposed_by=names.get(change.proposed_by, change.proposed_by),
            proposed_at=change.proposed_at,
            decided_by=names.get(change.decided_by, change.decided_by) if change.decided_by else None,
            decided_at=change.decided_at,
            comment=change.comment,
        )


class VersionView(BaseModel):
    """An approved rulebook."""

    everywhere: bool
    number: int
    version: str
    parent: str
    change: str
    reason: str
    proposed_by: str
    approved_by: str
    approved_at: datetime
    effective_from: date

    @classmethod
    def of(cls, version: ApprovedVersion, names: Names) -> VersionView:
        """``names`` by account."""
        return cls(
            everywhere=version.scope == EVERYBODY,
            number=version.number,
            version=version.version,
            parent=version.parent,
            change=version.change_id,
            reason=version.reason,
            proposed_by=names.get(version.proposed_by, version.proposed_by),
            approved_by=names.get(version.approved_by, version.approved_by),
            approved_at=version.approved_at,
            effective_from=version.effective_from,
        )


class RuleList(BaseModel):
    """Every rule as it binds today, by which rulebook, and the changes that wait for a second person."""

    rulebook: str
    problems: tuple[str, ...]
    rules: tuple[RuleLine, ...]
    waiting: tuple[ChangeView, ...]


class RuleView(BaseModel):
    """One rule as its file would have it: words, source, examples and the rest. ``here`` null: a conduct rule."""

    id: str
    section: str
    here: Here | None
    entry: dict[str, Any]
    past: tuple[ChangeView, ...]


class DifferenceView(BaseModel):
    """A question that would owe other statements; ``breaks``: those on which it contradicts the regression set."""

    question: str
    language: Language
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    breaks: tuple[str, ...]


class LookView(BaseModel):
    """What a change would do. ``report`` is sent along by whoever proposes or approves it: they have seen this."""

    report: str
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    changes: tuple[RuleChangeView, ...]
    differences: tuple[DifferenceView, ...]

    @classmethod
    def of(cls, seen: Preview, institution_id: str) -> LookView:
        """As staff of the institution may see it."""
        differences = (
            DifferenceView(
                question=each.asked.question,
                language=each.asked.language,
                gained=tuple(sorted(each.gained)),
                lost=tuple(sorted(each.lost)),
                breaks=tuple(sorted(each.breaks)),
            )
            for each in seen.differences
        )
        return cls(
            report=seen.report,
            problems=seen.problems,
            notices=seen.notices,
            changes=rule_changes(seen.draft.changes, institution_id),
            differences=tuple(differences),
        )


class ChangeDetail(BaseModel):
    """A change, and while nobody has decided on it what it would do as things stand today."""

    change: ChangeView
    changes: tuple[RuleChangeView, ...]
    look: LookView | None


class History(BaseModel):
    """Every approved rulebook and every change, newest first; ``shipped`` is the one that came with the program."""

    in_force: str
    shipped: str
    versions: tuple[VersionView, ...]
    changes: tuple[ChangeView, ...]


class OwedView(BaseModel):
    """A statement that is owed, and by what: question, answer, tag, or only all together."""

    rule: str
    causes: tuple[str, ...]


class FoundView(BaseModel):
    """What a detector found, in question or answer."""

    detector: str
    cause: str
    rule: str
    action: Action


class TriedView(BaseModel):
    """A text tried: the verdict on the question, what is owed and found, and what the customer would read."""

    language: Language
    action: Action
    reason: Reason | None
    owed: tuple[OwedView, ...]
    found: tuple[FoundView, ...]
    reads: str
    problem: str | None

    @classmethod
    def of(cls, outcome: Outcome) -> TriedView:
        """Without the words that were tried."""
        return cls(
            language=outcome.language,
            action=outcome.verdict.action,
            reason=outcome.verdict.reason,
            owed=tuple(OwedView(rule=each.rule.id, causes=tuple(each.causes)) for each in outcome.owing),
            found=tuple(
                FoundView(
                    detector=each.detector, cause=each.cause, rule=each.finding.rule_id, action=each.finding.action
                )
                for each in outcome.found
            ),
            reads=outcome.reads,
            problem=outcome.problem,
        )


def rule_changes(changes: Iterable[EntryChange], institution_id: str) -> tuple[RuleChangeView, ...]:
    """Field by field, those that staff of the institution may see."""
    seen = shown_to(changes, institution_id)
    return tuple(RuleChangeView(rule=each.rule_id, fields=field_changes(each)) for each in seen)
