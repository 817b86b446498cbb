"""The one door through which Office files come in: a zip of XML parts, checked before anything reads it.

What leaves here is a fresh container of the XML parts alone, in their ordinary (transitional) form. Pictures, macros
and files inside the file are emptied, so a zip inside it is never opened; nothing is written to disk, so a part's
path leads nowhere.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from ingestion.errors import EncryptedFile, ParseLimitExceeded, UnreadableFile
from ingestion.parsers.format import Source
from ingestion.parsers.office.transitional import as_transitional

ZIP = b"PK\x03\x04"
DIRECTORY_ENTRY = b"PK\x01\x02"
ENTRY_LIMIT = 10_000
UNPACKED_LIMIT = 300 * 2**20
RATIO_LIMIT = 200
SMALL_FILE = 2**16
ENCRYPTED_FLAG = 0x1
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # ECMA-376 part 2, annex B allows no other
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ENCODING = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
KNOWN_ENCODINGS = frozenset({b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1"})
MARKS = b"\xef\xbb\xbf\xff\xfe"


class Kind(Enum):
    """An Office format: what people call it, the folder of its parts, and its ordinary ending."""

    WORD = ("Word", "word/", "DOCX")
    EXCEL = ("Excel", "xl/", "XLSX")
    POWERPOINT = ("PowerPoint", "ppt/", "PPTX")

    @property
    def title(self) -> str:
        return self.value[0]

    @property
    def folder(self) -> str:
        return self.value[1]

    @property
    def ending(self) -> str:
        return self.value[2]


@dataclass(frozen=True)
class Container:
    """The XML parts of an Office file by name, and a zip of them for the libraries to open."""

    parts: Mapping[str, bytes]
    raw: bytes


def names(raw: bytes) -> tuple[str, ...]:
    """The names in a zip's directory; empty for what is no zip, is damaged, or lists too many to read."""
    if not raw.startswith(ZIP) or raw.count(DIRECTORY_ENTRY) > ENTRY_LIMIT:
        return ()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return tuple(archive.namelist())
    except BROKEN_ZIP:
        return ()


def kind_of(raw: bytes) -> Kind | None:
    """The Office format of a zip, by its parts, also where the zip is damaged; None for anything else."""
    if not raw.startswith(ZIP):
        return None
    known = names(raw)
    for kind in Kind:
        if any(name.startswith(kind.folder) for name in known):
            return kind
    # Without a directory the names still stand before the parts themselves.
    return None if known else next((kind for kind in Kind if re.search(_local(kind), raw)), None)


def unpacked(source: Source, kind: Kind) -> Container:
    """The checked container of ``source``. Costs at most UNPACKED_LIMIT bytes, whatever the file claims.

    Raises:
        ParseLimitExceeded: a zip bomb. EncryptedFile: its parts open only with a password.
        UnreadableFile: damaged, or XML that declares entities.
    """
    if source.raw.count(DIRECTORY_ENTRY) > ENTRY_LIMIT:
        raise ParseLimitExceeded(source.name, f"it holds more than {ENTRY_LIMIT:,} parts", _again(kind))
    try:
        with zipfile.ZipFile(io.BytesIO(source.raw)) as archive:
            entries = archive.infolist()
            _check(source, kind, entries)
            # zipfile never gives more than the size an entry declares, so the sum above bounds what is read here.
            parts = {entry.filename: archive.read(entry) for entry in entries if _is_xml(entry.filename)}
    except BROKEN_ZIP as error:
        raise damaged(source, kind) from error
    for part in parts.values():
        _check_xml(source, kind, part)
    ordinary = {name: as_transitional(name, part) for name, part in parts.items()}
    others = {entry.filename: b"" for entry in entries if _is_safe(entry.filename) and entry.filename not in parts}
    return Container(ordinary, _packed({**ordinary, **others}))


def _check(source: Source, kind: Kind, entries: Iterable[zipfile.ZipInfo]) -> None:
    known = list(entries)
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in known):
        raise EncryptedFile(source.name, "it is protected by a password", "remove the password and upload it again")
    if any(entry.compress_type not in METHODS for entry in known):
        raise damaged(source, kind)
    size = sum(entry.file_size for entry in known)
    if size > min(UNPACKED_LIMIT, RATIO_LIMIT * max(len(source.raw), SMALL_FILE)):
        raise ParseLimitExceeded(source.name, "it unpacks to far more than its size", _again(kind))


def _check_xml(source: Source, kind: Kind, part: bytes) -> None:
    """Refuses XML that declares anything: no Office program writes a DOCTYPE, and every expansion attack needs one."""
    text = part.replace(b"\0", b"").lstrip(MARKS + b" \t\r\n")  # UTF-16 reads as ASCII without its zeros
    declared = ENCODING.match(text)
    if text and (not text.startswith(b"<") or (declared and declared.group(1).lower() not in KNOWN_ENCODINGS)):
        raise damaged(source, kind)
    if DOCTYPE.search(text):
        reason = f"it declares XML entities, which {kind.title} never does"
        raise UnreadableFile(source.name, reason, _again(kind))


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels")) and _is_safe(name)


def _is_safe(name: str) -> bool:
    return not name.startswith(("/", "\\")) and ".." not in PurePosixPath(name).parts and not name.endswith("/")


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def _local(kind: Kind) -> bytes:
    return re.escape(ZIP) + b"(?s:.{26})" + kind.folder.encode()


def damaged(source: Source, kind: Kind) -> UnreadableFile:
    """The refusal of a file whose parts make no sense."""
    return UnreadableFile(source.name, f"the {kind.title} file is damaged", _again(kind))


def _again(kind: Kind) -> str:
    return f"open it in {kind.title}, save it again as {kind.ending} and upload that"
