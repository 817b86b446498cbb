"""Checks of a sentence against its cited words: pure functions ``Comparison -> str | None``, one file each.

A file in this folder with a function ``check`` is a check. It returns what is wrong in a few fixed words, which never
hold words of the sentence, or None. Those of CERTAIN hold a sentence by themselves; what the others say is weighed
(``weighing.py``), since of what people word anew they hold too much that is true.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module

from guardrails.verification.comparison import Comparison
from guardrails.verification.copied import changed

Check = Callable[[Comparison], str | None]
CERTAIN_OF_COPIES = ("conditions", "negation", "sides")  # of what people word anew they are not
CERTAIN = (
    *("figures", "names", "dues", "contacts", "acts", "ranges"),
    *("polarity", "cases", "exclusive", "columns", "opposites"),
)


@cache
def checks() -> dict[str, Check]:
    """Every check of this folder by name, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").check for name in names}


@lru_cache(maxsize=64)
def finding(name: str, comparison: Comparison) -> str | None:
    """What one check has against a sentence; kept for as long as the sentence is judged."""
    return checks()[name](comparison)


def certain(comparison: Comparison) -> str | None:
    """What a check holds that is certain of it, else None."""
    names = (*CERTAIN, *CERTAIN_OF_COPIES) if comparison.is_copy else CERTAIN
    return next((why for name in names if (why := finding(name, comparison))), None) or changed(comparison)


def first(comparison: Comparison) -> str | None:
    """What the first check has against a sentence, in order of name; None where none has."""
    return next((why for name in checks() if (why := finding(name, comparison))), None)
