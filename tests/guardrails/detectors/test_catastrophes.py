"""No text, however it is made, keeps a pattern busy: each is run over what its own words invite, at full length."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cached_property
from importlib import import_module
from pkgutil import walk_packages

import pytest

import guardrails
from guardrails.detectors import detectors
from guardrails.errors import PatternTimeout
from guardrails.normalise import fold, normalise
from guardrails.patterns import Patterns
from guardrails.rails.limits import LONGEST
from guardrails.rulebook import load_rulebook
from guardrails.types import Stage
from tests.guardrails.builders import asked

LENGTH = LONGEST[Stage.INPUT]
ALLOWED_S = 10.0  # of processor time: a second or two on a slow machine is no catastrophe, a minute is
PUMPS = [
    "a",
    "1",
    " ",
    "1 ",
    "a1(",
    "a.",
    "@a.",
    "(",
    "[",
    "費",
    "一",
    "我想",
    "my ",
    "i want to ",
    "ignore all the ",
    "+852 2",
]


def _made_of(value: object) -> Iterator[object]:
    """A value of the rulebook and all that it is made of, with what it derives of itself."""
    yield value
    if isinstance(value, Patterns | str | bytes):
        return
    if isinstance(value, Mapping):
        parts: Iterable[object] = value.values()
    elif isinstance(value, Iterable):
        parts = value
    else:
        own = (field.name for field in fields(value)) if is_dataclass(value) else ()
        derived = (name for name, kind in vars(type(value)).items() if isinstance(kind, cached_property))
        parts = [getattr(value, name) for name in (*own, *derived)]
    for part in parts:
        yield from _made_of(part)


def _all_patterns() -> dict[str, Patterns]:
    """Every pattern there is once all modules are loaded and each detector has run, by its first words."""
    for module in walk_packages(guardrails.__path__, "guardrails."):
        import_module(module.name)
    for detector in detectors():
        detector.detect(asked("What is the annual fee? 年費幾多"))
    ruled = _made_of(load_rulebook().disclosures)
    there = (*gc.get_objects(), *ruled)  # by type(): others' proxies raise when asked for their class
    found = (value for value in there if issubclass(type(value), Patterns) and value.alternatives)
    distinct = sorted({pattern.alternatives: pattern for pattern in found}.items())
    return {f"{number} {words[0][:30]}": pattern for number, (words, pattern) in enumerate(distinct)}


PATTERNS = _all_patterns()


def _invited(pattern: Patterns) -> Iterator[str]:
    """Texts of the words of a pattern's own alternatives, over and over, and of what is often too much."""
    letters = "".join(c if c.isalnum() or c == "'" else " " for a in pattern.alternatives for c in fold(a))
    words = [word for word in letters.split() if len(word) > 2]
    yield from (pump * (LENGTH // len(pump)) for pump in PUMPS)
    for gap in (" ", "", ", "):
        yield (gap.join(words) * (LENGTH // max(1, len(words)) + 1))[:LENGTH]
    yield from ((word + " ") * (LENGTH // (len(word) + 1)) for word in words[:8])


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_gets_through_a_long_text_or_gives_up_in_time(where: str) -> None:
    pattern = PATTERNS[where]
    for text in _invited(pattern):
        started = time.thread_time()
        try:
            list(pattern.compiled.finditer(text))
            _ = text in pattern
        except PatternTimeout:
            pass
        assert time.thread_time() - started < ALLOWED_S, text[:40]


@pytest.mark.parametrize("detector", [d for d in detectors() if d.stage is Stage.INPUT], ids=lambda d: d.name)
def test_a_detector_gets_through_a_long_text_or_gives_up_in_time(detector: guardrails.detectors.Detector) -> None:
    for pump in PUMPS:
        text = pump * (LENGTH // len(pump))
        started = time.thread_time()
        with suppress(PatternTimeout):
            detector.detect(asked(text))
        assert time.thread_time() - started < ALLOWED_S, pump


@pytest.mark.parametrize("where", PATTERNS)
def test_ordinary_words_never_start_the_watchdog(where: str) -> None:
    text = normalise(
        "My card was declined abroad, what is the fee? 我張卡喺外國用唔到，收費係幾多？ HK$1,800 " * 5
    ).text
    list(PATTERNS[where].compiled.finditer(text))
