"""``candour knowledge``: what changed between versions, and what a version would change."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.progress import track

from app.commands.console import err, foundation, print_json
from app.commands.questions import InstitutionOption, JsonOption, platform_for_one
from app.documents.compared import Compared, compare_versions
from app.documents.comparison import Change
from app.documents.wording import Fate, Stretch
from app.impact.reread import Rereader
from app.impact.service import impact_of
from app.impact.types import Impact, Rereading
from knowledge_bases.schema import VersionKey

DocumentArgument = Annotated[str, typer.Argument(help="The document's id.", metavar="DOCUMENT")]
_SIGNS = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "[+{}+]"}


def diff(
    document: DocumentArgument,
    before: Annotated[str, typer.Argument(help="The earlier version's label.", metavar="FROM")],
    after: Annotated[str, typer.Argument(help="The later version's label.", metavar="TO")],
    institution: InstitutionOption,
    as_json: JsonOption = False,
) -> None:
    """Show by passage what changed between two versions of a document."""
    with foundation() as base:
        compared = compare_versions(base, institution, VersionKey(document, before), VersionKey(document, after))
    if as_json:
        print_json(compared.to_json())
    else:
        typer.echo(_readable(compared))


def impact(
    document: DocumentArgument,
    version: Annotated[str, typer.Argument(help="The version's label.", metavar="VERSION")],
    institution: InstitutionOption,
    as_json: JsonOption = False,
) -> None:
    """List the past answers that cited what a version changes, and how each would read with it in force."""
    with foundation() as base:
        found = impact_of(base, institution, VersionKey(document, version))
        platform = platform_for_one(base)
        known = platform.assistant.institution(institution)
        rereader = Rereader(base, platform.knowledge, platform.parts, known, found)
        read = asyncio.run(_reread(rereader, found))
        platform.rails.close()
    if as_json:
        print_json({**_counts(found), "answers": [each.to_json() for each in read]})
        return
    typer.echo(_found(found))
    for each in read:
        typer.echo(f"\n{each.affected.evidence.question}\n  {_marked(each.words)}".replace("\n", "\n  "))


async def _reread(rereader: Rereader, found: Impact) -> list[Rereading]:
    shown = track(found.affected, "reading again", console=err, disable=not err.is_terminal)
    return [await rereader.reread(affected) for affected in shown]


def _found(found: Impact) -> str:
    """What was found, a sentence a line."""
    key, count = found.version.info.key, len(found.affected)
    if found.before is None:
        return f"{key.document}, version {key.version}, takes the place of no version; it changes no past answer."
    before, verb = found.before.info.key.version, "is" if count == 1 else "are"
    said = [
        f"{key.document}, version {key.version}, in place of version {before}, as answers would read on {found.on}.",
        f"{count} of {found.looked_at} past answers that cite version {before} {verb} affected.",
    ]
    if found.erased:
        said.append(f"{found.erased} of the {found.looked_at} cannot be read: their conversations were erased.")
    if not found.complete:
        said.append("Older answers were not looked at.")
    return "\n".join(said)


def _counts(found: Impact) -> dict[str, object]:
    return {
        "document": found.version.info.key.document,
        "version": found.version.info.key.version,
        "instead_of": None if found.before is None else found.before.info.key.version,
        "on": found.on.isoformat(),
        "affected": len(found.affected),
        "looked_at": found.looked_at,
        "erased": found.erased,
        "complete": found.complete,
    }


def _readable(compared: Compared) -> str:
    counts = ", ".join(f"{change.value} {count}" for change, count in compared.comparison.counts.items() if count)
    changes = [
        f"{c.change.value} {c.line.kind.value} under “{c.line.heading}”\n  {' | '.join(map(_marked, c.cells))}"
        for c in compared.comparison.changes
        if c.change is not Change.UNCHANGED
    ]
    return "\n".join([counts, *changes])


def _marked(stretches: tuple[Stretch, ...]) -> str:
    return "".join(_SIGNS[stretch.fate].format(stretch.text) for stretch in stretches)
