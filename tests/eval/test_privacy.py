"""Planted secrets are found by what looks for them; a few are asked of the running product and looked for after."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.foundation import lay_foundation
from app.samples import sample_folders
from app.settings import Settings
from eval.planted_secrets import CHECKED, CREDENTIALS, KINDS, Planted, planted
from eval.privacy import recall, searched, set_up
from guardrails.checkdigits import hkid_is_valid, luhn_is_valid
from knowledge_bases.schema import Institution


def bank() -> Institution:
    return next(folder.institution for folder in sample_folders() if folder.institution.id == "harbour-bank")


def test_every_kind_is_planted_in_every_language_and_the_same_each_time() -> None:
    messages = list(planted(len(KINDS) * 3))
    assert {(m.kind, m.language) for m in messages} == {
        (kind, language) for kind in KINDS for language in ("en", "zh-Hant", "zh-Hans")
    }
    assert messages == list(planted(len(KINDS) * 3))
    assert all(m.raw in m.text for m in messages)


def test_planted_numbers_have_right_check_digits() -> None:
    for message in planted(60, kinds=("CARD", "HKID")):
        plain = "".join(c for c in message.raw.upper() if c.isalnum()).translate(
            {ord("０") + n: str(n) for n in range(10)} | {ord("Ａ") + n: chr(ord("A") + n) for n in range(26)}
        )
        if message.kind == "CARD":
            assert luhn_is_valid(plain)
        else:
            assert hkid_is_valid(plain[:-7], plain[-7:-1], plain[-1])


def test_what_has_a_check_digit_and_what_is_secret_leaves_nothing_behind() -> None:
    found = recall(planted(4_200), bank())
    kinds = (*CHECKED, *CREDENTIALS)
    assert sum(found.masked[k] for k in kinds) / sum(found.of[k] for k in kinds) >= 0.99


def test_a_secret_that_is_left_counts_as_missed() -> None:
    found = recall([Planted("OTP", "en", "the weather is 482913", "482913")], bank())
    assert found.to_value()["OTP"] == (0, 1)


@pytest.mark.slow
@pytest.mark.timeout(600)  # it takes a whole institution in
def test_nothing_that_is_kept_holds_a_raw_value(tmp_path: Path) -> None:
    set_up(tmp_path, "harbour-bank")
    base = lay_foundation(Settings(data_dir=tmp_path))
    found = searched(
        base, "harbour-bank", [*planted(42), Planted("ID", "en", "the lily is QQ-8127-4490-X", "QQ-8127-4490-X")]
    )
    assert found.places.pop(("ID", "a customer's message")) == 1, "what no rail knows is kept, and the search finds it"
    assert found.places.pop(("ID", "stored text")) == 1
    assert found.places == Counter()
