"""Chunks are slices of the stored text, small, and whole in meaning."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking import CHUNKER_VERSION, chunk_document, chunked_by, says_nothing
from ingestion.parsers import document as writer
from ingestion.parsers.elements import Element, Fragment, Grid, Heading, Paragraph, plain
from knowledge_bases.parsed import Page, ParsedDocument
from knowledge_bases.schema import Chunk, Language, Unit, UnitKind, VersionInfo, VersionKey

ENGLISH = VersionInfo(VersionKey("fees", "2026-01"), "Card fees", Language.EN, product="gold-card")
CHINESE = replace(ENGLISH, language=Language.ZH_HANT, title="信用卡收費")

blocks = st.one_of(
    st.builds(lambda t, n: Heading(plain(t), n), st.text(min_size=1, max_size=40), st.integers(1, 4)),
    st.builds(lambda t, i: Paragraph(plain(t), item=i), st.text(max_size=900), st.booleans()),
    st.builds(
        lambda h, r, f: Grid((h,), tuple(r), (), tuple(f)),
        st.tuples(*[st.text(max_size=20).map(plain)] * 3),
        st.lists(st.tuples(*[st.text(max_size=60).map(plain)] * 3), min_size=1, max_size=40),
        st.lists(st.text(min_size=1, max_size=60).map(plain), max_size=2),
    ),
)


def document(*elements: Element) -> ParsedDocument:
    return writer.write(elements, "test/1")


def reads(most: int) -> Callable[[Sequence[str]], tuple[int, ...]]:
    """An embedder's ``unseen_tokens`` where every character is a token, and ``most`` are seen."""
    return lambda texts: tuple(max(0, len(text) - most) for text in texts)


def quotes(chunk: Chunk, kind: UnitKind = UnitKind.SENTENCE) -> list[str]:
    return [chunk.words(unit.span) for unit in chunk.units if unit.kind is kind]


@given(st.lists(blocks, max_size=12), st.sampled_from([ENGLISH, CHINESE]))
def test_text_and_units_slice_back_to_the_stored_text(elements: list[Element], version: VersionInfo) -> None:
    parsed = document(*elements)
    for chunk in chunk_document(parsed, version):
        assert chunk.text == chunk.span.slice(parsed.text)
        assert all(chunk.words(unit.span) == unit.span.slice(parsed.text) for unit in chunk.units)
        assert list(chunk.units) == sorted(chunk.units, key=lambda unit: unit.span)


@given(st.lists(blocks, max_size=12))
def test_chunks_do_not_overlap_and_their_ids_differ(elements: list[Element]) -> None:
    chunks = chunk_document(document(*elements), ENGLISH)
    assert all(a.span.end <= b.span.start for a, b in pairwise(chunks))
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@given(st.lists(blocks, max_size=12), st.sampled_from([ENGLISH, CHINESE]), st.integers(60, 300))
def test_no_chunk_says_more_than_the_embedder_reads(elements: list[Element], version: VersionInfo, most: int) -> None:
    chunks = chunk_document(document(*elements), version, reads(most))
    assert all(len(chunk.indexed_text) <= most for chunk in chunks)
    assert all(a.span.end <= b.span.start for a, b in pairwise(chunks))


@given(st.lists(blocks, max_size=12), st.integers(60, 300))
def test_what_may_be_quoted_does_not_depend_on_what_the_embedder_reads(elements: list[Element], most: int) -> None:
    parsed = document(*elements)
    kinds = {UnitKind.SENTENCE, UnitKind.ROW, UnitKind.QUESTION}

    def quotable(chunks: tuple[Chunk, ...]) -> set[Unit]:
        return {unit for chunk in chunks for unit in chunk.units if unit.kind in kinds}

    assert quotable(chunk_document(parsed, ENGLISH, reads(most))) == quotable(chunk_document(parsed, ENGLISH))


def test_no_chunk_crosses_a_heading() -> None:
    parsed = document(Heading(plain("Fees"), 1), Paragraph(plain("One fee.")), Heading(plain("Rates"), 1),
                      Paragraph(plain("One rate.")))  # fmt: skip
    assert [(c.heading_path, c.text) for c in chunk_document(parsed, ENGLISH)] == [
        (("Fees",), "One fee."),
        (("Rates",), "One rate."),
    ]


