"""A switch holds at once, in every process, through the real pipeline: what it finds too late releases nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.answering.types import Answer, AnswerStatus
from app.assistant.replay import Replayer
from app.composition import build_platform
from app.db.errors import DatabaseAway
from app.db.session import Database
from app.foundation import Foundation, lay_foundation
from app.switches.errors import ReadOnly, SwitchesChanged
from app.switches.service import SwitchService
from app.switches.types import EVERYWHERE, Kind, Switch
from guardrails.types import Reason
from tests.app.assistant.test_recorder import Interrupted
from tests.app.small_bank import BANK, EMBEDDER, FEES, SmallBank, settings_of, shared_rails, write_folders
from tests.app.small_bank import bring_into_force as bring
from tests.fakes.answering import FakeModel
from tests.postgres_server import PostgresServer

HAND_OFF = Switch(Kind.HAND_OFF)
CARDS = Switch(Kind.TOPIC, "borrowing")
ROOT = Path(__file__).parents[3]


def turn(foundation: Foundation, switch: Switch = HAND_OFF, scope: str = BANK) -> None:
    with foundation.database.write() as session:
        SwitchService(session, scope, foundation.ledger).set(switch, "hugo", "wrong figures")


def lift(foundation: Foundation, switch: Switch = HAND_OFF, scope: str = BANK) -> None:
    with foundation.database.write() as session:
        service = SwitchService(session, scope, foundation.ledger)
        service.ask_lift(switch, "hugo", "corrected")
        service.confirm_lift(switch, "helen")


def count(database: Database, table: str) -> int:
    with database.read() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


@pytest.mark.parametrize("scope", [BANK, EVERYWHERE])
@pytest.mark.parametrize(
    ("switch", "status", "reason"),
    [
        (HAND_OFF, AnswerStatus.HANDED_OFF, Reason.STAFF_ONLY),
        (Switch(Kind.LANGUAGE, "en"), AnswerStatus.REFUSED, Reason.LANGUAGE_SUSPENDED),
        (CARDS, AnswerStatus.REFUSED, Reason.TOPIC_SUSPENDED),
        (Switch(Kind.READ_ONLY), AnswerStatus.QUOTED, None),
        (Switch(Kind.GENERATION), AnswerStatus.QUOTED, None),
    ],
)
async def test_each_switch_holds_for_the_next_question_and_not_after_it_was_lifted(
    small_bank: SmallBank, scope: str, switch: Switch, status: AnswerStatus, reason: Reason | None
) -> None:
    turn(small_bank.foundation, switch, scope)
    answer = await small_bank.ask()
    assert (answer.status, answer.reason) == (status, reason)
    assert ("HK$720" in answer.text) is (reason is None)
    lift(small_bank.foundation, switch, scope)
    assert (await small_bank.ask()).status is AnswerStatus.QUOTED
    assert small_bank.is_whole()
    assert (await replayed(small_bank, answer)) == ()


async def replayed(bank: SmallBank, answer: Answer) -> tuple[object, ...]:
    """What a replay makes differently, whatever is switched by now."""
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    return (await replayer.replay(bank.institution, answer.answer_id)).differences


async def test_a_model_that_is_writing_when_generation_is_stopped_is_not_released(small_bank: SmallBank) -> None:
    class Slow(FakeModel):
        async def write(self, brief):  # type: ignore[no-untyped-def]
            async for sentence in super().write(brief):
                yield sentence
            turn(small_bank.foundation, Switch(Kind.GENERATION))

    answer = await small_bank.with_writer(Slow("The annual fee of the Gold Card is HK$720.")).ask()
    assert answer.status is AnswerStatus.QUOTED


@pytest.mark.parametrize("scope", [BANK, EVERYWHERE])
@pytest.mark.parametrize("switch", [HAND_OFF, Switch(Kind.LANGUAGE, "en"), CARDS])
async def test_a_switch_turned_between_retrieval_and_recording_releases_nothing_of_the_answer(
    small_bank: SmallBank, scope: str, switch: Switch
) -> None:
    def then() -> None:
        turn(small_bank.foundation, switch, scope)

    late = small_bank.with_parts(lambda parts: replace(parts, knowledge=Interrupted(parts.knowledge, then)))
    answer = await late.ask()
    assert answer.reason in (Reason.STAFF_ONLY, Reason.LANGUAGE_SUSPENDED, Reason.TOPIC_SUSPENDED)
    assert "HK$720" not in answer.text
    assert count(small_bank.foundation.database, "evidence") == 1


async def test_one_that_is_turned_again_and_again_leaves_nothing_at_all(small_bank: SmallBank) -> None:
    turns = iter([lambda: turn(small_bank.foundation, CARDS), lambda: turn(small_bank.foundation)])

    class Turning:
        def standing(self, institution_id: str) -> object:
            found = small_bank.platform.parts.switches.standing(institution_id)
            next(turns)()
            return found

    with pytest.raises(SwitchesChanged):
        await small_bank.with_parts(lambda parts: replace(parts, switches=Turning())).ask()
    assert count(small_bank.foundation.database, "evidence") == count(small_bank.foundation.database, "message") == 0


async def test_a_pipeline_that_was_never_told_of_switches_releases_nothing_against_one(small_bank: SmallBank) -> None:
    from app.answering.ports import NOTHING_SWITCHED

    deaf = small_bank.with_parts(lambda parts: replace(parts, switches=NOTHING_SWITCHED))
    turn(small_bank.foundation)
    with pytest.raises(SwitchesChanged):
        await deaf.ask()


async def test_without_the_table_of_switches_nothing_is_answered(small_bank: SmallBank) -> None:
    with small_bank.foundation.database.write() as session:
        session.execute(text("ALTER TABLE kill_switch RENAME TO gone"))
    with pytest.raises(Exception, match="kill_switch"):
        await small_bank.ask()
    assert count(small_bank.foundation.database, "evidence") == 0


async def test_read_only_refuses_what_staff_would_change_and_lets_a_wrong_document_be_withdrawn(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    from app.jobs.intake import Intake
    from knowledge_bases.loader import load_institution
    from tests.app.small_bank import take_one

    turn(small_bank.foundation, Switch(Kind.READ_ONLY))
    folder = load_institution(write_folders(tmp_path / "again")[BANK])
    source = folder.sources[0]
    fresh = replace(source, info=replace(source.info, key=replace(source.info.key, version="2027-01")))
    with pytest.raises(ReadOnly):
        take_one(small_bank.foundation, BANK, Intake.of(fresh))
    small_bank.withdraw(FEES)
    assert (await small_bank.ask()).reason is Reason.NOT_FOUND


SETTER = """
import sys
from pathlib import Path
from app.foundation import lay_foundation
from app.switches.service import SwitchService
from app.switches.types import Kind, Switch
from tests.app.small_bank import BANK, settings_of
base = lay_foundation(settings_of(Path(sys.argv[1]), **({"database_url": sys.argv[2]} if len(sys.argv) > 2 else {})))
print("ready", flush=True)
for line in sys.stdin:
    with base.database.write() as session:
        SwitchService(session, BANK, base.ledger).set(Switch(Kind.HAND_OFF), "hugo", "wrong figures")
    print("done", flush=True)
