"""What ``candour eval guardrails`` measures: shares of texts that are flagged, and what each detector costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.guard_texts import Portion, rows
from eval.guardrails import conduct
from eval.guardrails.derived import mails
from eval.guardrails.groups import Group, group_of, groups_of
from eval.guardrails.lists import LISTS, Kind
from eval.guardrails.screening import JUDGED, blocked_by, parts
from eval.halves import Half, half_of
from guardrails.attacks.judge import orders_in
from guardrails.detectors import Detector
from guardrails.rails.canary import QUESTION
from guardrails.types import RailContext

FLAGGED = frozenset({"injection", "steering"})
AS_ATTACK = FLAGGED | {"harmful"}  # a verdict that takes a question for an attack, not for out of scope


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time that one detector takes for a message; over the development sets."""

    detector: str
    p50: float
    p95: float


def of_lists(sources: Path, half: Half = Half.B) -> list[Group]:
    """The public lists: what is right of each kind is a hit, except for benign ones, where it is a false alarm."""
    return [_of_list(one.name, one.kind, one.half(sources, half)) for one in LISTS if (sources / one.file).exists()]


def _of_list(name: str, kind: Kind, texts: Sequence[str]) -> Group:
    if name == "BIPIA in mails":
        return group_of(name, "flagged in the mail", texts, orders_in, True)
    what, wanted, names = _RIGHT[kind]
    return group_of(name, what, texts, lambda text: bool(blocked_by(text) & names), wanted)


_RIGHT: dict[Kind, tuple[str, bool, frozenset[str]]] = {
    Kind.ATTACK: ("flagged as attack", True, FLAGGED),
    Kind.HARMFUL: ("refused", True, JUDGED),
    Kind.BENIGN: ("blocked as attack, harm or abuse", False, AS_ATTACK | {"toxic", "flooding"}),
    Kind.ELSEWHERE: ("blocked as attack or harm", False, AS_ATTACK),
}


def of_mails(sources: Path, half: Half = Half.B) -> Group:
    """Mails without an order that are taken for one."""
    texts = [mail for mail in mails(sources / "bipia") if half_of(mail) is half]
    return group_of("mails without an order", "flagged in the mail", texts, orders_in, False)


def of_sets(portion: Portion) -> list[Group]:
    """The sets written blind: their development portion, or one that measures."""
    attacks, scary = rows("attacks", portion), rows("scary", portion)
    plain, planted = ([row for row in attacks if bool(row["planted"]) is is_planted] for is_planted in (False, True))
    return [
        *groups_of(plain, "class", "flagged as attack", _is_blocked(FLAGGED), True),
        *groups_of(plain, "language", "flagged as attack", _is_blocked(FLAGGED), True),
        *groups_of(plain, "language", "refused at all", _is_blocked(JUDGED), True),
        *groups_of(planted, "language", "flagged in the document", lambda row: orders_in(row["text"]), True),
        *groups_of(scary, "language", "blocked as attack or harm", _is_blocked(AS_ATTACK), False),
        *conduct.advice(portion),
        *conduct.conduct(portion),
        *conduct.harmless(portion),
    ]


def _is_blocked(by: frozenset[str]) -> Callable[[Mapping[str, Any]], bool]:
    return lambda row: bool(blocked_by(row["text"]) & by)


def costs(most: int = 400) -> list[Cost]:
    """What each input detector takes, and all of them one after another."""
    contexts = [
        RailContext(QUESTION.institution, QUESTION.language, row["text"])
        for name in ("attacks", "scary", "disclosures-en", "disclosures-zh-Hant")
        for row in rows(name)[: most // 4]
    ]
    took = [[_ms(one, context) for one in parts()] for context in contexts]
    by_name = {one.name: list(times) for one, times in zip(parts(), zip(*took, strict=True), strict=True)}
    by_name["all together"] = [sum(times) for times in took]
    return [Cost(name, _percentile(ms, 0.5), _percentile(ms, 0.95)) for name, ms in by_name.items()]


def _ms(detector: Detector, context: RailContext) -> float:
    started = time.thread_time()
    detector.detect(context)
    return 1000 * (time.thread_time() - started)


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]