def test_a_question_stays_with_its_answer_and_is_no_answer_itself() -> None:
    parsed = document(Heading(plain("Is there an annual fee?"), 2), Paragraph(plain("Yes. It is HK$880.")))
    (chunk,) = chunk_document(parsed, ENGLISH)
    assert quotes(chunk, UnitKind.QUESTION) == ["Is there an annual fee?"]
    assert quotes(chunk) == ["Yes.", "It is HK$880."]


def test_each_question_of_a_list_has_a_chunk_of_its_own() -> None:
    parsed = document(*(Paragraph(plain(t)) for t in ("Q1. Is it free?", "It is.", "Q2. 有冇優惠？", "有。")))
    assert [chunk.text for chunk in chunk_document(parsed, ENGLISH)] == [
        "Q1. Is it free?\nIt is.",
        "Q2. 有冇優惠？\n有。",
    ]


def test_a_clause_is_quoted_with_the_list_that_completes_it() -> None:
    parsed = document(
        Paragraph(plain("5.1 Notice may be given by:"), item=True),
        Paragraph(plain("(a) letter;"), item=True),
        Paragraph(plain("(b) e-mail; or"), item=True),
        Paragraph(plain("(c) message."), item=True),
    )
    (chunk,) = chunk_document(parsed, ENGLISH)
    assert quotes(chunk) == ["5.1 Notice may be given by:\n(a) letter;\n(b) e-mail; or\n(c) message."]


def test_items_that_are_sentences_are_quoted_one_by_one() -> None:
    parsed = document(
        Paragraph(plain("You may pay in these ways:")),
        Paragraph(plain("(a) Pay at a branch."), item=True),
        Paragraph(plain("(b) Pay by transfer."), item=True),
    )
    (chunk,) = chunk_document(parsed, ENGLISH)
    assert "(b) Pay by transfer." in quotes(chunk)


def test_contents_lines_are_neither_indexed_nor_quoted() -> None:
    parsed = document(Paragraph(plain("6. Fees and Charges ................ 5")), Paragraph(plain("A fee is due.")))
    assert [chunk.text for chunk in chunk_document(parsed, ENGLISH)] == ["A fee is due."]


def big_table(rows: int) -> ParsedDocument:
    cells = tuple((plain(f"Service number {n}"), plain(f"HK${n}00*")) for n in range(rows))
    return document(
        Heading(plain("Charges"), 1),
        Grid(((plain("Service"), plain("Fee")),), cells, plain("Table 1"), (plain("* Waived for students."),)),
    )


def test_every_part_of_a_long_table_carries_caption_header_and_footnotes() -> None:
    chunks = chunk_document(big_table(150), ENGLISH)
    assert len(chunks) > 2
    for chunk in chunks:
        assert quotes(chunk, UnitKind.CAPTION) == ["Table 1"]
        assert quotes(chunk, UnitKind.HEADER) == ["Service | Fee"]
        assert quotes(chunk, UnitKind.FOOTNOTE) == ["* Waived for students."]
        assert "Service | Fee" in chunk.indexed_text
    rows = [row for chunk in chunks for row in quotes(chunk, UnitKind.ROW)]
    assert rows == [f"Service number {n} | HK${n}00*" for n in range(150)]


def test_a_short_table_is_one_chunk() -> None:
    (chunk,) = chunk_document(big_table(3), ENGLISH)
    assert chunk.context == {}
    assert len(quotes(chunk, UnitKind.ROW)) == 3


def test_rows_that_the_embedder_could_not_read_are_parted_with_their_header() -> None:
    chunks = chunk_document(big_table(6), ENGLISH, reads(120))
    assert len(chunks) > 1
    assert all("Service | Fee" in chunk.indexed_text for chunk in chunks)
    assert [row for chunk in chunks for row in quotes(chunk, UnitKind.ROW)] == [
        f"Service number {n} | HK${n}00*" for n in range(6)
    ]


