"""``candour knowledge``: prove that index and catalogue agree, and show what was removed. See also ``changes``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from app.commands.console import foundation, print_json
from app.commands.questions import InstitutionOption, JsonOption
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal.agreement import Agreement, compare
from app.removal.discarding import discard as discard_draft
from app.removal.orphans import orphans, remove_orphans
from app.removal.receipts import Receipts
from app.removal.retention import retain as retain_one
from app.removal.types import Holding, Receipt
from knowledge_bases.schema import VersionKey

BY = "cli"
knowledge = typer.Typer(no_args_is_help=True, help="The knowledge base: prove that it is whole, see what was removed.")
AllOption = Annotated[str | None, typer.Option("--institution", help="One institution; all if absent.", metavar="ID")]


@knowledge.command("sweep")
def sweep(
    institution: AllOption = None,
    remove: Annotated[bool, typer.Option("--remove-orphans", help="Delete them for good, with a receipt.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Prove that index and catalogue agree both ways, by full hashes (exit status 1 where they do not)."""
    with foundation() as base:
        swept = [_swept(base, one, remove) for one in _chosen(base, institution)]
    if as_json:
        print_json({"institutions": [_agreement_json(*one) for one in swept]})
    else:
        for one in swept:
            _tell(*one)
    if any(agreement.disagreements for agreement, _, _ in swept):
        raise typer.Exit(1)


@knowledge.command("receipts")
def receipts(institution: InstitutionOption, as_json: JsonOption = False) -> None:
    """List what was removed for good: when, by whom, why, and what stayed."""
    with foundation() as base, base.database.read() as session:
        InstitutionService(session, base.ledger).get(institution)
        known = Receipts(session, institution, base.ledger).all()
    _tell_receipts(known, as_json)


@knowledge.command("retain")
def retain(institution: AllOption = None, as_json: JsonOption = False) -> None:
    """Remove now what is due by retention, as the worker does every hour."""
    with foundation() as base:
        done = [receipt for one in _chosen(base, institution) for receipt in retain_one(base, one, by=BY)]
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
        (known,) = _chosen(base, institution)
        receipt = discard_draft(base, known, VersionKey(document, version), BY)
    _tell_receipts([] if receipt is None else [receipt], as_json)


def _swept(
    base: Foundation, institution_id: str, remove: bool
) -> tuple[Agreement, tuple[Holding, ...], Receipt | None]:
    agreement, found = compare(base, institution_id), orphans(base, institution_id)
    return agreement, found, remove_orphans(base, institution_id, BY) if remove else None


def _chosen(base: Foundation, institution: str | None) -> Iterator[str]:
    with base.database.read() as session:
        institutions = InstitutionService(session, base.ledger)
        chosen = [institutions.get(institution)] if institution else institutions.all()
    yield from (one.id for one in chosen)


def _agreement_json(agreement: Agreement, found: tuple[Holding, ...], receipt: Receipt | None) -> dict[str, Any]:
    return {
        "institution": agreement.institution_id,
        "agrees": not agreement.disagreements,
        "snapshot": agreement.snapshot_id,
        "quarantined": agreement.quarantined,
        "versions": agreement.versions,
        "chunks": agreement.chunks,
        "files": agreement.files,
        "disagreements": list(agreement.disagreements),
        "orphans": [holding.to_json() for holding in found],
        "receipt": None if receipt is None else receipt.id,
    }


def _tell(agreement: Agreement, found: tuple[Holding, ...], receipt: Receipt | None) -> None:
    verdict = "DISAGREE" if agreement.disagreements else "agree"
    typer.echo(
        f"{agreement.institution_id}: index and catalogue {verdict}; {agreement.versions} versions, "
        f"{agreement.chunks} chunks, {agreement.files} files, all hashes read"
    )
    for sentence in agreement.disagreements:
        typer.echo(f"  {sentence}")
    if agreement.quarantined:
        typer.echo(f"  snapshot {agreement.snapshot_id} is in quarantine; the last good one answers until you publish")
    for holding in found:
        typer.echo(f"  orphan: {holding.kind.value} {holding.name}, {holding.size_bytes} bytes")
    if receipt is not None:
        typer.echo(f"  orphans removed, receipt {receipt.id}")


def _tell_receipts(shown: Sequence[Receipt], as_json: bool) -> None:
    if as_json:
        print_json({"receipts": [receipt.to_json() for receipt in shown]})
        return
    for receipt in shown:
        _tell_receipt(receipt)
    if not shown:
        typer.echo("nothing was removed")


def _tell_receipt(receipt: Receipt) -> None:
    what = receipt.removal
    subject = "" if what.key is None else f" {what.key.document}, version {what.key.version},"
    state = f"{receipt.begun_at:%Y-%m-%d %H:%M} UTC" if receipt.done_at else "INTERRUPTED, to be taken up again"
    typer.echo(
        f"{receipt.id}  {what.cause.value}:{subject} {len(what.removed)} files, {receipt.size_bytes} bytes, "
        f"by {what.by}, {state}"
    )
    for kept in what.kept:
        typer.echo(f"  kept: {kept.kind.value} {kept.name[:12]}, for {kept.why}")
