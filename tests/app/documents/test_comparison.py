"""What changed between two versions: by passage, tables by cell, moved words recognised, nothing lost on the way."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from app.documents.comparison import Change, Comparison, LineChange, compare
from app.documents.lines import LineKind, lines_of
from app.documents.wording import Fate, Stretch, after_text, before_text, word_changes
from knowledge_bases.parsed import ParsedDocument
from tests.app.documents.parses import parsed_of

FEES = (
    "# Annual fees",
    "Card | Principal | Supplementary",
    "Gold | HK$600 | HK$300",
    "Platinum | HK$1,500 | Free",
    "# Late payment",
    "The late charge is HK$300 for each missed payment.",
    "- Pay by the due date to avoid it.",
)

words = st.sampled_from(["fee", "Gold", "HK$600", "5%", "年費", "港元", "30日", "the", "of", "|x"])
texts = st.lists(words, min_size=1, max_size=6).map(" ".join)
lines = st.one_of(texts, texts.map("# {}".format), texts.map("- {}".format), st.tuples(texts, texts).map(" | ".join))
documents = st.lists(lines, min_size=1, max_size=14).map(lambda each: parsed_of(*each))


def changed(before: tuple[str, ...], after: tuple[str, ...]) -> list[LineChange]:
    comparison = compare(parsed_of(*before), parsed_of(*after))
    return [change for change in comparison.changes if change.change is not Change.UNCHANGED]


def swapped(lines: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(line.replace(old, new) for line in lines)


def marked(stretches: tuple[Stretch, ...]) -> str:
    signs = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}]", Fate.ADDED: "[+{}]"}
    return "".join(signs[stretch.fate].format(stretch.text) for stretch in stretches)


def test_a_changed_cell_is_found_in_its_row() -> None:
    (change,) = changed(FEES, swapped(FEES, "HK$1,500", "HK$1,800"))
    assert change.change is Change.CHANGED
    assert change.line.kind is LineKind.ROW
    assert [marked(cell) for cell in change.cells] == ["Platinum", "[-HK$1,500][+HK$1,800]", "Free"]
    assert change.figures_changed


def test_a_row_keeps_its_label_when_all_its_figures_change() -> None:
    (change,) = changed(FEES, swapped(FEES, "HK$600 | HK$300", "HK$720 | HK$360"))
    assert change.change is Change.CHANGED
    assert change.before is not None
    assert change.before.text == "Gold | HK$600 | HK$300"


def test_rows_that_trade_their_figures_are_changed_and_not_moved() -> None:
    before = ("# Gold", "Fee | Amount", "Annual fee | HK$600", "# Platinum", "Fee | Amount", "Annual fee | HK$700")
    after = (*before[:2], "Annual fee | HK$700", *before[3:5], "Annual fee | HK$600")
    assert [change.change for change in changed(before, after)] == [Change.CHANGED, Change.CHANGED]


def test_a_row_with_a_new_column_is_compared_as_one_text() -> None:
    (change,) = changed(FEES, swapped(FEES, "Gold | HK$600", "Gold | HK$600 | waived"))
    assert [marked(cell) for cell in change.cells] == ["Gold | HK$600 | [+waived | ]HK$300"]


def test_chinese_is_compared_character_by_character_and_figures_whole() -> None:
    assert marked(word_changes("金卡年費為HK$600。", "白金卡年費為HK$720。")) == "[+白]金卡年費為[-HK$600][+HK$720]。"


def test_words_under_a_renamed_heading_are_unchanged() -> None:
    changes = changed(FEES, swapped(FEES, "# Late payment", "# If you pay late"))
    assert [change.line.kind for change in changes] == [LineKind.HEADING] * len(changes)


def test_a_moved_section_is_told_from_an_added_one() -> None:
    changes = changed(FEES, (*FEES[4:], *FEES[:4]))
    assert {change.change for change in changes} == {Change.MOVED}
    assert {change.line.text for change in changes} == set(FEES[4:])


def test_what_only_one_version_has_is_added_or_removed() -> None:
    more = (*FEES, "Fees are charged on the anniversary of the account.")
    assert [c.change for c in changed(FEES, more)] == [Change.ADDED]
    assert [c.change for c in changed(more, FEES)] == [Change.REMOVED]


def test_another_layout_of_the_same_words_is_no_change() -> None:
    assert changed(("The fee is HK$5 a  month.", "年費 為 五元"), ("The fee is HK$5\ta month.", "年費為五元")) == []


def test_a_citation_is_touched_where_its_line_was_changed_or_removed_and_not_where_it_moved() -> None:
    before = parsed_of(*FEES)
    after = parsed_of(*FEES[5:], *swapped(FEES[:4], "HK$600", "HK$720"))
    comparison = compare(before, after)
    spans = {line.text: line.span for line in lines_of(before)}
    touched = {text for text, span in spans.items() if comparison.touches(span)}
    assert touched == {"Gold | HK$600 | HK$300", "# Late payment"}


@given(documents)
def test_a_document_is_the_same_as_itself(document: ParsedDocument) -> None:
    assert compare(document, document).same


@given(documents, documents)
def test_both_texts_can_be_read_from_their_comparison(before: ParsedDocument, after: ParsedDocument) -> None:
    changes = compare(before, after).changes
    assert [c.after for c in changes if c.after] == list(lines_of(after))
    assert sorted(c.before.span for c in changes if c.before) == [line.span for line in lines_of(before)]
    for change in changes:
        if change.change is Change.CHANGED and change.before and change.after:
            assert " | ".join(map(before_text, change.cells)) == change.before.text
            assert " | ".join(map(after_text, change.cells)) == change.after.text


@given(documents, documents)
def test_the_way_back_undoes_the_way_there(before: ParsedDocument, after: ParsedDocument) -> None:
    back = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}

    def told(comparison: Comparison) -> set[tuple[object, ...]]:
        return {(c.before and c.before.span, c.after and c.after.span, c.change) for c in comparison.changes}

    turned = {(b, a, back.get(change, change)) for a, b, change in told(compare(after, before))}
    assert told(compare(before, after)) == turned


@given(texts, texts)
def test_stretches_make_up_both_texts(before: str, after: str) -> None:
    there, back = word_changes(before, after), word_changes(after, before)
    assert (before_text(there), after_text(there)) == (before, after)
    assert (before_text(back), after_text(back)) == (after, before)
    assert sum(len(s.text) for s in there if s.fate is Fate.KEPT) == sum(
        len(s.text) for s in back if s.fate is Fate.KEPT
    )


def test_two_hundred_pages_are_compared_in_seconds() -> None:
    """About 30 lines a page; a tenth of them edited, a section moved, repeated rows in every table."""
    rng = random.Random(7)  # noqa: S311
    vocabulary = [f"word{n}" for n in range(3000)]
    before: list[str] = []
    for section in range(400):
        before += [f"# Section {section}", "Item | Fee"]
        before += [f"Service {n} | HK${rng.randrange(10, 900)}" for n in range(5)]
        before += [" ".join(rng.choices(vocabulary, k=40)) + f" HK${rng.randrange(999)}." for _ in range(8)]
    after = [f"{line} As amended." if rng.random() < 0.1 else line for line in before]
    after = after[3000:3150] + after[:3000] + after[3150:]
    started = time.perf_counter()
    counts = compare(parsed_of(*before), parsed_of(*after)).counts
    assert time.perf_counter() - started < 10  # about 2 s on an idle core
    assert counts[Change.MOVED] > 100
    assert counts[Change.CHANGED] > 400
