"""Makes small PDFs for tests: words where the test puts them, ruled tables, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.table_heavy import assembled

HEIGHT = 842

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Line:
    """Words at ``x`` points from the left and ``y`` from the top, in Helvetica of ``size``, or its bold."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


@dataclass(frozen=True)
class Rule:
    """A ruling line between two points, measured from the top left."""

    x0: float
    y0: float
    x1: float
    y1: float


def lattice(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    """The rules of a table with these column and row borders."""
    return [Rule(xs[0], y, xs[-1], y) for y in ys] + [Rule(x, ys[0], x, ys[-1]) for x in xs]


def pdf(*pages: Sequence[Line | Rule], box: Box = (0, 0, 595, HEIGHT), rotate: int = 0) -> bytes:
    """A PDF of A4 pages, or pages of another ``box``, which they inherit. Text is Latin only (WinAnsi)."""
    count = len(pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] /MediaBox [%d %d %d %d] /Rotate %d >>"
        % (count, b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(count)), *box, rotate),
        _font(b"Helvetica"),
        _font(b"Helvetica-Bold"),
    ]
    for number, page in enumerate(pages):
        stream = b"\n".join(_drawn(item) for item in page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (6 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return assembled(objects)


def paragraph(x: float, y: float, lines: Sequence[str], size: float = 10) -> list[Line]:
    """Lines of running text, one below the other."""
    return [Line(x, y + 1.2 * size * number, text, size) for number, text in enumerate(lines)]


def _font(name: bytes) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name


def _drawn(item: Line | Rule) -> bytes:
    if isinstance(item, Rule):
        return f"0.5 w {item.x0} {HEIGHT - item.y0} m {item.x1} {HEIGHT - item.y1} l S".encode()
    text = item.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    font = 2 if item.bold else 1
    return f"BT /F{font} {item.size} Tf {item.x} {HEIGHT - item.y} Td (".encode() + text + b") Tj ET"
