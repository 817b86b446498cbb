"""A sentence that is nearly the cited one: what may differ, and what makes it another."""

from __future__ import annotations

import pytest

from guardrails.verification import Support, entails

REPLY = "Our reply is final. If you are not satisfied with it you may ask for a review within 60 days. No fee is due."
COPY = "Ask at any branch. The first copy in each calendar year is free of charge. Others cost HK$100."
SEVEN = "本行最少每月發出結單一次。客戶須於結單日期後90日內報告錯誤。如於90日內沒有報告，結單視作正確。"
STOCKS = "受託人會退還餘額。如借款額超過按倉值，本公司可在未經你同意下沽出股票。每名客戶最高保障額為HK$800,000。"
CLAUSE = "3.2 We pay at the end of the policy. 3.3 The trustee may move the balance no later than 30 June each year."
PARTS = "4.1 您可选择现金或转账。4.2 本行将于每年首个营业日向客户收取固定年费。4.3 年费不予退还。"

OTHERS = [
    (CLAUSE, "The member may move the balance no later than 30 June each year."),
    (CLAUSE, "The trustee may move the balance no earlier than 30 June each year."),
    (CLAUSE, "We pay at the start of the policy."),
    (PARTS, "本行将于每年首个营业日向客户收取浮动年费。"),
    (PARTS, "本行将于每年最后一个营业日向客户收取固定年费。"),
    (REPLY, "If you are satisfied with it you may ask for a review within 60 days."),
    (REPLY, "If you are not satisfied with it you may ask for a review after 60 days."),
    (REPLY, "If you are not satisfied with it you need not ask for a review within 60 days."),
    (REPLY, "Unless you are not satisfied with it you may ask for a review within 60 days."),
    (REPLY, "You may ask for a review within 60 days."),
    (COPY, "The third copy in each calendar year is free of charge."),
    (COPY, "The first copy in each calendar month is free of charge."),
    (COPY, "The first copy in each calendar year is subject to a charge."),
    (SEVEN, "客戶須於結單日期後90日後才報告錯誤。"),
    (SEVEN, "客戶毋須於結單日期後90日內報告錯誤。"),
    (SEVEN, "本行最多每月發出結單一次。"),
    (STOCKS, "如借款額低於按倉值，本公司可在未經你同意下沽出股票。"),
    (STOCKS, "如借款額超過按倉值，本公司可在經你同意下沽出股票。"),
    (STOCKS, "每戶客戶最高保障額為HK$800,000。"),
]
SAME = [
    (CLAUSE, "The trustee may move the balance on or before 30 June each year."),
    (PARTS, "本行会于每年首个营业日向客户收取固定年费。"),
    (REPLY, "You may ask for a review within sixty days if you are not satisfied with it."),
    (REPLY, "If you aren't satisfied with it you may ask for a review in no more than 60 days."),
    (COPY, "The first copy in every calendar year is free."),
    (SEVEN, "客戶必須於結單日期後九十天內報告錯誤。"),
    (SEVEN, "若於90日內沒有報告的話，結單視作正確。"),
    (SEVEN, "客戶要於結單日期後90日內報告錯誤。"),
    (STOCKS, "倘若借款額超過按倉值，我們可以在未經你同意下沽出股票。"),
]

WITHIN = "Payment is made within 30 days after the claim. The fee is not charged if the offering is withdrawn."
OFTEN = "Interest is paid every three months. The first 12 instalments are free. The period is 14 days from delivery."
RATE = "A person under 18 gets 2.10% p.a."
ONLY = "The customer must tell the Bank if the card is lost. The waiver ends only if the card is lost."
利息 = "利息每三個月支付一次。服務費每年收取，客戶須於兩星期內繳付。"
AGAIN = [
    (WITHIN, "Payment is made no later than 30 days after the claim."),
    (WITHIN, "Payment is made within 30 days of the claim."),
    (WITHIN, "No fee is charged if the offering is withdrawn."),
    (WITHIN, "The fee is not charged should the offering be withdrawn."),
    (OFTEN, "Interest is paid every quarter."),
    (OFTEN, "Interest is paid quarterly."),
    (OFTEN, "The first dozen instalments are free."),
    (OFTEN, "The period is a fortnight from delivery."),
    (RATE, "A person younger than 18 gets 2.1 per cent per annum."),
    (ONLY, "The customer is to tell the Bank if the card is lost."),
    (利息, "利息每季支付一次。"),
    (利息, "客戶要於兩星期內繳付。"),
]
FURTHER = [
    (WITHIN, "Payment is made no earlier than 30 days after the claim."),
    (WITHIN, "Payment is made within 30 days before the claim."),
    (WITHIN, "A fee is charged if the offering is withdrawn."),
    (WITHIN, "The fee is not charged unless the offering is withdrawn."),
    (OFTEN, "Interest is paid every month."),
    (OFTEN, "Interest is paid every four months."),
    (OFTEN, "The first ten instalments are free."),
    (OFTEN, "The period is a month from delivery."),
    (RATE, "A person older than 18 gets 2.1 per cent per annum."),
    (ONLY, "The customer is not to tell the Bank if the card is lost."),
    (利息, "利息每半年支付一次。"),
    (利息, "客戶不用於兩星期內繳付。"),
]


@pytest.mark.parametrize(("evidence", "sentence"), AGAIN)
def test_how_often_how_late_and_in_which_case_may_be_said_otherwise(evidence: str, sentence: str) -> None:
    assert entails(evidence, sentence).support is Support.SUPPORTED


@pytest.mark.parametrize(("evidence", "sentence"), FURTHER)
def test_another_time_or_case_in_those_words_is_held(evidence: str, sentence: str) -> None:
    assert entails(evidence, sentence).support is not Support.SUPPORTED


@pytest.mark.parametrize(("evidence", "sentence"), OTHERS)
def test_a_word_that_makes_it_another_sentence_holds_it(evidence: str, sentence: str) -> None:
    assert entails(evidence, sentence).support is not Support.SUPPORTED


@pytest.mark.parametrize(("evidence", "sentence"), SAME)
def test_known_rewordings_and_moved_clauses_pass(evidence: str, sentence: str) -> None:
    assert entails(evidence, sentence).support is Support.SUPPORTED
