"""Traits of a sentence beside its evidence: what can be counted of the two, for ``weighing.py`` to weigh.

A file in this folder with a function ``traits`` adds its own. A trait that is not there is 0; a name is
``<file>: <what>``, and its value a finite number. What is nearly a copy has every trait twice, the second time under a
name of its own: there each tells something else, such as an unknown word, which among a person's own words is common.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module

from guardrails.verification.comparison import Comparison

Traits = Mapping[str, float]


@cache
def _files() -> dict[str, Callable[[Comparison], Traits]]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").traits for name in names}


def traits_of(comparison: Comparison) -> dict[str, float]:
    """All traits of one sentence that are not 0."""
    found = {f"{file}: {name}": value for file, of in _files().items() for name, value in of(comparison).items()}
    found = {name: float(value) for name, value in found.items() if value}
    return found | {f"near copy, {name}": value for name, value in found.items() if comparison.is_copy}