"""


def another_process(*arguments: str) -> subprocess.Popen[str]:
    """A process of its own, which turns the switch when it is told to."""
    command = [sys.executable, "-c", SETTER, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


async def holds_for_the_next_question(bank: SmallBank, child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        assert (await bank.ask()).status is AnswerStatus.QUOTED
        child.stdin.write("now\n")
        child.stdin.flush()
        assert await asyncio.to_thread(child.stdout.readline) == "done\n"
        assert (await bank.ask()).reason is Reason.STAFF_ONLY  # not a second later: the very next question
    finally:
        child.stdin.close()
        child.wait(20)


async def test_a_switch_turned_by_another_process_holds_for_the_next_question(small_bank: SmallBank) -> None:
    await holds_for_the_next_question(small_bank, another_process(str(small_bank.home)))


@pytest.mark.postgres
async def test_so_it_does_on_postgres_and_without_the_database_nothing_is_answered(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    url = own_postgres.create_database()
    foundation = lay_foundation(settings_of(tmp_path / "data", database_url=url))
    bring(foundation, write_folders(tmp_path / "folders")[BANK])
    with shared_rails():
        bank = SmallBank(tmp_path / "data", build_platform(foundation, EMBEDDER))
    await holds_for_the_next_question(bank, another_process(str(tmp_path / "data"), url))
    lift(foundation)
    assert (await bank.ask()).status is AnswerStatus.QUOTED
    assert count(foundation.database, "evidence") == 3
    with own_postgres.away():
        with pytest.raises(DatabaseAway):
            await bank.ask()
        with pytest.raises(DatabaseAway):
            bank.platform.parts.switches.standing(BANK)
    assert count(foundation.database, "evidence") == 3
    bank.close()
