from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.datasets import Dataset, DatasetInvalid, write_dataset, write_rows
from eval.halves import Half
from eval.strength import STRENGTH, Scored, evaluate
from eval.strength_report import StrengthReport
from eval.unanswerable import OUTSIDE, outside, without_answers
from knowledge_bases.schema import Language
from retrieval.embedders import HashingEmbedder

CARDS = 40
SET = Dataset(
    corpus={f"d{n}": f"The annual fee of card {n} is HK${n}. It is waived for students." for n in range(CARDS)},
    queries={f"q{n}{part}": f"What is the annual fee of card {n} {part}?" for n in range(CARDS) for part in "ab"},
    judged={f"q{n}{part}": {f"d{n}": 1} for n in range(CARDS) for part in "ab"},
)


def test_half_the_questions_lose_all_their_documents_and_the_others_none() -> None:
    left, lost = without_answers(SET)
    assert CARDS * 0.6 < len(lost) < CARDS * 1.4
    for key, grades in SET.judged.items():
        assert len(grades.keys() & left.corpus.keys()) == (0 if key in lost else len(grades))
    assert without_answers(SET) == (left, lost)


def test_questions_that_share_a_document_through_others_stand_or_fall_together() -> None:
    chained = {f"q{n}a": {f"d{n}": 1, f"d{n + 1}": 1} for n in range(3)}
    _, lost = without_answers(replace(SET, judged={**SET.judged, **chained}))
    together = {f"q{n}{part}" for n in range(4) for part in "ab"}
    assert lost & together in (set(), together)


def test_a_set_whose_questions_all_share_a_document_cannot_be_parted() -> None:
    with pytest.raises(DatasetInvalid, match="share their documents"):
        without_answers(replace(SET, judged={key: {"d0": 1} for key in SET.judged}))


def test_questions_of_nowhere_have_a_language_and_come_in_halves(tmp_path: Path) -> None:
    texts = ["who won the cup", "今日天氣點呀", *(f"is {n} a prime number" for n in range(40))]
    write_rows(tmp_path / OUTSIDE, ({"_id": f"o{n}", "text": text} for n, text in enumerate(texts)))
    found = {half: {one.key for one in outside(tmp_path / OUTSIDE, half)} for half in (None, *Half)}
    assert found[None] == found[Half.A] | found[Half.B]
    assert not found[Half.A] & found[Half.B]
    assert {one.key: one.language for one in outside(tmp_path / OUTSIDE, None)}["o1"] is Language.ZH_HANT


def test_every_judge_hears_every_question(tmp_path: Path) -> None:
    write_dataset(tmp_path / "cards", SET)
    write_rows(tmp_path / OUTSIDE, [{"_id": "o", "text": "who won the cup"}])
    scored = evaluate(tmp_path / "cards", tmp_path / OUTSIDE, HashingEmbedder())
    _, lost = without_answers(SET)
    assert {len(scores) for scores in scored.answerable.values()} == {len(SET.queries) - len(lost)}
    assert {len(scores) for scores in scored.unanswerable.values()} == {len(lost) + 1}
    assert scored.unanswerable["best BM25"][-1] == 0  # it shares no word with any document
    assert all(0 <= score <= 1 for score in scored.answerable[STRENGTH])


def scored(suite: str, answerable: list[float], unanswerable: list[float]) -> Scored:
    return Scored(suite, {STRENGTH: np.array(answerable)}, {STRENGTH: np.array(unanswerable)})


def test_a_set_has_its_own_point_and_what_the_point_for_all_does_to_it() -> None:
    easy, hard = scored("easy", [0.9] * 10, [0.1] * 10), scored("hard", [0.3] * 10, [0.2, 0.3] * 5)
    sets = {one["folder"]: one for one in StrengthReport("hashing", None, [easy, hard]).to_value()["sets"]}
    assert sets["easy"]["judges"][STRENGTH]["auroc"]["mean"] == 1
    assert sets["hard"]["judges"][STRENGTH]["declined"] == 0.5
    assert sets["hard"]["judges"][STRENGTH]["at_common"] == (1, 0.5)
    assert sets["hard"]["shipped_point"] == {"answered": 0, "declined": 1}
    assert (sets["all sets"]["answerable"], sets["all sets"]["judges"][STRENGTH]["declined"]) == (20, 0.75)


def test_one_set_is_shown_alone() -> None:
    report = StrengthReport("hashing", None, [scored("easy", [0.9, 0.8], [0.1])])
    assert [one["folder"] for one in json.loads(json.dumps(report.to_value()))["sets"]] == ["easy"]
    assert report.lines()[0] == "easy: 2 answerable, 1 unanswerable questions"
