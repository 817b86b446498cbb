"""The Programs room: which systems are told what happens, and how their events are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.console.access import Member, Submission, needs, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.console.session import HOME
from app.staff.service import StaffService
from app.staff.types import Role
from app.webhooks.addresses import MAX_URL_CHARACTERS, AllowedHosts
from app.webhooks.service import WebhookService
from app.webhooks.types import GROUPS, Added

SEES, MAY_CHANGE = (Role.HEAD, Role.OPERATOR, Role.AUDITOR), (Role.HEAD, Role.OPERATOR)

router = APIRouter(prefix="/{institution}/programs/webhooks")
Onlooker = Annotated[Member, Depends(needs(*SEES))]
Changer = Annotated[Submission, Depends(posted(*MAY_CHANGE))]


@router.get("")
def show_webhooks(request: Request, member: Onlooker) -> HTMLResponse:
    """Every webhook, the oldest first."""
    return _page(request, member)


@router.post("")
def add_webhook(request: Request, sent: Changer) -> HTMLResponse:
    """Set one up, and show its secret."""
    desk, member = desk_of(request), sent.member
    kinds = [kind for kind in GROUPS if sent.text(kind)]
    if not kinds:
        raise BadForm("Tick at least one kind of event.")
    allowed = AllowedHosts.of(desk.settings.webhook_hosts)
    with desk.database.write() as session:
        service = WebhookService(session, member.institution.id, desk.ledger)
        added = service.add(sent.text("url"), kinds, allowed, member.identity.account_id)
    return _page(request, member, added)


@router.post("/secret")
def change_secret(request: Request, sent: Changer) -> HTMLResponse:
    """A new secret, shown now; for a week events are signed with both."""
    desk, member = desk_of(request), sent.member
    with desk.database.write() as session:
        service = WebhookService(session, member.institution.id, desk.ledger)
        added = service.change_secret(sent.text("webhook"), member.identity.account_id)
    return _page(request, member, added)


@router.post("/change")
def change(request: Request, sent: Changer) -> RedirectResponse:
    """A test event, what was given up once more, or nothing any more."""
    desk, member, webhook_id = desk_of(request), sent.member, sent.text("webhook")
    with desk.database.write() as session:
        service = WebhookService(session, member.institution.id, desk.ledger)
        match sent.text("step"):
            case "test":
                service.test(webhook_id)
            case "again":
                service.send_again(webhook_id, member.identity.account_id)
            case "remove":
                service.remove(webhook_id, member.identity.account_id)
            case _:
                raise BadForm("Choose what is to be done with the webhook.")
    return RedirectResponse(f"{HOME}/{member.institution.id}/programs/webhooks", 303)


def _page(request: Request, member: Member, added: Added | None = None) -> HTMLResponse:
    desk = desk_of(request)
    with desk.database.read() as session:
        service = WebhookService(session, member.institution.id, desk.ledger)
        known, standings = service.all(), service.standings()
        names = StaffService(session, desk.ledger).names({webhook.by for webhook in known})
    values = {
        "webhooks": [(webhook, standings[webhook.id]) for webhook in known],
        "added": added,
        "names": names,
        "may_change": member.may(*MAY_CHANGE),
        "groups": GROUPS,
        "hosts": sorted(AllowedHosts.of(desk.settings.webhook_hosts).names),
        "url_limit": MAX_URL_CHARACTERS,
    }
    return page(request, member, "webhooks.html", values)
