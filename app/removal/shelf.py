"""Where the files of an institution lie, of every kind: how large one is, and its removal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.documents.errors import FileMissing
from app.documents.files import FileStore
from app.foundation import Foundation
from app.removal.types import FileKind, Holding
from retrieval.segments import FOLDER as SEGMENTS
from retrieval.segments import remove_segment, stored_segments
from retrieval.snapshot import SNAPSHOTS, remove_manifest, stored_snapshots
from retrieval.storage import leftovers, remove_file, remove_leftover

IN_STORE = frozenset({FileKind.ORIGINAL, FileKind.PARSE, FileKind.STRAY})


@dataclass(frozen=True)
class Shelf:
    """The stored files of one institution."""

    files: FileStore
    index: Path
    images: Path

    @classmethod
    def of(cls, foundation: Foundation, institution_id: str) -> Shelf:
        """The institution's shelf."""
        images = foundation.settings.data_dir / "pages"
        return cls(foundation.files(institution_id), foundation.index_root(institution_id), images)

    def holding(self, kind: FileKind, name: str) -> Holding | None:
        """What is stored under a name; None where nothing is."""
        if kind in IN_STORE:
            try:
                return Holding(kind, name, self.files.size_bytes(name))
            except FileMissing:
                return None
        paths = list(self._paths(kind, name))
        return Holding(kind, name, sum(path.stat().st_size for path in paths)) if paths else None

    def stored_at(self, holding: Holding) -> datetime | None:
        """When it was last stored; None where it is gone."""
        if holding.kind in IN_STORE:
            return self.files.stored_at(holding.name)
        times = [path.stat().st_mtime for path in self._paths(holding.kind, holding.name)]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def remove(self, holding: Holding, unless_stored_after: datetime) -> bool:
        """Delete it for good, repeatable; False where a file was stored again since, and stays.

        Raises:
            ValueError, FileMissing: the name is no address; nothing is deleted.
        """
        if holding.kind in IN_STORE:
            return self.files.remove(holding.name, unless_stored_after)
        if holding.kind is FileKind.SEGMENT:
            remove_segment(self.index, holding.name)
        elif holding.kind is FileKind.SNAPSHOT:
            remove_manifest(self.index, holding.name)
        elif holding.kind is FileKind.LEFTOVER:
            for leftover in filter(None, [self.leftovers().get(holding.name)]):
                remove_leftover(leftover)
        else:
            for path in list(self._paths(holding.kind, holding.name)):
                remove_file(path)
        return True

    def leftovers(self) -> dict[str, Path]:
        """What killed processes left half-written or half-removed, and what is being written now, by name."""
        places = (self.index / SEGMENTS, self.index / SNAPSHOTS)
        found = [*self.files.leftovers(), *(path for place in places for path in leftovers(place))]
        return {path.name: path for path in found}

    def _paths(self, kind: FileKind, name: str) -> Iterator[Path]:
        if kind is FileKind.IMAGES:
            yield from (self.images / name[:2]).glob(f"{name}-*.png")
        elif kind is FileKind.SNAPSHOT:
            yield from filter(None, [stored_snapshots(self.index).get(name)])
        elif kind is FileKind.LEFTOVER:
            leftover = self.leftovers().get(name)
            yield from filter(None, [leftover] if leftover is None or leftover.is_file() else leftover.iterdir())
        else:
            folder = stored_segments(self.index).get(name)
            yield from folder.iterdir() if folder is not None else ()
