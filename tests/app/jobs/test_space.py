"""No space left is told apart from everything else that can go wrong with a file or a database."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from app.jobs.space import is_out_of_space


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_or_quota_is_out_of_space(number: int) -> None:
    assert is_out_of_space(OSError(number, "full"))


def test_a_database_on_a_full_disk_is_out_of_space_and_a_locked_one_is_not() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    assert is_out_of_space(OperationalError("INSERT", {}, full))
    assert not is_out_of_space(OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked")))


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "gone"), ValueError("disk is full")])
def test_anything_else_is_not(error: Exception) -> None:
    assert not is_out_of_space(error)
