"""Personal details and nothing else: they are masked, their customer is told so, and nobody takes them for orders."""

from __future__ import annotations

import pytest

from guardrails.types import Reason
from tests.app.small_bank import SmallBank


@pytest.mark.parametrize(
    "details",
    [
        "Chan Tai Man, 9123 4567, taiman@example.com",
        "Chan Tai Man 91234567",
        "Policy number LJ-2026-00812, Chan Siu Ming",
        "我姓陳，電話91234567",
        "王小明 13800138000",
    ],
)
async def test_details_typed_in_one_line_are_told_to_be_masked(small_bank: SmallBank, details: str) -> None:
    answer = await small_bank.ask(details)
    assert answer.reason is Reason.ONLY_DETAILS
    assert small_bank.cases() == ()
