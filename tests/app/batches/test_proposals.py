"""What files are proposed to be: never made up, from the document they are like, told apart in one batch."""

from __future__ import annotations

from datetime import date

import pytest

from app.batches.likeness import sketch
from app.batches.naming import base_of_name, label_of
from app.batches.proposals import ReadFile, propose
from app.batches.readings import Reading, reading_of
from knowledge_bases.parsed import Block, BlockKind, ParsedDocument
from knowledge_bases.schema import Language, Span, VersionInfo, VersionKey

TODAY = date(2026, 11, 25)
FEES = "The annual fee of the gold card is HK$1,480, the late charge HK$350 and the cash advance fee 3.75% or HK$110."
FEES_ZH = "金卡年費為HK$1,480，逾期費用HK$350，現金透支手續費3.75%或HK$110。"
KNOWN = VersionInfo(
    VersionKey("card-fees-en", "2026-01"),
    "Card fees",
    Language.EN,
    product="gold card",
    tags=frozenset({"fees", "credit_card"}),
    owner="Cards team",
)


def a_file(title: str, text: str, name: str = "scan_0017.pdf", *, known: bool = False) -> ReadFile:
    whole = f"{title}\n{text}"
    heading = Block(BlockKind.HEADING, Span(0, len(title)), None, (), level=1)
    parsed = ParsedDocument(whole, (heading,), "test-1")
    others = [(KNOWN.key, sketch(f"Card fees\n{FEES} As at 1 January 2026.", Language.EN))] if known else []
    return ReadFile(name, reading_of(parsed, others))


def test_another_text_of_a_known_document_is_its_next_version() -> None:
    file = a_file("Card fees", FEES.replace("1,480", "1,520") + " As at 1 March 2026.", known=True)
    (proposal,) = propose([file], [KNOWN], TODAY)
    fields = proposal.fields
    assert (fields["document"], fields["version"], fields["as_at"]) == ("card-fees-en", "2026-03", "2026-03-01")
    assert (fields["product"], fields["tags"], fields["owner"]) == ("gold card", "credit_card, fees", "Cards team")
    assert proposal.why["product"] == "card-fees-en 2026-01"


def test_the_same_figures_in_another_language_are_its_sibling() -> None:
    (proposal,) = propose([a_file("信用卡收費", FEES_ZH, known=True)], [KNOWN], TODAY)
    assert (proposal.fields["document"], proposal.fields["sibling"]) == ("card-fees-zh", "card-fees-en")
    assert proposal.fields["language"] == "zh-Hant"


def test_siblings_find_each_other_within_a_batch() -> None:
    english, chinese = propose([a_file("Card fees", FEES), a_file("信用卡收費", FEES_ZH)], [], TODAY)
    assert (english.fields["sibling"], chinese.fields["sibling"]) == ("card-fees-zh", "card-fees-en")


def test_what_nothing_speaks_for_stays_empty() -> None:
    (proposal,) = propose([a_file("Hinweis", "Wir haben geöffnet.")], [KNOWN], TODAY)
    for name in ("product", "tags", "sibling", "as_at", "effective_from", "effective_to", "owner", "sector"):
        assert proposal.fields[name] == ""


def test_an_unlike_document_takes_nothing_over() -> None:
    (proposal,) = propose(
        [a_file("Branch hours", "Our branches open at nine.", "hours.pdf", known=True)], [KNOWN], TODAY
    )
    assert (proposal.fields["document"], proposal.fields["product"]) == ("hours-en", "")


def test_two_files_of_one_document_get_labels_of_their_own() -> None:
    files = [a_file("Hours", f"As at 1 May 2026. {number}", "hours-en.md") for number in ("One.", "Two.")]
    one, two = propose(files, [], TODAY)
    assert one.fields["document"] == two.fields["document"]
    assert one.fields["version"] != two.fields["version"]


def test_a_file_name_says_the_subject_and_no_more() -> None:
    names = {
        "Card-Fees_EN.pdf": "card-fees",
        "card fees 2026 final v2.docx": "card-fees",
        "scan_0017.pdf": "",
        "收費表.pdf": "",
        "document(3).pdf": "",
        "contributions-2022-zh.docx": "contributions",
    }
    assert {name: base_of_name(name) for name in names} == names


def test_a_label_is_never_one_that_stands_for_another_file() -> None:
    day = date(2026, 3, 1)
    taken: set[str] = set()
    for _ in range(5):
        label = label_of(day, taken, None)
        assert label not in taken
        taken.add(label)


def test_a_reading_is_stored_as_it_was() -> None:
    reading = a_file("Card fees", f"{FEES} As at 1 March 2026. In force from 2 March 2026.", known=True).reading
    assert Reading.from_json(reading.to_json()) == reading


def test_two_files_that_start_on_one_day_are_not_versions_of_one_document() -> None:
    files = [a_file("Locker fees", f"A locker costs HK${n}00 a year.", f"lockers-{n}.pdf") for n in (1, 2)]
    assert [p.fields["document"] for p in propose(files, [], TODAY)] == ["lockers-1-en", "lockers-2-en"]


def test_two_files_that_start_on_different_days_are_versions_of_one_document() -> None:
    words = "A locker costs HK$100 a year. As at 1 {} 2026."
    files = [a_file("Locker fees", words.format(month), f"lockers-{month}.pdf") for month in ("January", "March")]
    files = [ReadFile(f"lockers-2026-{n}.pdf", file.reading) for n, file in enumerate(files)]
    assert {p.fields["document"] for p in propose(files, [], TODAY)} == {"lockers-en"}


