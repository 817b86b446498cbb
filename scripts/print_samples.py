"""Print the sample institutions' editable sources into the documents customers' answers come from.

    python scripts/print_samples.py [--institution harbour-bank] [--only card-fees-en]

In knowledge_bases/<id>/, sources/NAME.html becomes documents/NAME.pdf (headless Chromium; page headers and footers are
CSS @page margin boxes, shared rules may be linked from sources/*.css) and sources/NAME.docx.md becomes
documents/NAME.docx.

The Markdown subset of a .docx.md file, one block a line, blank lines between paragraphs:
    key: value lines between two `---`      `title`, page `header` and `footer`, `language` (en, zh-Hant)
    # to ####                               real Heading 1 to Heading 4
    - text                                  bullet; clause numbers are plain text and stay in the words
    Table: text                             a table's caption (Caption style)
    | a | b |                               a real table; the first row is its header, a |---| row is skipped
    ^ text                                  a note under a table, in small type
    **bold**                                inside any of these
    \\pagebreak                              a new page
Needs Chromium, the Noto Sans CJK fonts and python-docx; qpdf, where there is one, makes the PDFs smaller.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import takewhile
from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

BASES = Path(__file__).resolve().parent.parent / "knowledge_bases"
CHROMIUM = "/usr/bin/chromium"
FONT = "Noto Sans CJK HK"


def print_pdf(source: Path, target: Path) -> None:
    """Print one HTML source to PDF; a failed or empty print is an error."""
    with tempfile.TemporaryDirectory() as profile:
        printed = Path(profile) / "out.pdf"
        done = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--no-pdf-header-footer", "--disable-pdf-tagging", f"--user-data-dir={profile}",
             f"--print-to-pdf={printed}", source.as_uri()],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if not printed.exists() or not printed.stat().st_size:
            raise RuntimeError(f"{source.name} was not printed: {done.stderr.strip()[-500:]}")
        if shutil.which("qpdf"):  # Chromium embeds each CJK glyph as an object of its own: packed, half the size
            subprocess.run(["qpdf", "--object-streams=generate", str(printed), str(target)], check=True)
        else:
            shutil.copyfile(printed, target)


def add_words(paragraph: Paragraph, text: str) -> None:
    """Add text to a paragraph, with **bold** as bold runs."""
    for number, part in enumerate(re.split(r"\*\*(.+?)\*\*", text)):
        if part:
            paragraph.add_run(part).bold = True if number % 2 else None


def add_table(document: DocxDocument, lines: list[str]) -> None:
    """Add a real table whose first row is a header that repeats on every page."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    if len({len(row) for row in rows}) != 1:
        raise ValueError(f"rows of different lengths in the table that begins {lines[0]!r}")
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            add_words(cell.paragraphs[0], f"**{text}**" if number == 0 and text else text)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def set_up(document: DocxDocument, facts: dict[str, str]) -> None:
    """Fonts, language, page header and footer."""
    for style in document.styles:
        if style.name in ("Normal", "Title", "Caption") or style.name.startswith(("Heading", "List")):
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("ascii", "hAnsi", "eastAsia"):
                fonts.set(qn(f"w:{kind}"), FONT)
                fonts.attrib.pop(qn(f"w:{kind}Theme"), None)
    document.styles["Normal"].font.size = Pt(10)
    document.sections[0].header.paragraphs[0].text = facts.get("header", "")
    footer = document.sections[0].footer.paragraphs[0]
    footer.text = f"{facts.get('footer', '')}  "
    page_number = OxmlElement("w:fldSimple")
    page_number.set(qn("w:instr"), "PAGE")
    footer._p.append(page_number)
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.title = facts.get("title", "")
    document.core_properties.language = facts.get("language", "en")


def print_docx(source: Path, target: Path) -> None:
    """Build one DOCX from the Markdown subset described above."""
    lines = source.read_text(encoding="utf-8").splitlines()
    facts: dict[str, str] = {}
    if lines and lines[0] == "---":
        end = lines.index("---", 1)
        facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:end])}
        lines = lines[end + 1 :]
    document = Document()
    set_up(document, facts)
    while lines:
        line = lines.pop(0).strip()
        if line.startswith("|"):
            rows = [line, *takewhile(lambda one: one.strip().startswith("|"), lines)]
            del lines[: len(rows) - 1]
            add_table(document, rows)
        elif heading := re.match(r"(#{1,4}) (.+)", line):
            document.add_heading(heading[2], level=len(heading[1]))
        elif line == "\\pagebreak":
            document.add_paragraph().paragraph_format.page_break_before = True
        elif line.startswith("^ "):
            add_words(note := document.add_paragraph(), line[2:])
            for run in note.runs:
                run.font.size = Pt(8)
        elif line:
            style, text = ("List Bullet", line[2:]) if line.startswith("- ") else (None, line)
            if line.startswith("Table: "):
                style, text = "Caption", line[7:]
            add_words(document.add_paragraph(style=style), text)
    document.save(str(target))


def main() -> int:
    """Print every source of one institution, or of all of them."""
    parser = argparse.ArgumentParser(description="Print the sample institutions' PDF and DOCX documents.")
    parser.add_argument("--institution", default="*", help="folder name under knowledge_bases; all when not given")
    parser.add_argument("--only", default="*", help="one source's name, without its ending")
    chosen = parser.parse_args()
    count = 0
    for ending, printer, new_ending in ((".html", print_pdf, ".pdf"), (".docx.md", print_docx, ".docx")):
        for source in sorted(BASES.glob(f"{chosen.institution}/sources/{chosen.only}{ending}")):
            target = source.parent.parent / "documents" / f"{source.name.removesuffix(ending)}{new_ending}"
            printer(source, target)
            print(target.relative_to(BASES))
            count += 1
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
