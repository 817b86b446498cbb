"""How NeMo reads the expressions of its flows: the same few, a dozen times in each check, so each is parsed once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from simpleeval import SimpleEval  # type: ignore[import-untyped]

MOST = 1024  # expressions kept; the shipped flows have half a dozen


class _Own(threading.local):
    """An evaluator of each thread: making one costs more than most expressions."""

    def __init__(self) -> None:
        self.evaluator = SimpleEval(functions={})


_own, _parsed = _Own(), lru_cache(MOST)(SimpleEval.parse)


def evaluated(expression: str, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """What ``simpleeval.simple_eval`` makes of it.

    Raises:
        Whatever that raises.
    """
    evaluator = _own.evaluator
    evaluator.names, evaluator.functions = names, functions
    try:
        return evaluator.eval(expression, _parsed(expression))
    finally:
        evaluator.names = {}
