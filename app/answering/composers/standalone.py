"""A follow-up put as a whole question by a served model; the customer's words reach it as quoted material."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from app.answering.composers.sentences import NONSENSE
from app.answering.errors import ComposerUnavailable
from app.answering.models.errors import ModelUnavailable
from app.answering.models.types import Model, Prompted
from app.answering.ports import Rewriting
from app.answering.prompts import load_prompt
from app.answering.types import Question
from knowledge_bases.schema import Language

TASK = "standalone"
MAX_TOKENS = 96
_BRACKETS = str.maketrans({bracket: f"\\u{ord(bracket):04x}" for bracket in "<>[]"})


class Standalone(BaseModel):
    """What the model is held to."""

    model_config = ConfigDict(extra="forbid")
    question: str


@dataclass(frozen=True)
class ModelRewriter:
    """See ``Rewriter``: asks ``model``; safe to use for many questions at once."""

    model: Model

    @property
    def refuses(self) -> bool:
        """See ``Rewriter``."""
        return self.model.refuses is not None

    async def standalone(self, asked: Question, language: Language, within_s: float) -> Rewriting:
        """See ``Rewriter``."""
        prompt = load_prompt(TASK, language)
        prompted = Prompted(prompt.text, _material(asked), Standalone.model_json_schema(), TASK, MAX_TOKENS)
        try:
            said = await self.model.ask(prompted, within_s)
            question = Standalone.model_validate_json(said).question
        except ModelUnavailable as error:
            raise ComposerUnavailable(error.why.value) from error
        except ValidationError as error:
            raise ComposerUnavailable(NONSENSE) from error
        return Rewriting(" ".join(question.split()), self.model.id, prompt.sha256)


def _material(asked: Question) -> str:
    earlier = ", ".join(map(_quoted, asked.history))
    return f'{{"earlier_questions": [{earlier}], "last_question": {_quoted(asked.text)}}}'


def _quoted(words: str) -> str:
    """As a JSON string without a bracket in it: it can end no part of the prompt, nor look like a server's marks."""
    return json.dumps(words, ensure_ascii=False).translate(_BRACKETS)
