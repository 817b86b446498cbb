"""An answer as a chat completion: its text word for word, and what stands behind it as the message's metadata."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import structlog

from app.answering.pieces import Piece
from app.answering.types import Answer, AnswerStatus, in_reading_order
from app.api.choices import choices_json
from app.api.completions.body import Asked
from app.api.streaming import Asking, ReadingAlong
from app.assistant.turns import EarlierTurns

_BREAK = "\n\n"  # between the parts of a released text
_WITHHELD = (AnswerStatus.REFUSED, AnswerStatus.HELD)
# Nothing is counted as tokens: most answers are quotes, and a model's own prompts are not the caller's.
USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Told:
    """What stands in a completion beside its answer. ``id`` is the completion's own; the answer's is metadata."""

    id: str
    model: str
    asked: Asked
    earlier: EarlierTurns
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The ``chat.completion``."""
        message = {"role": "assistant", "content": answer.text, "refusal": None, "metadata": self._metadata(answer)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
        return {**self._head("chat.completion"), "choices": [choice], "usage": USAGE}

    async def events(self, reading: ReadingAlong, asking: Asking, *, with_usage: bool) -> AsyncIterator[str]:
        """``chat.completion.chunk`` events: the role, the text as it is released, the metadata, ``[DONE]``.

        Whoever stops reading lets the question be ended.
        """
        head = self._head("chat.completion.chunk") | ({"usage": None} if with_usage else {})
        try:
            yield _event({**head, "choices": [_choice({"role": "assistant", "content": ""})]})
            said = ""
            async for piece in reading.pieces(asking):
                for part in _parts_of(piece):
                    words = f"{_BREAK}{part}" if said else part
                    said += words
                    yield _event({**head, "choices": [_choice({"content": words})]})
            answer = await asking
            if answer is not None:
                for words in rest_of(answer, said):
                    yield _event({**head, "choices": [_choice({"content": words})]})
                yield _event({**head, "choices": [_choice({"metadata": self._metadata(answer)}, _finish(answer))]})
            if with_usage:
                yield _event({**head, "choices": [], "usage": USAGE})
            yield "data: [DONE]\n\n"
        finally:
            reading.leave()

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": f"chatcmpl-{self.id}", "object": kind, "created": self.created, "model": self.model}

    def _metadata(self, answer: Answer) -> dict[str, Any]:
        """The answer as ``/v1/answers`` gives it, without the text; citations in the order of the sentences."""
        value = answer.to_json()
        kept = ("answer_id", "status", "reason", "language", "notices", "disclosures", "differing", "findings")
        citations = [
            {"sentence": number, "title": sentence["title"], **citation}
            for number, sentence in enumerate(value["sentences"])
            for citation in sentence["citations"]
        ]
        return {
            **{name: value[name] for name in (*kept, "confidence", "snapshot", "reference")},
            "citations": citations,
            "choices": choices_json(answer, self.asked.question),
            "ignored_messages": self.asked.ignored,
            "history": {"used": len(self.earlier.masked), "left_out": self.earlier.left_out},
        }


def rest_of(answer: Answer, said: str) -> list[str]:
    """What of the released text comes after ``said``, in the parts it was made of; joined they are the rest."""
    if not answer.text.startswith(said):
        log.error("completions.text_differs", answer_id=answer.answer_id)
        return []
    if said:
        return [rest] if (rest := answer.text.removeprefix(said)) else []
    read = in_reading_order(answer.sentences, answer.disclosures, answer.places)
    late = answer.disclosures[len(answer.places) :]
    parts = [answer.lead, *(each.text for each in read), *answer.notices, *(statement.text for statement in late)]
    spaced = [f"{_BREAK}{part}" if number else part for number, part in enumerate(filter(None, parts))]
    return spaced if "".join(spaced) == answer.text else [answer.text]


def _parts_of(piece: Piece) -> list[str]:
    sentences, disclosures = (s.text for s in piece.sentences), (d.text for d in piece.disclosures)
    return [part for part in (piece.lead, *sentences, *disclosures) if part]


def _finish(answer: Answer) -> str:
    return "content_filter" if answer.status in _WITHHELD else "stop"


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
