"""Documents in force that disagree on a figure: what is pointed out, and what is left alone."""

from __future__ import annotations

from datetime import date

import pytest

from app.documents.disagreements import Disagreement, Kinship, disagreements
from app.documents.figures import Source
from app.documents.lines import lines_of
from app.documents.siblings import connected
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.documents.parses import parsed_of

FEES = ("# Annual fees", "Card | Principal card | Supplementary card", "Gold Card | HK$880 | HK$440")


def source(document: str, *lines: str, sibling: str | None = None, language: Language = Language.EN) -> Source:
    info = VersionInfo(VersionKey(document, "1"), document, language, product="card", sibling=sibling)
    return Source(info, lines_of(parsed_of(*lines)))


def pointed_out(sources: list[Source]) -> tuple[Disagreement, ...]:
    return disagreements(sources, connected(source.info for source in sources))


def alarms(*lines: str, against: tuple[str, ...] = FEES) -> tuple[Disagreement, ...]:
    return pointed_out([source("fees", *against), source("notice", *lines)])


def test_the_same_row_with_another_figure_is_pointed_out_with_both_places() -> None:
    (alarm,) = alarms(*FEES[:2], "Gold Card | HK$900 | HK$440")
    assert alarm.why is Kinship.SAME_ROW
    assert [(s.key.document, s.figures) for s in alarm.statements] == [("fees", "880 HKD"), ("notice", "900 HKD")]


def test_a_row_put_in_words_is_compared_with_its_row() -> None:
    (alarm,) = alarms("# Annual fees", "The fee of the Gold Card, principal card, is HK$900.", against=FEES)
    assert alarm.why is Kinship.ROW_IN_WORDS


def test_the_same_sentence_with_another_period_is_pointed_out() -> None:
    before = ("# Notice", "We give at least 60 days' notice of a change of fees.")
    (alarm,) = alarms("# Change", "We give at least 30 days' notice of a change of fees.", against=before)
    assert alarm.why is Kinship.SAME_SENTENCE


def test_siblings_are_compared_whatever_language_they_are_written_in() -> None:
    english = source("fees-en", *FEES, sibling="fees-zh")
    chinese = ("# 年費", "信用卡 | 主卡 | 附屬卡", "金卡 | 900港元 | 440港元")
    (alarm,) = pointed_out([english, source("fees-zh", *chinese, sibling="fees-en", language=Language.ZH_HANT)])
    assert alarm.why is Kinship.SIBLINGS
    assert [s.figures for s in alarm.statements] == ["880 HKD", "900 HKD"]


def test_siblings_are_followed_over_each_other_as_everywhere() -> None:
    english = source("fees-en", *FEES)
    middle = source("fees-zh", "# 年費", "見附表。", sibling="fees-en", language=Language.ZH_HANT)
    simplified = ("# 年费", "信用卡 | 主卡 | 附属卡", "金卡 | 900港元 | 440港元")
    last = source("fees-hans", *simplified, sibling="fees-zh", language=Language.ZH_HANS)
    (alarm,) = pointed_out([english, middle, last])
    assert alarm.why is Kinship.SIBLINGS
    assert {s.key.document for s in alarm.statements} == {"fees-en", "fees-hans"}


def test_two_of_a_family_in_one_language_are_not_set_against_each_other_line_by_line() -> None:
    chinese = source("fees-zh", "# 年費", "見附表。", sibling="fees-en", language=Language.ZH_HANT)
    other = source("renewal-en", "# Renewal", "Card | A | B", "Blue Card | HK$700 | HK$440", sibling="fees-zh")
    assert pointed_out([source("fees-en", *FEES), chinese, other]) == ()


def test_the_same_figures_are_no_disagreement_however_they_are_written() -> None:
    english = source("fees-en", "# Limits", "The limit is HK$1.5 million for 30 days.", sibling="fees-zh")
    chinese = source(
        "fees-zh", "# 限額", "限額為港幣150萬元，為期三十日。", sibling="fees-en", language=Language.ZH_HANT
    )
    assert pointed_out([english, chinese]) == ()


def test_another_currency_card_or_heading_is_another_thing() -> None:
    assert alarms(*FEES[:2], "Gold Card | US$120 | US$60") == ()
    assert alarms(*FEES[:2], "USD Gold Card | HK$900 | HK$500") == ()
    assert alarms("# Replacement fees", FEES[1], "Gold Card | HK$900 | HK$500") == ()


