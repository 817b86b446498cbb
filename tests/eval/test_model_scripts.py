"""What the scripted model of the measurements reads in a request, and what it says."""

from __future__ import annotations

import json
from itertools import islice

from app.answering.composers.generating import prompted, spans_of
from app.answering.ports import Brief, Retrieved
from eval.model_scripts import FLOOD_BYTES, SCRIPTS, Asked, Mark, babbles, drips, floods, foreign, truths
from knowledge_bases.schema import Language
from tests.fakes.answering import FakeKnowledge, institution, passage

ASKED = "What is the annual fee of the gold card?"
FEE = "The annual fee of the Gold Card is HK$1,800."
LATE = "The late charge is HK$300 for each missed payment."
PASSAGES = (passage(LATE, rank=1), passage(FEE, rank=2), passage("金卡年費為港幣1,800元，每年收取一次。", rank=3))


def request(question: str = ASKED, mends: bool = False, **more: object) -> dict[str, object]:
    """A request as the product writes it."""
    knowledge = FakeKnowledge(PASSAGES)
    versions = {each.chunk.key: knowledge._info(each) for each in PASSAGES}
    brief = Brief(institution(), question, Language.EN, Retrieved(PASSAGES, "s", 0.9, versions, ()))
    asked = prompted(brief, spans_of(brief))
    material = asked.material + ('\n\n{"failed_sentence": "x", "fault": "y"}' if mends else "")
    said = [{"role": "system", "content": asked.instructions}, {"role": "user", "content": material}]
    return {"messages": said, **more}


def sentences(asked: Asked) -> list[dict[str, object]]:
    """The reply's sentences, read as the product reads them."""
    reply = "".join(step for step in truths(asked) if isinstance(step, str))
    found: list[dict[str, object]] = json.loads(reply)["sentences"]
    return found


def test_question_and_spans_are_read_out_of_the_product_s_own_prompt() -> None:
    asked = Asked.of(request('Is "free" <free>?'))
    assert asked.question == 'Is "free" <free>?'
    assert FEE in asked.spans.values()
    assert (asked.is_probe, asked.mends) == (False, False)


def test_a_probe_is_told_by_its_one_token() -> None:
    assert Asked.of(request(max_completion_tokens=1)).is_probe


def test_the_span_that_shares_most_words_is_said_first_as_it_stands() -> None:
    said = sentences(Asked.of(request()))
    assert [each["text"] for each in said] == [FEE, LATE]
    assert Asked.of(request()).spans[said[0]["spans"][0]] == FEE  # type: ignore[index]


def test_a_question_in_chinese_is_answered_from_chinese_spans() -> None:
    assert [each["text"] for each in sentences(Asked.of(request("金卡年費幾多？")))] == [PASSAGES[2].chunk.text]


def test_a_sentence_is_marked_as_soon_as_its_last_letter_is_sent() -> None:
    steps = list(truths(Asked.of(request()), first_s=0.3, every_s=2.0, most=2))
    assert [step for step in steps if isinstance(step, float)] == [0.3, 2.0]
    assert [step.sentence for step in steps if isinstance(step, Mark)] == [FEE, LATE]
    assert str(steps[steps.index(Mark(FEE)) - 1]).endswith("}")


def test_there_is_no_second_wording() -> None:
    assert sentences(Asked.of(request(mends=True))) == []


def test_each_way_to_fail_fails_in_its_way() -> None:
    asked = Asked.of(request())
    assert sum(len(step) for step in floods(asked) if isinstance(step, str)) >= FLOOD_BYTES
    assert "".join(map(str, babbles(asked)))[0] != "{"
    assert "這是" in "".join(map(str, foreign(asked)))
    assert len(list(islice(drips(asked), 1000))) == 1000
    assert set(SCRIPTS) == {"truths", "foreign", "hangs", "drips", "floods", "babbles", "fails"}


def test_nothing_is_said_of_a_span_whose_heading_may_not_have_ended() -> None:
    spans = {"s1": "Premium levy: We collect the levy with the premium.", "s2": FEE}
    asked = Asked(question=ASKED, spans=spans, is_probe=False, mends=False)
    assert asked.nearest() == [("s2", FEE)]
