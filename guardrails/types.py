"""What guardrails speak in: a text and its context go in, a verdict with findings comes out.

Refusing is a verdict, not an exception. A rail that raises is turned into a HOLD by the engine (promise 6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge_bases.schema import Citation, Institution, Language, Span


class Stage(StrEnum):
    """Where in the pipeline a rail runs."""

    INPUT = "input"
    RETRIEVAL = "retrieval"
    OUTPUT = "output"


class Action(StrEnum):
    """What is to be done, mildest first; of several findings the last in this order wins."""

    ALLOW = "allow"
    REWRITE = "rewrite"  # the text was changed (personal data masked); go on with the verdict's text
    REFUSE = "refuse"
    HAND_OFF = "hand_off"
    HOLD = "hold"  # a rail failed or disagrees: nothing is shown before a person has looked


class Severity(StrEnum):
    """S1 is the worst; the meaning of each level is in docs (severity table of the review desk)."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class Reason(StrEnum):
    """Why a question got no answer from the documents; the ``reason`` field of every surface."""

    NOT_FOUND = "not_found"
    GREETING = "greeting"  # nothing was asked
    THANKS = "thanks"
    WHO_ANSWERS = "who_answers"  # whether a person or a machine writes here
    ONLY_DETAILS = "only_details"  # personal details, all of them masked
    ADVICE = "advice"
    GUARANTEE = "guarantee"
    INJECTION = "injection"
    HARMFUL = "harmful"
    ABUSE = "abuse"
    FLOODING = "flooding"
    OUT_OF_SCOPE = "out_of_scope"
    HUMAN_WANTED = "human_wanted"
    COMPLAINT = "complaint"
    CREDENTIALS = "credentials"
    ACCOUNT_SPECIFIC = "account_specific"
    FRAUD = "fraud"
    VULNERABLE = "vulnerable"
    HARDSHIP = "hardship"  # somebody out of work asks what a document may answer
    DISTRESS = "distress"  # a life may be in danger
    APPROVAL = "approval"  # a promise of approval, a limit or a rate is wanted
    CLAIM = "claim"  # whether a claim of one's own is paid
    COMPARISON = "comparison"  # with other institutions
    LINK = "link"  # a link or code to log in or pay with
    ABROAD = "abroad"  # a product for somebody outside Hong Kong
    CAPITAL_RULES = "capital_rules"  # a way round another place's currency rules
    PROFESSIONAL = "professional"  # tax, law, immigration, medicine
    PREMISE = "premise"  # something is taken for granted that the documents must bear out
    NOT_OFFERED = "not_offered"  # what a wallet may not offer
    NOT_DISCUSSED = "not_discussed"  # what is not public, or about others; what must not be tipped off reads the same
    ENDORSEMENT = "endorsement"  # by a regulator
    UNVERIFIED = "unverified"
    DISCLOSURE = "disclosure"
    RAIL_FAILED = "rail_failed"
    TOO_LONG = "too_long"  # more than the rails read
    BUSY = "busy"  # more questions at once than the rails take on
    LANGUAGE = "language"  # in none of the languages that are answered in
    JUDGED = "judged"  # a model that was asked for its judgement says no
    PLANTED = "planted"  # a retrieved passage gives a model orders
    STAFF_ONLY = "staff_only"  # a switch gives every question to a person
    LANGUAGE_SUSPENDED = "language_suspended"
    TOPIC_SUSPENDED = "topic_suspended"
    TOPIC_STAFF = "topic_staff"  # the topic's release mode is to refuse and hand off
    AWAITING_RELEASE = "awaiting_release"  # a person looks at the answer first
    NOT_RELEASED = "not_released"  # the person did not let it go out


# Messages that the rails let pass, and that ask nothing of the documents: they have fixed words.
FIXED_WORDS = frozenset({Reason.GREETING, Reason.THANKS, Reason.WHO_ANSWERS, Reason.ONLY_DETAILS})


@dataclass(frozen=True)
class Finding:
    """One thing a detector or check saw. ``span`` points into the text it was given, None for the whole text.

    ``rule_id`` names the rule of the rulebook or the conduct rule (P01..P28) it rests on. A finding never carries
    the customer's words. ``passage`` is the place in ``RailContext.passages`` of the passage that it is about.
    """

    rule_id: str
    stage: Stage
    severity: Severity
    action: Action
    reason: Reason | None = None
    span: Span | None = None
    detail: str = ""
    passage: int | None = None


class Ruling(StrEnum):
    """What a second judge says of a sentence and its cited words; all but the first hold the sentence."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Opinion:
    """A second judge's ruling, as it is kept with the evidence. ``judge`` names it, ``why`` says why it is UNSURE.

    ``evidence_sha256`` is over the cited words that were put beside ``sentence``, ``prompt_sha256`` over the file that
    told a language model its task.
    """

    judge: str
    sentence: str
    evidence_sha256: str
    ruling: Ruling
    why: str = ""
    prompt_sha256: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The outcome of a stage. ``text`` is the text to go on with: masked on input, unchanged on output.

    ``intents`` are the rules that a question calls for by its meaning (``guardrails.intents``). ``opinions`` are a
    second judge's, where one was asked.
    """

    action: Action
    text: str
    findings: tuple[Finding, ...] = ()
    reason: Reason | None = None
    intents: frozenset[str] = frozenset()
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One sentence of a draft answer with the citations it rests on."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Disclosure:
    """A statement of the rulebook as it is owed: ``text`` is the exact wording, slots filled, in one language."""

    rule_id: str
    text: str


@dataclass(frozen=True)
class RailContext:
    """What a detector sees. ``text`` is the question on input and the whole released text on output.

    ``about`` is the day that was asked about; None: today. ``passages`` are what was retrieved, on retrieval.
    ``history`` has the customer's turns before this one, masked, oldest first. ``intents`` are the rules that the
    question calls for by its meaning. ``opinions`` are what a second judge said of these claims before (a replay), who
    is then not asked again; None: one is asked where there is one.
    """

    institution: Institution
    language: Language
    text: str
    question: str = ""
    claims: tuple[Claim, ...] = ()
    disclosures: tuple[Disclosure, ...] = field(default_factory=tuple)
    about: date | None = None
    passages: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    intents: frozenset[str] = frozenset()
    opinions: tuple[Opinion, ...] | None = None
