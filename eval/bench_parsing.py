"""Parsing beside PyPDFLoader on the same files in the same run: ``python -m eval.bench_parsing [ROUNDS]``.

Printed, for each set of files: pages a second of ours in its child process, as an upload is parsed, of ours in this
process, and of LangChain's PyPDFLoader, which gives text without blocks, tables, places or checks. Rounds alternate;
a figure is the median of its rounds with the slowest and the fastest, so load on the machine shows.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from langchain_community.document_loaders import PyPDFLoader

from eval.table_heavy import table_heavy
from ingestion.parsers.format import Source
from ingestion.parsers.registry import parse
from ingestion.sandbox import parse_file

ROOT = Path(__file__).resolve().parents[1]
REGULATOR = ROOT / ".." / "shared" / "data" / "hk_regulator_documents"
ROUNDS = 5
SEED = 20260701
ONE_PAGE_FILES = 12
TABLE_PAGES = 30
PACKAGES = ("pypdfium2", "pypdf", "langchain-community", "pdfplumber")


@dataclass(frozen=True)
class FileSet:
    """Files that are read one after the other."""

    name: str
    files: Sequence[Path]


def main(rounds: int) -> None:
    """Print a block of lines for each set."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES), f"seed {SEED}, {rounds} rounds")
    with TemporaryDirectory() as folder:
        for files in _sets(Path(folder)):
            _race(files, rounds)


def _sets(folder: Path) -> Iterator[FileSet]:
    if REGULATOR.is_dir():
        yield FileSet("regulator documents", sorted(REGULATOR.glob("*.pdf")))
    yield FileSet("sample documents", sorted((ROOT / "knowledge_bases").glob("*/documents/*.pdf")))
    singles = [folder / f"one-{number}.pdf" for number in range(ONE_PAGE_FILES)]
    for number, path in enumerate(singles):
        path.write_bytes(table_heavy(1, SEED + number))
    yield FileSet("one-page files", singles)
    tables = folder / "tables.pdf"
    tables.write_bytes(table_heavy(TABLE_PAGES, SEED))
    yield FileSet("table-heavy", [tables])


def _race(files: FileSet, rounds: int) -> None:
    runners: dict[str, Callable[[Path], int]] = {"sandbox": _sandboxed, "in process": _direct, "PyPDFLoader": _peer}
    pages = sum(map(_direct, files.files))
    _sandboxed(files.files[0])  # a child is warm, as it is in a running product
    seconds: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, read in runners.items():
            began = time.perf_counter()
            for path in files.files:
                read(path)
            seconds[name].append(time.perf_counter() - began)
    peer = median(seconds["PyPDFLoader"])
    print(f"{files.name}: {len(files.files)} files, {pages} pages")
    for name, times in seconds.items():
        middle, least, most = (pages / value for value in (median(times), max(times), min(times)))
        ratio = median(p / t for p, t in zip(seconds["PyPDFLoader"], times, strict=True))
        print(f"  {name:12} {middle:7.1f} pages/s ({least:.1f}-{most:.1f}), {ratio:.2f} times PyPDFLoader", flush=True)
    print(f"  PyPDFLoader needs {1000 * peer / pages:.1f} ms a page")


def _sandboxed(path: Path) -> int:
    return len(parse_file(path, path.name).pages)


def _direct(path: Path) -> int:
    return len(parse(Source(path.name, path.read_bytes())).pages)


def _peer(path: Path) -> int:
    return len(PyPDFLoader(str(path)).load())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
