"""What the rules say of a reply that a person is about to send. The person decides; what they were told is recorded.

Personal data is left alone: a person may need to write it. Nothing here asks for sources: a person answers for what
they say, as they do on the telephone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from guardrails.disclosure import Occasion, missing, owed, place
from guardrails.errors import DisclosureError
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Claim, Disclosure, RailContext, Reason, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Citation, Institution, Language, Span, VersionKey

UNCHECKED = "unchecked"  # in place of a rule's id: nobody knows what the rules say
NOT_ASKED = (Reason.DISCLOSURE, Reason.UNVERIFIED)  # what is owed is told as such, sources are not asked for
FAILED = (Reason.RAIL_FAILED, Reason.BUSY, Reason.TOO_LONG)
_SPOKEN = VersionKey("spoken", "now")


class OutputRails(Protocol):
    """The rails' look at what goes out."""

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict: ...


@dataclass(frozen=True)
class Reply:
    """A reply and where it would be said. ``question`` is the customer's latest message, ``given`` what was said to
    them before, so that a statement in it is not owed again."""

    institution: Institution
    language: Language
    question: str
    text: str
    given: Sequence[str] = ()


@dataclass(frozen=True)
class Advice:
    """``rules`` are ids of rules that fire, or UNCHECKED; ``owed`` are statements that the customer should be given."""

    rules: tuple[str, ...] = ()
    owed: tuple[Disclosure, ...] = ()

    @property
    def points(self) -> frozenset[str]:
        """What whoever sends the reply has to be told of."""
        return frozenset(self.rules) | {statement.rule_id for statement in self.owed}


NOTHING_TO_SAY = Advice()


@dataclass(frozen=True)
class Typed:
    """A reply in the making; ``noted`` are the points its writer was told of, ``advice`` what they are told now."""

    text: str = ""
    noted: frozenset[str] = frozenset()
    advice: Advice = NOTHING_TO_SAY


NOTHING_TYPED = Typed()


async def advise(rails: OutputRails, rulebook: Rulebook, reply: Reply, on: date) -> Advice:
    """What speaks against sending the reply as it is; UNCHECKED where a rail fails."""
    occasion = Occasion(reply.institution, reply.language, on, reply.question, passages=(reply.text,))
    try:
        statements = owed(rulebook, occasion)
    except DisclosureError:
        return Advice((UNCHECKED,))
    verdict = await rails.check_output(_context(reply, statements), lambda citation: citation.quote, rulebook)
    unsaid = missing("\n".join([*reply.given, reply.text]), statements)
    return Advice(_fired(verdict), unsaid)


def _fired(verdict: Verdict) -> tuple[str, ...]:
    if any(finding.reason in FAILED for finding in verdict.findings):
        return (UNCHECKED,)
    fired = (f.rule_id for f in verdict.findings if f.action is not Action.ALLOW and f.reason not in NOT_ASKED)
    return tuple(dict.fromkeys(fired))


def _context(reply: Reply, statements: tuple[Disclosure, ...]) -> RailContext:
    """The reply with all that is owed, so that the rails speak of the rest, and as its own source, so that they ask for
    none."""
    spoken = Citation(_SPOKEN, "", Span(0, len(reply.text)), reply.text, None, None, None)
    return RailContext(
        institution=reply.institution,
        language=reply.language,
        text=place(reply.text, statements),
        question=reply.question,
        claims=(Claim(reply.text, (spoken,)),),
        disclosures=statements,
    )
