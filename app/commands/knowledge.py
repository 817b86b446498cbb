"""``candour knowledge``: prove that index and catalogue agree, and show what was removed. See also ``changes``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.console import err, fail, foundation, print_json
from app.commands.questions import InstitutionOption, JsonOption
from app.composition import ingestion_embedder
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal.agreement import Agreement
from app.removal.discarding import discard as discard_draft
from app.removal.orphans import remove_orphans
from app.removal.receipts import Receipts
from app.removal.retention import retain as retain_one
from app.removal.sweeps import sweep_now
from app.removal.types import Holding, Receipt
from app.staff.service import StaffService
from knowledge_bases.schema import VersionKey

if TYPE_CHECKING:  # the parsers are loaded by the commands that build, and by no other
    from app.jobs.reindex import Reindexed, Stale

BY = "cli"
knowledge = typer.Typer(no_args_is_help=True, help="The knowledge base: prove that it is whole, see what was removed.")
AllOption = Annotated[str | None, typer.Option("--institution", help="One institution; all if absent.", metavar="ID")]


@knowledge.command("sweep", epilog="Example: candour knowledge sweep --institution my-bank")
def sweep(
    institution: AllOption = None,
    remove: Annotated[bool, typer.Option("--remove-orphans", help="Delete them for good, with a receipt.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Prove that index and catalogue agree both ways, by full hashes (exit status 1 where they do not)."""
    with foundation() as base:
        swept = [_swept(base, one, remove) for one in chosen(base, institution)]
    if as_json:
        print_json({"institutions": [_agreement_json(*one) for one in swept]})
    else:
        for one in swept:
            _tell(*one)
    if any(agreement.disagreements for agreement, _, _ in swept):
        raise typer.Exit(1)


