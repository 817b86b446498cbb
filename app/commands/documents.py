"""``candour institution`` and ``candour ingest``: what there is to answer from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.commands.console import USAGE, err, fail, foundation, parse_day, parse_language, print_json, sentences
from app.composition import INGESTION_THREADS, make_embedder
from app.documents import types as versions
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from knowledge_bases.loader import load_institution
from knowledge_bases.schema import Institution

if TYPE_CHECKING:  # the parsers are loaded by the commands that take files in, and by no other
    from app.jobs.intake import Intake, Refused, Taken

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
        if publish:
            _require_self_publish(loaded.institution)
        with base.database.write() as session:
            InstitutionService(session, base.ledger).add(loaded.institution)
        typer.echo(f"added {loaded.institution.id}: {loaded.institution.names.en}")
        if publish:
            _take_in(base, loaded.institution.id, [Intake.of(source) for source in loaded.sources], True, False)


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


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files to ingest.", metavar="PATH…")],
    institution: Annotated[str, typer.Option(help="The institution's id.", metavar="ID")],
    product: Annotated[str | None, typer.Option(help="Product the files are about.", metavar="P")] = None,
    language: Annotated[str | None, typer.Option(help="en, zh-Hant or zh-Hans; told from the text if absent.")] = None,
    effective_from: Annotated[str | None, typer.Option(help="First day in force, YYYY-MM-DD.", metavar="DATE")] = None,
    publish: Annotated[bool, typer.Option(help="Publish at once, where one person may.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take files in; of many, the good ones go in and each bad one is named (exit status 1)."""
    from app.jobs.intake import from_paths

    day, spoken = parse_day(effective_from), parse_language(language)
    with foundation() as base:
        with base.database.read() as session:
            known = InstitutionService(session, base.ledger).get(institution)
        if publish:
            _require_self_publish(known)
        intakes = [
            replace(intake, info=replace(intake.info, product=product, effective_from=day))
            for intake in from_paths(paths, spoken)
        ]
        _take_in(base, institution, intakes, publish, as_json)


def _require_self_publish(institution: Institution) -> None:
    if not institution.self_publish:
        fail(f"{institution.id} does not let one person publish; leave --publish out and have it approved", USAGE)


@dataclass(frozen=True)
class _Bar:
    """Shows one file's progress on the terminal."""

    progress: Progress
    task: TaskID

    def __call__(self, step: versions.Progress) -> None:
        self.progress.update(self.task, description=step.stage.value, completed=step.done, total=step.total or None)


def _take_in(base: Foundation, institution: str, intakes: Sequence[Intake], publish: bool, as_json: bool) -> None:
    from app.jobs.intake import Taken, publish_taken, take

    embedder = make_embedder(base.settings.embedder, INGESTION_THREADS)
    results: list[Taken | Refused] = []
    columns = (TextColumn("{task.fields[file]}"), BarColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=err, disable=not err.is_terminal) as progress:
        for intake in intakes:
            task = progress.add_task("waiting", total=None, file=intake.path.name)
            results.append(take(base, embedder, institution, intake, BY, _Bar(progress, task)))
            progress.update(task, total=1, completed=1)
    taken = [result for result in results if isinstance(result, Taken)]
    with sentences():
        snapshot = publish_taken(base, institution, taken, BY) if publish and taken else None
    _tell(results, snapshot, as_json)


def _tell(results: Sequence[Taken | Refused], snapshot: str | None, as_json: bool) -> None:
    refused = [result for result in results if not result.went_in]
    if as_json:
        print_json({"snapshot": snapshot, "files": [result.to_json() for result in results]})
    else:
        for result in results:
            typer.echo(result.line())
        if snapshot:
            typer.echo(f"published as snapshot {snapshot[:12]}")
        elif len(refused) < len(results):
            typer.echo("not published: waiting for approval")
    if refused:
        fail(f"{len(refused)} of {len(results)} files were refused")
