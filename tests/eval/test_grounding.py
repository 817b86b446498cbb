from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from eval.grounding import overlap
from eval.grounding_sets import Pair
from eval.planted import counts, lines
from eval.train_groundedness import fit

FEE = "The annual fee of the Gold Card is HK$1,800."


def test_overlap_is_the_share_of_different_words_that_the_source_has() -> None:
    assert overlap(Pair("a gold card", "Gold gold fee", True)) == 0.5
    assert overlap(Pair("金卡年費", "金卡", True)) == 1.0
    assert overlap(Pair("a", "", True)) == 0.0


def test_a_source_is_in_one_half_whatever_is_said_of_it() -> None:
    assert Pair(FEE, "one", True).half is Pair(FEE, "another", False).half


def test_planted_errors_are_counted_by_kind_and_none_is_printed(tmp_path: Path) -> None:
    rows = [("true", FEE), ("number", FEE.replace("1,800", "1,900")), ("number", FEE)]
    planted = [json.dumps({"evidence": FEE, "sentence": sentence, "kind": kind}) for kind, sentence in rows]
    path = tmp_path / "planted-en.jsonl"
    path.write_text("\n".join(planted), encoding="utf-8")
    assert counts(path) == {"number": (1, 2), "true": (0, 1)}
    assert next(lines(tmp_path)).endswith("errors held 1 of 2 (50.0 %), true sentences held 0 of 1 (0.0 %)")
    assert not any("Gold" in line for line in lines(tmp_path))


def test_the_regression_gives_more_to_what_supported_sentences_have_more_of() -> None:
    values = np.array([[0.0, 1.0], [0.2, 0.0], [0.8, 1.0], [1.0, 0.0]] * 5)
    weights = fit(values, np.array([0.0, 0.0, 1.0, 1.0] * 5), np.ones(20))
    assert weights.score((1.0, 0.5)) > 0.55 > 0.45 > weights.score((0.0, 0.5))
    assert abs(weights.weight[1]) < 0.5 * weights.weight[0]