def test_a_footnote_is_found_by_words_with_the_rows_that_point_to_it_and_with_no_others() -> None:
    rows = tuple((plain(f"Service number {n}"), plain("HK$9*" if n < 3 else "HK$9")) for n in range(100))
    notes = (plain("* Waived for students."),)
    first, *_, last = chunk_document(document(Grid(((plain("Service"), plain("Fee")),), rows, (), notes)), ENGLISH)
    assert "Waived for students" in first.words_only
    assert "Waived for students" not in first.indexed_text + last.searched_text


def test_each_part_of_a_long_answer_names_its_question() -> None:
    answer = " ".join(f"Rule {n} has a sentence of its own." for n in range(12))
    parsed = document(Heading(plain("How is a claim paid?"), 2), Paragraph(plain(answer)))
    chunks = chunk_document(parsed, ENGLISH, reads(200))
    assert len(chunks) > 1
    for chunk in chunks:
        assert quotes(chunk, UnitKind.QUESTION) == ["How is a claim paid?"]
        assert "How is a claim paid?" in chunk.indexed_text


def test_each_part_of_a_long_list_names_what_opens_it() -> None:
    items = [Paragraph(plain(f"({n}) Pay at branch number {n} of the bank."), item=True) for n in range(1, 9)]
    parsed = document(Paragraph(plain("Fees are due. You may pay in these ways:")), *items)
    first, *others = chunk_document(parsed, ENGLISH, reads(200))
    assert first.text.startswith("Fees are due.")
    assert others
    assert all("\nYou may pay in these ways:\n(" in chunk.indexed_text for chunk in others)


def test_of_a_clause_that_is_too_long_to_be_embedded_every_part_quotes_the_whole() -> None:
    clause = "5.1 Notice may be given by:\n" + "\n".join(f"({n}) way number {n};" for n in range(1, 30)) + "\n(30) fax."
    opening, *items = clause.split("\n")
    parsed = document(Paragraph(plain(opening), item=True), *(Paragraph(plain(item), item=True) for item in items))
    chunks = chunk_document(parsed, ENGLISH, reads(200))
    assert len(chunks) > 1
    assert [quotes(chunk) for chunk in chunks] == [[clause]] * len(chunks)
    assert all("5.1 Notice may be given by:" in chunk.indexed_text for chunk in chunks)
    assert "\n".join(chunk.text for chunk in chunks) == clause


def test_headings_longer_than_the_embedder_has_room_for_are_found_by_words() -> None:
    parsed = document(Heading(plain("H" * 90), 1), Heading(plain("Fees"), 2), Paragraph(plain("One fee.")))
    (chunk,) = chunk_document(parsed, ENGLISH, reads(120))
    assert chunk.indexed_text == "Card fees\ngold-card\nFees\nOne fee."
    assert chunk.words_only == "H" * 90


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.EN, "As at 30 September 2024\nIn force from 1 October 2024"),
        (Language.ZH_HANT, "截至2024年9月30日\n由2024年10月1日起生效"),
        (Language.ZH_HANS, "截至2024年9月30日\n自2024年10月1日起生效"),
    ],
)
def test_the_days_of_a_version_are_found_by_words_and_never_embedded(language: Language, words: str) -> None:
    dated = replace(ENGLISH, language=language, as_at=date(2024, 9, 30), effective_from=date(2024, 10, 1))
    parsed = document(Paragraph(plain("One fee.")))
    (chunk,), (undated,) = chunk_document(parsed, dated), chunk_document(parsed, ENGLISH)
    assert chunk.words_only == words
    assert chunk.indexed_text == undated.indexed_text


def test_indexed_text_names_title_product_and_headings() -> None:
    parsed = document(Heading(plain("Fees"), 1), Paragraph(plain("One fee.")))
    (chunk,) = chunk_document(parsed, ENGLISH)
    assert chunk.indexed_text == "Card fees\ngold-card\nFees\nOne fee."


def test_words_that_were_not_proved_on_the_page_are_found_but_never_quoted() -> None:
    page = (Page(1, 595, 842),)
    sound, lost = Fragment("A sound sentence.", 1, (0, 0, 9, 9)), Fragment("An unproved one.", 1)
    parsed = writer.write([Paragraph((sound, Fragment(" "), lost))], "test/1", page)
    (chunk,) = chunk_document(parsed, ENGLISH)
    assert "unproved" in chunk.text
    assert quotes(chunk) == ["A sound sentence."]


