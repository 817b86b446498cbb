"""Footnotes and endnotes of a Word document, which lie in parts of their own."""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


KINDS = (
    (RELATIONSHIP_TYPE.FOOTNOTES, qn("w:footnoteReference"), qn("w:footnote")),
    (RELATIONSHIP_TYPE.ENDNOTES, qn("w:endnoteReference"), qn("w:endnote")),
)
Note = tuple[str, str]  # the tag that calls it, and its id


class Footnotes:
    """The notes of one document, numbered in the order in which its text calls them."""

    def __init__(self, word: Word) -> None:
        self._texts: dict[Note, str] = {}
        self._called: list[Note] = []
        for relation in word.part.rels.values():
            for kind, reference, tag in KINDS:
                if relation.reltype == kind and not relation.is_external:
                    root = parse_xml(relation.target_part.blob)
                    self._texts |= {(reference, note): text for note, text in _notes(root, tag)}

    def mark(self, reference: BaseOxmlElement) -> str:
        """The raised number that stands for a reference in the text; nothing for a note that is not there."""
        note = (reference.tag, reference.get(qn("w:id"), ""))
        if note not in self._texts:
            return ""
        if note not in self._called:
            self._called.append(note)
        return str(self._called.index(note) + 1).translate(RAISED)

    def below(self, first: int) -> Iterator[str]:
        """The notes called since there were ``first`` of them, each with its number."""
        for number, note in enumerate(self._called[first:], start=first + 1):
            yield f"{str(number).translate(RAISED)} {self._texts[note]}"

    def __len__(self) -> int:
        return len(self._called)


def _notes(root: BaseOxmlElement, tag: str) -> Iterator[tuple[str, str]]:
    for note in root.iter(tag):
        text = "".join(node.text or "" for node in note.iter(qn("w:t"))).strip()
        if text and note.get(qn("w:type")) is None:
            yield note.get(qn("w:id"), ""), text
