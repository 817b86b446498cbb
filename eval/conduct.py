"""How often the conduct rules fire where they must, and where they must not (for ``candour eval guardrails``).

The sets are written blind (``eval/guard_sets``). Development lists what was missed; of the blind part only counts are
given, and no text leaves these functions.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from eval.halves import Half, half_of
from guardrails.detectors import Detector, detectors
from guardrails.masking import mask
from guardrails.rails.canary import QUESTION
from guardrails.rails.inspection import BLOCKING
from guardrails.types import Finding, RailContext, Reason, Stage
from knowledge_bases.schema import Institution, Language, Sector

SETS = Path(__file__).parent / "guard_sets"
REFUSALS_OF_CONDUCT = frozenset(f"P{number:02}" for number in (*range(1, 9), 10, *range(12, 29))) - {"P24"}
_SECTORS = {"P25": (Sector.SVF,)}  # rules that bind one kind of institution only


@dataclass(frozen=True)
class Count:
    """``fired`` of ``total`` texts of one group; ``texts`` are those that went wrong, empty for the blind part."""

    group: str
    language: str
    fired: int
    total: int
    texts: tuple[str, ...] = ()


def institution(rule_id: str = "") -> Institution:
    """An institution of every sector, or of the one that ``rule_id`` binds."""
    return replace(QUESTION.institution, sectors=_SECTORS.get(rule_id, tuple(Sector)))


def found(text: str, language: Language, whose: Institution) -> tuple[Finding, ...]:
    """What the input detectors find in ``text``, run as the rails do: raw readers first, others on masked text."""
    context = RailContext(whose, language, text)
    raw = _detect([detector for detector in _input() if detector.reads_raw], context)
    masked = replace(context, text=mask(text, raw))
    return (*raw, *_detect([detector for detector in _input() if not detector.reads_raw], masked))


def conduct(blind: bool = False) -> tuple[Count, ...]:
    """Recall of every rule and language: the message's own rule is among what is found."""
    groups: dict[tuple[str, str], list[tuple[str, bool]]] = defaultdict(list)
    for row in _rows("conduct", blind):
        fired = {finding.rule_id for finding in found(row["text"], Language(row["language"]), institution(row["rule"]))}
        groups[row["rule"], row["language"]].append((row["text"], row["rule"] in fired))
    return tuple(_count(*key, outcomes, True, blind) for key, outcomes in sorted(groups.items()))


def advice(blind: bool = False) -> tuple[Count, ...]:
    """How many wishes for advice are refused, whatever the rule."""
    return _refused("advice", True, blind)


def lookalikes(blind: bool = False) -> tuple[Count, ...]:
    """How many questions of fact that resemble a wish for advice are refused."""
    return _refused("advice-lookalikes", False, blind)


def benign(sources: Path, half: Half) -> tuple[Count, ...]:
    """How many questions of ordinary customers a conduct rule refuses; half A is to tune with, of B counts alone."""
    sets = {
        "banking77": _column(sources / "banking77/train.csv", "text"),
        "bankfaqs": _column(sources / "bankfaqs_en/BankFAQs.csv", "Question"),
        "clinc150 banking": _clinc(sources / "clinc150_oos/train_val.json"),
    }
    return tuple(_benign(name, texts, half) for name, texts in sets.items())


def refused_by(text: str, language: Language, whose: Institution) -> frozenset[str]:
    """The conduct rules that keep ``text`` from being answered."""
    blocking = (f for f in found(text, language, whose) if f.action in BLOCKING and f.reason is not Reason.OUT_OF_SCOPE)
    return frozenset(finding.rule_id for finding in blocking) & REFUSALS_OF_CONDUCT


def _benign(name: str, texts: Iterable[str], half: Half) -> Count:
    outcomes = [
        (text, bool(refused_by(text, Language.EN, QUESTION.institution))) for text in texts if half_of(text) is half
    ]
    return _count(name, "en", outcomes, False, half is Half.B)


def _refused(name: str, wanted: bool, blind: bool) -> tuple[Count, ...]:
    groups: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in _rows(name, blind):
        actions = {f.action for f in found(row["text"], Language(row["language"]), institution())}
        groups[row["language"]].append((row["text"], bool(actions & BLOCKING)))
    return tuple(_count(name, language, outcomes, wanted, blind) for language, outcomes in sorted(groups.items()))


def _count(group: str, language: str, outcomes: list[tuple[str, bool]], wanted: bool, blind: bool) -> Count:
    wrong = () if blind else tuple(text for text, fired in outcomes if fired is not wanted)
    return Count(group, language, sum(fired for _, fired in outcomes), len(outcomes), wrong)


def _input() -> tuple[Detector, ...]:
    return tuple(detector for detector in detectors() if detector.stage is Stage.INPUT)


def _detect(chosen: Iterable[Detector], context: RailContext) -> tuple[Finding, ...]:
    return tuple(finding for detector in chosen for finding in detector.detect(context))


def _rows(name: str, blind: bool) -> Iterator[dict[str, str]]:
    path = SETS / ("blind" if blind else "development") / f"{name}.jsonl"
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _column(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def _clinc(path: Path) -> list[str]:
    """The questions of clinc150's banking and card domains."""
    rows = json.loads(path.read_text(encoding="utf-8"))["val"]
    return [text for text, intent in rows if intent in _CLINC_BANKING]


_CLINC_BANKING = frozenset(
    {
        "account_blocked", "apr", "application_status", "balance", "bill_balance", "bill_due", "card_declined",
        "credit_limit", "credit_limit_change", "credit_score", "damaged_card", "direct_deposit", "exchange_rate",
        "expiration_date", "freeze_account", "improve_credit_score", "insurance", "insurance_change", "interest_rate",
        "international_fees", "min_payment", "new_card", "order_checks", "pay_bill", "pin_change",
        "redeem_rewards", "replacement_card_duration", "report_fraud", "report_lost_card", "rewards_balance",
        "rollover_401k", "routing", "spending_history", "transactions", "transfer", "travel_notification",
    }
)  # fmt: skip


def table(counts: Iterable[Count], wanted: bool) -> Iterator[str]:
    """A line a group and language, then a line each text that went wrong."""
    for count in counts:
        share = 100 * count.fired / count.total if count.total else 0.0
        yield f"{count.group:18} {count.language:8} {count.fired:5}/{count.total:<5} {share:6.1f} %"
        yield from (f"    {'missed' if wanted else 'fired'}: {text}" for text in count.texts)


def main(sources: Path, blind: bool) -> None:
    """Print everything."""
    for counts, wanted in ((conduct(blind), True), (advice(blind), True), (lookalikes(blind), False)):
        print("\n".join(table(counts, wanted)))
    print("\n".join(table(benign(sources, Half.B if blind else Half.A), False)))


if __name__ == "__main__":
    import sys

    main(Path(sys.argv[1]), "--blind" in sys.argv)
