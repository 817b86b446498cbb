"""Writing so that a reader, or a crash, sees all of it or nothing; and hashing what was written."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

PARTIAL, REMOVED = ".partial-", ".removed-"
QUARANTINE = "quarantine"  # the folder of what is not to be read


def sha256(content: bytes | memoryview) -> str:
    """Lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def write_file(target: Path, content: bytes) -> None:
    """Make ``target`` with ``content`` in one step; an existing file of that name is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=PARTIAL, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _write_through(file.fileno(), content)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def write_folder(target: Path, contents: Mapping[str, bytes]) -> None:
    """Make the folder ``target`` with these files in one step; where it exists already, it is left as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=target.parent))
    try:
        for name, content in contents.items():
            with (partial / name).open("wb") as file:
                _write_through(file.fileno(), content)
        _sync_folder(partial)
        _move_into_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _sync_folder(target.parent)


def leftovers(folder: Path) -> Iterator[Path]:
    """What a process that was killed left half-written or half-removed in a folder, or still works on; in no order."""
    yield from (path for mark in (PARTIAL, REMOVED) for path in folder.glob(f"{mark}*"))


def remove_leftover(path: Path) -> None:
    """Take what ``leftovers`` named away for good; one that is gone already is left at that."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Take a file away for good; one that is gone already is left at that."""
    if path.parent.is_dir():
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)


def remove_folder(path: Path) -> None:
    """Take a folder and its files away for good: out of sight in one step, then emptied; repeatable after a kill."""
    if not path.parent.is_dir():
        return
    condemned = path.with_name(f"{REMOVED}{path.name}")
    if path.is_dir():
        shutil.rmtree(condemned, ignore_errors=True)
        path.rename(condemned)
        _sync_folder(path.parent)
    if condemned.is_dir():
        shutil.rmtree(condemned)
        _sync_folder(path.parent)


def _move_into_place(partial: Path, target: Path) -> None:
    try:
        partial.rename(target)
    except OSError:
        # Another writer of the same content was first: the name is the content's hash, so theirs is as good as ours.
        if not target.is_dir():
            raise


def _write_through(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
