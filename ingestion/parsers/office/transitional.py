"""Office parts in the one form that the libraries read: transitional namespaces, plain documents.

Strict Open XML differs from the ordinary form in its namespaces (ISO/IEC 29500 parts 1 and 4, annex A); documents with
macros, templates and slide shows differ from plain ones in the type of their main part.
"""

from __future__ import annotations

import re

STRICT = b"http://purl.oclc.org/ooxml/"
OFFICE = b"http://schemas.openxmlformats.org/"
SPECIAL = (
    (
        STRICT + b"officeDocument/relationships/extendedProperties",
        OFFICE + b"officeDocument/2006/relationships/extended-properties",
    ),
    (
        STRICT + b"officeDocument/relationships/customProperties",
        OFFICE + b"officeDocument/2006/relationships/custom-properties",
    ),
    (STRICT + b"officeDocument/extendedProperties", OFFICE + b"officeDocument/2006/extended-properties"),
    (STRICT + b"officeDocument/customProperties", OFFICE + b"officeDocument/2006/custom-properties"),
    (STRICT + b"officeDocument/docPropsVTypes", OFFICE + b"officeDocument/2006/docPropsVTypes"),
)
FAMILY = re.compile(re.escape(STRICT) + rb"(officeDocument|wordprocessingml|spreadsheetml|presentationml|drawingml)/")
CONTENT_TYPES = "[content_types].xml"
MAIN = re.compile(
    rb"application/vnd\.(?:ms-(word|excel|powerpoint)\.(?:document|sheet|template|presentation|slideshow)\.macroEnabled"
    rb"(?:Template)?|openxmlformats-officedocument\.(wordprocessingml|spreadsheetml|presentationml)\."
    rb"(?:template|slideshow))\.main\+xml"
)
PLAIN = {
    b"word": b"wordprocessingml.document",
    b"excel": b"spreadsheetml.sheet",
    b"powerpoint": b"presentationml.presentation",
    b"wordprocessingml": b"wordprocessingml.document",
    b"spreadsheetml": b"spreadsheetml.sheet",
    b"presentationml": b"presentationml.presentation",
}


def as_transitional(name: str, part: bytes) -> bytes:
    """The part with strict namespaces and special document types replaced by the ordinary ones."""
    if name.lower() == CONTENT_TYPES:
        part = MAIN.sub(_plain_type, part)
    if STRICT not in part:
        return part
    for strict, ordinary in SPECIAL:
        part = part.replace(strict, ordinary)
    return FAMILY.sub(lambda found: OFFICE + found.group(1) + b"/2006/", part)


def _plain_type(found: re.Match[bytes]) -> bytes:
    plain = PLAIN[found.group(1) or found.group(2)]
    return b"application/vnd.openxmlformats-officedocument." + plain + b".main+xml"
