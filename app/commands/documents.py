"""``candour institution`` and ``candour ingest``: what there is to answer from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import USAGE, err, fail, foundation, parse_day, parse_language, print_json
from app.commands.taking_in import Wanted, take_in
from app.institutions.flows import keep_flows, read_flows
from app.institutions.own_rules import check_own_rules, keep_own_rules
from app.institutions.service import InstitutionService
from guardrails.errors import RulebookError
from knowledge_bases.loader import load_institution
from knowledge_bases.schema import VersionInfo

institutions = typer.Typer(no_args_is_help=True, help="Institutions this installation serves.")


@institutions.command("add")
def add(
    folder: Annotated[Path, typer.Argument(help="Folder with institution.yaml.", metavar="DIR")],
    publish: Annotated[bool, typer.Option(help="Ingest and publish the documents it lists.")] = False,
) -> None:
    """Add the institution a folder describes, with its own flows (rails/*.co); with --publish, its documents too."""
    from app.jobs.intake import Intake  # the parsers come with it

    if not folder.is_dir():
        fail(f"{folder} is not a folder; give the one that holds institution.yaml", USAGE)
    with foundation() as base:
        loaded = load_institution(folder)
        try:
            check_own_rules(loaded.institution, folder)
        except RulebookError as error:
            fail(str(error))
        flows = read_flows(folder)
        with base.database.write() as session:
            InstitutionService(session, base.ledger).add(loaded.institution)
            keep_flows(flows, base.rails_folder(loaded.institution.id))
            keep_own_rules(folder, base.settings.data_dir, loaded.institution.id)
        typer.echo(f"added {loaded.institution.id}: {loaded.institution.names.en}")
        if publish:
            wanted = Wanted(loaded.institution.id, publish=True)
            take_in(base, wanted, [Intake.of(source) for source in loaded.sources], False)


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
        if not any(path.exists() for path in paths):
            fail(f"{', '.join(map(str, paths))}: no such file; give files that are there", USAGE)
        named = [replace(intake, info=about(intake.info)) for intake in intakes]
        take_in(base, Wanted(institution, publish, hidden_seen), named, as_json)
