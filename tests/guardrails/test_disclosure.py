from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.disclosure import (
    SAYS_NOTHING,
    Occasion,
    cited_words,
    day_in_words,
    lapsed_rules,
    missing,
    owed,
    owed_rules,
    place,
    session_statements,
)
from guardrails.errors import DisclosureError
from guardrails.messages import customer_words
from guardrails.rulebook import Rulebook
from guardrails.types import Disclosure, Reason
from knowledge_bases.loader import load_institution
from knowledge_bases.schema import Language, Sector, Wording
from tests.guardrails.builders import BANK, INSURER, TODAY, TRUSTEE, cited, institution, occasion

SAMPLES = Path(__file__).resolve().parents[2] / "knowledge_bases"


def owed_ids(rulebook: Rulebook, question: str, **changes: object) -> list[str]:
    return [rule.id for rule in owed_rules(rulebook, occasion(question, **changes))]


def text_of(rulebook: Rulebook, rule_id: str, asked: Occasion) -> str:
    return next(statement.text for statement in owed(rulebook, asked) if statement.rule_id == rule_id)


def test_what_is_cited_counts_with_its_heading(rulebook: Rulebook) -> None:
    row = replace(cited("3.5% p.a."), heading="Personal loan")
    assert "D02" in owed_ids(rulebook, "How much?", answer="3.5% p.a.", passages=cited_words([row]))
    assert "D02" not in owed_ids(rulebook, "How much?", answer="3.5% p.a.", passages=cited_words([cited("3.5% p.a.")]))


def test_a_tag_owes_its_statement_whatever_the_words_are(rulebook: Rulebook) -> None:
    assert owed_ids(rulebook, "How much?", tags=frozenset({"credit_card"})) == ["D01"]


def test_words_owe_it_where_no_tag_does(rulebook: Rulebook) -> None:
    assert "D08" in owed_ids(rulebook, "存一百五十萬定期，係咪全部有保障？", language=Language.ZH_HANT)


def test_the_words_of_the_answer_count_like_those_of_the_question(rulebook: Rulebook) -> None:
    assert "D15" in owed_ids(rulebook, "Can I?", answer="Yes, in renminbi.")


@pytest.mark.parametrize(
    ("said", "owing"),
    [
        ("Item | HKD account | USD account | RMB account. Stop payment: HK$100", "D15"),
        ("項目 | 港元戶口 | 美元戶口 | 人民幣戶口", "D15"),
        ("Renminbi is currently not fully freely convertible", "D26"),
    ],
)
def test_a_document_that_only_mentions_a_product_owes_nothing_for_it(rulebook: Rulebook, said: str, owing: str) -> None:
    assert owing not in owed_ids(rulebook, "How much?", answer=said)


def test_statements_stack_in_order_of_id(rulebook: Rulebook) -> None:
    tags = frozenset({"structured_deposit", "rmb"})
    assert owed_ids(rulebook, "人民幣結構性存款", tags=tags, answer="x")[:4] == ["D09", "D10", "D11", "D15"]


def test_the_statement_is_in_the_customers_language_with_slots_filled(rulebook: Rulebook) -> None:
    tags = frozenset({"deposit"})
    english = owed(rulebook, occasion("?", tags=tags))
    chinese = owed(rulebook, occasion("?", tags=tags, language=Language.ZH_HANT))
    assert english[0].text.startswith("Harbour Bank is a member of the Deposit Protection Scheme.")
    assert chinese[0].text == (
        "本銀行是存款保障計劃的成員。本銀行接受的合資格存款受存保計劃保障，最高保障額為每名存款人HK$800,000。"
    )


BEFORE_THE_LIMIT_ROSE = date(2024, 1, 15)
DEPOSIT = "What is the deposit protection limit for a structured deposit?"


def test_a_fact_of_other_days_is_not_stated_beside_an_answer_about_a_day_before_it(rulebook: Rulebook) -> None:
    then = occasion(DEPOSIT, about=BEFORE_THE_LIMIT_ROSE, answer="The limit is HK$500,000.")
    assert "D08" not in [rule.id for rule in owed_rules(rulebook, then)]
    assert [rule.id for rule in lapsed_rules(rulebook, then)] == ["D08"]


def test_a_warning_is_owed_on_the_day_it_is_said_whatever_day_is_asked_about(rulebook: Rulebook) -> None:
    assert "D09" in owed_ids(rulebook, DEPOSIT, about=BEFORE_THE_LIMIT_ROSE)