def test_a_long_paragraph_is_parted_between_sentences() -> None:
    sentence = "The customer may end the agreement at any time by written notice to the bank."
    parsed = document(Paragraph(plain(" ".join([sentence] * 40))))
    chunks = chunk_document(parsed, ENGLISH)
    assert all(len(chunk.text) <= 900 for chunk in chunks)
    assert [quote for chunk in chunks for quote in quotes(chunk)] == [sentence] * 40


def test_a_document_of_nothing_but_headings_has_no_chunks() -> None:
    assert chunk_document(document(Heading(plain("Fees"), 1)), ENGLISH) == ()


def test_a_change_of_chunks_counts_the_chunker_s_version_up() -> None:
    """Fails where chunks change: count ``CHUNKER_VERSION`` up, so that published versions are built again, and record
    the new digest. The parse is made by hand: no parser has a part in it.
    """
    elements = (
        Heading(plain("Fees"), 1),
        Paragraph(plain("The annual fee is HK$1,200 [1]. It is waived in the first year. " * 20)),
        Heading(plain("2. What happens if I pay late?"), 2),
        Paragraph(plain("A late charge of HK$300 is taken."), item=True),
        Grid(
            (tuple(map(plain, ("Card", "Annual fee"))),),
            tuple(tuple(map(plain, (f"Card {n}", f"HK${n}00 [1]"))) for n in range(1, 60)),
            (),
            (plain("[1] Waived above HK$100,000."),),
        ),
        Paragraph(plain("年費為港幣1,200元。首年豁免。" * 30)),
    )
    dated = replace(ENGLISH, as_at=date(2026, 1, 1), effective_from=date(2026, 2, 1))
    parsed = document(*elements)
    made = [
        (chunk.span, chunk.text, chunk.indexed_text, chunk.words_only, chunk.heading_path, chunk.units)
        for version in (dated, CHINESE)
        for unseen in (reads(400), reads(5000))
        for chunk in chunk_document(parsed, version, unseen)
    ]
    digest = hashlib.sha256(repr(made).encode()).hexdigest()
    assert {CHUNKER_VERSION: digest} == {"1": "7f25270804e411f621e77098f60ef0948f68ae90b2fb18abf55320b8dcb34310"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"effective_from": date(2026, 2, 1)}, True),
        ({"as_at": date(2026, 2, 1)}, True),
        ({"title": "Fees of cards"}, True),
        ({"product": None}, True),
        ({"language": Language.ZH_HANT}, True),
        ({"tags": frozenset({"fees"})}, False),
        ({"effective_to": date(2027, 2, 1)}, False),
        ({"owner": "cards"}, False),
        ({"sibling": "fees-zh"}, False),
    ],
)
def test_what_made_chunks_is_named_by_the_facts_that_change_them(change: dict[str, object], named: bool) -> None:
    parsed = document(Heading(plain("Fees"), 1), Paragraph(plain("The annual fee is HK$1,200.")))
    changed = replace(ENGLISH, **change)  # type: ignore[arg-type]

    def words(version: VersionInfo) -> list[tuple[str, str]]:
        return [(chunk.indexed_text, chunk.words_only) for chunk in chunk_document(parsed, version)]

    assert (chunked_by(changed) != chunked_by(ENGLISH)) == named
    if not named:
        assert words(changed) == words(ENGLISH)


@pytest.mark.parametrize("texts", [[], ["abcd"], ["abcd."], ["\n"], ["費用"], ["费用"], ["880"]])
def test_a_single_word_says_nothing_that_could_be_quoted(texts: list[str]) -> None:
    assert says_nothing(texts)


@pytest.mark.parametrize("texts", [["Fee waived"], ["HK$880"], ["年費豁免"], ["年费豁免"], ["Open", "daily"]])
def test_whatever_says_more_may_be_quoted(texts: list[str]) -> None:
    assert not says_nothing(texts)
