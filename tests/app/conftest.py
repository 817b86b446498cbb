"""The small bank: in force once per session, copied for each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.small_bank import SmallBank, make_home


@pytest.fixture(scope="session")
def small_bank_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two institutions in force; copy it, never change it."""
    return make_home(tmp_path_factory.mktemp("small-bank"))


@pytest.fixture
def small_bank(small_bank_home: Path, tmp_path: Path) -> Iterator[SmallBank]:
    """A platform over a copy of the test's own."""
    bank = SmallBank.copy_of(small_bank_home, tmp_path / "data")
    yield bank
    bank.close()
