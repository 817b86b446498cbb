from __future__ import annotations

import pytest

from app.documents.titles import same_title


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Credit Card Fees", "credit card fees", True),
        ("Credit Card Fees", "Credit Card Fees (July 2026 edition)", True),
        ("信用卡收費表（二零二六年）", "信用卡收費表", True),
        ("Credit Card Fees", "Debit Card Fees", False),
        ("Credit Card Fees", "", False),
        ("", "", False),
    ],
)
def test_titles_are_the_same_but_for_what_a_mark_sets_apart(one: str, other: str, same: bool) -> None:
    assert same_title(one, other) is same
    assert same_title(other, one) is same
