"""Reads scanned pages that nothing was tuned on, as the product does: ``python -m eval.bench_scans TEXTS SEED``.

Printed for each page and, added up, for each script, layout and damage: character errors in thousandths (the edit
distance in reading order, blanks left out; then characters missed in any order), figures of the page not found whole,
figures found that the page has not, and how many of these wrong ones stand in words that may be quoted.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench_ocr import FIGURE
from eval.scanned_pages import Scan, scans
from ingestion.parsers.drawn.lettering import reading
from ingestion.sandbox import parse_file
from knowledge_bases.parsed import ParsedDocument

MARKS = str.maketrans("", "", "|•")  # between cells, and before items


@dataclass(frozen=True)
class Errors:
    """What is wrong with a page: counts of characters and of figures."""

    characters: int
    edits: int
    missed: int
    figures: int
    lost: int
    made_up: int
    quotable: int

    def __add__(self, other: Errors) -> Errors:
        return Errors(*starmap(int.__add__, zip(_counts(self), _counts(other), strict=True)))

    def line(self) -> str:
        """The errors as a part of the report."""
        edits, missed = (1000 * n / max(self.characters, 1) for n in (self.edits, self.missed))
        return (
            f"errors {edits:6.1f}  missed {missed:6.1f}  figures lost {self.lost:3d} of {self.figures:4d}"
            f"  made up {self.made_up:3d}, quotable {self.quotable:3d}"
        )


def _counts(errors: Errors) -> tuple[int, ...]:
    return tuple(vars(errors).values())


def errors_of(scan: Scan, document: ParsedDocument | None) -> Errors:
    """The errors of a parse; all is missing where the page was refused."""
    text = document.text if document else ""
    wanted, found = _bare(" ".join(scan.words)), _bare(text)
    figures, read = figures_in(scan.words), figures_in(text.split("\n"))
    made_up = read - figures
    quotable = figures_in(_quotable(document)) if document else Counter[str]()
    missed = (Counter(wanted) - Counter(found)).total()
    lost = (figures - read).total()
    wrong = (made_up & quotable).total()
    return Errors(len(wanted), distance(wanted, found), missed, figures.total(), lost, made_up.total(), wrong)


def figures_in(lines: Iterable[str]) -> Counter[str]:
    """The figures of lines, each as it is written."""
    return Counter(found for line in lines for found in FIGURE.findall(line))


def _quotable(document: ParsedDocument) -> Iterator[str]:
    return (run.span.slice(document.text) for run in document.runs)


def _bare(text: str) -> str:
    return "".join(reading(text).translate(MARKS).split())


def distance(one: str, other: str) -> int:
    """Levenshtein's: the fewest characters to insert, delete or replace."""
    codes = np.array([ord(c) for c in other], dtype=np.int64)
    along: NDArray[np.int64] = np.arange(len(other) + 1)
    before = along.copy()
    for number, letter in enumerate(one, 1):
        now = np.empty_like(before)
        now[0] = number
        now[1:] = np.minimum(before[1:] + 1, before[:-1] + (codes != ord(letter)))
        before = np.minimum.accumulate(now - along) + along
    return int(before[-1])


def _read(scan: Scan) -> tuple[ParsedDocument | None, float]:
    start = time.perf_counter()
    try:
        return parse_file(scan.raw, "scan.pdf"), time.perf_counter() - start
    except Exception as error:  # a refusal is a result
        print(f"{scan.name}: {error}")
        return None, time.perf_counter() - start


def main(texts: str, seed: int) -> None:
    """Print a line for every page, then the sums."""
    sums: dict[str, list[Errors]] = defaultdict(list)
    for scan in scans(texts, seed):
        document, seconds = _read(scan)
        errors = errors_of(scan, document)
        problem = (document.pages[0].problem if document else "refused") or ""
        print(f"{scan.name:<46} {errors.line()}  {seconds:5.1f} s  {problem[:26]}", flush=True)
        for group in (scan.script, scan.layout, scan.seen_as, "all"):
            sums[group].append(errors)
    for group, found in sorted(sums.items()):
        print(f"{group:<46} {_sum(found).line()}")
    print(f"the child that reads, at its peak (resident; address space, which is limited): {_peaks()}")


def _peaks() -> str:
    """Of the parsing children; Tesseract is a process of its own beside them."""
    me = os.getpid()
    children = (path.read_text().split() for path in Path(f"/proc/{me}/task").glob("*/children"))
    status = [Path(f"/proc/{child}/status").read_text() for line in children for child in line]
    peaks = ([int(kib) // 1024 for kib in re.findall(r"Vm(?:HWM|Peak):\s+(\d+)", text)] for text in status)
    return "; ".join(f"{resident} MiB; {space} MiB" for space, resident in peaks)


def _sum(found: Sequence[Errors]) -> Errors:
    return sum(found[1:], found[0])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
