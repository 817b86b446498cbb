"""What goes into the answering pipeline and what comes out of it; the same words on every surface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from guardrails.types import Action, Disclosure, Finding, Reason, Severity, Stage
from knowledge_bases.schema import Citation, Language, Passage, Span, UnitKind, VersionKey

MAX_QUESTION_CHARACTERS = 2000  # longer is not a question
DIRECT = "direct"  # the origin of a conversation opened for a single question of the command line or a chat's token


class AnswerStatus(StrEnum):
    """How a question ended. A refused or held answer is a done answer."""

    ANSWERED = "answered"  # sentences by a model, each verified against its spans
    QUOTED = "quoted"  # verbatim spans only
    HELD = "held"
    REFUSED = "refused"
    HANDED_OFF = "handed_off"
    GREETED = "greeted"  # a greeting or thanks alone: fixed words, nothing was asked
    CLARIFYING = "clarify"  # asked back which product is meant; the sentences are the choices


@dataclass(frozen=True)
class AskedBack:
    """What the assistant asked instead of answering ``question``, the turn before: which of ``choices`` is meant.

    ``listed``: it answered with rows of these names, and asked nothing.
    """

    question: str
    choices: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True)
class Question:
    """What the pipeline is asked. ``language`` None: told from the text. ``as_of`` None: today in Hong Kong.

    ``known_at``: answer from what was published at that moment and is not withdrawn since; None: as known now.
    ``history`` holds the conversation's earlier questions, masked, oldest first. ``reference``: the number that a
    complaint was given before (a replay); None: a new one. ``origin``: where a conversation that is opened for this
    question alone comes from. ``asked_back``: what the assistant has just asked.
    ``rewritten``: how a model puts it so that it stands by itself, where it was let through; looked up beside the text.
    ``whole``: a follow-up that only names another thing, with the question it goes on from, heard and looked up in its
    place; empty: it is none; None: nobody has looked.
    """

    institution_id: str
    text: str
    language: Language | None = None
    conversation_id: str | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    history: tuple[str, ...] = ()
    reference: str | None = None
    origin: str = DIRECT
    asked_back: AskedBack | None = None
    rewritten: str = ""
    whole: str | None = None


@dataclass(frozen=True)
class Part:
    """One verbatim span of a sentence and its role: a table row comes with its header and footnote parts."""

    kind: UnitKind
    citation: Citation


@dataclass(frozen=True)
class Sentence:
    """One unit of an answer. ``quoted``: ``text`` is the parts' words, a line each; else it is a model's sentence."""

    text: str
    parts: tuple[Part, ...]
    title: str
    as_at: date | None = None
    quoted: bool = False

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The spans the sentence rests on, in order; never empty in a released answer."""
        return tuple(part.citation for part in self.parts)


@dataclass(frozen=True)
class Differing:
    """Two places of an answer's citations that state different figures for the same thing; ``pair`` names them."""

    pair: str
    citations: tuple[Citation, Citation]


