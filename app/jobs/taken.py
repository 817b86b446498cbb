"""What became of a file that was to be taken in: it went in, or it was refused; and how that is said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from app.documents.errors import FileDamaged, FileMissing
from app.documents.release import IN_SNAPSHOT
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.foundation import Foundation
from knowledge_bases.parsed import Framing, HiddenText, LeftOut, ParsedDocument

UNDECIDED = frozenset({VersionStatus.DRAFT, VersionStatus.IN_REVIEW})


class Arrival(StrEnum):
    """What of a version was here before its file was taken in."""

    NEW = "new"
    CONTINUED = "continued"  # its reading had been stopped, had failed or is under way
    UNCHANGED = "unchanged"  # read already, and not published
    PUBLISHED = "already_published"

    @classmethod
    def of(cls, known: DocumentVersion | None) -> Arrival:
        """What ``known``, the version as it was before, makes of the same file; None: there was none."""
        if known is None:
            return cls.NEW
        if known.status in IN_SNAPSHOT:
            return cls.PUBLISHED
        return cls.UNCHANGED if known.progress.stage is Stage.READY else cls.CONTINUED


_ARRIVED = {
    Arrival.NEW: "new",
    Arrival.CONTINUED: "was begun before, continued",
    Arrival.UNCHANGED: "unchanged, was here already",
    Arrival.PUBLISHED: "unchanged, already published",
}


_FRAMINGS = {  # one, and several
    Framing.ALONE: ("1 number alone at an edge", "{} numbers alone at an edge"),
    Framing.RUNNING_LINE: ("1 running line", "{} running lines"),
    Framing.PAGE_NUMBER: ("page numbers", "page numbers"),
    Framing.CONTENTS: ("1 line of contents", "{} lines of contents"),
}


@dataclass(frozen=True)
class Apart:
    """What of a file is no part of its text: what is hidden in it, and what was taken off its pages."""

    hidden: tuple[HiddenText, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @classmethod
    def of(cls, foundation: Foundation, institution_id: str, version: DocumentVersion) -> Apart:
        """As the version's parse says; nothing before it is read, or where the parse is gone."""
        if version.parse_sha256 is None:
            return cls()
        try:
            parsed = ParsedDocument.from_json(foundation.files(institution_id).get(version.parse_sha256))
        except (FileMissing, FileDamaged):  # removed with its version, or named by the next sweep
            return cls()
        return cls(parsed.hidden, parsed.left_out)

    def counted(self) -> str:
        """What was taken off, in a few words; empty where nothing was."""
        counts = Counter(each.framing for each in self.left_out)
        return ", ".join(_FRAMINGS[framing][count > 1].format(count) for framing, count in counts.items())


@dataclass(frozen=True)
class Taken:
    """A file that went in; ``version`` is as it was when the file was in, before anything is published."""

    file: str
    version: DocumentVersion
    arrival: Arrival = Arrival.NEW
    apart: Apart = Apart()
    went_in: ClassVar[bool] = True

    @property
    def is_published(self) -> bool:
        """Whether it had been published before."""
        return self.arrival is Arrival.PUBLISHED

    @property
    def is_undecided(self) -> bool:
        """Whether somebody has yet to decide on it."""
        return self.version.status in UNDECIDED

    def to_json(self) -> dict[str, Any]:
        """The file's entry in ``candour ingest --json``."""
        key = self.version.info.key
        return {
            "file": self.file,
            "status": "ingested",
            "arrival": self.arrival.value,
            "document": key.document,
            "version": key.version,
            "pages": self.version.page_count,
            "as_at": None if self.version.info.as_at is None else self.version.info.as_at.isoformat(),
            "product": self.version.info.product,
            "tags": sorted(self.version.info.tags),
            "problems": list(self.version.problems),
            "hidden": self.version.hidden,
            "left_out": len(self.apart.left_out),
        }

    def line(self) -> str:
        """The file's line on a terminal."""
        info, pages = self.version.info, self.version.page_count
        counted = f", {pages} {'page' if pages == 1 else 'pages'}" if pages else ""
        about = ", ".join([*([info.product] if info.product else []), *sorted(info.tags)])
        otherwise = " (--as-at and --product say otherwise)" if self.arrival is Arrival.NEW else ""  # too late after
        lines = (
            f"{self.file}: {info.key.document}, version {info.key.version}{counted} ({_ARRIVED[self.arrival]})",
            f"as at {info.as_at}, about {about}{otherwise}",
            *self.version.problems,
            *([f"left out of the text: {counted}"] if (counted := self.apart.counted()) else []),
        )
        return "\n    ".join(lines)


@dataclass(frozen=True)
class Refused:
    """A file that did not; ``reason`` is one sentence."""

    file: str
    reason: str
    went_in: ClassVar[bool] = False

    @classmethod
    def unreadable(cls, path: Path, error: OSError) -> Refused:
        """What cannot be opened, a folder among it."""
        if path.is_dir():
            return cls(path.name, f"{path}: is a folder; give the files in it, as in {path}/*.pdf")
        return cls(path.name, f"{path}: cannot be read ({error.strerror}); check the path")

    def to_json(self) -> dict[str, Any]:
        """The file's entry in ``candour ingest --json``."""
        return {"file": self.file, "status": "refused", "reason": self.reason}

    def line(self) -> str:
        """The file's line on a terminal."""
        return f"refused: {self.reason}"
