"""A model's judgement beside the rails, asked of a scripted server that speaks OpenAI's protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from guardrails.rails.engine import Rails
from guardrails.rails.models import ModelCheck, ModelRails
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Reason, Verdict
from tests.fakes.model_server import ModelServer, Reply, fails, hangs, says, serving
from tests.guardrails.builders import BANK, asked, stored
from tests.guardrails.rails.test_engine import answered

HOURS = "The branch opens at nine on weekdays."
INPUT, OUTPUT = ModelCheck.SELF_CHECK_INPUT, ModelCheck.SELF_CHECK_OUTPUT
SAFE_INPUT, SAFE_OUTPUT = ModelCheck.CONTENT_SAFETY_INPUT, ModelCheck.CONTENT_SAFETY_OUTPUT


async def judged(
    rulebook: Rulebook, reply: Reply, *checks: ModelCheck, text: str = "When does the branch open?"
) -> tuple[Verdict, Verdict, ModelServer]:
    """The verdicts on a question and on an answer, and the server that was asked."""
    with serving(reply) as server:
        models = ModelRails(server.base_url, "tiny", checks, "sk-judge", timeout_s=1.0)
        rails = Rails(rulebook, models={BANK.id: models})
        question = await rails.check_input(asked(text))
        answer = await rails.check_output(answered(HOURS, quotes=(HOURS,)), stored)
        rails.close()
    return question, answer, server


@pytest.mark.parametrize(
    ("word", "checks"), [("No", (INPUT, OUTPUT)), ("safe", (SAFE_INPUT, SAFE_OUTPUT)), ("no.", (INPUT, OUTPUT))]
)
async def test_what_the_model_lets_pass_passes(rulebook: Rulebook, word: str, checks: tuple[ModelCheck, ...]) -> None:
    question, answer, server = await judged(rulebook, says(word), *checks)
    assert (question.action, answer.action) == (Action.ALLOW, Action.ALLOW)
    assert len(server.requests) == 2
    assert {request["model"] for request in server.requests} == {"tiny"}
    assert set(server.keys) == {"Bearer sk-judge"}


@pytest.mark.parametrize(
    ("word", "checks"),
    [
        ("Yes", (INPUT, OUTPUT)),
        ("unsafe", (SAFE_INPUT, SAFE_OUTPUT)),
        ("Not safe at all", (SAFE_INPUT, SAFE_OUTPUT)),
        ("I am not sure", (INPUT, OUTPUT)),
        ("", (INPUT, OUTPUT)),
        ("Say: no", (INPUT, OUTPUT)),
    ],
)
async def test_anything_but_a_plain_no_is_held(rulebook: Rulebook, word: str, checks: tuple[ModelCheck, ...]) -> None:
    question, answer, _ = await judged(rulebook, says(word), *checks)
    assert (question.action, answer.action) == (Action.HOLD, Action.HOLD)
    assert {question.reason, answer.reason} <= {Reason.JUDGED, Reason.RAIL_FAILED}


async def test_a_no_of_the_model_is_told_apart(rulebook: Rulebook) -> None:
    question, answer, _ = await judged(rulebook, says("Yes"), INPUT, OUTPUT)
    assert (question.reason, answer.reason) == (Reason.JUDGED, Reason.JUDGED)


@pytest.mark.parametrize("reply", [fails(500), fails(429), hangs])
async def test_a_model_that_fails_or_hangs_holds(rulebook: Rulebook, reply: Callable[..., None]) -> None:
    question, answer, _ = await judged(rulebook, reply, INPUT, OUTPUT)
    assert (question.action, answer.action) == (Action.HOLD, Action.HOLD)


async def test_the_model_reads_masked_words_only(rulebook: Rulebook) -> None:
    _, _, server = await judged(rulebook, says("No"), INPUT, text="My HKID is A123456(3), when does the branch open?")
    assert "[HKID]" in server.prompt
    assert "A123456" not in str(server.requests)


async def test_a_model_takes_no_finding_of_the_rails_away(rulebook: Rulebook) -> None:
    question, _, _ = await judged(rulebook, says("No"), INPUT, text="Which of your funds should I buy?")
    assert (question.action, question.reason) == (Action.REFUSE, Reason.ADVICE)


async def test_other_institutions_ask_no_model(rulebook: Rulebook) -> None:
    with serving(says("Yes")) as server:
        rails = Rails(rulebook, models={"another-bank": ModelRails(server.base_url, "tiny", (INPUT,))})
        verdict = await rails.check_input(asked("When does the branch open?"))
        there = replace(asked("When does the branch open?"), institution=replace(BANK, id="another-bank"))
        held = await rails.check_input(there)
        rails.close()
    assert (verdict.action, held.action, len(server.requests)) == (Action.ALLOW, Action.HOLD, 1)


def test_the_key_never_prints() -> None:
    assert "sk-judge" not in repr(ModelRails("http://127.0.0.1", "tiny", (INPUT,), "sk-judge"))
