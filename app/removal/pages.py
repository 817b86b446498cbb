"""What was removed for good, as staff and auditors read it; nothing is changed here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.console.access import AnyMember
from app.console.desk import desk_of
from app.console.render import page
from app.removal.receipts import Receipts
from app.staff.service import StaffService

router = APIRouter(prefix="/{institution}/receipts")


@router.get("")
def show_receipts(request: Request, member: AnyMember) -> HTMLResponse:
    """Every receipt, newest first, with what was removed and what was kept."""
    desk = desk_of(request)
    with desk.database.read() as session:
        receipts = Receipts(session, member.institution.id, desk.ledger).all()
        names = StaffService(session, desk.ledger).names(sorted({receipt.removal.by for receipt in receipts}))
    return page(request, member, "receipts.html", {"receipts": receipts, "names": names})