@dataclass(frozen=True)
class Answer:
    """What was released for one question, stored before it is shown.

    ``text`` is the whole released text: lead, sentences, notices and disclosures in reading order. ``lead`` opens it
    (a refusal or a greeting is all lead), ``notices`` tell e.g. that only another language's document has the answer.
    ``places``: the first disclosures stand behind so many of the sentences each; those without a place end the text.
    ``differing`` are the figures that documents in force disagree on; both sides are among the sentences.
    ``confidence`` is the evidence strength in [0, 1]. ``reference`` is the number of a complaint that was taken down.
    ``releases`` names the held answer in whose place a person let this one go out, or that this one says is still
    waited for.
    """

    answer_id: str
    status: AnswerStatus
    reason: Reason | None
    language: Language
    text: str
    lead: str
    sentences: tuple[Sentence, ...] = ()
    notices: tuple[str, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    differing: tuple[Differing, ...] = ()
    findings: tuple[Finding, ...] = ()
    confidence: float = 0.0
    snapshot: str | None = None
    reference: str | None = None
    timings_ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    releases: str | None = None
    places: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape of ``candour ask --json`` and ``POST /v1/answers``."""
        return {
            "answer_id": self.answer_id,
            "status": self.status.value,
            "reason": None if self.reason is None else self.reason.value,
            "language": self.language.value,
            "text": self.text,
            "lead": self.lead,
            "sentences": [sentence_json(s) for s in self.sentences],
            "notices": list(self.notices),
            "disclosures": [{"rule_id": d.rule_id, "text": d.text} for d in self.disclosures],
            "differing": [_differing_json(d) for d in self.differing],
            "findings": [finding_json(f) for f in self.findings],
            "confidence": round(self.confidence, 4),
            "snapshot": self.snapshot,
            "reference": self.reference,
            **({} if self.releases is None else {"releases": self.releases}),
            **({"places": list(self.places)} if self.places else {}),
            "timings_ms": {name: round(ms, 2) for name, ms in self.timings_ms.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Answer:
        """The answer that ``to_json`` wrote, for showing a stored conversation again."""
        return cls(
            answer_id=value["answer_id"],
            status=AnswerStatus(value["status"]),
            reason=None if value["reason"] is None else Reason(value["reason"]),
            language=Language(value["language"]),
            text=value["text"],
            lead=value["lead"],
            sentences=tuple(_sentence(s, value["status"] == AnswerStatus.QUOTED) for s in value["sentences"]),
            notices=tuple(value["notices"]),
            disclosures=tuple(Disclosure(d["rule_id"], d["text"]) for d in value["disclosures"]),
            differing=tuple(_differing(d) for d in value.get("differing", ())),  # older answers have none
            findings=tuple(_finding(f) for f in value["findings"]),
            confidence=value["confidence"],
            snapshot=value["snapshot"],
            reference=value.get("reference"),  # older answers have none
            timings_ms=MappingProxyType(dict(value["timings_ms"])),
            releases=value.get("releases"),
            places=tuple(value.get("places", ())),
        )


def in_reading_order(
    sentences: tuple[Sentence, ...], disclosures: tuple[Disclosure, ...], places: tuple[int, ...]
) -> Iterator[Sentence | Disclosure]:
    """The sentences, each followed by the disclosures whose place is behind it; those without a place are left out."""
    for number, sentence in enumerate(sentences, start=1):
        yield sentence
        yield from (statement for statement, place in zip(disclosures, places, strict=False) if place == number)


def sentence_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence as every surface prints it."""
    return {
        "text": sentence.text,
        "title": sentence.title,
        "as_at": None if sentence.as_at is None else sentence.as_at.isoformat(),
        "quoted": sentence.quoted,
        "citations": [{"kind": part.kind.value, **citation_json(part.citation)} for part in sentence.parts],
    }


def _differing_json(differing: Differing) -> dict[str, Any]:
    return {"pair": differing.pair, "citations": [citation_json(citation) for citation in differing.citations]}


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as ``candour search --json`` and the API print it."""
    chunk = passage.chunk
    return {
        "rank": passage.rank,
        "score": round(passage.score, 6),
        "document": chunk.key.document,
        "version": chunk.key.version,
        "page": chunk.page,
        "heading": chunk.heading_path[-1] if chunk.heading_path else None,
        "text": chunk.text,
        "chunk_id": chunk.id,
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as every surface prints it."""
    return {
        "document": citation.key.document,
        "version": citation.key.version,
        "parse_sha256": citation.parse_sha256,
        "page": citation.page,
        "heading": citation.heading,
        "anchor": citation.anchor,
        "start": citation.span.start,
        "end": citation.span.end,
        "quote": citation.quote,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as every surface prints it; it never holds the customer's words."""
    return {
        "rule_id": finding.rule_id,
        "stage": finding.stage.value,
        "severity": finding.severity.value,
        "action": finding.action.value,
        "reason": None if finding.reason is None else finding.reason.value,
    }


def _sentence(value: Mapping[str, Any], in_quotes: bool) -> Sentence:
    return Sentence(
        text=value["text"],
        parts=tuple(Part(UnitKind(c["kind"]), _citation(c)) for c in value["citations"]),
        title=value["title"],
        as_at=None if value["as_at"] is None else date.fromisoformat(value["as_at"]),
        quoted=value.get("quoted", in_quotes),  # older answers do not say it of each
    )


def _citation(value: Mapping[str, Any]) -> Citation:
    return Citation(
        key=VersionKey(value["document"], value["version"]),
        parse_sha256=value["parse_sha256"],
        span=Span(value["start"], value["end"]),
        quote=value["quote"],
        page=value["page"],
        heading=value["heading"],
        anchor=value["anchor"],
    )


def _differing(value: Mapping[str, Any]) -> Differing:
    first, second = (_citation(citation) for citation in value["citations"])
    return Differing(value["pair"], (first, second))


def _finding(value: Mapping[str, Any]) -> Finding:
    return Finding(
        rule_id=value["rule_id"],
        stage=Stage(value["stage"]),
        severity=Severity(value["severity"]),
        action=Action(value["action"]),
        reason=None if value["reason"] is None else Reason(value["reason"]),
    )
