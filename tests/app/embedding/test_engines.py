"""The shipped models as the product composes them."""

from __future__ import annotations

import pytest

from app.embedding.engines import intent_reader


@pytest.mark.parametrize(
    ("polite", "plain"),
    [
        ("你好，孖展利息幾多 多謝晒", "孖展利息幾多"),
        ("早晨，强积金几岁可以拿 唔該", "强积金几岁可以拿"),
        ("Hello, do you invest in tobacco? Cheers", "do you invest in tobacco?"),
        ("您好，我應該買邊隻基金？", "我應該買邊隻基金？"),
    ],
)
def test_the_shipped_reader_reads_the_same_into_a_polite_question(polite: str, plain: str) -> None:
    assert intent_reader().labels(polite) == intent_reader().labels(plain)
