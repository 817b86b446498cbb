"""What is learned from sentences beside their evidence, and the doubt from which one is held."""

from __future__ import annotations

from eval.near_copies import near_copies
from eval.train_weighing import RELEASED, Row, learned, settled

FEE = "3.1 The fee must be paid within 30 days, unless the account is closed. The notice period is 60 days."


def rows(count: int) -> list[Row]:
    return [
        Row("en", f"evidence {n}", "number" if n % 2 else "true", {"held: all": float(n % 2)} if n % 6 else {}, False)
        for n in range(count)
    ]


def test_what_wrong_sentences_have_more_of_raises_the_doubt() -> None:
    scale = learned(rows(200))
    assert scale.doubt({"held: all": 1.0}) > 0.5 > scale.doubt({})


def truths(count: int) -> list[Row]:
    return [Row("lies-en", f"truth {n}", "true", {"held: all": n / count}, False) for n in range(count)]


def test_as_many_truths_of_authors_left_out_pass_as_is_asked() -> None:
    scale = settled(learned(rows(400)), [*rows(200), *truths(100)])
    passed = [scale.doubt(row.traits) < scale.held_from for row in truths(100)]
    assert sum(passed) == 100 * RELEASED


def test_a_near_copy_is_a_sentence_as_it_stands_or_with_one_change() -> None:
    copies = list(near_copies(FEE))
    assert ("the notice period is 60 days", True) in copies
    assert ("the notice period is not 60 days.", False) in copies
    assert ("the notice period is 30 days.", False) in copies
    assert any("unless" not in text and not true for text, true in copies)


def test_a_table_has_no_near_copies() -> None:
    assert not list(near_copies("| Item | Fee | | Card | HK$100 |"))
