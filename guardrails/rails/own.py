"""Where an institution's own flows come from: a folder each, read again when a file of it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from guardrails.errors import FlowError
from guardrails.rails.flows import Flow, flow_files, flows_of

Stamp = tuple[tuple[str, int, int], ...]


class OwnFlows(Protocol):
    """The flows that institutions have added to the shipped ones."""

    def of(self, institution_id: str) -> tuple[Flow, ...]:
        """The flows of an institution, none for most.

        Raises:
            FlowError: a file of them is wrong; answers of the institution are held until it is mended.
        """
        ...


class NoFlows:
    """Nobody has any."""

    def of(self, institution_id: str) -> tuple[Flow, ...]:
        """See ``OwnFlows``."""
        return ()


class FolderFlows:
    """Reads them from the folders that ``folders`` names for an institution; one that does not exist holds none.

    ``taken`` are the names of the shipped flows.
    """

    def __init__(self, folders: Callable[[str], Iterable[Path]], taken: Iterable[str]) -> None:
        self._folders = folders
        self._taken = frozenset(taken)
        self._read: dict[str, tuple[Stamp, tuple[Flow, ...] | FlowError]] = {}

    def of(self, institution_id: str) -> tuple[Flow, ...]:
        """See ``OwnFlows``. A few microseconds where no file has changed since."""
        folders = tuple(self._folders(institution_id))
        stamp = _stamp(folders)
        known = self._read.get(institution_id)
        if known is None or known[0] != stamp:
            known = self._read[institution_id] = (stamp, self._flows(folders))
        if isinstance(known[1], FlowError):
            raise known[1]
        return known[1]

    def _flows(self, folders: Iterable[Path]) -> tuple[Flow, ...] | FlowError:
        try:
            return flows_of((file for folder in folders for file in flow_files(folder)), self._taken)
        except FlowError as error:
            return error


def _stamp(folders: Iterable[Path]) -> Stamp:
    """What changes with any file of the folders."""
    paths = sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*"))
    return tuple((str(path), path.lstat().st_mtime_ns, path.lstat().st_size) for path in paths)
