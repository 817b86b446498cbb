"""A further judge that shares nothing with the checks (a language model, an NLI model): off unless it is configured.

It can only take away: what the checks refuse it is not asked about, and what it refuses, doubts, or does not answer in
time is not supported. It gets evidence and sentence and no word of the customer's, who could otherwise persuade it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Protocol

from guardrails.verification.types import Judgement, Support

WORKERS = 4


class IndependentJudge(Protocol):
    """Reads a sentence beside its evidence. Where it raises, hangs or answers nonsense, the sentence is held."""

    def support(self, evidence: str, sentence: str) -> Support:
        """Whether ``evidence`` bears out ``sentence``, to the best of its knowledge."""
        ...


class SecondJudge:
    """Asks ``judge``, and waits no longer than ``timeout_s``; safe to call concurrently."""

    def __init__(self, judge: IndependentJudge, timeout_s: float = 2.0) -> None:
        self._judge = judge
        self._timeout_s = timeout_s
        self._lock = Lock()
        self._pool = _pool()

    def confirm(self, evidence: str, sentence: str, first: Judgement) -> Judgement:
        """``first`` where it refuses or the judge agrees; else why the sentence is not supported."""
        if first.support is not Support.SUPPORTED:
            return first
        pool = self._pool
        try:
            said = pool.submit(self._judge.support, evidence, sentence).result(self._timeout_s)
        except TimeoutError:
            self._replace(pool)
            return Judgement(Support.NOT_FOUND, "the second judge took too long")
        except Exception:  # whatever it raised, it has not agreed
            return Judgement(Support.NOT_FOUND, "the second judge failed")
        if said is Support.SUPPORTED:
            return first
        known = said if isinstance(said, Support) else Support.NOT_FOUND
        return Judgement(known, "the second judge disagrees")

    def _replace(self, hung: ThreadPoolExecutor) -> None:
        """A call that hangs keeps its thread: the next ones get others."""
        with self._lock:
            if self._pool is hung:
                self._pool = _pool()
                hung.shutdown(wait=False, cancel_futures=True)


def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, "second-judge")
