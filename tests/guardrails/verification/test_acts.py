"""What a sentence may not do of itself: give a contact, advise, promise, decide, demand."""

from __future__ import annotations

import pytest

from tests.guardrails.verification.comparing import against

FEES = "Lower fees apply by themselves. They are not a recommendation to choose a fund."
HOTLINE = "Call +852 3000 0000 or write to care@peakmpf.example. Staff never ask for your password."


@pytest.mark.parametrize(
    "sentence",
    [
        "Confirm at peakmpf-confirm.example.",
        "Please log in at https://peak.example/refund.",
        "Call 9777 8888 now.",
        "請轉賬至012-345678-901。",
        "請電郵至help@peak-help.example。",
        "詳情請加Telegram @pcfund_vip。",
    ],
)
def test_a_contact_that_is_not_in_the_evidence_is_held(sentence: str) -> None:
    assert against("contacts", HOTLINE, sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Call 3000 0000.", "請電郵至care@peakmpf.example。", "The limit is HK$10,000,000.", "上限為10000000港元。"],
)
def test_one_that_is_there_passes_and_so_does_an_amount(sentence: str) -> None:
    assert not against("contacts", HOTLINE, sentence)


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (FEES, "We recommend the Growth Fund."),
        (FEES, "建議你立即轉換基金。"),
        ("派息並非保證。", "我們保證每年派息。"),
        ("Claims are decided by the claims team.", "Your claim is already approved."),
        ("每期手續費HK$400。", "手續費現已豁免。"),
        ("客戶須以書面通知。", "請先提供身份證號碼及登入密碼。"),
    ],
)
def test_an_act_that_the_evidence_does_not_do_is_held(evidence: str, sentence: str) -> None:
    assert against("acts", evidence, sentence)


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("派息並非保證。", "派息沒有保證。"),
        ("The return is guaranteed for a year.", "A year's return is guaranteed."),
        (HOTLINE, "Staff never ask for your password."),
        ("孖展年利率為6.50%。", "保證金年利率為6.50%。"),
    ],
)
def test_one_that_it_does_or_that_is_denied_passes(evidence: str, sentence: str) -> None:
    assert not against("acts", evidence, sentence)
