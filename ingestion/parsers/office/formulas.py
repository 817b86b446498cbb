"""Formulas whose results the file does not hold: programs other than Excel may write them without."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from lxml import etree

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def without_result(parts: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Each sheet's name with the cells in it that have a formula and no stored value."""
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("xl", relation.get("Target", ""))).lstrip("/")
        for relation in etree.fromstring(parts.get(RELATIONS, b"<none/>"))
    }
    book = etree.fromstring(parts.get(WORKBOOK, b"<none/>"))
    for sheet in book.iter("{*}sheet"):
        part = parts.get(targets.get(sheet.get(RELATION), ""), b"")
        if cells := list(_cells(part)):
            yield sheet.get("name", ""), cells


def _cells(part: bytes) -> Iterator[str]:
    if b"f>" not in part and b"f " not in part:
        return
    root = etree.fromstring(part)
    for formula in root.iter("{*}f"):
        cell = formula.getparent()
        # An empty value is a result only where the cell says that it is text: =IF(A1="","",A1).
        if not cell.findtext("{*}v") and cell.get("t") != "str":
            yield cell.get("r", "?")
