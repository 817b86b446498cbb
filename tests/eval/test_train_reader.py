from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.answers import Case
from eval.reader_lessons import SPANS, Lesson, Plan, chosen, learned
from eval.reader_material import FIRST, FOLDS, Posed, characters_of, keep, kept, of_sample, same_lines
from eval.train_reader import rank_of, read_by, seen_of
from eval.training_material import Sample, institutions
from knowledge_bases.schema import Language
from retrieval.bert.reader import tokenizer_of
from retrieval.features import FEATURES
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import packaged_model
from retrieval.pair_text import PairText
from retrieval.scorer import shipped_scorer
from retrieval.span_reader import MOST, SHARE, SpanReader
from retrieval.strength import Signs
from tests.retrieval.test_span_reader import ANSWER, BESIDE

SIGNS = Signs(0.0, 0.0, 1.0, 3, chinese=False, familiar=0.5)


def posed(*right: bool, source: str = "broker", answerable: bool = True) -> Posed:
    """A question whose spans lead by one less each, down to a lead of one."""
    marks = np.array(right, dtype=np.bool_)
    leads = np.arange(len(right), 0, -1).astype(np.float32)
    spans = tuple(ANSWER if answers else BESIDE for answers in right)
    return Posed(source, "how much is it", answerable, spans, leads, marks, marks, SIGNS)


def test_what_was_posed_is_kept_for_another_machine(tmp_path: Path) -> None:
    keep([posed(True, False)], tmp_path / "posed")
    (again,) = kept(tmp_path / "posed")
    assert [quotable.focus for quotable in again.quotables] == [ANSWER.focus, BESIDE.focus]
    assert again.right.tolist() == [True, False]


def test_an_institution_is_in_one_fold_and_all_folds_have_some() -> None:
    folds = {name: replace(posed(True), source=name).fold for name in institutions()}
    assert set(folds.values()) == set(range(FOLDS))


def test_the_spans_of_a_sample_are_in_the_order_of_the_scorer_and_those_that_answer_are_kept() -> None:
    rows = np.random.default_rng(0).standard_normal((FIRST * 2, len(FEATURES))).astype(np.float32)
    last = int(np.argmin(shipped_scorer().scores(rows)))
    gold = np.arange(len(rows)) == last
    case = Case("1", Language.EN, "q", True, ())
    one = of_sample(Sample("broker", case, rows, gold, SIGNS, (BESIDE,) * len(rows), gold), shipped_scorer())
    assert list(one.leads[:FIRST]) == sorted(one.leads[:FIRST], reverse=True)
    assert (len(one.leads), one.right[-1], one.right.sum()) == (FIRST + 1, True, 1)


def test_a_question_whose_answer_was_not_found_teaches_nothing() -> None:
    assert not posed(False, False).teaches
    assert posed(False, False, answerable=False).teaches


def test_one_that_answers_is_drawn_with_some_that_do_not() -> None:
    spans, answered = chosen(posed(*[False] * 30, True), np.random.default_rng(0))
    assert answered
    assert (spans[0], len(set(spans)), max(spans[1:]) < 16) == (30, SPANS, True)


def test_none_is_right_where_none_answers() -> None:
    spans, answered = chosen(posed(False, False, answerable=False), np.random.default_rng(0))
    assert (sorted(spans), answered) == ([0, 1], False)


def test_what_answers_in_another_language_is_no_mistake() -> None:
    one = replace(posed(True, False, False), spared=np.array([True, True, False]))
    for seed in range(20):
        assert 1 not in chosen(one, np.random.default_rng(seed))[0]


def test_a_lead_moves_a_span_by_its_share() -> None:
    one = posed(False, True, True)
    assert rank_of(one, np.zeros(2)) == 2
    assert rank_of(one, np.array([0.0, 1.1 / SHARE])) == 1
    read, unread = seen_of(one, np.array([0.0, 5.0]))
    assert (read.signs.read, unread.signs.read) == (True, False)
    assert (read.signs.span, unread.signs.span) == pytest.approx((2 + 5 * SHARE, 3.0))


def test_lines_of_siblings_say_the_same() -> None:
    english, chinese = same_lines(["broker"])[0]
    assert english.isascii() or "–" in english
    assert any("一" <= character <= "鿿" for character in chinese)


@pytest.mark.slow
def test_a_reader_learns_is_written_and_read_again(tmp_path: Path) -> None:
    lesson_of = [posed(True, False), posed(False, False, answerable=False)]
    characters = characters_of(lesson_of, tokenizer_of(packaged_model().path, "").get_vocab())
    text = PairText(tokenizer_of(packaged_model().path, characters), shipped_thesaurus())
    lessons = [Lesson(one, tuple(text.pairs(one.question, one.quotables))) for one in lesson_of]
    plan = Plan(characters, "cpu", reading=1, steps=2, lines=2, batch=2)
    network = learned(lessons, same_lines(["broker"]), text, plan)
    file = tmp_path / "reader.safetensors"
    network.keep(file, characters)
    (first, *_), again = read_by(network, lessons[0])[:MOST], SpanReader(packaged_model(), file)
    assert again.leads(lessons[0].posed.question, lessons[0].posed.quotables)[0] == pytest.approx(first, abs=0.05)
