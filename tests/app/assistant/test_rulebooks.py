"""An answer goes by one rulebook from start to end, names it, and is not released once another is in force."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from app.answering.errors import RulebookReplaced
from app.answering.ports import Brief
from app.answering.types import AnswerStatus, Sentence
from app.assistant.replay import Replayer
from app.hong_kong import today_in_hong_kong
from tests.app.rules.desk import RulesDesk
from tests.app.small_bank import BANK, SmallBank
from tests.fakes.answering import FakeModel

NEW_WORDS = {"en": "Borrow only what you are sure to repay.", "zh-Hant": "量力而借。", "zh-Hans": "量力而借。"}


def rules_of(bank: SmallBank) -> RulesDesk:
    return RulesDesk(bank.foundation.database, bank.foundation.ledger, bank.platform.rulebooks)


def change_of(bank: SmallBank, words: dict[str, str] = NEW_WORDS) -> str:
    """Another wording of D01, approved; the version it made."""
    desk, today = rules_of(bank), today_in_hong_kong()
    change = desk.edit(scope=BANK, on=today, statement=words)
    seen = desk.preview(change, scope=BANK, on=today)
    proposed = desk.propose(seen)
    return desk.approve(proposed, today=today).version


async def test_the_next_answer_goes_by_an_approved_change_and_its_evidence_names_it(small_bank: SmallBank) -> None:
    before = await small_bank.ask()
    version = change_of(small_bank)
    after = await small_bank.ask()
    assert NEW_WORDS["en"] not in before.text
    assert NEW_WORDS["en"] in after.text
    assert small_bank.evidence(after.answer_id).rulebook_version == version
    assert small_bank.evidence(before.answer_id).rulebook_version != version
    assert small_bank.is_whole()


async def test_an_answer_of_the_past_is_replayed_by_the_rulebook_it_names(small_bank: SmallBank) -> None:
    before = await small_bank.ask()
    change_of(small_bank)
    replayer = Replayer(small_bank.foundation, small_bank.platform.knowledge, small_bank.platform.parts)
    again = await replayer.replay(small_bank.institution, before.answer_id)
    assert again.differences == ()


class Meddling(FakeModel):
    """A model during whose work the rulebook changes, ``times`` times."""

    def __init__(self, meddle: Callable[[], object], times: int) -> None:
        super().__init__("The annual fee of the Gold Card is HK$720.")
        self.meddle, self.left = meddle, times

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        if self.left:
            self.left -= 1
            self.meddle()
        async for sentence in super().write(brief):
            yield sentence


async def test_rules_that_change_while_an_answer_is_made_make_it_anew(small_bank: SmallBank) -> None:
    bank = small_bank.with_writer(Meddling(lambda: change_of(small_bank), 1))
    answer = await bank.ask()
    assert answer.status is AnswerStatus.ANSWERED
    assert NEW_WORDS["en"] in answer.text


async def test_nothing_is_released_by_rules_that_are_not_in_force_any_more(small_bank: SmallBank) -> None:
    def meddle() -> None:
        change_of(small_bank, {**NEW_WORDS, "en": f"Borrow wisely. {meddling.left}"})

    meddling = Meddling(meddle, 2)
    with pytest.raises(RulebookReplaced):
        await small_bank.with_writer(meddling).ask()


ANOTHER_PROCESS = """
    import sys, time
    from app.hong_kong import today_in_hong_kong
    from app.db.engine import make_engine
    from app.db.session import Database
    from app.rules.provider import StoredRulebooks
    rulebooks = StoredRulebooks.over(Database(make_engine(sys.argv[1])))
    first = rulebooks.in_force("small-bank", today_in_hong_kong()).version
    print(first, flush=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now = rulebooks.in_force("small-bank", today_in_hong_kong()).version
        if now != first:
            print(now, time.time(), flush=True)
            break
        time.sleep(0.01)
"""


def test_a_second_process_goes_by_an_approved_change_within_a_second(small_bank: SmallBank) -> None:
    url = small_bank.foundation.settings.effective_database_url
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", textwrap.dedent(ANOTHER_PROCESS), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env={"PYTHONPATH": str(root)}) as other:
        assert other.stdout is not None
        shipped = other.stdout.readline().strip()
        assert shipped == small_bank.platform.rulebooks.shipped.version
        version = change_of(small_bank)
        approved_at = time.time()
        seen, at = other.stdout.readline().split()
    assert seen == version
    assert float(at) - approved_at < 1.0
