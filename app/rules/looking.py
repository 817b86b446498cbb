"""What the console and the command line show of a rulebook: its rules as they bind an institution, and its past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session

from app.documents.wording import Stretch, word_changes
from app.evidence.audit import Ledger
from app.rules.entries import flattened
from app.rules.preview import Ground
from app.rules.provider import Standing, StoredRulebooks
from app.rules.service import RuleService
from app.rules.types import EVERYBODY, ApprovedVersion, Change, EntryChange
from guardrails.rulebook import Rulebook
from guardrails.rules import ConductRule, Force, Rule
from knowledge_bases.schema import Institution, Sector

ENDS_SOON = timedelta(days=30)


class Here(StrEnum):
    """Whether a rule binds an institution on a day, and if not, why."""

    ON = "on"
    ENDS_SOON = "ends_soon"
    LATER = "later"
    ENDED = "ended"
    OTHER_SECTOR = "other_sector"
    OTHER_LICENCE = "other_licence"
    SWITCHED_OFF = "switched_off"


@dataclass(frozen=True)
class RuleLine:
    """A rule in the list. ``force`` None: a conduct rule, which says what is read in place of an answer."""

    id: str
    title: str
    force: Force | None
    sectors: tuple[Sector, ...]
    effective_from: date | None
    effective_to: date | None
    here: Here
    unconfirmed: bool

    def says(self, words: str) -> bool:
        """Whether the line is found by ``words``."""
        return words.casefold() in f"{self.id} {self.title}".casefold()


@dataclass(frozen=True)
class Desk:
    """What there is to know on the first page: what binds ``scope``, and who waits for whom.

    ``moved``: the rulebook below has changed since the approval that binds. ``coming`` are approved and wait for their
    day; ``waiting`` are proposed, those for everybody included.
    """

    standing: Standing
    binding: ApprovedVersion | None
    moved: bool
    coming: tuple[ApprovedVersion, ...]
    waiting: tuple[Change, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class FieldChange:
    """A field of a rule that changed, as the way from the one text to the other."""

    name: str
    words: tuple[Stretch, ...]


def rule_lines(rulebook: Rulebook, institution: Institution, on: date) -> tuple[RuleLine, ...]:
    """Every rule, disclosures first, as it binds ``institution`` on the day ``on``; not those others have added."""
    known = (rule for rule in rulebook.disclosures if rule.owner in (None, institution.id))
    disclosures = (_disclosure_line(rule, institution, on) for rule in known)
    return (*disclosures, *(_conduct_line(rule) for rule in rulebook.conduct))


def here(rule: Rule, institution: Institution, on: date) -> Here:
    """Whether a disclosure rule binds ``institution`` on the day ``on``."""
    if rule.off_because or (rule.may_be_off and rule.id in institution.rules_off):
        return Here.SWITCHED_OFF
    if on < rule.effective_from:
        return Here.LATER
    if not rule.in_force(on):
        return Here.ENDED
    if not rule.sectors & set(institution.sectors):
        return Here.OTHER_SECTOR
    if not rule.licences <= institution.licences:
        return Here.OTHER_LICENCE
    ends = rule.effective_to
    return Here.ENDS_SOON if ends is not None and ends <= on + ENDS_SOON else Here.ON


def desk_of_rules(session: Session, scope: str, ledger: Ledger, rulebooks: StoredRulebooks, on: date) -> Desk:
    """The first page of ``scope`` on the day ``on``."""
    standing = rulebooks.standing(session, scope, on)
    own = RuleService(session, scope, ledger, rulebooks)
    everybody = RuleService(session, EVERYBODY, ledger, rulebooks)
    waiting = (*own.waiting(), *(everybody.waiting() if scope != EVERYBODY else ()))
    versions = {(v.scope, v.number): v for v in (*own.versions(), *everybody.versions())}
    row = standing.row
    binding = None if row is None else versions[row.institution_id, row.number]
    moved = binding is not None and binding.below != rulebooks.below(session, binding.scope, on).version
    coming = (v for v in versions.values() if v.effective_from > on and not _overtaken(v, versions.values(), on))
    problems = (*([rulebooks.problem] if rulebooks.problem else []), *standing.problems)
    return Desk(standing, binding, moved, tuple(coming), waiting, problems)


def ground_of(session: Session, rulebooks: StoredRulebooks, scope: str, on: date, institution: Institution) -> Ground:
    """What a change of ``scope`` that starts on the day ``on`` is made on, seen from ``institution``."""
    parent = rulebooks.standing(session, scope, on).rulebook
    sectors = frozenset(Sector) if scope == EVERYBODY else frozenset(institution.sectors)
    return Ground(parent, rulebooks.below(session, scope, on), on, sectors)


def shown_to(changes: Iterable[EntryChange], institution_id: str) -> tuple[EntryChange, ...]:
    """The changes that staff of an institution may see: not those of rules that others have added for themselves."""
    own = f"own/{institution_id}"
    return tuple(change for change in changes if change.section != "own" or change.rule_id == own)


def field_changes(change: EntryChange) -> tuple[FieldChange, ...]:
    """The fields that a change of a rule touches, in the order of the rule's fields."""
    before, after = flattened(change.before), flattened(change.after)
    names = dict.fromkeys((*before, *after))
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(FieldChange(name, word_changes(was, now)) for name, was, now in pairs if was != now)


def _overtaken(version: ApprovedVersion, all_of_them: Iterable[ApprovedVersion], on: date) -> bool:
    """Whether a later approval of the same scope starts no later: then this one's day never comes."""
    return any(
        other.scope == version.scope
        and other.number > version.number
        and other.effective_from <= max(version.effective_from, on)
        for other in all_of_them
    )


def _disclosure_line(rule: Rule, institution: Institution, on: date) -> RuleLine:
    unconfirmed = rule.force is Force.FIX and rule.confirmed_by is None
    dates = (rule.effective_from, rule.effective_to)
    standing = here(rule, institution, on)
    return RuleLine(rule.id, rule.title, rule.force, tuple(sorted(rule.sectors)), *dates, standing, unconfirmed)


def _conduct_line(rule: ConductRule) -> RuleLine:
    return RuleLine(rule.id, rule.title, None, (), None, None, Here.ON, unconfirmed=False)
