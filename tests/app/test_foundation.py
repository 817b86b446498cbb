from __future__ import annotations

from pathlib import Path

import pytest

from app.foundation import lay_foundation
from app.keys import KeyFileError
from app.settings import Settings


def test_the_first_start_makes_database_and_key_and_the_second_finds_them(tmp_path: Path) -> None:
    first = lay_foundation(Settings(data_dir=tmp_path))
    assert lay_foundation(Settings(data_dir=tmp_path)).ledger.master == first.ledger.master


def test_a_lost_master_key_is_never_replaced(tmp_path: Path) -> None:
    lay_foundation(Settings(data_dir=tmp_path))
    (tmp_path / "keys" / "master.key").unlink()
    with pytest.raises(KeyFileError, match="restore it from your backup"):
        lay_foundation(Settings(data_dir=tmp_path))
    assert not (tmp_path / "keys" / "master.key").exists()
