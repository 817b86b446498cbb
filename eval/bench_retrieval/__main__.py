"""Hybrid search by size, ours beside its peers, in one run: ``python -m eval.bench_retrieval OUT``. A benchmark.

Needs the extra ``bench`` (``make bench``) and the public sets. Writes ``OUT/retrieval.md`` and its plots.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from typing import Annotated

import typer

from app.embedding.engines import ingestion_engine, make_embedder
from app.settings import Settings
from eval.bench_retrieval.children import curves, figures_or_absence
from eval.bench_retrieval.figures import Absence, Origin, Run, continued, read_run, write_run
from eval.bench_retrieval.machine import machine, versions
from eval.bench_retrieval.material import Real, prepared, real
from eval.bench_retrieval.report import write_report
from eval.bench_retrieval.systems import SYSTEMS
from eval.plain_model import PLAIN

SIZES = "10000,100000,1000000"
REAL = 100_000  # texts at most; more are made of these
CURVES_AT = 100_000
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
KEPT = Path(gettempdir()) / "candour-bench"
RUN = "run.json"


def main(
    out: Annotated[Path, typer.Argument(help="Folder for the report and its plots.", metavar="OUT")],
    sizes: Annotated[str, typer.Option(help="Chunks, smallest first, parted by commas.")] = SIZES,
    data: Annotated[Path, typer.Option(help="The public sets.", metavar="DIR")] = DATA,
    kept: Annotated[Path, typer.Option(help="Vectors, texts and stores are kept here.", metavar="DIR")] = KEPT,
    only: Annotated[str, typer.Option(help="Systems, parted by commas; none: texts are embedded.")] = ",".join(SYSTEMS),
    add: Annotated[bool, typer.Option("--add", help="Put these sizes beside those of the last run.")] = False,
    report_only: Annotated[bool, typer.Option("--report-only", help="Write the report of the last run again.")] = False,
) -> None:
    """Measure every system at every size, and write the report."""
    if not report_only:
        asked = tuple(int(size) for size in sizes.split(","))
        given = _real(data, kept, max(asked))
        names = [name for name in only.split(",") if name]
        _measure(_begun(given, asked, kept / RUN if add else None), given, names, kept)
    write_report(read_run(kept / RUN), out)
    typer.echo(f"written to {out / 'retrieval.md'}")


def _real(data: Path, kept: Path, most: int) -> Real:
    if not data.is_dir():
        sys.exit(f"{data} is absent: give the folder of the public sets (--data)")
    began = time.perf_counter()
    of_documents = ingestion_engine(PLAIN, eight_bit=Settings().eight_bit_ingestion)
    given = real(data, kept, min(REAL, most), (of_documents, make_embedder(PLAIN)))
    typer.echo(f"{len(given.texts)} real texts and their vectors are ready after {time.perf_counter() - began:.0f} s")
    return given


def _begun(given: Real, sizes: tuple[int, ...], before: Path | None) -> Run:
    """A run at ``sizes``, which takes over what the run ``before`` measured at others over the same texts."""
    origins = tuple(Origin(p.name, len(p.texts), sum(map(len, p.texts)) / len(p.texts)) for p in given.parts)
    command = f"python -m eval.bench_retrieval docs/benchmarks --sizes {','.join(map(str, sizes))}"
    run = Run((command,), machine(), versions(), len(given.texts), origins, sizes)
    try:
        return run if before is None else continued(read_run(before), run)
    except (OSError, ValueError) as error:
        sys.exit(f"cannot add to the last run: {error}")


def _measure(run: Run, given: Real, names: list[str], kept: Path) -> None:
    for size in run.sizes:
        if str(size) in run.minutes:
            continue
        began = time.perf_counter()
        run = _at(run, given, size, names, kept)
        minutes = (time.perf_counter() - began) / 60
        run = replace(run, minutes=run.minutes | {str(size): minutes})
        write_run(kept / RUN, run)
        typer.echo(f"{size} chunks took {minutes:.1f} minutes")


def _at(run: Run, given: Real, size: int, names: list[str], kept: Path) -> Run:
    folder = kept / "work"
    rmtree(folder, ignore_errors=True)
    material = prepared(given, size, folder)
    for name in names:
        found = figures_or_absence(name, material, run.faces)
        if isinstance(found, Absence):
            typer.echo(f"{size} {name}: {found.why}")
            run = replace(run, absences=(*run.absences, found))
        else:
            typer.echo("\n".join(f"{size} {each.name}: built in {each.build_s:.1f} s, {each.times}" for each in found))
            run = replace(run, faces=(*run.faces, *found))
        rmtree(folder / name, ignore_errors=True)
    if size == min(CURVES_AT, max(run.sizes)):
        run = replace(run, curves=(*run.curves, curves(material)))
    rmtree(folder)
    return run


if __name__ == "__main__":
    typer.run(main)
