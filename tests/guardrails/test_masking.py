from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrails.checkdigits import hkid_is_valid, luhn_is_valid
from guardrails.detectors import credentials, pii
from guardrails.masking import mask
from guardrails.types import Action, Finding, Severity, Stage
from knowledge_bases.schema import Span
from tests.guardrails.builders import asked

SEPARATORS = st.sampled_from(["", " ", "-", "\u200b"])
SAFE = st.text(alphabet="abcdefgh ，。想問", max_size=20)


def masked(text: str) -> str:
    return mask(text, (*pii.detect(asked(text)), *credentials.detect(asked(text))))


def finding(start: int, end: int, detail: str) -> Finding:
    return Finding("P11", Stage.INPUT, Severity.S3, Action.REWRITE, None, Span(start, end), detail)


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def test_a_span_becomes_its_token_and_the_rest_stays() -> None:
    assert mask("call 9123 4567 now", [finding(5, 14, "PHONE")]) == "call [PHONE] now"


def test_overlapping_spans_become_one_token() -> None:
    assert mask("abcdefgh", [finding(2, 6, "B"), finding(1, 4, "A")]) == "a[A]gh"


def test_a_finding_without_span_changes_nothing() -> None:
    whole = Finding("P24", Stage.INPUT, Severity.S2, Action.REFUSE)
    assert mask("text", [whole]) == "text"


@given(SAFE, st.integers(0, 999999), SEPARATORS, SAFE)
def test_no_digit_of_an_identity_number_is_left(before: str, number: int, separator: str, after: str) -> None:
    digits = f"{number:06d}"
    check = next(c for c in "0123456789A" if hkid_is_valid("A", digits, c))
    assert digits_of(masked(f"{before} A{separator}{digits}({check}) {after}")) == ""


@given(SAFE, st.integers(0, 10**14 - 1), SEPARATORS, st.booleans())
def test_no_digit_of_a_card_is_left(before: str, number: int, separator: str, wide: bool) -> None:
    partial = f"4{number:014d}"
    card = next(partial + check for check in "0123456789" if luhn_is_valid(partial + check))
    written = separator.join(card[i : i + 4] for i in range(0, 16, 4))
    if wide:
        written = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in written)
    assert digits_of(masked(f"{before} {written}")) == ""


@given(SAFE, st.integers(0, 999999), SEPARATORS, st.sampled_from(["my OTP is ", "驗證碼係", "验证码 ", "OTP: "]))
def test_no_digit_of_a_one_time_password_is_left(before: str, code: int, separator: str, lead: str) -> None:
    assert digits_of(masked(f"{before} {lead}{separator.join(f'{code:06d}')}")) == ""


@given(st.text(alphabet="我的卡HKIDA123456()7- OTP係驗證碼4829\u200b１２", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


@given(st.text())
def test_spans_always_lie_in_the_text(text: str) -> None:
    for found in (*pii.detect(asked(text)), *credentials.detect(asked(text))):
        assert found.span is not None
        assert found.span.end <= len(text)
