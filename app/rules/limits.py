"""What a change may not do, and what whoever decides should notice about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.types import EVERYBODY, EntryChange
from guardrails.rulebook_content import SECTIONS, Entry
from guardrails.rules import Force

_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
BINDING = {Force.FIX.value, Force.REQ.value}
WORDING = ("statement", "words", "optional")


def misshapen(change: EntryChange) -> Iterator[str]:
    """Why the changed rule is none at all, a sentence each: whatever was sent as one is looked at here first."""
    after = change.after
    if change.section not in SECTIONS or after is None:
        return
    if not isinstance(after.get("id"), str):
        yield "a rule needs an id of letters, digits, full stops and hyphens"
    if not isinstance(after.get("force", ""), str | None):
        yield f"'force' of {change.rule_id} must be a word"
    for name in ("sectors", "tags", "licences"):
        value = after.get(name, ())
        if value is not None and not (isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)):
            yield f"'{name}' of {change.rule_id} must be a list of words"


def refusals(scope: str, change: EntryChange, floor: Entry | None, *, by_hand: bool = True) -> Iterator[str]:
    """Why the change of one rule may not be made in ``scope``, a sentence each.

    ``floor`` is the rule as it binds every institution: one of them may ask more of itself, never less. What goes back
    to an approved version (not ``by_hand``) may leave out a rule that version did not have.
    """
    before, after = change.before, change.after
    if change.section not in SECTIONS:  # words and what institutions add: whoever decides sees the difference
        return
    if after is None:
        if not by_hand and floor is None:
            return
        yield f"{change.rule_id} can't be taken out, or nobody could read it later: end it with effective_to instead"
        return
    if after.get("id") != change.rule_id:
        yield f"the id of {change.rule_id} can't change: answers of the past name it; add a rule of the new id"
    if before is None and floor is None:
        yield from _new(scope, change.rule_id)
    elif scope != EVERYBODY and floor is not None and floor.get("force") in BINDING:
        yield from _weaker(change.rule_id, floor, after)


def warnings(change: EntryChange) -> Iterator[str]:
    """What should be noticed about the change of one rule before it is decided, a sentence each."""
    before, after = change.before or {}, change.after or {}
    if before.get("force") in BINDING:
        for sentence in _weaker(change.rule_id, before, after):
            yield sentence.split(";")[0]
    if before and before.get("force") == Force.FIX.value and _differ(before, after, WORDING):
        yield f"{change.rule_id} is FIX: its wording is prescribed, and this changes it"
    confirmed = after.get("confirmed_by")
    if confirmed and confirmed == before.get("confirmed_by") and _differ(before, after, WORDING):
        yield f"{change.rule_id} stays confirmed by {confirmed}, though its words change"


def _new(scope: str, rule_id: str) -> Iterator[str]:
    if not _ID.fullmatch(rule_id):
        yield f"'{rule_id}' can't be an id; write letters, digits, full stops and hyphens, a letter first"
    elif scope != EVERYBODY and not rule_id.startswith(f"{scope}."):
        yield f"a rule of {scope} alone needs an id that starts with '{scope}.'; rename {rule_id}"


def _weaker(rule_id: str, before: Entry, after: Entry) -> Iterator[str]:
    """How a binding rule would bind less than before."""
    force, only = before["force"], "only a change for all institutions may do that"
    if after.get("force") not in BINDING or (force == Force.FIX.value and after.get("force") != force):
        yield f"{rule_id} would be {after.get('force')} where it was {force}; {only}"
    if after.get("off_because") and not before.get("off_because"):
        yield f"{rule_id} is {force} and would be switched off; {only}"
    if after.get("effective_to") and after.get("effective_to") != before.get("effective_to"):
        yield f"{rule_id} is {force} and would end on {after['effective_to']}; {only}"
    for name in ("sectors", "tags"):
        gone = sorted(set(before.get(name) or ()) - set(after.get(name) or ()))
        if gone:
            yield f"{rule_id} is {force} and would lose its {name} {', '.join(gone)}; {only}"
    if set(after.get("licences") or ()) - set(before.get("licences") or ()):
        yield f"{rule_id} is {force} and would ask for more licences; {only}"


def _differ(before: Entry, after: Entry, names: tuple[str, ...]) -> bool:
    return any(before.get(name) != after.get(name) for name in names)
