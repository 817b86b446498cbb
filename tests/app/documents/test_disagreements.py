"""Documents in force that disagree on a figure: what is pointed out, and what is left alone."""

from __future__ import annotations

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
