"""What is weighed of a sentence that no check is certain of: its traits, and the scale that was learned."""

from __future__ import annotations

from math import isfinite

import pytest

from guardrails.numerals import in_digits
from guardrails.verification import Support, entails
from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading
from guardrails.verification.traits import traits_of
from guardrails.verification.traits.tables import cells_of
from guardrails.verification.weighing import FARTHEST, Scale, Weight, scale

TABLE = "| Item | Stall | Chain | | Monthly fee | Nil | HKD 48 | | QR code | 0.90% | 0.65% |"
CLAIM = "Complaints are answered within 30 days, or 60 days where the case is complex."


def traits(evidence: str, text: str) -> dict[str, float]:
    return traits_of(Comparison(Reading(text), Reading(evidence)))


def test_every_trait_is_a_finite_number_even_of_nothing() -> None:
    for evidence, text in [("", ""), (CLAIM, ""), ("", CLAIM), (TABLE, "|||"), ("|\n|", "HK$5")]:
        assert all(isfinite(value) for value in traits(evidence, text).values())


def test_a_sentence_that_goes_further_than_its_evidence_is_told_by_its_small_words() -> None:
    assert traits(CLAIM, "Complaints are answered in 30 days however complex.")["cues: regardless added"] == 1
    assert traits("金額不超過五千元可獲退款。", "不論金額多少都可獲退款。")["cues: regardless added"] == 1


def test_a_cell_is_where_its_row_and_column_meet() -> None:
    assert traits(TABLE, "The Chain plan costs HKD 48 monthly.")["tables: the cell is said"] == 1
    assert traits(TABLE, "QR code payments on the Chain plan cost 0.90%.")["tables: another cell is said"] == 1
    assert [cell.text for cell in cells_of(TABLE)] == ["Nil", "HKD 48", "0.90%", "0.65%"]


def test_the_shipped_scale_knows_no_trait_that_nothing_has() -> None:
    files = {"clauses", "cues", "figures", "held", "sides", "tables", "words"}
    assert {name.removeprefix("near copy, ").split(":")[0] for name in scale().weights} <= files
    assert 0 < scale().held_from < 1


def test_no_single_trait_outweighs_all_others_however_far_it_is() -> None:
    one = Scale({"held: all": Weight(0.0, 1.0, 0.5)}, 0.0, 0.5)
    assert one.doubt({"held: all": FARTHEST}) == one.doubt({"held: all": 1e9})
    assert one.doubt({}) == 0.5


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        ("The limit is HKD 500,000.", "The limit is USD 500,000."),
        ("Reply within 30 days.", "You get a reply in 40 days."),
        ("由2027年1月1日起生效。", "二〇二七年二月一日起生效。"),
    ],
)
def test_another_number_date_or_currency_is_held_whatever_is_weighed(evidence: str, text: str) -> None:
    assert entails(evidence, text).support is Support.CONTRADICTED


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("half a million dollars", "500000 dollars"),
        ("nine tenths of it", "90% of it"),
        ("the hundred and eighty days", "the 180 days"),
        ("the six-hundred-dollar rebate", "the 600-dollar rebate"),
        ("the twenty-first of May", "the 21th of may"),
        ("減半", "减50%"),
        ("一刻鐘", "15 minutes"),
        ("存期五年", "存期5年"),
        ("星期五", "星期五"),
        ("下一個月", "下一个月"),
    ],
)
def test_numbers_that_people_word_are_read(said: str, digits: str) -> None:
    assert in_digits(said) == digits
