"""Whether anything tells a figure read wrong from a scan: ``python -m eval.doubtful_figures TEXTS SEED [DAMAGE...]``.

Of every figure read (figures the page has not are wrong): the lowest confidence of its characters, that of its line,
and whether RapidOCR read the same figure on the page. Printed: the area under the ROC curve of the confidences, and
for each way of pointing at doubtful figures how many wrong ones it finds and how many right ones it points at.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium

from eval.bench_ocr import FIGURE
from eval.bench_scans import figures_in
from eval.scanned_pages import Scan, scans
from ingestion.ocr import rapid, upright
from ingestion.ocr.paper import whitened
from ingestion.ocr.reader import Reader, Reading
from ingestion.ocr.types import Letter, Line, Picture, Script
from ingestion.parsers.recognised.layer import SURE_FIGURE
from ingestion.parsers.recognised.pages import picture_of


@dataclass(frozen=True)
class Figure:
    """A figure as it was read. ``lowest`` and ``line`` are confidences, 0 to 1."""

    text: str
    wrong: bool
    lowest: float
    line: float
    seconded: bool


WAYS: tuple[tuple[str, Callable[[Figure], bool]], ...] = (
    (f"a character below {SURE_FIGURE}", lambda f: f.lowest < SURE_FIGURE),
    ("a character below 0.97", lambda f: f.lowest < 0.97),
    ("its line below 0.97", lambda f: f.line < 0.97),
    ("not read by RapidOCR", lambda f: not f.seconded),
    ("not read by RapidOCR, or a character below 0.9", lambda f: not f.seconded or f.lowest < SURE_FIGURE),
    ("not read by RapidOCR, and a character below 0.97", lambda f: not f.seconded and f.lowest < 0.97),
)


def figures(scan: Scan, reader: Reader) -> Iterator[Figure]:
    """The figures read on a page."""
    page = whitened(picture_of(pdfium.PdfDocument(scan.raw)[0]))
    read = reader.read(page)
    second = _seconds(page, read, reader.rapid or rapid.Rapid())
    true = figures_in(scan.words)
    for line in read.lines:
        for text, letters in _figures(line):
            wrong, seconded = not true[text], bool(second[text])
            true[text] -= not wrong
            second[text] -= seconded
            whole = [letter.confidence for word in line.words for letter in word]
            yield Figure(text, wrong, min(x.confidence for x in letters), sum(whole) / len(whole), seconded)


def _seconds(page: Picture, read: Reading, engine: rapid.Rapid) -> Counter[str]:
    level = upright.straightened(upright.turned(page, read.turns), read.degrees)
    other = engine.read(level, Script.HANT)
    return Counter(text for line in other for text, _ in _figures(line))


def _figures(line: Line) -> Iterator[tuple[str, list[Letter]]]:
    marks: list[tuple[str, Letter | None]] = []
    for word in line.words:
        marks += [(" ", None)] if marks else []
        marks += [(character, letter) for letter in word for character in letter.text]
    for found in FIGURE.finditer("".join(character for character, _ in marks)):
        letters = [letter for _, letter in marks[found.start() : found.end()] if letter is not None]
        yield found[0], letters


def area(figures: Sequence[Figure], sure: Callable[[Figure], float]) -> float:
    """How often a wrong figure has less confidence than a right one; ties count half."""
    wrong, right = ([sure(f) for f in figures if f.wrong is kind] for kind in (True, False))
    wins = sum((a < b) + 0.5 * (a == b) for a in wrong for b in right)
    return wins / max(len(wrong) * len(right), 1)


def main(texts: str, seed: int, damages: Sequence[str]) -> None:
    """Print the sums over all pages, anew after each."""
    reader, found = Reader(), list[Figure]()
    for scan in scans(texts, seed):
        if damages and scan.seen_as not in damages:
            continue
        found += figures(scan, reader)
        wrong = [f for f in found if f.wrong]
        right = [f for f in found if not f.wrong]
        print(f"after {scan.name}: {len(wrong)} wrong of {len(found)}; area under the curve: "
              f"lowest {area(found, lambda f: f.lowest):.3f}, line {area(found, lambda f: f.line):.3f}")  # fmt: skip
        for name, way in WAYS:
            caught, accused = sum(map(way, wrong)), sum(map(way, right))
            print(f"  {name}: {caught} of {len(wrong)} wrong, {accused} of {len(right)} right", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
