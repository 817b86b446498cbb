"""A SourceLibrary over values in memory: one drawn document, one of plain blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from PIL import Image

from app.chat.ports import StoredVersion
from knowledge_bases.parsed import Block, BlockKind, Page, ParsedDocument, Run, Table
from knowledge_bases.schema import Language, Span, VersionInfo, VersionKey


@dataclass
class FakeLibrary:
    """Keeps the contract of app.chat.ports.SourceLibrary."""

    versions: dict[tuple[str, VersionKey], StoredVersion] = field(default_factory=dict)
    parses: dict[tuple[str, VersionKey], ParsedDocument] = field(default_factory=dict)
    files: dict[tuple[str, VersionKey], bytes] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)  # a made-up parse hash -> the real one

    def add(
        self,
        institution_id: str,
        info: VersionInfo,
        document: ParsedDocument,
        file: bytes = b"",
        *,
        withdrawn: bool = False,
    ) -> None:
        at = (institution_id, info.key)
        self.versions[at] = StoredVersion(info, f"{abs(hash(file)):064x}"[-64:], withdrawn)
        self.parses[at], self.files[at] = document, file

    def find(self, institution_id: str, key: VersionKey) -> StoredVersion | None:
        return self.versions.get((institution_id, key))

    def parse(self, institution_id: str, key: VersionKey, parse_sha256: str | None) -> ParsedDocument | None:
        document = self.parses.get((institution_id, key))
        wanted = self.aliases.get(parse_sha256 or "", parse_sha256)
        return document if document is not None and wanted in (None, document.sha256) else None

    def original(self, institution_id: str, key: VersionKey) -> bytes:
        return self.files[institution_id, key]

    def in_force(self, institution_id: str, document: str, language: Language, on: date) -> VersionKey | None:
        infos = [v.info for (owner, _), v in self.versions.items() if owner == institution_id and not v.withdrawn]
        own = [info for info in infos if info.key.document == document and info.in_force(on)]
        siblings = [info for info in infos if info.key.document in {o.sibling for o in own} and info.in_force(on)]
        chinese = language is not Language.EN
        mine = [info for info in (*own, *siblings) if (info.language is not Language.EN) == chinese]
        return max((info.key for info in mine or own), default=None)


def a_fee_document() -> tuple[ParsedDocument, bytes]:
    """The words that a_row_answer() quotes, at its offsets, on page 2 of a blank PDF of two pages."""
    text = "Credit card fees\n".ljust(10)[:10] + "Card | Annual fee".ljust(30) + "Gold Card | HK$600*".ljust(40)
    text += "* Waived for the first two years."
    words = (Span(10, 27), Span(40, 59), Span(80, 113))
    document = ParsedDocument(
        text=text,
        blocks=tuple(Block(BlockKind.PARAGRAPH, span, 2, ()) for span in words),
        parser="test 1",
        pages=(Page(1, 595, 842), Page(2, 595, 842)),
        runs=tuple(Run(span, 2, (72, 400 + 20 * line, 300, 412 + 20 * line)) for line, span in enumerate(words)),
    )
    return document, a_blank_pdf(pages=2)


def a_blank_pdf(pages: int) -> bytes:
    """White A4 pages."""
    target = BytesIO()
    blank = Image.new("RGB", (595, 842), "white")
    blank.save(target, format="PDF", save_all=True, append_images=[blank] * (pages - 1), resolution=72)
    return target.getvalue()


def an_info(document: str, version: str = "2026-01", language: Language = Language.EN) -> VersionInfo:
    """What is known of a version beside its text."""
    return VersionInfo(
        VersionKey(document, version),
        document.replace("-", " ").title(),
        language,
        product="cards",
        as_at=date(2026, 1, 1),
    )


def a_text_document() -> ParsedDocument:
    """A heading, a paragraph with a tag-like word, and a table with a footnote."""
    heading, words = "Annual fees", "The fee is charged <yearly> & in advance."
    header, row, note = "Card | Annual fee", "Gold Card | HK$600*", "* Waived for two years."
    text = "\n".join((heading, words, header, row, note))
    spans = {part: Span(text.index(part), text.index(part) + len(part)) for part in (heading, words, header, row, note)}
    table = Table(None, (spans[header],), (spans[row],), (spans[note],))
    return ParsedDocument(
        text=text,
        blocks=(
            Block(BlockKind.HEADING, spans[heading], None, (), level=1),
            Block(BlockKind.PARAGRAPH, spans[words], None, (heading,), "annual-fees"),
            Block(
                BlockKind.TABLE, Span(spans[header].start, spans[note].end), None, (heading,), "annual-fees", 0, table
            ),
        ),
        parser="test 1",
    )


def a_drawn_document() -> ParsedDocument:
    """Two A4 pages; ten characters on each, drawn 100 points wide."""
    text = "first page" + "\n" + "secondpage"
    spans = (Span(0, 10), Span(11, 21))
    return ParsedDocument(
        text=text,
        blocks=tuple(Block(BlockKind.PARAGRAPH, span, page, ()) for page, span in enumerate(spans, 1)),
        parser="test 1",
        pages=(Page(1, 595, 842), Page(2, 595, 842)),
        runs=tuple(Run(span, page, (72, 100, 172, 112)) for page, span in enumerate(spans, 1)),
    )
