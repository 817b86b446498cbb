"""What the benchmark of indexes is made of; its figures are for a person to read."""

from __future__ import annotations

import numpy as np

from eval.bench_indexes import kinds, perturbed
from retrieval.indexes.exact import ExactIndex
from tests.retrieval.test_vector_indexes import unit_rows


def test_made_rows_are_unit_vectors_near_real_ones_and_the_same_each_time() -> None:
    real = unit_rows(30, dimensions=64)
    made = perturbed(real, 500)
    assert np.allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-5)
    assert (made @ real.T).max(axis=1).mean() > 0.6
    assert len(np.unique(made, axis=0)) == 500
    assert perturbed(real, 500).tobytes() == made.tobytes()


def test_the_exact_index_comes_first_as_it_is_the_truth_of_the_others() -> None:
    assert next(kinds()) == ("exact", ExactIndex)
