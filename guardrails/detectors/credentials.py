"""Secrets in a message: one-time passwords, PINs, card security codes, passwords, a program's keys (P09). Only the secret is marked.

However it is said: words that announce a secret, and within reach of them, in the same sentence, all that looks like
one (``guardrails.told_secrets``). A telephone number on the way is passed over; it has a token of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.told_secrets import CLUES, ENDS, LEADS_ELSEWHERE, LINKED, OF_SOMETHING_ELSE, TOLD_BEFORE, Clue
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT
READS_RAW = True

REACH = 26  # characters between the words and the secret, numbers on the way not counted
LONGEST = 200  # of a secret
MOST_SPLIT = 12  # digits of several codes in a row; more are a card or an account
_PHONE = Patterns(r"^(?:\+?852)?[2-9]\d{7}$")
_GROUP = Patterns(r"(?P<group>\d+)")

Place = tuple[int, int]


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each secret; ``detail`` is its kind. No place is marked twice."""
    text = normalise(context.text)
    found = [(kind, span) for kind, patterns in TOLD_BEFORE for span in patterns.marked(text)]
    for clue in CLUES:
        for place in _told(text.text, clue):
            span = text.original(*place)
            if not any(span.overlaps(other) for _, other in found):
                found.append((clue.kind, span))
    return tuple(
        Finding("P09", STAGE, Severity.S2, Action.REFUSE, Reason.CREDENTIALS, span, kind) for kind, span in found
    )


def _told(text: str, clue: Clue) -> Iterator[Place]:
    """Where a secret stands after words of ``clue``."""
    for word in clue.words.compiled.finditer(text):
        yield from _codes(text, word.end(), clue) if clue.digits else _words(text, word.end(), clue)


def _words(text: str, start: int, clue: Clue) -> Iterator[Place]:
    """The first word after ``start`` that looks like the secret."""
    for match in clue.secret.compiled.finditer(text[start : start + REACH + LONGEST]):
        begin, _ = match.span("secret")
        gap, word = text[start : start + begin], match["secret"]
        if not _leads(gap, clue) or begin > REACH:
            return
        if clue.never is None or word not in clue.never:
            yield start + begin, start + begin + len(word.rstrip(",.;:?)"))
            return


def _codes(text: str, start: int, clue: Clue) -> Iterator[Place]:
    """Every code within reach after ``start``; each gives its own reach to the next.

    What could be a telephone number is taken for the code only where there is no other.
    """
    here, left, phone, told = start, REACH, None, False
    while (place := _next(text, here, clue)) is not None:
        gap = text[here : place[0]]
        left -= len(gap)
        if left < 0 or not _leads(gap, clue):
            break
        certain = clue.sure or (here == start and gap in LINKED)
        meant = certain or _is_meant(gap, text[place[1] :][:12], clue)
        here, codes = place[1], _codes_in(text, place, clue) if meant else ()
        if not certain and _digits(text, place) in _PHONE:
            left, phone = REACH, place if codes and phone is None else phone
        elif codes:
            yield from codes
            left, told = REACH, True
    if phone is not None and not told and f"[{clue.kind}]".lower() not in text[phone[1] :][:REACH]:
        yield phone  # the last condition: what was masked before is masked alike again


def _next(text: str, here: int, clue: Clue) -> Place | None:
    match = clue.secret.compiled.search(text[here : here + REACH + LONGEST])
    if match is None:
        return None
    begin, end = match.span("secret")
    return here + begin, here + end


def _leads(gap: str, clue: Clue) -> bool:
    """Whether what stands before a secret still belongs to the words that announce it."""
    return gap not in ENDS if clue.gap is None else gap in clue.gap


def _is_meant(gap: str, rest: str, clue: Clue) -> bool:
    """Whether a row of digits is the code, and no amount, time, telephone or account."""
    return rest not in OF_SOMETHING_ELSE and (clue.gap is not None or gap not in LEADS_ELSEWHERE)


def _codes_in(text: str, place: Place, clue: Clue) -> tuple[Place, ...]:
    """The row of digits as one code; or, where it is too long for one, the codes that stand in it, parted by blanks."""
    fewest, most = clue.digits or (0, 0)
    digits = _digits(text, place)
    if fewest <= len(digits) <= most:
        return (place,)
    if len(digits) > MOST_SPLIT or digits in _PHONE:
        return ()
    groups = [match.span("group") for match in _GROUP.compiled.finditer(text[slice(*place)])]
    return tuple((place[0] + a, place[0] + b) for a, b in groups if fewest <= b - a <= most)


def _digits(text: str, place: Place) -> str:
    return "".join(character for character in text[slice(*place)] if character.isdigit())
