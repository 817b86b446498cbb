"""Puts the public pages and the security headers into the app."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.web.body_limit import BodyLimit
from app.web.demo import demo_routes
from app.web.plain_address import PlainAddress
from app.web.security import SecurityHeaders
from app.web.widget import STATIC, widget_routes
from knowledge_bases.schema import Institution


def mount_web(app: FastAPI, institution: Callable[[str], Institution]) -> None:
    """``institution`` finds one by its id and raises InstitutionNotFound."""
    app.add_middleware(BodyLimit)
    app.add_middleware(PlainAddress)
    app.add_middleware(SecurityHeaders)
    app.mount("/static/web", StaticFiles(directory=STATIC))
    app.include_router(widget_routes(institution))
    app.include_router(demo_routes(institution))