def test_each_document_has_its_own_dates() -> None:
    assert alarms("# A", "In force from 1 July 2026.", against=("# A", "In force from 1 March 2026.")) == ()


def titled(document: str, title: str, *lines: str, language: Language = Language.EN, **facts: object) -> Source:
    info = VersionInfo(VersionKey(document, "1"), title, language, **{"product": "card", **facts})  # type: ignore[arg-type]
    return Source(info, lines_of(parsed_of(*lines)))


def of_two(one: tuple[str, ...], other: tuple[str, ...], language: Language = Language.EN) -> tuple[Disagreement, ...]:
    return pointed_out([titled("a", *one, language=language), titled("b", *other, language=language)])


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        pytest.param(
            ("Gold Card fees", "# Fees", "The annual fee of the principal card is HK$880."),
            ("Platinum Card fees", "# Fees", "The annual fee of the principal card is HK$1,800."),
            Language.EN,
            id="gold and platinum",
        ),
        pytest.param(
            ("金卡收費", "# 收費", "主卡每年的年費為港幣880元。"),
            ("白金卡收費", "# 收費", "主卡每年的年費為港幣1,800元。"),
            Language.ZH_HANT,
            id="gold and platinum in Chinese",
        ),
        pytest.param(
            ("翡翠卡收费", "# 收费", "主卡每年的年费为港币880元。"),
            ("明珠卡收费", "# 收费", "主卡每年的年费为港币1,800元。"),
            Language.ZH_HANS,
            id="names nobody listed",
        ),
        pytest.param(
            ("Fees", "# Fees", "In 2025 the monthly fee of the account is HK$50."),
            ("Notice", "# Fees", "In 2026 the monthly fee of the account is HK$60."),
            Language.EN,
            id="two years",
        ),
        pytest.param(
            ("Fees", "# Fees", "Year | 2025 | 2026", "Monthly fee of the account | HK$50 | HK$60"),
            ("Notice", "# Fees", "Year | 2026 | 2027", "Monthly fee of the account | HK$60 | HK$70"),
            Language.EN,
            id="columns of years",
        ),
        pytest.param(
            ("Fees", "# Fees", "Card | Annual fee 2025 | Annual fee 2026", "Gold Card | HK$880 | HK$900"),
            ("Notice", "# Fees", "The annual fee of the Gold Card is HK$900 in 2026."),
            Language.EN,
            id="a year's column and another's sentence",
        ),
        pytest.param(
            ("Fees", "# Fees", "The annual fee of the Gold Card is HK$880."),
            ("Notice", "# Fees", "The annual fee of the Gold Card was HK$500 in 2019."),
            Language.EN,
            id="now and then",
        ),
        pytest.param(
            ("Fees", "# Cheques", "The minimum charge for a returned cheque is HK$50."),
            ("Notice", "# Cheques", "The maximum charge for a returned cheque is HK$150."),
            Language.EN,
            id="minimum and maximum",
        ),
        pytest.param(
            ("收費", "# 支票", "每張退票的最低收費為港幣50元。"),
            ("通告", "# 支票", "每張退票的最高收費為港幣150元。"),
            Language.ZH_HANT,
            id="minimum and maximum in Chinese",
        ),
        pytest.param(
            ("Rates", "# Rates", "The USD time deposit rate for new funds is 4%."),
            ("Notice", "# Rates", "The HKD time deposit rate for new funds is 3%."),
            Language.EN,
            id="two currencies",
        ),
        pytest.param(
            ("Fees", "# Personal accounts", "The monthly fee of a dormant account is HK$50."),
            ("Notice", "# Business accounts", "The monthly fee of a dormant account is HK$150."),
            Language.EN,
            id="personal and business",
        ),
        pytest.param(
            ("Fees", "# Personal", "## Fees", "Account | Monthly fee", "Dormant account | HK$50"),
            ("Notice", "# Business", "## Fees", "Account | Monthly fee", "Dormant account | HK$150"),
            Language.EN,
            id="personal and business above the same heading",
        ),
        pytest.param(
            ("收费", "# 个人账户", "不动账户的每月收费为港币50元。"),
            ("通告", "# 商业账户", "不动账户的每月收费为港币150元。"),
            Language.ZH_HANS,
            id="personal and business in Chinese",
        ),
        pytest.param(
            ("Rates", "# Rates", "The time deposit rate for 3 months is 2%."),
            ("Notice", "# Rates", "The time deposit rate for 6 months is 2%."),
            Language.EN,
            id="two terms of a rate",
        ),
    ],
)
def test_what_is_said_of_different_things_is_no_disagreement(
    one: tuple[str, ...], other: tuple[str, ...], language: Language
) -> None:
    assert of_two(one, other, language) == ()


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        (
            ("Gold Card fees", "# Fees", "The annual fee of the principal Gold Card is HK$880."),
            ("Notice to Gold Card holders", "# Change", "The annual fee of the principal Gold Card is HK$900."),
            Language.EN,
        ),
        (
            ("金卡收費", "# 收費", "金卡主卡每年的年費為港幣880元。"),
            ("通告", "# 更改收費", "金卡主卡每年的年費為港幣900元。"),
            Language.ZH_HANT,
        ),
        (
            ("金卡收费", "# 收费", "金卡主卡每年的年费为港币880元。"),
            ("通告", "# 更改收费", "金卡主卡每年的年费为港币900元。"),
            Language.ZH_HANS,
        ),
    ],
)
def test_what_is_said_of_the_same_thing_is_pointed_out(
    one: tuple[str, ...], other: tuple[str, ...], language: Language
) -> None:
    (alarm,) = of_two(one, other, language)
    assert alarm.why is Kinship.SAME_SENTENCE


