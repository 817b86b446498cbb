"""The file store: whole, unchanged, and one institution's only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db.errors import MissingInstitution
from app.documents.errors import FileDamaged, FileMissing
from app.documents.files import FileStore


@given(content=st.binary(max_size=200))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_stored_reads_back_the_same(tmp_path: Path, content: bytes) -> None:
    store = FileStore(tmp_path, "a-bank")
    assert store.get(store.put(content)) == content


def test_storing_again_writes_nothing_and_leaves_no_draft(tmp_path: Path) -> None:
    store = FileStore(tmp_path, "a-bank")
    addresses = {store.put(b"fees"), store.put(b"fees")}
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == list(addresses)


def test_another_institution_does_not_find_it(tmp_path: Path) -> None:
    address = FileStore(tmp_path, "a-bank").put(b"fees")
    with pytest.raises(FileMissing):
        FileStore(tmp_path, "b-bank").get(address)


def test_a_file_changed_on_disk_is_refused_and_left_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path, "a-bank")
    address = store.put(b"fees")
    path = tmp_path / "a-bank" / address[:2] / address
    path.write_bytes(b"other fees")
    with pytest.raises(FileDamaged):
        store.get(address)
    assert path.read_bytes() == b"other fees"


def test_a_file_of_another_size_than_noted_is_found_without_reading_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path, "a-bank")
    address = store.put(b"fees")
    store.check(address, store.size_bytes(address))
    with pytest.raises(FileDamaged):
        store.check(address, 5)


def test_a_file_without_a_noted_size_is_held_against_its_address(tmp_path: Path) -> None:
    store = FileStore(tmp_path, "a-bank")
    address = store.put(b"fees")
    store.check(address, None)
    (tmp_path / "a-bank" / address[:2] / address).write_bytes(b"feed")
    store.check(address, 4)
    with pytest.raises(FileDamaged):
        store.check(address, None)


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64])
def test_an_address_that_is_none_finds_nothing(tmp_path: Path, address: str) -> None:
    with pytest.raises(FileMissing):
        FileStore(tmp_path, "a-bank").get(address)
    with pytest.raises(FileMissing):
        FileStore(tmp_path, "a-bank").check(address, 4)


@pytest.mark.parametrize("nobody", ["", " ", None])
def test_a_store_without_an_institution_is_an_error(tmp_path: Path, nobody: str) -> None:
    with pytest.raises(MissingInstitution):
        FileStore(tmp_path, nobody)


def test_what_was_stored_again_since_is_not_removed(tmp_path: Path) -> None:
    store = FileStore(tmp_path, "a-bank")
    address, earlier = store.put(b"fees"), datetime.now(UTC) - timedelta(minutes=1)
    assert not store.remove(address, unless_stored_after=earlier)
    assert store.get(address) == b"fees"
    assert store.remove(address, unless_stored_after=datetime.now(UTC) + timedelta(minutes=1))
    assert list(store.stored()) == []
    assert store.remove(address, unless_stored_after=earlier), "what is gone stays gone"


@pytest.mark.parametrize("address", ["", "*", "../../etc/passwd", "0" * 63])
def test_an_address_that_is_none_removes_nothing(tmp_path: Path, address: str) -> None:
    store = FileStore(tmp_path, "a-bank")
    kept = store.put(b"fees")
    with pytest.raises(FileMissing):
        store.remove(address, unless_stored_after=datetime.now(UTC))
    assert list(store.stored()) == [kept]
