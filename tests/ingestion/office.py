"""Makes small Office files, mails and containers for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

from docx import Document
from openpyxl import Workbook
from pptx import Presentation


def saved(thing: object) -> bytes:
    """The bytes of a document, workbook or presentation."""
    out = io.BytesIO()
    thing.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def workbook(rows: Sequence[Sequence[object]], title: str = "Fees") -> Workbook:
    """A workbook of one sheet with these rows from A1 on."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def word(*paragraphs: str) -> bytes:
    """A Word file of these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def presentation(*titles: str) -> Presentation:
    """A presentation with one slide of title and content for each title."""
    show = Presentation()
    for title in titles:
        show.slides.add_slide(show.slide_layouts[1]).shapes.title.text = title
    return show


def mail(text: str, html: str | None = None) -> EmailMessage:
    """A mail from a bank, with an HTML form of it where given."""
    message = EmailMessage()
    message["Subject"] = "Change of fees"
    message["From"] = "Harbour Bank <notice@harbour.example>"
    message["To"] = "customer@harbour.example"
    message["Date"] = "Wed, 04 Mar 2026 10:00:00 +0800"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def replaced(raw: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The container ``raw`` with some of its parts replaced, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, part in {**kept, **parts}.items():
            new.writestr(name, part)
    return out.getvalue()


def part(raw: bytes, name: str) -> bytes:
    """One part of a container."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return archive.read(name)


def claiming(raw: bytes, size: int) -> bytes:
    """The zip ``raw``, its first entry claiming to unpack to ``size`` bytes."""
    claimed = bytearray(raw)
    entry = claimed.index(b"PK\x01\x02")
    claimed[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(claimed)
