"""From a trail and the answer it led to, the evidence that is stored before the answer goes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from app.answering.ports import Draft
from app.answering.trail import Held, Trail
from app.answering.types import Answer, AskedBack, Sentence
from app.evidence.types import (
    AskedBackRecord,
    DifferingRecord,
    DraftRecord,
    Evidence,
    HeldRecord,
    PassageRecord,
    ReadAs,
    RewritingRecord,
    SentenceRecord,
)


def evidence_of(trail: Trail, answer: Answer, conversation_id: str) -> Evidence:
    """Everything needed to show later what was said, and why."""
    retrieved = trail.retrieved
    return Evidence(
        answer_id=answer.answer_id,
        conversation_id=conversation_id,
        created_at=datetime.now(UTC),
        status=answer.status.value,
        reason=answer.reason,
        language=answer.language,
        as_of=trail.on,
        known_at=trail.question.known_at,
        question=trail.question.text,
        history=trail.question.history,
        asked_back=_asked_back(trail),
        whole=trail.question.whole or "",
        rewriting=_rewriting(trail),
        released=answer.text,
        rulebook_version=trail.rulebook.version,
        snapshot=retrieved.snapshot,
        strength=retrieved.strength,
        degraded=retrieved.degraded,
        read_as=tuple(ReadAs(slip.written, slip.read) for slip in retrieved.slips),
        passages=tuple(PassageRecord.of(passage) for passage in retrieved.passages),
        drafts=tuple(_draft(draft) for draft in trail.drafts),
        verdicts=tuple(trail.verdicts),
        sentences=tuple(_sentence(sentence) for sentence in answer.sentences),
        notices=answer.notices,
        disclosures=answer.disclosures,
        places=answer.places,
        differing=tuple(DifferingRecord(d.pair, d.citations) for d in answer.differing),
        timings_ms=dict(answer.timings_ms),
        standing=trail.standing,
        along=trail.along,
        held=None if trail.held is None else _held(trail.held),
    )


def asked_back_in(evidence: Evidence) -> AskedBack | None:
    """What the assistant had asked just before, for answering the question again."""
    before = evidence.asked_back
    return None if before is None else AskedBack(before.question, before.choices, before.listed)


def _asked_back(trail: Trail) -> AskedBackRecord | None:
    before = trail.question.asked_back
    return None if before is None else AskedBackRecord(before.question, before.choices, before.listed)


def _rewriting(trail: Trail) -> RewritingRecord | None:
    said = trail.rewriting
    return None if said is None else RewritingRecord(said.text, said.model, said.prompt_sha256, said.dropped)


def _held(held: Held) -> HeldRecord:
    return HeldRecord(json.dumps(held.answer.to_json(), ensure_ascii=False), held.declined)


def _draft(draft: Draft) -> DraftRecord:
    sentences = tuple(_sentence(sentence) for sentence in draft.sentences)
    whose = (draft.model, dict(draft.parameters), draft.prompt_sha256)
    return DraftRecord(draft.composer, sentences, *whose, draft.ended, draft.mends)


def _sentence(sentence: Sentence) -> SentenceRecord:
    return SentenceRecord(sentence.text, sentence.citations)
