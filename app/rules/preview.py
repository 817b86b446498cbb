"""What a change would do: whether the changed rulebook loads, keeps its examples, and what fires differently by it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.rules.limits import misshapen, refusals, warnings
from app.rules.types import Cause, EntryChange
from guardrails.errors import RulebookError
from guardrails.regression import Asked, Differing, differing, examples_asked, regression_set
from guardrails.rule_examples import check_examples
from guardrails.rulebook import Rulebook, rulebook_of
from guardrails.rulebook_content import RulebookContent, canonical
from knowledge_bases.schema import Sector


@dataclass(frozen=True)
class Draft:
    """What somebody wants changed, for ``scope``, from the day ``effective_from`` on (None: once it is approved)."""

    scope: str
    changes: tuple[EntryChange, ...]
    reason: str = ""
    effective_from: date | None = None
    cause: Cause = Cause.EDIT


@dataclass(frozen=True)
class Preview:
    """A draft held against the rulebook that it would replace.

    ``problems`` stand in its way, ``notices`` do not: what binds less than before, and what contradicts the regression
    set. ``content`` is the changed rulebook; ``differences`` are the questions of the regression set and of all
    examples that owe other statements by it.
    """

    draft: Draft
    parent: str
    content: RulebookContent
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    differences: tuple[Differing, ...]

    @cached_property
    def report(self) -> str:
        """A digest of what there is to see: whoever sends or approves the change has seen this, or is told."""
        seen = [self.content.version, self.parent, self.problems, self.notices, [str(d) for d in self._rows()]]
        return hashlib.sha256(canonical(seen).encode()).hexdigest()

    def _rows(self) -> Iterable[tuple[str, list[str], list[str]]]:
        return ((d.asked.question, sorted(d.gained), sorted(d.lost)) for d in self.differences)


@dataclass(frozen=True)
class Ground:
    """What a draft is made on: the rulebook that it would replace, and the one below that binds in any case.

    It is tried as it would fire on the day ``on`` in ``sectors``; examples are run in any.
    """

    parent: Rulebook
    below: Rulebook
    on: date
    sectors: frozenset[Sector] = frozenset(Sector)


def preview(draft: Draft, ground: Ground) -> Preview:
    """What ``draft`` would do on ``ground``."""
    parent, content = ground.parent, ground.parent.content
    if shapeless := tuple(why for change in draft.changes for why in misshapen(change)):
        return Preview(draft, parent.version, content, shapeless, (), ())
    problems = list(_refused(draft, ground.below.content))
    for change in draft.changes:
        content = change.onto(content)
    if content == parent.content:
        problems.append("this says what the rulebook says already; change something")
    notices = [why for change in draft.changes for why in warnings(change)]
    try:
        changed = rulebook_of(content.parts)
    except RulebookError as error:
        return Preview(draft, parent.version, content, (*problems, str(error)), tuple(notices), ())
    problems += check_examples(changed)
    differences = differing(parent, changed, _questions(parent, changed, ground.sectors), ground.on)
    notices += _contradictions(differences)
    return Preview(draft, parent.version, content, tuple(problems), tuple(notices), differences)


def _refused(draft: Draft, below: RulebookContent) -> Iterator[str]:
    by_hand = draft.cause is Cause.EDIT
    for change in draft.changes:
        yield from refusals(draft.scope, change, below.entries.get(change.rule_id), by_hand=by_hand)


def _questions(before: Rulebook, after: Rulebook, sectors: frozenset[Sector]) -> tuple[Asked, ...]:
    """The regression set first, then all examples, each question once."""
    asked = (*regression_set(), *examples_asked(before), *examples_asked(after))
    return tuple(dict.fromkeys(each for each in asked if each.sector in sectors))


def _contradictions(differences: Iterable[Differing]) -> list[str]:
    """What the regression set says otherwise, a sentence a rule."""
    counted = Counter(rule_id for each in differences for rule_id in each.breaks)
    return [
        f"the regression set is contradicted on {rule_id} by {times} question{'' if times == 1 else 's'}"
        for rule_id, times in sorted(counted.items())
    ]