def test_products_that_share_a_tag_only_are_told_apart_by_their_titles() -> None:
    late = "# Late payment", "The late charge for each missed payment is {}."
    facts = {"tags": frozenset({"fees"})}
    card = titled("a", "Credit card fees", late[0], late[1].format("HK$300"), **{**facts, "product": "credit-card"})
    loan = titled("b", "Personal loan fees", late[0], late[1].format("HK$500"), **{**facts, "product": "loan"})
    assert pointed_out([card, loan]) == ()


def test_a_document_that_contradicts_itself_is_pointed_out_with_both_places() -> None:
    row_and_words = (*FEES, "The fee of the Gold Card, principal card, is HK$900.")
    (alarm,) = pointed_out([source("fees", *row_and_words)])
    assert alarm.why is Kinship.ROW_IN_WORDS
    assert [s.figures for s in alarm.statements] == ["880 HKD", "900 HKD"]
    notice = "We give at least {} days' notice of a change of fees."
    (alarm,) = pointed_out([source("terms", "# Changes", notice.format(60), notice.format(30))])
    assert alarm.why is Kinship.SAME_SENTENCE


def test_a_document_may_say_the_same_of_two_things() -> None:
    pays = "We pay up to {} for each insured person."
    assert pointed_out([source("policy", "# Baggage", pays.format("HK$5,000"), "# Delay", pays.format("HK$900"))]) == ()


def test_what_a_list_item_or_paragraph_names_first_is_what_it_is_about() -> None:
    needs = "{} Card: settled in Hong Kong dollars. Minimum annual income HK${}."
    items = (f"- {needs.format('Jade', '360,000')}", f"- {needs.format('Pearl', '150,000')}")
    assert pointed_out([source("fees", "# Cards", *items)]) == ()
    assert pointed_out([source("fees", "# Cards", *(item[2:] for item in items))]) == ()


def test_versions_that_are_never_in_force_on_one_day_do_not_disagree() -> None:
    words = ("# Notice", "We give at least {} days' notice of a change of fees.")
    old = titled("a", "Terms", words[0], words[1].format(60), effective_to=date(2026, 1, 1))
    new = titled("b", "Terms", words[0], words[1].format(30), effective_from=date(2026, 1, 1))
    assert pointed_out([old, new]) == ()


def test_the_place_of_a_figure_is_its_sentence() -> None:
    (alarm,) = alarms(
        "# Notice",
        "Fees may change. We give at least 30 days' notice of a change of fees. See our site.",
        against=("# Notice", "We give at least 60 days' notice of a change of fees."),
    )
    said = alarm.statements[1]
    start = said.place.start - said.span.start
    assert said.text[start : start + len("We give at least 30")] == "We give at least 30"
    assert said.place.end < said.span.end


def test_of_one_version_only_its_own_disagreements_are_looked_for() -> None:
    fees = {"fees": 880, "notice": 900, "tariff": 920}
    three = [source(name, *FEES[:2], f"Gold Card | HK${fee} | HK$440") for name, fee in fees.items()]
    found = disagreements(three, {}, of={VersionKey("tariff", "1")})
    assert [{s.key.document for s in alarm.statements} for alarm in found] == [{"fees", "tariff"}, {"notice", "tariff"}]
