"""``candour rules check``: every example of every rule, before a customer finds out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import fail, foundation, print_json
from app.institutions.own_rules import own_rule_folders
from app.institutions.service import InstitutionService
from guardrails.errors import RulebookError
from guardrails.own_rules import refuse_switches
from guardrails.rule_examples import failures
from guardrails.rulebook import SHIPPED, Rulebook, load_rulebook

rules = typer.Typer(no_args_is_help=True, help="The rulebook: disclosure and conduct rules.")


@rules.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder with rule files; the shipped ones if absent.", metavar="[FOLDER]")
    ] = None,
    institution: Annotated[
        str | None, typer.Option(help="Check its own rules (in FOLDER, if given) and its switches.", metavar="ID")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Load the rules and run every example; a line each failure (exit status 1 where there is one)."""
    if folder is not None and not folder.is_dir():
        fail(f"{folder} is not a folder; give the one that holds the rule files")
    try:
        rulebook = _of_institution(institution, folder) if institution else load_rulebook(folder or SHIPPED)
    except RulebookError as error:
        fail(str(error))
    wrong = list(failures(rulebook))
    if as_json:
        found = [{"rule": one.rule_id, "must_fire": one.expected, "text": one.text} for one in wrong]
        print_json({"version": rulebook.version, "rules": _count(rulebook), "failures": found})
    else:
        for one in wrong:
            typer.echo(one.line())
        typer.echo(f"{_count(rulebook)} rules, {len(wrong)} examples do not hold; version {rulebook.version[:12]}")
    if wrong:
        raise typer.Exit(1)


def _of_institution(institution_id: str, folder: Path | None) -> Rulebook:
    """The shipped rules with those of one institution, whose switches are looked at too."""
    with foundation() as base, base.database.read() as session:
        known = InstitutionService(session, base.ledger).get(institution_id)
        own = folder or own_rule_folders(base.settings.data_dir).get(institution_id)
    rulebook = load_rulebook(own={institution_id: own} if own else None)
    refuse_switches(rulebook.disclosures, known)
    return rulebook


def _count(rulebook: Rulebook) -> int:
    return len(rulebook.disclosures) + len(rulebook.conduct)
