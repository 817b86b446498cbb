from __future__ import annotations

import numpy as np
import pytest

from eval.blends import blended_text, blends
from tests.retrieval.test_vector_indexes import unit_rows


def test_a_blend_lies_nearest_to_the_real_row_it_is_mostly_made_of() -> None:
    real = unit_rows(30, dimensions=64)
    (batch,) = blends(real, 200)
    assert (batch.share <= 0.5).all()
    nearest = (batch.vectors @ real.T).argmax(axis=1)
    assert (nearest == batch.one).mean() > 0.8


def test_blends_are_as_many_as_wanted_and_the_same_each_time() -> None:
    real = unit_rows(5)
    once, again = (np.concatenate([b.vectors for b in blends(real, 60_000)]) for _ in range(2))
    assert len(once) == 60_000
    assert once.tobytes() == again.tobytes()
    assert list(blends(real, 0)) == []


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "the annual fee "),
        (0.5, "the annual deposits"),  # cut where a word ends
        (0.8, "the of deposits"),
    ],
)
def test_a_blended_text_begins_as_one_and_ends_as_the_other(share: float, text: str) -> None:
    assert blended_text("the annual fee", "rates of deposits", share) == text


def test_a_text_without_blanks_is_cut_where_the_share_falls() -> None:
    assert blended_text("年費是多少", "存款利率如何", 0.5) == "年費 率如何"
