from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.subject import subject


@pytest.mark.parametrize(
    ("masked_text", "expected"),
    [
        ("What is the annual fee? My HKID is [HKID], my card [CARD].", "What is the annual fee?"),
        ("my card [CARD] was stolen in Osaka", "my card   was stolen in Osaka"),
        ("我身份證號碼係[HKID]，年費幾多？", "年費幾多？"),
        ("張卡[CARD]唔見咗，點算？", "張卡 唔見咗，點算？"),
        ("my HKID is [HKID]", "my HKID is"),
        ("Good morning! What is the annual fee?", "What is the annual fee?"),
        ("早晨，分行幾點開門？唔該", "分行幾點開門？"),
        ("Hello who audits the scheme Many thanks", "who audits the scheme"),
        ("你好 過錯數點算 多謝晒", "過錯數點算"),
        ("no personal data here", "no personal data here"),
    ],
)
def test_what_a_text_is_about_is_left_without_courtesies_and_who_somebody_is(masked_text: str, expected: str) -> None:
    assert subject(masked_text) == expected


@given(st.text(max_size=60))
def test_no_token_is_left_in_what_a_text_is_about(text: str) -> None:
    assert "[HKID]" not in subject(f"{text}[HKID]")
