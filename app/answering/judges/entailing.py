"""An NLI model from a local folder as second judge: no server, no prompt, nothing that words could talk it into."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from guardrails.types import Ruling
from guardrails.verification.second_judge import Asked, JudgeFailed
from knowledge_bases.schema import Language
from retrieval.entailment import EntailmentReader

CERTAIN = 0.5  # least probability of a class; two can't both reach it


class EntailmentJudge:
    """Rules by ``reader``, in one thread of its own: what waits behind a slow one is late, and held."""

    def __init__(self, reader: EntailmentReader, certain: float = CERTAIN) -> None:
        self._reader = reader
        self._certain = certain
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="second-judge")

    @property
    def id(self) -> str:
        return f"NLI {self._reader.name}"

    def prompt_sha256(self, language: Language) -> str | None:
        return None

    async def rule(self, asked: Asked, language: Language) -> Ruling:
        """See ``IndependentJudge.rule``."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, self._reader.read, asked.evidence, asked.sentence)
        if found is None:
            raise JudgeFailed("the cited words are too long")
        if found.entailed >= self._certain:
            return Ruling.SUPPORTED
        return Ruling.CONTRADICTED if found.contradicted >= self._certain else Ruling.NOT_FOUND