@pytest.mark.parametrize("about", [None, TODAY, date(2024, 10, 1), date(2030, 1, 1)])
def test_while_the_fact_holds_it_is_stated_and_nothing_is_left_out(rulebook: Rulebook, about: date | None) -> None:
    assert "D08" in owed_ids(rulebook, DEPOSIT, about=about)
    assert lapsed_rules(rulebook, occasion(DEPOSIT, about=about)) == ()


PLAIN_DEPOSITS = ["存一百五十萬定期，係咪全部有保障？", "How much of my time deposits is not protected?"]
BOTH_MEANT = frozenset({"D08", "D09"})


@pytest.mark.parametrize("question", PLAIN_DEPOSITS)
def test_a_plain_deposit_is_not_said_to_be_protected_and_unprotected_in_one_breath(
    rulebook: Rulebook, question: str
) -> None:
    owing = owed_ids(rulebook, question, answer="HK$800,000", intents=BOTH_MEANT)
    assert BOTH_MEANT & set(owing) == {"D08"}


def test_where_a_second_product_is_named_both_statements_are_owed(rulebook: Rulebook) -> None:
    question = "Is my savings account protected, and the structured deposit too?"
    assert set(owed_ids(rulebook, question, tags=frozenset({"deposit"}), intents=BOTH_MEANT)) >= BOTH_MEANT


def test_what_no_words_speak_against_is_owed_by_its_meaning(rulebook: Rulebook) -> None:
    assert "D09" in owed_ids(rulebook, "The thing that pays more if the yen falls?", intents=frozenset({"D09"}))


def test_an_unfilled_slot_is_an_error_that_says_which(rulebook: Rulebook) -> None:
    unnamed = institution(Sector.BANKING, licences=frozenset({"dps_member"}))
    with pytest.raises(DisclosureError, match="D08 needs bank"):
        owed(rulebook, occasion("?", institution=unnamed, tags=frozenset({"deposit"})))


def test_a_rate_without_its_date_cannot_be_disclosed(rulebook: Rulebook) -> None:
    with pytest.raises(DisclosureError, match="D12 needs date"):
        owed(rulebook, occasion("What is the time deposit rate?", answer="3%"))


def test_a_dated_rate_can(rulebook: Rulebook) -> None:
    dated = occasion("What is the deposit rate?", answer="3%", as_at=date(2026, 1, 1), source="Rates")
    statements = owed(rulebook, dated)
    assert "Interest rate as at 1 January 2026" in next(d.text for d in statements if d.rule_id == "D12")


@pytest.mark.parametrize("answer", ["The limit is HK$800,000, since 1 October 2024.", "兩筆定期存款，每筆HK$600,000"])
def test_a_date_of_rates_is_not_owed_where_no_rate_is_quoted(rulebook: Rulebook, answer: str) -> None:
    assert "D12" not in owed_ids(rulebook, "What is the deposit rate?", answer=answer, tags=frozenset({"deposit_rate"}))


@pytest.mark.parametrize("answer", ["3 months: 2.30%", "三個月：二點三厘", "two per cent a year"])
def test_it_is_owed_wherever_one_is(rulebook: Rulebook, answer: str) -> None:
    assert "D12" in owed_ids(rulebook, "What is the deposit rate?", answer=answer)


def test_a_refusal_owes_no_statement_about_an_answer(rulebook: Rulebook) -> None:
    assert "D12" not in owed_ids(rulebook, "What is the time deposit rate?")


def test_the_optional_part_needs_its_tag(rulebook: Rulebook) -> None:
    plain = owed(rulebook, occasion("?", institution=INSURER, tags=frozenset({"claims"})))[0].text
    vhis = owed(rulebook, occasion("?", institution=INSURER, tags=frozenset({"vhis"})))[0].text
    assert "year 2 25%" not in plain
    assert (
        vhis == plain + " VHIS: unknown pre-existing conditions – year 1 nil, year 2 25%, year 3 50%, from year 4 100%."
    )


def test_an_mpf_fund_answer_carries_the_ai_label(rulebook: Rulebook) -> None:
    assert {"D40", "D47"} <= set(owed_ids(rulebook, "?", institution=TRUSTEE, tags=frozenset({"mpf_fund"})))


@pytest.mark.parametrize("language", list(Language))
def test_a_conversation_starts_by_saying_that_it_is_an_ai(rulebook: Rulebook, language: Language) -> None:
    assert [d.rule_id for d in session_statements(rulebook, BANK, language, TODAY)] == ["D47"]


