from __future__ import annotations

from knowledge_bases.schema import Chunk, Language, Passage, Span, Unit, UnitKind, VersionKey
from retrieval.quotable import Quotable, quotables

TABLE = (
    "Annual fees\n"
    "Card | Annual fee\n"
    "Gold* | HK$1,800\n"
    "Platinum† | HK$2,400\n"
    "* Waived for the first two years.\n"
    "† Waived with annual spending of HK$100,000."
)
KINDS = (
    UnitKind.CAPTION,
    UnitKind.HEADER,
    UnitKind.ROW,
    UnitKind.ROW,
    UnitKind.FOOTNOTE,
    UnitKind.FOOTNOTE,
)


def passage(text: str, units: tuple[Unit, ...]) -> Passage:
    chunk = Chunk(
        id="c1",
        key=VersionKey("fees", "1"),
        parse_sha256="0" * 64,
        language=Language.EN,
        span=Span(0, len(text)),
        text=text,
        indexed_text=text,
        page=3,
        heading_path=("Fees", "Cards"),
        anchor=None,
        units=units,
    )
    return Passage(chunk, 1, 1.0, 0.5, 3.0)


def lines_as_units(text: str, kinds: tuple[UnitKind, ...]) -> tuple[Unit, ...]:
    units, start = [], 0
    for line, kind in zip(text.split("\n"), kinds, strict=True):
        units.append(Unit(kind, Span(start, start + len(line))))
        start += len(line) + 1
    return tuple(units)


def words(quotable: Quotable) -> str:
    chunk = quotable.passage.chunk
    return "\n".join(chunk.words(unit.span) for unit in quotable.units)


def test_a_row_comes_with_its_caption_header_and_only_the_footnote_it_points_to() -> None:
    gold, platinum = quotables(passage(TABLE, lines_as_units(TABLE, KINDS)))
    assert words(gold) == "Annual fees\nCard | Annual fee\nGold* | HK$1,800\n* Waived for the first two years."
    assert "Waived with annual spending" in words(platinum)
    assert "first two years" not in words(platinum)


def test_a_quote_is_at_most_two_neighbouring_sentences() -> None:
    text = "One is here. Two is here. Three is here."
    spans = (Span(0, 12), Span(13, 25), Span(26, 40))
    found = [words(c) for c in quotables(passage(text, tuple(Unit(UnitKind.SENTENCE, s) for s in spans)))]
    assert found == [
        "One is here.",
        "One is here.\nTwo is here.",
        "Two is here.",
        "Two is here.\nThree is here.",
        "Three is here.",
    ]


def test_sentences_that_do_not_touch_are_never_joined() -> None:
    text = "One is here. [something that may not be quoted] Three is here."
    spans = (Span(0, 12), Span(48, 62))
    found = [words(c) for c in quotables(passage(text, tuple(Unit(UnitKind.SENTENCE, s) for s in spans)))]
    assert found == ["One is here.", "Three is here."]


def test_the_question_of_an_faq_pair_is_the_heading_never_the_quote() -> None:
    text = "Can I cancel?\nYes, within 21 days."
    units = (Unit(UnitKind.QUESTION, Span(0, 13)), Unit(UnitKind.SENTENCE, Span(14, 34)))
    (only,) = quotables(passage(text, units))
    assert words(only) == only.focus == "Yes, within 21 days."
    assert only.question == "Can I cancel?"
