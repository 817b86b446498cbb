"""Puts the console into the app, as an application of its own under /console with its own errors and headers."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.api_keys.pages import router as api_keys
from app.batches.pages import router as batches
from app.cases.edit_pages import router as editing_answers
from app.cases.pages import router as cases
from app.cases.reply_pages import router as answering_complaints
from app.console.desk import Desk
from app.console.headers import ConsoleHeaders
from app.console.overview import router as overview
from app.console.problems import add_problem_pages
from app.console.session import HOME
from app.documents.api import router as documents_api
from app.documents.approval import router as approval
from app.documents.compare_pages import router as compare
from app.documents.edits import router as edits
from app.documents.page_pictures import router as pictures
from app.documents.pages import router as documents
from app.documents.reading import router as reading
from app.documents.sending import router as sending
from app.documents.uploads import router as uploads
from app.handover.pages import router as live
from app.impact.pages import router as impact
from app.removal.discard_pages import router as discarding
from app.removal.pages import router as receipts
from app.removal.sweep_pages import router as sweep
from app.rules.deciding_pages import router as deciding_rules
from app.rules.editing_pages import router as editing_rules
from app.rules.pages import router as rules
from app.rules.try_pages import router as trying_rules
from app.staff.pages import router as staff
from app.switches.pages import router as switches
from app.trial.pages import router as trial
from app.webhooks.pages import router as webhooks

# in the order they are asked: fixed addresses ("/login", "upload") before those with a name of something in them
ROUTERS = (
    staff,
    overview,
    switches,
    webhooks,
    api_keys,
    documents_api,
    batches,
    trial,
    receipts,
    sweep,
    uploads,
    approval,
    sending,
    discarding,
    reading,
    edits,
    compare,
    impact,
    pictures,
    documents,
    live,
    editing_answers,
    answering_complaints,
    cases,
    trying_rules,
    deciding_rules,
    editing_rules,
    rules,
)
STATIC = Path(__file__).parent / "static"


def mount_console(app: FastAPI, desk: Desk) -> None:
    """Serve the console for ``desk`` under /console."""
    app.mount(HOME, console_app(desk))


def console_app(desk: Desk) -> FastAPI:
    """The console alone."""
    console = FastAPI(openapi_url=None)
    console.state.desk = desk
    console.add_middleware(ConsoleHeaders)
    add_problem_pages(console)
    console.mount("/static", StaticFiles(directory=STATIC))
    for router in ROUTERS:
        console.include_router(router)
    return console
