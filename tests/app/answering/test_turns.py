"""Who is worked on: a few at a time in the order of coming, and nobody while they wait for somebody else."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

import pytest

from app.answering.turns import Turn, Turns

BANK = "test-bank"


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class Visit:
    """A question that is worked on until it is told to go."""

    def __init__(self, turns: Turns, institution: str = BANK) -> None:
        self.turn: Turn | None = None
        self.may_go = asyncio.Event()
        self.task = asyncio.ensure_future(self._stay(turns, institution))

    @property
    def is_in(self) -> bool:
        return self.turn is not None and not self.task.done()

    async def go(self) -> None:
        self.may_go.set()
        await self.task
        await settle()

    async def _stay(self, turns: Turns, institution: str) -> None:
        with await turns.question(institution) as turn:
            self.turn = turn
            await self.may_go.wait()


async def test_questions_are_worked_on_a_few_at_a_time_in_the_order_in_which_they_came() -> None:
    turns = Turns(at_once=2)
    visits = [Visit(turns) for _ in range(5)]
    await settle()
    for done in range(5):
        assert [visit.is_in for visit in visits] == [done <= number < done + 2 for number in range(5)]
        await visits[done].go()


async def test_one_more_sentence_of_an_answer_waits_for_no_question() -> None:
    turns = Turns(at_once=1)
    first, second = Visit(turns), Visit(turns)
    await settle()
    async with turns.sentence(BANK):
        assert (first.is_in, second.is_in) == (True, False)
    await first.go()
    await second.go()


async def test_while_a_sentence_is_checked_one_question_is_worked_on_and_more_only_afterwards() -> None:
    turns = Turns(at_once=4)
    async with turns.sentence(BANK):
        visits = [Visit(turns) for _ in range(5)]
        await settle()
        assert [visit.is_in for visit in visits] == [True, False, False, False, False]
    await settle()
    assert [visit.is_in for visit in visits] == [True, True, True, True, False]
    for visit in visits:
        await visit.go()


async def test_while_a_model_writes_half_as_many_questions_are_worked_on() -> None:
    turns, answered = Turns(at_once=4), asyncio.Event()

    async def asks() -> None:
        with await turns.question(BANK) as turn:
            async with turn.aside():
                await answered.wait()

    asking = asyncio.ensure_future(asks())
    await settle()
    visits = [Visit(turns) for _ in range(3)]
    await settle()
    assert [visit.is_in for visit in visits] == [True, True, False]
    answered.set()
    await settle()
    assert visits[2].is_in
    await asking
    for visit in visits:
        await visit.go()


async def test_of_sentences_half_as_many_are_checked_at_a_time_in_the_order_in_which_they_came() -> None:
    turns, order, may_go = Turns(at_once=4), list[int](), asyncio.Event()

    async def sentence(number: int) -> None:
        async with turns.sentence(BANK):
            order.append(number)
            await may_go.wait()

    speaking = [asyncio.ensure_future(sentence(number)) for number in range(4)]
    await settle()
    assert order == [0, 1]
    may_go.set()
    await asyncio.gather(*speaking)
    assert order == [0, 1, 2, 3]


async def test_a_sentence_that_nobody_waits_for_any_more_keeps_no_other_out() -> None:
    turns, heard = Turns(at_once=1), list[int]()

    async def sentence(number: int) -> None:
        async with turns.sentence(BANK):
            heard.append(number)
            await asyncio.sleep(3600 if number == 0 else 0)

    speaking = [asyncio.ensure_future(sentence(number)) for number in range(3)]
    await settle()
    speaking[1].cancel()
    speaking[0].cancel()
    await asyncio.gather(*speaking, return_exceptions=True)
    assert heard == [0, 2]


async def test_of_two_that_come_back_from_a_model_the_one_that_asked_first_goes_on_first() -> None:
    turns, order = Turns(at_once=1), list[int]()
    answered = [asyncio.Event(), asyncio.Event()]

    async def asks(number: int) -> None:
        with await turns.question(BANK) as turn:
            async with turn.aside():
                await answered[number].wait()
            order.append(number)

    asking = [asyncio.ensure_future(asks(number)) for number in range(2)]
    await settle()
    last = Visit(turns)
    await settle()
    for each in reversed(answered):
        each.set()
        await settle()
    await last.go()
    await asyncio.gather(*asking)
    assert order == [0, 1]


async def test_whoever_waits_for_a_model_lets_others_work_and_then_goes_on_before_new_ones() -> None:
    turns, answered = Turns(at_once=1), asyncio.Event()

    async def asks() -> bool:
        with await turns.question(BANK) as turn:
            async with turn.aside():
                await answered.wait()
            return others[1].is_in

    asking = asyncio.ensure_future(asks())
    await settle()
    others = [Visit(turns), Visit(turns)]
    await settle()
    assert others[0].is_in
    answered.set()
    await settle()
    await others[0].go()
    assert await asking is False
    await settle()
    assert others[1].is_in
    await others[1].go()


async def test_a_turn_put_aside_by_what_raises_is_not_handed_back_twice() -> None:
    turns = Turns(at_once=1)
    with suppress(ZeroDivisionError), await turns.question(BANK) as turn:
        async with turn.aside():
            raise ZeroDivisionError
    visits = [Visit(turns), Visit(turns)]
    await settle()
    assert [visit.is_in for visit in visits] == [True, False]
    for visit in visits:
        await visit.go()


async def test_whoever_gives_up_waiting_keeps_nobody_out() -> None:
    turns = Turns(at_once=1)
    first, second, third = (Visit(turns) for _ in range(3))
    await settle()
    second.task.cancel()
    await settle()
    await first.go()
    assert third.is_in
    await third.go()


async def test_a_turn_that_comes_to_somebody_who_has_just_left_goes_on_to_the_next() -> None:
    turns = Turns(at_once=1)
    first, second, third = (Visit(turns) for _ in range(3))
    await settle()
    first.may_go.set()
    await first.task  # the second's turn has come, and it does not know yet
    second.task.cancel()
    await settle()
    assert third.is_in
    await third.go()


async def test_nobody_waits_in_a_queue_that_is_too_long() -> None:
    turns = Turns(at_once=1, most_waiting=2)
    visits = [Visit(turns) for _ in range(3)]
    await settle()
    assert not (await turns.question(BANK)).is_granted
    for visit in visits:
        await visit.go()
    assert (await turns.question(BANK)).is_granted


async def test_nobody_waits_longer_than_is_any_use() -> None:
    turns = Turns(at_once=1, longest_wait_s=0.01)
    first = Visit(turns)
    await settle()
    assert not (await turns.question(BANK)).is_granted
    await first.go()
    with await turns.question(BANK) as turn:
        assert turn.is_granted


async def test_an_institution_whose_checks_wait_for_a_model_takes_nobodys_turn() -> None:
    turns = Turns(at_once=1, without={"judged-bank"})
    visits = [Visit(turns, "judged-bank") for _ in range(3)] + [Visit(turns)]
    await settle()
    assert all(visit.is_in for visit in visits)
    async with turns.sentence("judged-bank"):
        pass
    for visit in visits:
        await visit.go()


def test_turns_pass_between_event_loops() -> None:
    turns, order = Turns(at_once=1), list[int]()

    async def ask(number: int) -> None:
        for _ in range(50):
            with await turns.question(BANK) as turn:
                assert turn.is_granted
                order.append(number)
                await asyncio.sleep(0)

    threads = [threading.Thread(target=lambda n=number: asyncio.run(ask(n))) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(order) == [number for number in range(4) for _ in range(50)]


@pytest.mark.parametrize("at_once", [1, 3])
async def test_never_more_are_worked_on_than_that(at_once: int) -> None:
    turns, inside, most = Turns(at_once=at_once), 0, 0

    async def ask(number: int) -> None:
        nonlocal inside, most
        with await turns.question(BANK) as turn:
            for _ in range(3):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1
                async with turn.aside():
                    await asyncio.sleep(0.001 * (number % 3))

    await asyncio.gather(*(ask(number) for number in range(30)))
    assert most == at_once
