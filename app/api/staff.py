"""The staff's part of the API: the same steps as in the console, by the same people, for programs."""

from __future__ import annotations

from fastapi import FastAPI

from app.cases.api import router as cases
from app.rules.api import router as rules
from app.staff.api import router as sessions
from app.switches.api import router as switches

ROUTERS = (sessions, rules, switches, cases)


def add_staff_routes(app: FastAPI) -> None:
    """Serves them; ``app.state.desk`` is the console's desk."""
    for router in ROUTERS:
        app.include_router(router)
