"""``candour webhooks``: which systems of an institution are told what happens."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app.commands.console import FAILED, err, fail, foundation, print_json
from app.commands.questions import InstitutionOption, JsonOption
from app.commands.staff import ByOption, named
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.staff.service import StaffService
from app.webhooks.addresses import AllowedHosts
from app.webhooks.delivery import deliver
from app.webhooks.outbox import Outbox
from app.webhooks.service import WebhookService
from app.webhooks.types import GROUPS, Added, Standing, Webhook

webhooks = typer.Typer(no_args_is_help=True, help="Webhooks: add, list, test, change the secret, send again, remove.")
IdArgument = Annotated[str, typer.Argument(help="Its id, as the list shows it.", metavar="WEBHOOK")]


@webhooks.command(
    "add",
    epilog="Example: candour webhooks add https://desk.example/c --institution my-bank --kind 'case.*' --by otto",
)
def add(
    url: Annotated[str, typer.Argument(help="Where events are sent; its host must be in CANDOUR_WEBHOOK_HOSTS.")],
    institution: InstitutionOption,
    kind: Annotated[
        list[str],
        typer.Option("--kind", help=f"{', '.join(GROUPS)}, one kind as case.opened, or *; give it again for another."),
    ],
    by: ByOption,
) -> None:
    """Set up a webhook. Its secret is printed once, on standard output: events are signed with it."""
    with foundation() as base:
        allowed = AllowedHosts.of(base.settings.webhook_hosts)
        with base.database.write() as session:
            InstitutionService(session, base.ledger).get(institution)
            who = named(StaffService(session, base.ledger), by)
            added = WebhookService(session, institution, base.ledger).add(url, kind, allowed, who)
        _tell(added)


@webhooks.command("list")
def list_webhooks(institution: InstitutionOption, as_json: JsonOption = False) -> None:
    """Every webhook of an institution, and how its events are."""
    with foundation() as base, base.database.read() as session:
        InstitutionService(session, base.ledger).get(institution)
        service = WebhookService(session, institution, base.ledger)
        known, standings = service.all(), service.standings()
    if as_json:
        print_json({"webhooks": [_json(webhook, standings[webhook.id]) for webhook in known]})
        return
    for webhook in known:
        typer.echo(_line(webhook, standings[webhook.id]))
    if not known:
        err.print("no webhook yet; set one up with: candour webhooks add URL --institution ID --kind 'case.*' --by YOU")


@webhooks.command("test")
def test(webhook_id: IdArgument, institution: InstitutionOption) -> None:
    """Send an event that says nothing, now; what else is due goes with it. Says how the receiver took it."""
    with foundation() as base:
        with base.database.write() as session:
            event_id = WebhookService(session, institution, base.ledger).test(webhook_id)
        said = _sent_now(base, institution, event_id)
    if said is None:
        typer.echo("a worker has taken it; candour webhooks list says how it went")
    elif said.startswith("status_2"):
        typer.echo(f"delivered: {said}")
    else:
        fail(f"not delivered: {said}; it is tried again by a worker", FAILED)


@webhooks.command("secret")
def change_secret(webhook_id: IdArgument, institution: InstitutionOption, by: ByOption) -> None:
    """A new secret, printed once; for a week everything is signed with the earlier one too."""
    with foundation() as base:
        with base.database.write() as session:
            who = named(StaffService(session, base.ledger), by)
            added = WebhookService(session, institution, base.ledger).change_secret(webhook_id, who)
        _tell(added)


@webhooks.command("resend")
def send_again(webhook_id: IdArgument, institution: InstitutionOption, by: ByOption) -> None:
    """Try what was given up once more."""
    with foundation() as base:
        with base.database.write() as session:
            who = named(StaffService(session, base.ledger), by)
            count = WebhookService(session, institution, base.ledger).send_again(webhook_id, who)
        typer.echo(f"{count} events are tried again")


@webhooks.command("remove")
def remove(webhook_id: IdArgument, institution: InstitutionOption, by: ByOption) -> None:
    """Send nothing there any more; what waits is not sent."""
    with foundation() as base:
        with base.database.write() as session:
            who = named(StaffService(session, base.ledger), by)
            webhook = WebhookService(session, institution, base.ledger).remove(webhook_id, who)
        typer.echo(f"removed: {webhook.id} at {webhook.host}")


def _sent_now(base: Foundation, institution_id: str, event_id: str) -> str | None:
    """How the event was taken; None where a worker was quicker to claim it."""
    outbox, allowed = Outbox(base.database, base.ledger), AllowedHosts.of(base.settings.webhook_hosts)
    claimed = outbox.claim(institution_id, 100)
    replies = asyncio.run(deliver(claimed, outbox, allowed))
    said = (reply.said for each, reply in zip(claimed, replies, strict=True) if each.event.id == event_id)
    return next(said, None)


def _tell(added: Added) -> None:
    kinds = ", ".join(added.webhook.kinds)
    err.print(f"keep it now, it is not shown again: {added.webhook.id} at {added.webhook.host} ({kinds})", markup=False)
    typer.echo(added.secret)


def _line(webhook: Webhook, standing: Standing) -> str:
    counts = f"{standing.waiting} waiting, {standing.delivered} delivered, {standing.dead} given up"
    failed = f"; last failure: {standing.said}" if standing.said else ""
    return f"{webhook.id}  {webhook.host}  {', '.join(webhook.kinds)}: {counts}{failed}"


def _json(webhook: Webhook, standing: Standing) -> dict[str, object]:
    return {
        "id": webhook.id,
        "host": webhook.host,
        "kinds": list(webhook.kinds),
        "at": webhook.at.isoformat(),
        "waiting": standing.waiting,
        "delivered": standing.delivered,
        "dead": standing.dead,
        "last_failure": standing.said,
    }
