"""The master key: made once, readable by its owner only, never guessed again."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from app.keys import KeyFileError, MasterKey, load_or_create_master_key, parse_master_key


def test_the_first_start_makes_a_key_that_later_starts_find(tmp_path: Path) -> None:
    keys_dir = tmp_path / "keys"
    first = load_or_create_master_key(keys_dir)
    assert load_or_create_master_key(keys_dir) == first
    assert [path.name for path in keys_dir.iterdir()] == ["master.key"]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    load_or_create_master_key(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys" / "master.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    found: list[MasterKey] = []
    starts = [
        threading.Thread(target=lambda: found.append(load_or_create_master_key(tmp_path / "keys"))) for _ in range(8)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(found) == 8
    assert len({key.secret for key in found}) == 1


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31, "ab" * 33])
def test_a_damaged_key_is_an_error_and_stays_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(content)
    with pytest.raises(KeyFileError, match=r"master\.key"):
        load_or_create_master_key(tmp_path)
    assert path.read_text() == content


def test_each_use_has_a_key_of_its_own_and_none_is_printed() -> None:
    master = MasterKey(bytes(32))
    uses = (master.wrapping, master.audit, master.chain, master.tokens, master.derive("audit-checkpoints"))
    assert len({master.secret, *uses}) == 6
    assert "00" not in repr(master)
    assert "\\x00" not in repr(master)


def test_a_key_from_the_settings_is_the_same_as_from_a_file() -> None:
    assert parse_master_key("ab" * 32 + "\n", "CANDOUR_MASTER_KEY").secret == b"\xab" * 32