def test_a_number_that_is_no_date_and_no_version_tells_documents_apart() -> None:
    names = {
        "bulk-12.txt": "bulk-12",
        "form 17 2026-04.pdf": "form-17",
        "fees-2026-04-01.pdf": "fees",
        "fees 01-04-2026.pdf": "fees",
        "fees_20260401_v2.pdf": "fees",
        "fees version 2.1 (2).pdf": "fees",
    }
    assert {name: base_of_name(name) for name in names} == names


def test_forty_products_in_forty_files_are_forty_documents() -> None:
    files = [
        a_file(
            f"Product {'abcdefghij'[n % 10] * 3}{n}",
            f"It costs HK${n}00. As at {n % 27 + 1} May 2026.",
            f"bulk-{n:02}.txt",
        )
        for n in range(40)
    ]
    assert len({p.fields["document"] for p in propose(files, [], TODAY)}) == 40


@pytest.mark.parametrize("name", ["scan_{}.pdf", "lockers-2026-{}.pdf"])
def test_files_unlike_in_words_and_title_are_never_versions_of_one_document(name: str) -> None:
    locker = a_file("Locker fees", "A locker costs HK$100 a year. As at 1 March 2026.", name.format(1))
    travel = a_file("Travel cover", "We insure journeys worldwide. As at 1 May 2026.", name.format(2))
    assert len({p.fields["document"] for p in propose([locker, travel], [], TODAY)}) == 2


def test_unlike_files_of_one_name_are_named_after_their_titles() -> None:
    locker = a_file("Locker fees", "A locker costs HK$100 a year. As at 1 March 2026.", "fees.pdf")
    travel = a_file("Travel cover", "We insure journeys worldwide. As at 1 May 2026.", "fees.docx")
    documents = [p.fields["document"] for p in propose([locker, travel], [], TODAY)]
    assert documents == ["locker-fees-en", "travel-cover-en"]


def test_what_has_no_latin_name_is_named_by_its_topic_and_both_forms_of_chinese_are_siblings() -> None:
    hant = a_file("旅遊卡收費", "年費為一百元。如欲查詢，請致電客戶服務熱線。", "收費表.pdf")
    hans = a_file("旅游卡收费", "年费为一百元。如欲查询，请致电客户服务热线。", "收费表.pdf")
    one, two = (p.fields for p in propose([hant, hans], [], TODAY))
    assert (one["document"], one["sibling"]) == ("travel-card-fees-zh", "travel-card-fees-zh-hans")
    assert (two["document"], two["sibling"]) == ("travel-card-fees-zh-hans", "travel-card-fees-zh")


@pytest.mark.parametrize(
    ("title", "name", "document"),
    [
        ("2025年第25號通告", "第25號通告.pdf", "notice-25-zh"),
        ("第25號", "25.pdf", "document-25-zh"),
        ("信用卡條款及章則", "條款.pdf", "credit-card-terms-zh"),
        ("各位客戶", "通告.pdf", "notice-zh"),
        ("各位客戶", "掃描.pdf", "document-1-zh"),
    ],
)
def test_a_chinese_file_is_never_named_by_a_bare_number(title: str, name: str, document: str) -> None:
    (proposal,) = propose([a_file(title, "我們的網點每天九時開門營業，詳情請向職員查詢。", name)], [], TODAY)
    assert proposal.fields["document"] == document


def test_a_topic_that_names_a_document_already_is_numbered() -> None:
    files = [
        a_file("通告", "我們的網點每天九時開門營業。", "一.pdf"),
        a_file("公告", "利息每月支付一次給客戶。", "二.pdf"),
    ]
    assert [p.fields["document"] for p in propose(files, [], TODAY)] == ["notice-zh", "notice-2-zh"]


def test_two_languages_under_one_name_are_siblings_only_where_a_name_says_the_language() -> None:
    texts = (("Card fees", "Cards have fees."), ("網點時間", "網點每天九時開門營業。"))
    for names, siblings in ((("plain.pdf", "plain.txt"), ""), (("plain.pdf", "plain_c.pdf"), "plain-zh")):
        files = [a_file(*text, name) for text, name in zip(texts, names, strict=True)]
        assert propose(files, [], TODAY)[0].fields["sibling"] == siblings


def test_a_mostly_english_document_with_some_chinese_is_english() -> None:
    text = (
        "The annual fee of the card is waived for the first year. " * 8
        + "附註：以英文版本為準，請參閱本行網頁所載的條款及細則。 " * 2
    )
    (proposal,) = propose([a_file("Card fees", text)], [], TODAY)
    assert proposal.fields["language"] == "en"


def blocks(*texts: tuple[BlockKind, str]) -> ParsedDocument:
    text, found = "", []
    for kind, words in texts:
        found.append(Block(kind, Span(len(text), len(text) + len(words)), None, (), level=kind is BlockKind.HEADING))
        text += words + "\n"
    return ParsedDocument(text, tuple(found), "test-1")


@pytest.mark.parametrize(
    ("parsed", "title"),
    [
        (blocks((BlockKind.HEADING, "Sheet"), (BlockKind.TABLE, "Fee | HK$")), "fees"),
        (blocks((BlockKind.HEADING, "Slide 1"), (BlockKind.HEADING, "Parcel lockers")), "Parcel lockers"),
        (blocks((BlockKind.TABLE, "Fee | HK$\nCard | 1,480")), "fees"),
        (blocks((BlockKind.PARAGRAPH, "]>&b;"), (BlockKind.PARAGRAPH, "Words.")), "fees"),
        (blocks((BlockKind.PARAGRAPH, "Branch hours"), (BlockKind.PARAGRAPH, "Nine to five.")), "Branch hours"),
    ],
)
def test_a_title_is_what_the_file_calls_itself_else_the_files_name(parsed: ParsedDocument, title: str) -> None:
    (proposal,) = propose([ReadFile("fees.xlsx", reading_of(parsed, []))], [], TODAY)
    assert proposal.fields["title"] == title
