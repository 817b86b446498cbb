"""Parsing beside PyPDFLoader on the same files in the same run: ``python -m eval.bench_parsing [ROUNDS]``.

Printed, for each set of files: pages a second of ours in its child process, as an upload is parsed, of ours by two
threads with a child each, of ours in this process, and of LangChain's PyPDFLoader, which gives text without blocks,
tables, places or checks. Rounds alternate; a figure is the median of its rounds with the slowest and the fastest, so
load on the machine shows. Beside the ratio of times stands that of processor time: two children may halve the one,
never the other.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from langchain_community.document_loaders import PyPDFLoader
from pypdf import PdfReader, PdfWriter

from eval.table_heavy import table_heavy
from ingestion.parsers.format import Source
from ingestion.parsers.registry import parse
from ingestion.sandbox import WARM, parse_file

ROOT = Path(__file__).resolve().parents[1]
REGULATOR = ROOT / ".." / "shared" / "data" / "hk_regulator_documents"
ROUNDS = 5
SEED = 20260701
ONE_PAGE_FILES = 12
EVERY = 4  # pages of a regulator document: one is written as a file of its own
TABLE_PAGES = 30
PARENT, UTIME = 1, 11  # in /proc/PID/stat; after user time come system time and both of children that ended
PACKAGES = ("pypdfium2", "pypdf", "langchain-community", "pdfplumber")

Paths = Sequence[Path]


@dataclass(frozen=True)
class FileSet:
    """Files that are read one after the other."""

    name: str
    files: Paths


@dataclass(frozen=True)
class Cost:
    """Seconds of one round: on the clock, and of all processors together."""

    wall: float
    cpu: float


def main(rounds: int) -> None:
    """Print a block of lines for each set."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES), f"seed {SEED}, {rounds} rounds")
    with TemporaryDirectory() as folder:
        for files in _sets(Path(folder)):
            _race(files, rounds)


def _sets(folder: Path) -> Iterator[FileSet]:
    if REGULATOR.is_dir():
        documents = sorted(REGULATOR.glob("*.pdf"))
        yield FileSet("regulator documents", documents)
        yield FileSet(f"every {EVERY}th page of them, a file each", list(_single_pages(documents, folder)))
    yield FileSet("sample documents", sorted((ROOT / "knowledge_bases").glob("*/documents/*.pdf")))
    singles = [folder / f"one-{number}.pdf" for number in range(ONE_PAGE_FILES)]
    for number, path in enumerate(singles):
        path.write_bytes(table_heavy(1, SEED + number))
    yield FileSet("one-page files drawn from a seed", singles)
    tables = folder / "tables.pdf"
    tables.write_bytes(table_heavy(TABLE_PAGES, SEED))
    yield FileSet("table-heavy, drawn from a seed", [tables])


def _single_pages(documents: Paths, folder: Path) -> Iterator[Path]:
    for number, document in enumerate(documents):
        for place, page in enumerate(PdfReader(document).pages[::EVERY]):
            writer = PdfWriter()
            writer.add_page(page)
            path = folder / f"page-{number}-{place}.pdf"
            writer.write(path)
            yield path


def _race(files: FileSet, rounds: int) -> None:
    runners: dict[str, Callable[[Paths], object]] = {
        "sandbox": lambda paths: [_sandboxed(path) for path in paths],
        "sandbox, two at a time": _two_at_a_time,
        "in process": lambda paths: [_direct(path) for path in paths],
        "PyPDFLoader": lambda paths: [_peer(path) for path in paths],
    }
    pages = sum(map(_direct, files.files))
    _two_at_a_time([*files.files, *files.files][:2])  # the children are warm, as they are in a running product
    costs: dict[str, list[Cost]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, read in runners.items():
            costs[name].append(_cost(read, files.files))
    print(f"{files.name}: {len(files.files)} files, {pages} pages")
    for name, own in costs.items():
        print(f"  {name:22} {_line(own, costs['PyPDFLoader'], pages)}", flush=True)


def _cost(read: Callable[[Paths], object], files: Paths) -> Cost:
    began, busy = time.perf_counter(), _processor_time()
    read(files)
    return Cost(time.perf_counter() - began, _processor_time() - busy)


def _processor_time() -> float:
    """Seconds that this process and its children have worked so far, those that ended included. Linux tells."""
    stats = [stat for stat in _stats() if int(stat[PARENT]) == os.getpid()]
    ticks = sum(int(count) for stat in stats for count in stat[UTIME : UTIME + 4])
    return sum(os.times()[:4]) + ticks / os.sysconf("SC_CLK_TCK")


def _stats() -> Iterator[list[str]]:
    """What Linux says of each process, after its name."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            yield stat.read_text().rpartition(")")[2].split()


def _line(own: Sequence[Cost], peer: Sequence[Cost], pages: int) -> str:
    walls = [cost.wall for cost in own]
    middle, least, most = (pages / value for value in (median(walls), max(walls), min(walls)))
    wall = median(p.wall / o.wall for p, o in zip(peer, own, strict=True))
    cpu = median(p.cpu / o.cpu for p, o in zip(peer, own, strict=True))
    busy = 1000 * median(cost.cpu for cost in own) / pages
    return (
        f"{middle:7.1f} pages/s ({least:.1f}-{most:.1f}), {wall:.2f} times PyPDFLoader; "
        f"{busy:.1f} ms of processor time a page, {cpu:.2f} times"
    )


def _two_at_a_time(paths: Paths) -> list[int]:
    with ThreadPoolExecutor(WARM) as pool:
        return list(pool.map(_sandboxed, paths))


def _sandboxed(path: Path) -> int:
    return len(parse_file(path, path.name).pages)


def _direct(path: Path) -> int:
    return len(parse(Source(path.name, path.read_bytes())).pages)


def _peer(path: Path) -> int:
    return len(PyPDFLoader(str(path)).load())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
