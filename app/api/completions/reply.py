"""An answer as a chat completion: its text word for word, and what stands behind it as the message's metadata."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from app.answering.types import Answer, AnswerStatus
from app.api.completions.body import Asked
from app.assistant.turns import EarlierTurns

_WITHHELD = (AnswerStatus.REFUSED, AnswerStatus.HELD)
# Nothing is counted as tokens: most answers are quotes, and a model's own prompts are not the caller's.
USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


@dataclass(frozen=True)
class Completion:
    """An answer on its way to a client that asked for the model ``model``."""

    model: str
    answer: Answer
    asked: Asked
    earlier: EarlierTurns

    def whole(self) -> dict[str, Any]:
        """The ``chat.completion``."""
        message = {"role": "assistant", "content": self.answer.text, "refusal": None, "metadata": self._metadata()}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish}
        return {**self._head("chat.completion"), "choices": [choice], "usage": USAGE}

    async def events(self, *, with_usage: bool) -> AsyncIterator[str]:
        """The same as ``chat.completion.chunk`` events: the role, a piece of text each, the metadata, ``[DONE]``."""
        head = self._head("chat.completion.chunk") | ({"usage": None} if with_usage else {})
        yield _event({**head, "choices": [_choice({"role": "assistant", "content": ""})]})
        for piece in pieces(self.answer):
            yield _event({**head, "choices": [_choice({"content": piece})]})
        yield _event({**head, "choices": [_choice({"metadata": self._metadata()}, self._finish)]})
        if with_usage:
            yield _event({**head, "choices": [], "usage": USAGE})
        yield "data: [DONE]\n\n"

    @property
    def _finish(self) -> str:
        return "content_filter" if self.answer.status in _WITHHELD else "stop"

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.answer.answer_id}",
            "object": kind,
            "created": int(time.time()),
            "model": self.model,
        }

    def _metadata(self) -> dict[str, Any]:
        """The answer as ``/v1/answers`` gives it, without the text; citations in the order of the sentences."""
        value = self.answer.to_json()
        kept = ("answer_id", "status", "reason", "language", "notices", "disclosures", "differing", "findings")
        citations = [
            {"sentence": number, "title": sentence["title"], **citation}
            for number, sentence in enumerate(value["sentences"])
            for citation in sentence["citations"]
        ]
        return {
            **{name: value[name] for name in (*kept, "confidence", "snapshot", "reference")},
            "citations": citations,
            "ignored_messages": self.asked.ignored,
            "history": {"used": len(self.earlier.masked), "left_out": self.earlier.left_out},
        }


def pieces(answer: Answer) -> list[str]:
    """The released text in the pieces it was made of, sentence by sentence; joined they are the text again."""
    sentences = (sentence.text for sentence in answer.sentences)
    disclosures = (disclosure.text for disclosure in answer.disclosures)
    parts = [part for part in (answer.lead, *sentences, *answer.notices, *disclosures) if part]
    spaced = [f"{part}\n\n" for part in parts[:-1]] + parts[-1:]
    return spaced if "".join(spaced) == answer.text else [answer.text]


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
