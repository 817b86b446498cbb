"""A sentence is what can be quoted alone: it does not break inside a number, an abbreviation or a time of day."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sentences import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The limit is HK$1.5 million a day.",
        "See Form No. 5 of the pack.",
        "Use a second factor, e.g. A token or a fingerprint.",
        "Section 6.3 applies to cards.",
        "6.3. Institutions should give 30 days' notice.",
        "Branches open at 9 a.m. Monday to Friday.",
        "Under Cap. 486 you may ask for a copy.",
        "上限為HK$1.5百萬元，即每日1.5百萬元。",
        "Mr. A. B. Chan is the officer.",
    ],
)
def test_stays_one_sentence(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A fee is due. It is HK$100.", ["A fee is due.", "It is HK$100."]),
        ("Pay before 5 p.m. The fee is then waived.", ["Pay before 5 p.m.", "The fee is then waived."]),
        ("年費為HK$880。首兩年豁免。", ["年費為HK$880。", "首兩年豁免。"]),
        ("「可否豁免？」可以！", ["「可否豁免？」", "可以！"]),
        ("Is it free? Yes.", ["Is it free?", "Yes."]),
        ('He said "no." She paid.', ['He said "no."', "She paid."]),
        ("Notice is 30 days.2 It may be longer.", ["Notice is 30 days.2", "It may be longer."]),
    ],
)
def test_splits(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_a_very_long_sentence_is_split_at_its_semicolons() -> None:
    clause = "the customer shall pay all the costs that the bank has incurred in its course of business"
    assert len(split("; ".join([clause] * 6))) == 6
    assert len(split("; ".join([clause] * 2))) == 1


@given(st.text(alphabet="aB1.!?;。；？ \n「」(", max_size=120))
def test_sentences_keep_every_word_in_order(text: str) -> None:
    parts = sentences(text)
    assert all(0 <= a < b <= len(text) for a, b in parts)
    assert all(before[1] <= after[0] for before, after in pairwise(parts))
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_a_clause_keeps_its_run_in_title() -> None:
    assert split("3.4 Benefit 3, emergency evacuation. We arrange and pay for transport.") == [
        "3.4 Benefit 3, emergency evacuation. We arrange and pay for transport."
    ]
    assert len(split("3.2 Clause 3.1 does not apply to cash advances. The charge runs daily.")) == 2


def test_a_named_letter_ends_a_sentence() -> None:
    assert split("It shows Plan A or Plan B. A benefit is limited.") == [
        "It shows Plan A or Plan B.",
        "A benefit is limited.",
    ]
