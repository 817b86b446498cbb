"""Makes PDFs full of ruled fee tables, in English and Chinese: the same bytes for the same seed.

    python -m eval.table_heavy PAGES SEED FILE

Each page has a running title, a caption, a table of six columns with a shaded header and a first cell that spans two
rows, footnotes and a page number. Pages are English and Chinese in turn. Fonts are not embedded: readers know them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

WIDTH, HEIGHT = 595, 842
EDGES = (40, 140, 225, 310, 390, 470, 555)  # of the columns
TOP, ROW, ROWS = 120, 24, 25  # points, points, rows of a table under its header
SIZE = 8


@dataclass(frozen=True)
class Wording:
    """What one language calls things; ``caption`` has the number of the table in it."""

    title: str
    caption: str
    header: Sequence[str]
    products: Sequence[str]
    terms: Sequence[str]
    notes: Sequence[str]


ENGLISH = Wording(
    "Harbour Bank - Schedule of charges",
    "Table {}. Charges for cards, accounts and transfers",
    ("Service", "Standard", "Premier", "Corporate", "Minimum", "Period"),
    ("Gold Card", "Green Card", "Current account", "Telegraphic transfer", "Safe deposit box", "Cheque book"),
    ("per year", "per item", "per month", "each time"),
    ("* Waived for the first two years.", "1 Charges of correspondent banks are paid by the customer."),
)
CHINESE = Wording(
    "海港銀行 收費表",
    "表 {}. 信用卡、戶口及匯款收費",
    ("服務", "標準", "尊貴", "公司", "最低收費", "計算方式"),
    ("金卡年費", "綠卡年費", "往來戶口", "電匯匯款", "保管箱租金", "支票簿"),
    ("每年", "每項", "每月", "每次"),
    ("* 首兩年豁免。", "1 代理銀行的收費由客戶支付。"),
)


def table_heavy(pages: int, seed: int) -> bytes:
    """A PDF of so many pages."""
    random = Random(seed)  # noqa: S311 - fees, not keys
    contents = [_page(number, CHINESE if number % 2 == 0 else ENGLISH, random) for number in range(1, pages + 1)]
    kids = b" ".join(b"%d 0 R" % (6 + 2 * number) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 %d %d] >>" % (pages, kids, WIDTH, HEIGHT),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /MSung-Light /Encoding /UniCNS-UTF16-H /DescendantFonts [5 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /MSung-Light /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (CNS1) /Supplement 3 >> >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            % (7 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return assembled(objects)


def _page(number: int, wording: Wording, random: Random) -> bytes:
    foot = TOP + (ROWS + 1) * ROW
    parts = [
        _words(EDGES[0], 40, wording.title),
        _words(EDGES[0], TOP - 14, wording.caption.format(number), 10),
        f"0.85 g {EDGES[0]} {HEIGHT - TOP - ROW} {EDGES[-1] - EDGES[0]} {ROW} re f 0 g".encode(),
        *_rules(foot),
        *(_words(x + 4, TOP + 15, text) for x, text in zip(EDGES, wording.header, strict=False)),
        *_cells(wording, random),
        *(_words(EDGES[0], foot + 14 + 11 * place, note, 7) for place, note in enumerate(wording.notes)),
        _words(WIDTH // 2, HEIGHT - 30, str(number)),
    ]
    return b"\n".join(parts)


def _cells(wording: Wording, random: Random) -> Iterator[bytes]:
    for row in range(ROWS):
        y = TOP + (row + 1) * ROW + 15
        if row % 2 == 1 or row == 0:  # the others belong to the cell above
            yield _words(EDGES[0] + 4, y, f"{random.choice(wording.products)} {row + 1}")
        for column in (1, 2, 3, 4):
            yield _words(EDGES[column] + 4, y, f"HK${random.randint(1, 99) * 50:,}{random.choice(['', '', '*'])}")
        yield _words(EDGES[5] + 4, y, random.choice(wording.terms))


def _rules(foot: int) -> Iterator[bytes]:
    """The borders; none in the first column between the two rows of a cell."""
    yield b"0.5 w"
    for row in range(ROWS + 2):
        inside = row > 2 and row % 2 == 1 and row < ROWS + 1
        left = EDGES[1] if inside else EDGES[0]
        y = HEIGHT - TOP - row * ROW
        yield f"{left} {y} m {EDGES[-1]} {y} l S".encode()
    for x in EDGES:
        yield f"{x} {HEIGHT - TOP} m {x} {HEIGHT - foot} l S".encode()


def _words(x: int, y: int, text: str, size: int = SIZE) -> bytes:
    """Text at ``y`` points from the page's top."""
    font = 1 if text.isascii() else 2
    code = text.encode("cp1252" if text.isascii() else "utf-16-be").hex()
    return f"BT /F{font} {size} Tf {x} {HEIGHT - y} Td <{code}> Tj ET".encode()


def assembled(objects: Sequence[bytes]) -> bytes:
    """The file of these objects, numbered from 1; the first is the catalogue."""
    body, places = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail


if __name__ == "__main__":
    Path(sys.argv[3]).write_bytes(table_heavy(int(sys.argv[1]), int(sys.argv[2])))
