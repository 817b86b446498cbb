"""Settles a Word document's body before it is read: wrappers opened, moved words in their new place only."""

from __future__ import annotations

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

# Content controls and custom XML wrap blocks, rows, cells and runs, which python-docx then does not see.
WRAPPERS = {qn("w:sdt"): qn("w:sdtContent"), qn("w:customXml"): None, qn("w:smartTag"): None}
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"


def settle(body: BaseOxmlElement) -> tuple[str, ...]:
    """Rewrites ``body`` in place; returns what in it can't be read, a clause each."""
    for moved in list(body.iter(qn("w:moveFrom"))):
        moved.getparent().remove(moved)
    for wrapper in [node for node in body.iter() if node.tag in WRAPPERS]:
        _open(wrapper)
    return tuple(_unread(body))


def _open(wrapper: BaseOxmlElement) -> None:
    inner = WRAPPERS[wrapper.tag]
    holder = wrapper if inner is None else wrapper.find(inner)
    parent = wrapper.getparent()
    for child in list(holder) if holder is not None else ():
        wrapper.addprevious(child)
    parent.remove(wrapper)


def _unread(body: BaseOxmlElement) -> list[str]:
    formulas = sum(1 for _ in body.iter(MATHS))
    inserted = sum(1 for _ in body.iter(qn("w:altChunk")))
    found = [f"formulas (equations) in it were not read: {formulas}"] if formulas else []
    return found + ([f"parts inserted from other files were not read: {inserted}"] if inserted else [])
