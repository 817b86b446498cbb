from __future__ import annotations

from pathlib import Path

import pytest

from guardrails.intents import WEIGHTS
from retrieval.errors import TextClassifierUnavailable
from retrieval.models import packaged_model
from retrieval.text_classifier import MOST, TextClassifier


@pytest.fixture(scope="module")
def classifier() -> TextClassifier:
    return TextClassifier(packaged_model(), WEIGHTS)


def test_a_text_carries_the_labels_of_what_it_means_in_each_language(classifier: TextClassifier) -> None:
    for text in ("Which fund should I buy?", "我應唔應該買呢隻基金", "我该不该买这只基金"):
        assert "P01" in classifier.labels(text)


def test_of_an_empty_text_there_are_none(classifier: TextClassifier) -> None:
    assert classifier.labels(" \n") == frozenset()


def test_a_long_text_is_read_by_its_beginning(classifier: TextClassifier) -> None:
    long, other = "Which fund should I buy? " * MOST, "I lost my card. " * MOST
    assert classifier.labels(long) == classifier.labels(long + other)
    assert classifier.labels(long) != classifier.labels(other)


def test_the_shipped_file_is_small() -> None:
    assert WEIGHTS.stat().st_size < 12_000_000


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    with pytest.raises(TextClassifierUnavailable, match="broken"):
        TextClassifier(packaged_model(), tmp_path / "broken.safetensors").labels("fee")


def test_what_is_wrong_with_a_file_shows_with_a_text_and_not_before(tmp_path: Path) -> None:
    classifier = TextClassifier(packaged_model(), tmp_path / "missing.safetensors")
    classifier.warm_up()
    with pytest.raises(TextClassifierUnavailable, match="missing"):
        classifier.labels("fee")
