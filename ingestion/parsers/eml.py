"""E-mails: subject, sender, recipient, date and the message itself. Attachments are named, not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from ingestion.errors import EncryptedFile, UnreadableFile
from ingestion.parsers import document, html, text
from ingestion.parsers.elements import Element, Heading, Paragraph, clean, plain
from ingestion.parsers.encoding import decode, looks_like_text
from ingestion.parsers.format import Format, Match, Source
from knowledge_bases.parsed import HiddenText, ParsedDocument

HEAD = 16_384
FIELD = re.compile(rb"[!-9;-~]{1,76}:")
WRITTEN_BY_MAIL_PROGRAMS = re.compile(
    rb"^(?:mime-version|received|message-id|return-path|delivered-to):", re.IGNORECASE | re.MULTILINE
)
ADDRESSED = re.compile(rb"^(?:from|subject|to):", re.IGNORECASE | re.MULTILINE)
SHOWN = ("From", "To", "Cc", "Date")
ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
# The sets that mail programs mean by the older, smaller names.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "us-ascii": "utf-8", "iso-8859-1": "cp1252"}


def match(raw: bytes) -> Match:
    """Header lines at the very start; those that only mail programs write make it certain."""
    if not looks_like_text(raw):
        return Match.NO
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD], maxsplit=1)[0]
    first = head.removeprefix(b"\xef\xbb\xbf")
    if not (FIELD.match(first) or first.startswith(b"From ")):
        return Match.NO
    certain = WRITTEN_BY_MAIL_PROGRAMS.search(head) and ADDRESSED.search(head)
    return Match.CERTAIN if certain else Match.POSSIBLE


def parse(source: Source) -> ParsedDocument:
    """The subject as title, who wrote to whom and when, then the message.

    Raises:
        EncryptedFile: the message is encrypted. UnreadableFile: its parts are nested too deep.
    """
    try:
        mail = BytesParser(policy=policy.default.clone(raise_on_defect=False)).parsebytes(source.raw)
        body = mail.get_body(("html", "plain")) if isinstance(mail, EmailMessage) else None
        unread = tuple(_unread(mail, body))
    except RecursionError as error:
        raise UnreadableFile(source.name, "its parts are nested too deep", "save the message as PDF") from error
    if mail.get_content_type() in ENCRYPTED:
        raise EncryptedFile(source.name, "the message is encrypted", "save it decrypted as EML or PDF and upload that")
    elements, hidden = _body(source, body) if body is not None else ([], [])
    written = document.write([*_head(mail), *elements], f"{FORMAT.name}/{FORMAT.version}", hidden=hidden)
    return replace(written, problems=unread)


def _head(mail: EmailMessage) -> Iterator[Element]:
    yield Heading(plain(_field(mail, "Subject")), 1)
    fields = [(name, _field(mail, name)) for name in SHOWN]
    yield Paragraph(plain("; ".join(f"{name}: {value}" for name, value in fields if value)))


def _field(mail: EmailMessage, name: str) -> str:
    try:
        return clean(str(mail.get(name, "")))
    except (ValueError, LookupError, IndexError, AttributeError):  # the parser of addresses breaks on odd ones
        return ""


def _body(source: Source, part: MIMEPart) -> tuple[list[Element], list[HiddenText]]:
    words = _decoded(source, part)
    is_html = part.get_content_subtype() == "html"
    return html.seen_and_hidden(source, words) if is_html else (text.elements(words), [])


def _decoded(source: Source, part: MIMEPart) -> str:
    """The characters of a part by its declared character set, or by its bytes where that does not fit."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    declared = str(part.get_content_charset() or "utf-8").lower()
    try:
        return raw.decode(WIDER.get(declared, declared))
    except (UnicodeDecodeError, LookupError):
        return decode(Source(source.name, raw))


def _unread(mail: EmailMessage, body: MIMEPart | None) -> Iterator[str]:
    """A clause for each part that is neither the message nor another form of it."""
    shown = _alternatives(mail)
    for part in _leaves(mail):
        if part is body or (part in shown and part.get_filename() is None):
            continue
        name = clean(part.get_filename() or part.get_content_type())
        yield f"the attachment {name} was not read, upload it as a document of its own"


def _leaves(mail: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that hold something; a message in the message is one of them, whatever it holds itself."""
    if mail.get_content_maintype() != "multipart":
        yield mail
        return
    for part in mail.iter_parts():
        yield from _leaves(part)


def _alternatives(mail: MIMEPart) -> list[MIMEPart]:
    """The text parts of a message that says the same in several forms."""
    groups = [part for part in mail.walk() if part.get_content_type() == "multipart/alternative"]
    return [part for group in groups for part in group.walk() if part.get_content_maintype() == "text"]


FORMAT = Format("eml", 2, frozenset({".eml"}), match, parse)
