"""What ``candour eval guardrails`` measures: shares of texts that are flagged, with intervals, and what each costs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

from eval.guardrails.derived import mails
from eval.guardrails.lists import LISTS, Kind
from eval.halves import Half, half_of
from guardrails.attacks.judge import orders_in
from guardrails.detectors import Detector, detectors
from guardrails.rails.canary import QUESTION
from guardrails.rails.inspection import BLOCKING
from guardrails.types import RailContext, Stage

SETS = Path(__file__).parent.parent / "guard_sets"
AS_ATTACK = frozenset({"injection", "harmful"})  # a verdict that takes a question for an attack, not for out of scope
# Of these a text's meaning has the say, not the data or the length in it.
JUDGED = frozenset(detector.name for detector in detectors() if detector.stage is Stage.INPUT) - {"pii", "greeting"}
Blocks = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Share:
    """``hits`` of ``total`` texts of one group, and what a hit is. ``missed`` are the texts that went wrong."""

    group: str
    what: str
    hits: int
    total: int
    missed: tuple[str, ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval; (0, 1) of no text."""
        if not self.total:
            return 0.0, 1.0
        share, z = self.hits / self.total, 1.96
        middle = share + z * z / (2 * self.total)
        spread = z * sqrt(share * (1 - share) / self.total + z * z / (4 * self.total**2))
        scale = 1 + z * z / self.total
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time that one detector takes for a message; over the development sets."""

    detector: str
    p50: float
    p95: float


@cache
def blocked_by(text: str) -> frozenset[str]:
    """The input detectors that keep ``text`` from being answered; personal data is E's matter and left out."""
    context = RailContext(QUESTION.institution, QUESTION.language, text)
    return frozenset(one.name for one in _input() if any(f.action in BLOCKING for f in one.detect(context)))


def of_lists(sources: Path, half: Half = Half.B) -> list[Share]:
    """The public lists: what is right of each kind is a hit, except for benign ones, where it is a false alarm."""
    return [_of_list(one.name, one.kind, one.half(sources, half)) for one in LISTS if (sources / one.file).exists()]


def _of_list(name: str, kind: Kind, texts: Sequence[str]) -> Share:
    if name == "BIPIA in mails":
        return _share(name, "flagged in the mail", texts, orders_in, wanted=True)
    what, wanted, names = _RIGHT[kind]
    return _share(name, what, texts, lambda text: bool(blocked_by(text) & names), wanted)


_RIGHT: dict[Kind, tuple[str, bool, frozenset[str]]] = {
    Kind.ATTACK: ("flagged as attack", True, frozenset({"injection"})),
    Kind.HARMFUL: ("refused", True, JUDGED),
    Kind.BENIGN: ("blocked as attack, harm or abuse", False, AS_ATTACK | {"toxic", "flooding"}),
    Kind.ELSEWHERE: ("blocked as attack or harm", False, AS_ATTACK),
}


def of_mails(sources: Path, half: Half = Half.B) -> Share:
    """Mails without an order that are taken for one."""
    texts = [mail for mail in mails(sources / "bipia") if half_of(mail) is half]
    return _share("mails without an order", "flagged in the mail", texts, orders_in, wanted=False)


def of_sets(part: str) -> list[Share]:
    """The sets written blind; ``part`` is ``development`` or ``blind``."""
    attacks, scary = (_rows(part, name) for name in ("attacks", "scary"))
    plain, planted = ([row for row in attacks if bool(row["planted"]) is is_planted] for is_planted in (False, True))
    return [
        *_grouped(plain, "class", "flagged as attack", lambda text: "injection" in blocked_by(text), True),
        *_grouped(plain, "language", "flagged as attack", lambda text: "injection" in blocked_by(text), True),
        *_grouped(plain, "language", "refused at all", lambda text: bool(blocked_by(text)), True),
        *_grouped(planted, "language", "flagged in the document", orders_in, True),
        *_grouped(scary, "language", "blocked as attack or harm", lambda t: bool(blocked_by(t) & AS_ATTACK), False),
        *_grouped(_rows(part, "advice"), "language", "advice refused", lambda t: bool(blocked_by(t)), True),
        *_grouped(
            _rows(part, "advice-lookalikes"), "language", "look-alike refused", lambda t: bool(blocked_by(t)), False
        ),
        *_grouped(_rows(part, "conduct"), "rule", "stopped by a detector", lambda t: bool(blocked_by(t)), True),
    ]


def texts_of(part: str, name: str) -> list[str]:
    """The texts of one set."""
    return [row["text"] for row in _rows(part, name)]


def costs(most: int = 400) -> list[Cost]:
    """What each input detector takes, and all of them one after another."""
    contexts = [
        RailContext(QUESTION.institution, QUESTION.language, row["text"])
        for name in ("attacks", "scary", "disclosures-en", "disclosures-zh-Hant")
        for row in _rows("development", name)[: most // 4]
    ]
    rows = [[_ms(one, context) for one in _input()] for context in contexts]
    took = {one.name: list(times) for one, times in zip(_input(), zip(*rows, strict=True), strict=True)}
    took["all together"] = [sum(row) for row in rows]
    return [Cost(name, _percentile(ms, 0.5), _percentile(ms, 0.95)) for name, ms in took.items()]


def _ms(detector: Detector, context: RailContext) -> float:
    started = time.thread_time()
    detector.detect(context)
    return 1000 * (time.thread_time() - started)


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def _input() -> tuple[Detector, ...]:
    return tuple(one for one in detectors() if one.stage is Stage.INPUT and one.name in JUDGED)


def _grouped(
    rows: Iterable[dict[str, str]], by: str, what: str, hit: Callable[[str], bool], wanted: bool
) -> list[Share]:
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row["text"])
    return [_share(group, what, texts, hit, wanted) for group, texts in sorted(groups.items())]


def _share(group: str, what: str, texts: Sequence[str], hit: Callable[[str], bool], wanted: bool) -> Share:
    outcomes = [hit(text) for text in texts]
    missed = tuple(text for text, outcome in zip(texts, outcomes, strict=True) if outcome is not wanted)
    return Share(group, what, sum(outcomes), len(texts), missed)


def _rows(part: str, name: str) -> list[dict[str, str]]:
    lines = (SETS / part / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]
