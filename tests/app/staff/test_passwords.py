"""Password hashes: argon2id, at least as costly as RFC 9106 asks of a server with little memory."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type

from app.staff.errors import NameAsPassword, WeakPassword
from app.staff.passwords import MIN_CHARS, hash_password, password_matches


def test_the_parameters_meet_rfc_9106(real_password_hasher: PasswordHasher) -> None:
    assert real_password_hasher.type is Type.ID
    assert real_password_hasher.memory_cost >= 64 * 1024
    assert real_password_hasher.time_cost >= 3


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password("correct horse battery", "mei")
    assert password_matches(stored, "correct horse battery")
    assert not password_matches(stored, "correct horse batterY")


def test_nobody_has_no_password_that_matches() -> None:
    assert not password_matches(None, "the password of nobody at all")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not password_matches("not a hash", "correct horse battery")


def test_what_is_short_is_refused_to_the_character() -> None:
    assert hash_password("x" * MIN_CHARS, "mei")
    with pytest.raises(WeakPassword):
        hash_password("x" * (MIN_CHARS - 1), "mei")


@pytest.mark.parametrize("password", ["mei.wong@bank", "Mei.Wong@Bank!2026", "mei.wong@bankmei.wong@bank"])
def test_the_user_name_counts_nothing_towards_the_length(password: str) -> None:
    with pytest.raises(NameAsPassword):
        hash_password(password, "mei.wong@bank")


def test_a_long_phrase_may_hold_the_user_name() -> None:
    assert hash_password("mei keeps eleven blue kettles", "mei")
