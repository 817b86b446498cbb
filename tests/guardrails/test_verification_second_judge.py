"""A second judge can only take away: it is asked last, of reworded sentences, and whatever is no agreement holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from guardrails.rails.engine import Rails
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Claim, Opinion, RailContext, Reason, Ruling, Verdict
from guardrails.verification import Asked, JudgeFailed, SecondJudge
from knowledge_bases.schema import Language
from tests.guardrails.builders import BANK, claim, stored

HOURS = "The branch in Central opens at nine on weekdays and at ten on Saturdays."
REWORDED = "On weekdays the branch in Central opens at nine, on Saturdays at ten."
WRONG = "The branch in Central opens at eleven on weekdays."


class Fake:
    """A judge that says one thing, after a while, and remembers what it was asked."""

    def __init__(self, says: object, after_s: float = 0.0) -> None:
        self.says, self.after_s = says, after_s
        self.asked: list[Asked] = []

    @property
    def id(self) -> str:
        return "fake"

    def prompt_sha256(self, language: Language) -> str | None:
        return f"sha of {language.value}"

    async def rule(self, asked: Asked, language: Language) -> Ruling:
        self.asked.append(asked)
        await asyncio.sleep(self.after_s)
        if isinstance(self.says, BaseException):
            raise self.says
        return self.says  # type: ignore[return-value]


@pytest.fixture(scope="module")
def rails(rulebook: Rulebook) -> Iterator[Rails]:
    built = Rails(rulebook)
    yield built
    built.close()


def answer(*claims: Claim) -> RailContext:
    text = "\n\n".join(each.text for each in claims)
    return RailContext(BANK, Language.EN, text, question="When does the branch open?", claims=claims)


async def judged(
    rails: Rails, monkeypatch: pytest.MonkeyPatch, context: RailContext, judge: Fake, timeout_s: float = 1.0
) -> Verdict:
    monkeypatch.setattr(rails, "_second_judges", {BANK.id: SecondJudge(judge, timeout_s)})
    return await rails.check_output(context, stored)


async def test_nobody_is_asked_by_default(rails: Rails) -> None:
    verdict = await rails.check_output(answer(claim(REWORDED, HOURS)), stored)
    assert (verdict.action, verdict.opinions) == (Action.ALLOW, ())


async def test_agreement_passes_and_is_told(rails: Rails, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = await judged(rails, monkeypatch, answer(claim(REWORDED, HOURS)), Fake(Ruling.SUPPORTED))
    evidence = Asked(REWORDED, HOURS).evidence_sha256
    assert verdict.action is Action.ALLOW
    assert verdict.opinions == (Opinion("fake", REWORDED, evidence, Ruling.SUPPORTED, "", "sha of en"),)


@pytest.mark.parametrize("says", [Ruling.CONTRADICTED, Ruling.NOT_FOUND, Ruling.UNSURE])
async def test_disagreement_holds(rails: Rails, monkeypatch: pytest.MonkeyPatch, says: Ruling) -> None:
    verdict = await judged(rails, monkeypatch, answer(claim(REWORDED, HOURS)), Fake(says))
    assert (verdict.action, verdict.reason) == (Action.HOLD, Reason.UNVERIFIED)
    assert [(f.rule_id, f.detail) for f in verdict.findings] == [
        ("P07", f"the second judge: {says.value.replace('_', ' ')}")
    ]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("supported", "it answered in no agreed word"),
        (True, "it answered in no agreed word"),
        (None, "it answered in no agreed word"),
        (RuntimeError("some words"), "RuntimeError"),
        (TimeoutError(), "TimeoutError"),
        (JudgeFailed("no model"), "no model"),
        (asyncio.CancelledError(), "it gave up"),
    ],
)
async def test_failure_or_nonsense_is_unsure_and_holds(
    rails: Rails, monkeypatch: pytest.MonkeyPatch, says: object, why: str
) -> None:
    verdict = await judged(rails, monkeypatch, answer(claim(REWORDED, HOURS)), Fake(says))
    assert verdict.action is Action.HOLD
    assert [(o.ruling, o.why) for o in verdict.opinions] == [(Ruling.UNSURE, why)]


async def test_one_that_hangs_holds_after_one_deadline_for_all_sentences(
    rails: Rails, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = answer(*(claim(f"{REWORDED}{' ' * n}", HOURS) for n in range(4)))
    began = time.monotonic()
    verdict = await judged(rails, monkeypatch, several, Fake(Ruling.SUPPORTED, after_s=60), timeout_s=0.1)
    assert [opinion.why for opinion in verdict.opinions] == ["it took too long"] * 4
    assert verdict.action is Action.HOLD
    assert time.monotonic() - began < 5


async def test_one_sentence_of_several_is_enough_to_hold(rails: Rails, monkeypatch: pytest.MonkeyPatch) -> None:
    class Choosy(Fake):
        async def rule(self, asked: Asked, language: Language) -> Ruling:
            return Ruling.UNSURE if asked.sentence == REWORDED else Ruling.SUPPORTED

    both = answer(
        claim(REWORDED, HOURS), claim("On weekdays the branch in Central opens at nine; on Saturdays at ten.", HOURS)
    )
    verdict = await judged(rails, monkeypatch, both, Choosy(None))
    assert verdict.action is Action.HOLD
    assert [opinion.ruling for opinion in verdict.opinions] == [Ruling.UNSURE, Ruling.SUPPORTED]


@pytest.mark.parametrize("sentence", [WRONG, HOURS], ids=["what the checks refuse", "a quotation"])
async def test_it_is_not_asked_of(rails: Rails, monkeypatch: pytest.MonkeyPatch, sentence: str) -> None:
    judge = Fake(Ruling.SUPPORTED)
    await judged(rails, monkeypatch, answer(claim(sentence, HOURS)), judge)
    assert judge.asked == []


async def test_it_is_asked_for_its_own_institution_alone(rails: Rails, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Fake(Ruling.CONTRADICTED)
    elsewhere = replace(answer(claim(REWORDED, HOURS)), institution=replace(BANK, id="rival"))
    assert (await judged(rails, monkeypatch, elsewhere, judge)).action is Action.ALLOW
    assert judge.asked == []


async def test_it_never_sees_the_customers_words(rails: Rails, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Fake(Ruling.SUPPORTED)
    await judged(rails, monkeypatch, answer(claim(REWORDED, HOURS)), judge)
    assert judge.asked == [Asked(REWORDED, HOURS)]


@pytest.mark.parametrize(("then", "action"), [(Ruling.SUPPORTED, Action.ALLOW), (Ruling.UNSURE, Action.HOLD)])
async def test_what_it_said_before_stands_without_asking_again(
    rails: Rails, monkeypatch: pytest.MonkeyPatch, then: Ruling, action: Action
) -> None:
    said = Opinion("fake", REWORDED, Asked(REWORDED, HOURS).evidence_sha256, then)
    judge = Fake(Ruling.CONTRADICTED)
    verdict = await judged(rails, monkeypatch, replace(answer(claim(REWORDED, HOURS)), opinions=(said,)), judge)
    assert (verdict.action, verdict.opinions, judge.asked) == (action, (said,), [])
