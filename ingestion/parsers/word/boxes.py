"""Text boxes of a Word document: what stands in a frame beside or below the paragraph that anchors it."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table
from docx.text.paragraph import Paragraph

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def of(part: Paragraph | Table) -> Iterator[Paragraph | Table]:
    """The paragraphs and tables of the boxes anchored in ``part``, in order; each box once."""
    root = part._p if isinstance(part, Paragraph) else part._tbl
    for box in root.iter(qn("w:txbxContent")):
        if not _is_copy(box):
            for child in box:
                if child.tag == qn("w:p"):
                    yield Paragraph(child, part._parent)
                elif child.tag == qn("w:tbl"):
                    yield Table(child, part._parent)


def _is_copy(box: BaseOxmlElement) -> bool:
    """Word writes a box twice: as it is, and as a fallback for programs of before 2010."""
    fallback = next(box.iterancestors(FALLBACK), None)
    alternatives = fallback.getparent() if fallback is not None else None
    return alternatives is not None and next(alternatives[0].iter(qn("w:txbxContent")), None) is not None
