"""Detectors: pure functions ``RailContext -> tuple[Finding, ...]``, one file each.

A file in this folder with a function ``detect`` is a detector, known by the file's name. It declares its ``STAGE``
and, where it must see what the customer really typed, ``READS_RAW = True``; all others see the masked text.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from guardrails.types import Finding, RailContext, Stage


@dataclass(frozen=True)
class Detector:
    """One detector and when it runs. ``reads_raw``: sees personal data, and its spans are masked."""

    name: str
    stage: Stage
    reads_raw: bool
    detect: Callable[[RailContext], tuple[Finding, ...]]


@cache
def detectors() -> tuple[Detector, ...]:
    """Every detector of this folder, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [(name, import_module(f"{__name__}.{name}")) for name in names]
    return tuple(
        Detector(name, module.STAGE, getattr(module, "READS_RAW", False), module.detect) for name, module in modules
    )