@given(st.text(), st.lists(st.text(min_size=1), max_size=4))
def test_a_placed_statement_is_not_missing_and_is_placed_once(text: str, statements: list[str]) -> None:
    disclosures = tuple(Disclosure("D01", statement) for statement in statements)
    placed = place(text, disclosures)
    assert missing(placed, disclosures) == ()
    assert place(placed, disclosures) == placed
    assert placed.startswith(text)


def test_a_changed_byte_is_a_missing_statement() -> None:
    statement = Disclosure("D01", "還得到先好借！")
    assert missing("還得到先好借!", (statement,)) == (statement,)


def test_dates_are_written_as_customers_read_them() -> None:
    assert day_in_words(date(2026, 1, 2), Language.EN) == "2 January 2026"
    assert day_in_words(date(2026, 1, 2), Language.ZH_HANS) == "2026年1月2日"


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("language", list(Language))
def test_every_refusal_names_the_telephone_and_the_hours(
    rulebook: Rulebook, reason: Reason, language: Language
) -> None:
    words = customer_words(rulebook, reason, BANK, language, "C261126-ABCDEF")
    assert "+852 2000 0000" in words
    assert BANK.contact.hours.in_language(language) in words


@pytest.mark.parametrize("language", list(Language))
def test_words_in_several_languages_tell_the_hours_in_each_of_them(rulebook: Rulebook, language: Language) -> None:
    contact = replace(BANK.contact, hours=Wording("9 to 5", "九時至五時", "九点至五点"))
    words = customer_words(rulebook, Reason.LANGUAGE, replace(BANK, contact=contact), language)
    lines = {Language.EN: "I can read", Language.ZH_HANT: "我只能以中文", Language.ZH_HANS: "我只能用中文"}
    for each, start in lines.items():
        (line,) = (line for line in words.split("\n") if line.startswith(start))
        assert contact.hours.in_language(each) in line


def test_complaints_go_to_the_general_contact_unless_the_institution_names_another(rulebook: Rulebook) -> None:
    general = text_of(rulebook, "D49", occasion("How do I make a complaint?"))
    officer = institution(Sector.BANKING, complaint_contact="the Complaints Officer")
    named = text_of(rulebook, "D49", occasion("How do I make a complaint?", institution=officer))
    assert "lodge a complaint with +852 2000 0000 / care@bank.example." in general
    assert "lodge a complaint with the Complaints Officer." in named


@pytest.mark.parametrize(
    ("language", "fdrc", "bureau"),
    [
        (Language.EN, "Financial Dispute Resolution Centre", "Insurance Complaints Bureau"),
        (Language.ZH_HANT, "金融糾紛調解中心", "保險投訴局"),
        (Language.ZH_HANS, "金融纠纷调解中心", "保险投诉局"),
    ],
)
def test_a_dispute_goes_to_the_body_of_the_institutions_sector(
    rulebook: Rulebook, language: Language, fdrc: str, bureau: str
) -> None:
    def named(*sectors: Sector) -> str:
        asked_of = occasion("How do I make a complaint?", institution=institution(*sectors), language=language)
        return text_of(rulebook, "D49", asked_of)

    assert fdrc in named(Sector.BANKING)
    assert bureau not in named(Sector.BANKING)
    assert bureau in named(Sector.INSURANCE)
    assert fdrc not in named(Sector.INSURANCE)
    assert named(Sector.BANKING, Sector.INSURANCE).index(fdrc) < named(Sector.BANKING, Sector.INSURANCE).index(bureau)


@pytest.mark.parametrize("sample", sorted(path.parent.name for path in SAMPLES.glob("*/institution.yaml")))
@pytest.mark.parametrize("language", list(Language))
def test_the_sample_institutions_fill_every_slot_of_the_rules_that_bind_them(
    rulebook: Rulebook, sample: str, language: Language
) -> None:
    bound = load_institution(SAMPLES / sample).institution
    rules = rulebook.select(bound, TODAY)
    tags = frozenset(tag for rule in rules for tag in (*rule.tags, *(t for tr in rule.triggers for t in tr.within)))
    question = " ".join(text for rule in rules for text in rule.examples.must_fire[:1])
    answered = occasion(question, institution=bound, language=language, tags=tags, as_at=TODAY, source="Fees")
    full = replace(answered, answer=SAYS_NOTHING)
    assert {d.rule_id for d in owed(rulebook, full)} >= {rule.id for rule in rules}
