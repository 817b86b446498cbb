"""Kinds of binary files that are no documents, told by how they begin: refused where they arrive, unread."""

from __future__ import annotations

from dataclasses import dataclass

AS_PDF = "put it into a PDF and upload that"
UNPACK = "unpack it and upload the documents in it"
DOCUMENT_ITSELF = "upload the document itself"


@dataclass(frozen=True)
class Foreign:
    """A kind of file: "it is {what}", and the clause that says what to do."""

    what: str
    remedy: str


PROGRAM = Foreign("a program, not a document", DOCUMENT_ITSELF)

# What a file of one of these kinds begins with, or holds at an offset; only for files that are not text.
SIGNATURES: tuple[tuple[int, bytes, Foreign], ...] = (
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\x89PNG\r\n\x1a\n", Foreign("a PNG picture", AS_PDF)),
    (0, b"\xff\xd8\xff", Foreign("a JPEG picture", AS_PDF)),
    (0, b"GIF8", Foreign("a GIF picture", AS_PDF)),
    (0, b"II*\0", Foreign("a TIFF picture", AS_PDF)),
    (0, b"MM\0*", Foreign("a TIFF picture", AS_PDF)),
    (0, b"BM", Foreign("a BMP picture", AS_PDF)),
    (8, b"WEBP", Foreign("a WebP picture", AS_PDF)),
    (4, b"ftyphei", Foreign("a HEIC picture", AS_PDF)),
    (4, b"ftypmif1", Foreign("a HEIC picture", AS_PDF)),
    (4, b"ftyp", Foreign("a video or sound file", DOCUMENT_ITSELF)),
    (0, b"ID3", Foreign("a video or sound file", DOCUMENT_ITSELF)),
    (0, b"RIFF", Foreign("a video or sound file", DOCUMENT_ITSELF)),
    (0, b"\x1aE\xdf\xa3", Foreign("a video or sound file", DOCUMENT_ITSELF)),
    (0, b"\x1f\x8b", Foreign("a GZIP archive", UNPACK)),
    (0, b"BZh", Foreign("a BZIP2 archive", UNPACK)),
    (0, b"\xfd7zXZ\0", Foreign("an XZ archive", UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Foreign("a 7-Zip archive", UNPACK)),
    (0, b"Rar!\x1a\x07", Foreign("a RAR archive", UNPACK)),
    (257, b"ustar", Foreign("a TAR archive", UNPACK)),
    (0, b"PK\x05\x06", Foreign("an empty ZIP archive", DOCUMENT_ITSELF)),
    (0, b"SQLite format 3\0", Foreign("a database", "export what customers may read as PDF or XLSX and upload that")),
    (0, b"\x01\x0f\0\0", Foreign("a database", "export what customers may read as PDF or XLSX and upload that")),
)


def by_signature(raw: bytes) -> Foreign | None:
    """The kind that the first bytes of a file show; None where they show none. ``raw`` must not be text."""
    return next((kind for at, mark, kind in SIGNATURES if raw[at : at + len(mark)] == mark), None)
