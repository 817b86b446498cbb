"""A whole sentence of the document is borne out by it, with the number of its clause or without."""

from __future__ import annotations

import pytest

from guardrails.verification.judging import is_repeated

REPORT = "Report a lost or stolen card at once on +852 2000 0001 (24 hours)."


@pytest.mark.parametrize(
    "before", ["", "8.1 ", "8.1. ", "(8) ", "(iv) ", "• ", "- ", "Fees\n8.1 ", "The card is free. 3. "]
)
def test_a_sentence_behind_the_number_of_its_clause_is_repeated_word_for_word(before: str) -> None:
    assert is_repeated(REPORT, f"{before}{REPORT} The charge is HK$100.")


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("5 is charged.", "HK$7.5 is charged."),
        ("Report a lost card.", "Do not report a lost card."),
        ("100 days are free.", "No 100 days are free."),
        ("Cards are free.", "Gold cards are free."),
    ],
)
def test_what_only_ends_a_sentence_is_not(text: str, evidence: str) -> None:
    assert not is_repeated(text, evidence)