@knowledge.command("reindex", epilog="Example: candour knowledge reindex --institution my-bank --dry-run")
def reindex(
    institution: AllOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be built again, and why.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Build again what is damaged, or what an older chunker or analysis built; what is in force stays so.

    Each institution keeps the model that serves it (candour knowledge reembed changes it). The snapshot before serves
    until all of an institution's versions are ready. What a kill interrupts goes on from there when it is run again.
    Exit status 1 where a version could not be built.
    """
    from app.jobs.ingest import Ingestion  # the parsers and the queue come with it
    from app.jobs.reindex import reindex as rebuild
    from app.jobs.reindex import stale_versions, with_own_model

    with foundation() as base:
        ingestion, told = Ingestion(base, ingestion_embedder(base)), []
        for one in chosen(base, institution):
            builder = with_own_model(ingestion, one)
            stale = stale_versions(base, one, builder.embedder.id, every_byte=True)
            done = None if dry_run else rebuild(builder, one, stale, announce)
            told.append((one, stale, done))
    if as_json:
        print_json({"institutions": [_reindexed_json(*each) for each in told]})
    else:
        for each in told:
            _tell_reindexed(*each)
    if any(done is not None and (done.failed or done.held_back) for _, _, done in told):
        raise typer.Exit(1)


@knowledge.command("receipts")
def receipts(institution: InstitutionOption, as_json: JsonOption = False) -> None:
    """List what was removed for good: when, by whom, why, and what stayed."""
    with foundation() as base, base.database.read() as session:
        InstitutionService(session, base.ledger).get(institution)
        known = Receipts(session, institution, base.ledger).all()
        names = StaffService(session, base.ledger).names({receipt.removal.by for receipt in known})
    _tell_receipts(known, as_json, names)


@knowledge.command("retain")
def retain(institution: AllOption = None, as_json: JsonOption = False) -> None:
    """Remove now what is due by retention, as the worker does every hour."""
    with foundation() as base:
        done = [receipt for one in chosen(base, institution) for receipt in retain_one(base, one, by=BY)]
    _tell_receipts(done, as_json)


@knowledge.command("discard")
def discard(
    document: Annotated[str, typer.Argument(help="The document's id.", metavar="DOCUMENT")],
    version: Annotated[str, typer.Argument(help="Its version.", metavar="VERSION")],
    institution: InstitutionOption,
    as_json: JsonOption = False,
) -> None:
    """Erase a draft that was never published; it cannot be undone."""
    with foundation() as base:
        (known,) = chosen(base, institution)
        receipt = discard_draft(base, known, VersionKey(document, version), BY)
    _tell_receipts([] if receipt is None else [receipt], as_json)


def announce(stale: Stale) -> None:
    """Says on a terminal that a version is being built again."""
    key = stale.version.info.key
    err.print(f"building {key.document}, version {key.version}", markup=False)


def _reindexed_json(institution_id: str, stale: Sequence[Stale], done: Reindexed | None) -> dict[str, Any]:
    return {
        "institution": institution_id,
        "stale": [
            {
                "document": each.version.info.key.document,
                "version": each.version.info.key.version,
                "reasons": sorted(each.reasons),
            }
            for each in stale
        ],
        "rebuilt": 0 if done is None else len(done.rebuilt),
        "failed": [] if done is None else [asdict(each) for each in done.failed],
        "snapshot": None if done is None else done.snapshot,
        "held_back": None if done is None else done.held_back,
    }


def _tell_reindexed(institution_id: str, stale: Sequence[Stale], done: Reindexed | None) -> None:
    if done is None:
        typer.echo(f"{institution_id}: {len(stale)} versions to build again")
        for each in stale:
            key = each.version.info.key
            typer.echo(f"  {key.document}, version {key.version}: {', '.join(sorted(each.reasons))}")
        return
    typer.echo(f"{institution_id}: {len(done.rebuilt)} of {len(stale)} versions built again")
    for failed in done.failed:
        typer.echo(f"  {failed.key.document}, version {failed.key.version}: {failed.why}")
    if done.held_back:
        typer.echo(f"  {done.held_back}")


def _swept(
    base: Foundation, institution_id: str, remove: bool
) -> tuple[Agreement, tuple[Holding, ...], Receipt | None]:
    found = sweep_now(base, institution_id, BY).found
    if found is None or found.agreement is None:
        fail(f"{institution_id}: {found.error if found else 'another sweep is under way; run it again'}")
    return found.agreement, found.orphans, remove_orphans(base, institution_id, BY) if remove else None


def chosen(base: Foundation, institution: str | None) -> Iterator[str]:
    """The id of the institution that was named, or of all."""
    with base.database.read() as session:
        institutions = InstitutionService(session, base.ledger)
        found = [institutions.get(institution)] if institution else institutions.all()
    yield from (one.id for one in found)


def _agreement_json(agreement: Agreement, found: tuple[Holding, ...], receipt: Receipt | None) -> dict[str, Any]:
    return {
        "institution": agreement.institution_id,
        "agrees": not agreement.disagreements,
        "snapshot": agreement.snapshot_id,
        "quarantined": agreement.quarantined,
        "versions": agreement.versions,
        "chunks": agreement.chunks,
        "files": agreement.files,
        "answers": agreement.answers,
        "unlisted": agreement.unlisted,
        "disagreements": list(agreement.disagreements),
        "orphans": [holding.to_json() for holding in found],
        "receipt": None if receipt is None else receipt.id,
    }


def _tell(agreement: Agreement, found: tuple[Holding, ...], receipt: Receipt | None) -> None:
    verdict = "DISAGREE" if agreement.disagreements else "agree"
    typer.echo(
        f"{agreement.institution_id}: index and catalogue {verdict}; {agreement.versions} versions, "
        f"{agreement.chunks} chunks, {agreement.files} files, all hashes read; {agreement.answers} answers and what "
        "they cite"
    )
    if agreement.unlisted:
        typer.echo(f"  {agreement.unlisted} answers are not listed by what they cite yet; the worker lists them")
    for sentence in agreement.disagreements:
        typer.echo(f"  {sentence}")
    if agreement.quarantined:
        typer.echo(
            f"  snapshot {agreement.snapshot_id} is in quarantine: nothing is answered from it; the last good one"
        )
        typer.echo("  answers, where there is one. Build it again with: candour knowledge reindex")
    for holding in found:
        typer.echo(f"  orphan: {holding.kind.value} {holding.name}, {holding.size_bytes} bytes")
    if receipt is not None:
        typer.echo(f"  orphans removed, receipt {receipt.id}")


def _tell_receipts(shown: Sequence[Receipt], as_json: bool, names: Mapping[str, str] = MappingProxyType({})) -> None:
    if as_json:
        print_json({"receipts": [receipt.to_json() for receipt in shown]})
        return
    for receipt in shown:
        _tell_receipt(receipt, names)
    if not shown:
        typer.echo("nothing was removed")


def _tell_receipt(receipt: Receipt, names: Mapping[str, str]) -> None:
    what = receipt.removal
    subject = "" if what.key is None else f" {what.key.document}, version {what.key.version},"
    state = f"{receipt.begun_at:%Y-%m-%d %H:%M} UTC" if receipt.done_at else "INTERRUPTED, to be taken up again"
    typer.echo(
        f"{receipt.id}  {what.cause.value}:{subject} {len(what.removed)} files, {receipt.size_bytes} bytes, "
        f"by {names.get(what.by, what.by)}, {state}"
    )
    for kept in what.kept:
        typer.echo(f"  kept: {kept.kind.value} {kept.name[:12]}, for {kept.why}")
