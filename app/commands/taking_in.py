"""Files into an institution from the command line, and what is said of them: under way, when in, when stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.commands import STOPPED
from app.commands.console import err, fail, print_json, sentences
from app.composition import ingestion_embedder
from app.console.formats import page_list
from app.documents import types as versions
from app.documents.progress import COUNTED
from app.foundation import Foundation
from app.jobs.taken import Apart, Refused, Taken
from knowledge_bases.parsed import Framing

if TYPE_CHECKING:  # the parsers are loaded by the commands that take files in, and by no other
    from app.jobs.intake import Intake
    from app.jobs.publication import Publication

BY = "cli"


@dataclass(frozen=True)
class Wanted:
    """Where the files go, and whether they are to be published."""

    institution: str
    publish: bool
    hidden_seen: bool = False


@dataclass(frozen=True)
class _Bar:
    """Shows one file's progress on the terminal, from its first step on."""

    progress: Progress
    task: TaskID

    @classmethod
    def of(cls, progress: Progress, intake: Intake) -> _Bar:
        return cls(progress, progress.add_task("waiting", total=None, file=intake.path.name, visible=False))

    def end(self) -> None:
        self.progress.update(self.task, total=1, completed=1, visible=True)

    def __call__(self, step: versions.Progress) -> None:
        description = f"{step.stage.value} {COUNTED.get(step.stage, '')}".strip()
        self.progress.update(self.task, description=description, completed=step.done, visible=True)
        shown = next(task for task in self.progress.tasks if task.id == self.task)
        shown.total = step.total or None  # an update to None would leave the total of the stage before


def take_in(base: Foundation, wanted: Wanted, intakes: Sequence[Intake], as_json: bool) -> None:
    """Takes the files in and publishes them where that is wanted; says of each what became of it.

    Raises:
        typer.Exit: 1 where a file was refused or held back, 130 where it was stopped with Ctrl-C.
    """
    from app.jobs.publication import Publication, publish_alone

    results: list[Taken | Refused] = []
    with _stoppable(results, len(intakes)):
        for result in _results(base, wanted.institution, intakes):
            results.append(result)
        taken = [result for result in results if isinstance(result, Taken)]
        with sentences():
            publication = Publication(None)
            if wanted.publish and taken:
                publication = publish_alone(base, wanted.institution, taken, BY, hidden_seen=wanted.hidden_seen)
    _tell(results, publication, as_json)
    _complain(results, publication)


@contextmanager
def _stoppable(results: Sequence[Taken | Refused], count: int) -> Iterator[None]:
    """Ctrl-C inside the block ends the command with a word on what of ``count`` files is in."""
    try:
        yield
    except KeyboardInterrupt:
        taken = sum(result.went_in for result in results)
        fail(f"stopped; {_of(taken, count)} taken in so far, and the same command goes on from there", STOPPED)


def _results(base: Foundation, institution: str, intakes: Sequence[Intake]) -> Iterator[Taken | Refused]:
    """What becomes of each file, in their order, with a bar for each that is under way."""
    from app.jobs.intake import take_all

    embedder = ingestion_embedder(base)
    counted = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.fields[file]}"), BarColumn(), *counted)
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        bars = [_Bar.of(progress, intake) for intake in intakes]
        told = zip(intakes, bars, strict=True)
        for bar, result in zip(bars, take_all(base, embedder, institution, told, BY), strict=True):
            bar.end()
            yield result


def _tell(results: Sequence[Taken | Refused], publication: Publication, as_json: bool) -> None:
    """The results on standard output; what is no part of a text on standard error, after the line of its file."""
    if as_json:
        waiting = [{"document": key.document, "version": key.version} for key in publication.waiting]
        files = [result.to_json() for result in results]
        print_json({"snapshot": publication.snapshot, "waiting": waiting, "files": files})
    for result in results:
        if not as_json:
            typer.echo(result.line())
        if isinstance(result, Taken) and result.is_undecided:
            _warn(result.file, result.apart)
    if not as_json:
        _tell_publication(results, publication)


def _warn(file: str, apart: Apart) -> None:
    """Every hidden text, and every line in which a figure may have been left out; the console lists the rest."""
    hidden = [f"{each.hiding}: {each.text}" for each in apart.hidden]
    kept_out = [each for each in apart.left_out if each.framing in (Framing.ALONE, Framing.RUNNING_LINE)]
    lines = [f"{each.text} (page{'s' if len(each.pages) > 1 else ''} {page_list(each.pages)})" for each in kept_out]
    for named, found in (("hidden text", hidden), ("left-out line", lines)):
        if found:
            err.print(f"{file}: {len(found)} {named}{'s' if len(found) > 1 else ''}", markup=False)
        for each in found:
            err.print(f"    {each}", markup=False)


def _tell_publication(results: Sequence[Taken | Refused], publication: Publication) -> None:
    undecided = [r for r in results if isinstance(r, Taken) and not r.is_published]
    if publication.snapshot:
        typer.echo(f"published as snapshot {publication.snapshot[:12]}")
    elif undecided:
        typer.echo("not published: waiting for approval")


def _complain(results: Sequence[Taken | Refused], publication: Publication) -> None:
    """Ends with exit status 1 where something was refused or held back."""
    refused, count = sum(not result.went_in for result in results), len(results)
    said = [f"{_of(refused, count)} {'was' if refused == 1 else 'were'} refused"] if refused else []
    if publication.why:
        held = [r.file for r in results if isinstance(r, Taken) and r.version.info.key in publication.waiting]
        wait = "waits" if len(held) == 1 else "wait"
        said.append(
            f"{publication.why}: {_of(len(held), count)} {wait} in review ({', '.join(held)}); "
            f"have a checker approve {'it' if len(held) == 1 else 'them'}"
        )
    if said:
        fail("; ".join(said))


def _of(some: int, count: int) -> str:
    return f"{some} of {count} {'file' if count == 1 else 'files'}"
