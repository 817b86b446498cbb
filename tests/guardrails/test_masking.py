from __future__ import annotations

import pytest
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My HKID is A123456(3)", "My HKID is [HKID]"),
        ("A123456(7)", "[HKID]"),  # mistyped, and still someone's
        ("身份證號碼係Ａ１２３４５６（３）", "身份證號碼係[HKID]"),
        ("身份证号 11010519491231002X", "身份证号 [ID]"),
        ("my social security number is 123-45-6789", "my social security number is [ID]"),
        ("電話：九一二三 四五六七", "電話：[PHONE]"),
        ("my phone is 9123 4567", "my phone is [PHONE]"),
        ("account number 012-345-678901", "account number [ACCOUNT]"),
        ("passport K12345678", "passport [PASSPORT]"),
        ("email me at a.b@c.com", "email me at [EMAIL]"),
        ("date of birth: 1 January 1960", "date of birth: [BIRTH_DATE]"),
        ("Flat A, 12/F, 33 Nathan Road, Kowloon", "[ADDRESS]"),
        ("我住喺旺角彌敦道123號", "我住[ADDRESS]"),
        ("住喺旺角彌敦道123號5樓A室 我要投訴", "住喺[ADDRESS]我要投訴"),
        ("token=9f8e7d6c5b4a39281706f5e4d3c2b1a0ffeeddcc", "token=[KEY]"),
        ("Bearer abcdef0123456789abcdef0123456789", "Bearer [KEY]"),
        ("令牌：9f8e7d6c5b4a39281706f5e4d3c2b1a0ffeeddcc", "令牌：[KEY]"),
        ("密钥是 QWxhZGRpbjpvcGVuIHNlc2FtZQ91234567==", "密钥是 [KEY]"),
        ("my password is Hunter2!", "my password is [PASSWORD]"),
        ("Chan Tai Man, 9123 4567, taiman@example.com", "[NAME], [PHONE], [EMAIL]"),
        ("Policy number LJ-2026-00812, Chan Siu Ming", "Policy number [ACCOUNT], [NAME]"),
        ("我姓陳，電話91234567", "我姓[NAME]，電話[PHONE]"),
        ("王小明 13800138000", "[NAME] [ACCOUNT]"),
        ("my name is Chan Tai Man and I want a card", "my name is [NAME] and I want a card"),
        ("我叫陳大文，想開戶口", "我叫[NAME]，想開戶口"),
        ("Mr Chan called", "Mr [NAME] called"),
        ("my CVV is 123 and my PIN is 4829", "my CVV is [CVV] and my PIN is [PIN]"),
        ("驗證碼係四八二九一三", "驗證碼係[OTP]"),
        ("my ID: A123456 bracket 3", "my ID: [HKID]"),
        ("A123456 in brackets 7, is it right?", "[HKID], is it right?"),
        ("我係A123456 括號3", "我係[HKID]"),
        ("the bank texted 593817 to me", "the bank texted [OTP] to me"),
        ("the code they texted me is 0529 9061", "the code they texted me is [OTP]"),
        ("收到六位數字 605142 係咪要輸入", "收到六位數字 [OTP] 係咪要輸入"),
        ("my code is 48-29-17 why rejected", "my code is [OTP] why rejected"),
        ("the six-digit number 605142 does not work", "the six-digit number [OTP] does not work"),
        ("我個碼係605142", "我個碼係[OTP]"),
        ("the code they sent to 9123 4567 is 482913", "the code they sent to [PHONE] is [OTP]"),
        ("the OTP they sent to my phone 9123 4567 is 482913", "the OTP they sent to my phone [PHONE] is [OTP]"),
        ("the code you sent to +852 9123 4567 at 10:30 was 482913", "the code you sent to [PHONE] at 10:30 was [OTP]"),
        ("OTP 482913 sent to 91234567", "OTP [OTP] sent to [PHONE]"),
        ("驗證碼送咗去9123 4567，係482913", "驗證碼送咗去[PHONE]，係[OTP]"),
        ("验证码发到91234567了，是482913", "验证码发到[PHONE]了，是[OTP]"),
        ("the code they texted me is 91234567", "the code they texted me is [OTP]"),
        ("my OTPs are 482913 and 593817", "my OTPs are [OTP] and [OTP]"),
        ("OTP 482913 593817", "OTP [OTP] [OTP]"),
        ("cvv for 4111 1111 1111 1111 is 123", "cvv for [CARD] is [CVV]"),
        ("9123 4567, thanks", "[PHONE], thanks"),
        ("驗證碼係482913，我2019年開戶", "驗證碼係[OTP]，我2019年開戶"),
        # digits written as words
        ("我電話九一二三 四五六七", "我電話[PHONE]"),
        ("call nine one two three, four five six seven please", "call [PHONE] please"),
        ("my mobile: nine one two three double four six seven", "my mobile: [PHONE]"),
        ("卡號四五三二 零一五一 一二八三 零三六六", "卡號[CARD]"),
        ("我個PIN係八三九二", "我個PIN係[PIN]"),
        ("my PIN is eight three nine two", "my PIN is [PIN]"),
        ("CVV係三二一", "CVV係[CVV]"),
        ("轉數快9777 6655，三天內", "轉數快[PHONE]，三天內"),
        # e-mail addresses written to be read aloud
        ("chan.taiman at gmail dot com", "[EMAIL]"),
        ("write to chan dot taiman (at) mailbox (dot) example", "write to [EMAIL]"),
        ("taiman @ gmail.com is mine", "[EMAIL] is mine"),
        # documents, with or without their brackets, one or several
        ("my id z6833655", "my id [HKID]"),
        ("passports K12345678 and H98765432", "passports [PASSPORT] and [PASSPORT]"),
        ("台胞証 / 台胞證 12345678", "台胞証 / 台胞證 [PASSPORT]"),
        ("H98765432 is hers", "[ID] is hers"),
        # accounts of other forms: whole, never by halves
        ("IBAN GB29 NWBK 6016 1331 9268 19 and more", "IBAN [ACCOUNT] and more"),
        ("DE89 3704 0044 0532 0130 00", "[ACCOUNT]"),
        ("iban GB29 NWBK 6016 1331 9268 10 fails", "iban [ACCOUNT] fails"),  # mistyped, and still someone's
        ("保單號碼係 HL-2023-884512", "保單號碼係 [ACCOUNT]"),
        ("policy HL-0093381-2 lapsed", "policy [ACCOUNT] lapsed"),
        ("my WeChat id is taiman_chan88", "my WeChat id is [SOCIAL]"),
        ("加我微信 taiman88", "加我微信 [SOCIAL]"),
        # names that a relation introduces, and whole ones after a title
        ("my employee John Smith cannot log in", "my employee [NAME] cannot log in"),
        ("我媽咪李美玲想開戶", "我媽咪[NAME]想開戶"),
        ("Mrs Chan Siu Ling wants a card", "Mrs [NAME] wants a card"),
        # and as they are typed in haste
        ("please tell mr chan that i called", "please tell mr [NAME] that i called"),
        ("i am mr chan, what is the fee", "i am mr [NAME], what is the fee"),
        ("miss lee siu ling told me", "miss [NAME] told me"),
        ("i'm wong ka ming and i lost my card", "i'm [NAME] and i lost my card"),
        # what a program logs in with
        ("my api key is sk-proj-4f9aK2LmQ8xYz7Tn3Vb1Rw6H, is it leaked?", "my api key is [KEY], is it leaked?"),
        ("我個API key係sk-proj-4f9aK2LmQ8xYz7Tn3Vb1Rw6H，係咪洩漏咗？", "我個API key係[KEY]，係咪洩漏咗？"),
        ("我的密钥是 4f9aK2LmQ8xYz7Tn3Vb1Rw6H", "我的密钥是 [KEY]"),
        ("is AKIAIOSFODNN7EXAMPLE still good", "is [KEY] still good"),
    ],
)
def test_personal_data_becomes_a_token(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "call 2000 0000 or care@bank.example",  # the institution's own
        "HK$20000000 or 20,000,000 dollars",
        "from 20260101 to 2026-12-31",
        "Is there a branch at 10 Nathan Road?",
        "What if I miss one of my payments?",
        "我係客戶，想問黃金卡年費",
        "my password is wrong",
        "the limit is 480,000",
        "my limit is 480000 dollars",
        "What does the code of banking practice 2023 say?",
        "The branch code is 0042 and the sort code is 123456",
        "收到短訊話扣咗480000蚊",
        "What does bracket 3 of the tax table mean?",
        "do I need an OTP above HK$50000 or 100000 dollars",
        "an OTP is valid for 100 seconds, not 1000 seconds",
        "9123 4567,890 units",
        "二零二六年一月一日起，年利率三點五厘",
        "one, two or three months; four per cent",
        "look at bank.example or meet me at the branch",
        "Does WeChat Pay account linking cost anything?",
        "my wife is British and my friend banks with HSBC",
        "我太太何時可以開戶？我老公高興",
        "ab12 card fees days",
        "i miss long queues, and i miss so many calls",
        "What is an API key, and does open banking need access tokens?",
        "I am so happy, this is long overdue",
    ],
)
def test_ordinary_words_and_figures_stay(text: str) -> None:
    assert masked(text) == text


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


def test_a_number_of_the_institution_beside_a_code_stays_however_often_it_is_masked() -> None:
    once = masked("the OTP from 2000 0000 is 482913")
    assert once == "the OTP from 2000 0000 is [OTP]"
    assert masked(once) == once


@given(st.text(alphabet="我的卡HKIDA123456()7- OTP係驗證碼4829\u200b１２", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


@given(st.text())
def test_spans_always_lie_in_the_text(text: str) -> None:
    for found in (*pii.detect(asked(text)), *credentials.detect(asked(text))):
        assert found.span is not None
        assert found.span.end <= len(text)
