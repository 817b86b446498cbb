"""``candour institution`` and ``candour ingest``: what there is to answer from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

from app.commands.console import USAGE, err, fail, foundation, parse_day, parse_language, print_json, sentences
from app.composition import ingestion_embedder
from app.documents import types as versions
from app.documents.progress import COUNTED
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from knowledge_bases.loader import load_institution
from knowledge_bases.schema import VersionInfo

if TYPE_CHECKING:  # the parsers are loaded by the commands that take files in, and by no other
    from app.jobs.intake import Intake, Refused, Taken
    from app.jobs.publication import Publication

institutions = typer.Typer(no_args_is_help=True, help="Institutions this installation serves.")
BY = "cli"


@institutions.command("add")
def add(
    folder: Annotated[Path, typer.Argument(help="Folder with institution.yaml.", metavar="DIR")],
    publish: Annotated[bool, typer.Option(help="Ingest and publish the documents it lists.")] = False,
) -> None:
    """Add the institution a folder describes; with --publish, its documents too."""
    from app.jobs.intake import Intake

    with foundation() as base:
        loaded = load_institution(folder)
        with base.database.write() as session:
            InstitutionService(session, base.ledger).add(loaded.institution)
        typer.echo(f"added {loaded.institution.id}: {loaded.institution.names.en}")
        if publish:
            wanted = _Wanted(loaded.institution.id, publish=True)
            _take_in(base, wanted, [Intake.of(source) for source in loaded.sources], False)


@institutions.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the institutions, by id."""
    with foundation() as base, base.database.read() as session:
        known = InstitutionService(session, base.ledger).all()
    if as_json:
        print_json({"institutions": [{"id": i.id, "name": i.names.en, "sectors": list(i.sectors)} for i in known]})
        return
    for institution in known:
        typer.echo(f"{institution.id}  {institution.names.en}  ({', '.join(institution.sectors)})")
    if not known:
        err.print("no institution yet; add one with: candour institution add DIR")


def ingest(  # noqa: PLR0913 - one argument an option
    paths: Annotated[list[Path], typer.Argument(help="Files to ingest.", metavar="PATH…")],
    institution: Annotated[str, typer.Option(help="The institution's id.", metavar="ID")],
    product: Annotated[str | None, typer.Option(help="Product the files are about.", metavar="P")] = None,
    language: Annotated[str | None, typer.Option(help="en, zh-Hant or zh-Hans; told from the text if absent.")] = None,
    version: Annotated[str | None, typer.Option(help="The versions' label; 1 if absent.", metavar="LABEL")] = None,
    as_at: Annotated[
        str | None, typer.Option(help="Day the figures are of; the first day in force or the file's own if absent.")
    ] = None,
    effective_from: Annotated[str | None, typer.Option(help="First day in force, YYYY-MM-DD.", metavar="DATE")] = None,
    effective_to: Annotated[str | None, typer.Option(help="First day no longer in force.", metavar="DATE")] = None,
    publish: Annotated[bool, typer.Option(help="Publish at once, where one person may.")] = False,
    hidden_seen: Annotated[bool, typer.Option(help="With --publish: the hidden text found was read.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take files in; of many, the good ones go in and each bad one is named (exit status 1)."""
    from app.jobs.intake import from_paths

    intakes = from_paths(paths, parse_language(language))
    starts, ends = parse_day(effective_from), parse_day(effective_to)
    if starts and ends and ends <= starts:
        fail("--effective-to must lie after --effective-from: it is the first day no longer in force", USAGE)
    as_at_day = parse_day(as_at)

    def about(info: VersionInfo) -> VersionInfo:
        key = replace(info.key, version=version or info.key.version)
        return replace(info, key=key, product=product, as_at=as_at_day, effective_from=starts, effective_to=ends)

    with foundation() as base:
        with base.database.read() as session:
            InstitutionService(session, base.ledger).get(institution)
        named = [replace(intake, info=about(intake.info)) for intake in intakes]
        _take_in(base, _Wanted(institution, publish, hidden_seen), named, as_json)


@dataclass(frozen=True)
class _Wanted:
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


def _take_in(base: Foundation, wanted: _Wanted, intakes: Sequence[Intake], as_json: bool) -> None:
    from app.jobs.intake import Taken, take_all
    from app.jobs.publication import Publication, hidden_texts, publish_alone

    embedder = ingestion_embedder(base.settings)
    counted = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.fields[file]}"), BarColumn(), *counted)
    results: list[Taken | Refused] = []
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        bars = [_Bar.of(progress, intake) for intake in intakes]
        told = zip(intakes, bars, strict=True)
        for bar, result in zip(bars, take_all(base, embedder, wanted.institution, told, BY), strict=True):
            results.append(result)
            bar.end()
    taken = [result for result in results if isinstance(result, Taken)]
    with sentences():
        publication = Publication(None)
        if wanted.publish and taken:
            publication = publish_alone(base, wanted.institution, taken, BY, hidden_seen=wanted.hidden_seen)
        for each in taken:
            for found in hidden_texts(base, wanted.institution, each.version):
                err.print(f"{each.file}: hidden text ({found.hiding}): {found.text}", markup=False)
    _tell(results, publication, as_json)


def _tell(results: Sequence[Taken | Refused], publication: Publication, as_json: bool) -> None:
    refused, snapshot = [result for result in results if not result.went_in], publication.snapshot
    if as_json:
        waiting = [{"document": key.document, "version": key.version} for key in publication.waiting]
        files = [result.to_json() for result in results]
        print_json({"snapshot": snapshot, "waiting": waiting, "files": files})
    else:
        for result in results:
            typer.echo(result.line())
        if snapshot:
            typer.echo(f"published as snapshot {snapshot[:12]}")
        elif len(refused) < len(results):
            typer.echo("not published: waiting for approval")
    _complain(len(refused), len(results), publication)


def _complain(refused: int, count: int, publication: Publication) -> None:
    """Ends with exit status 1 where something was refused or held back."""
    said = [f"{refused} of {count} files were refused"] if refused else []
    if publication.why:
        waiting = len(publication.waiting)
        said.append(f"{publication.why}: {waiting} of {count} files wait in review; have a checker approve them")
    if said:
        fail("; ".join(said))
