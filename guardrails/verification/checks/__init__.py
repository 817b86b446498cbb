"""Checks of a sentence against its cited words: pure functions ``Comparison -> str | None``, one file each.

A file in this folder with a function ``check`` is a check. It returns what is wrong in a few fixed words, which never
hold words of the sentence, or None.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module

from guardrails.verification.comparison import Comparison

Check = Callable[[Comparison], str | None]


@cache
def checks() -> dict[str, Check]:
    """Every check of this folder by name, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").check for name in names}
