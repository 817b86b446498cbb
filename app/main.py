"""The web process: chat, console, API and pages on one port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from fastapi import FastAPI

from app.api import answers, conversations
from app.api.completions.routes import router as completions
from app.api.problems import add_problem_responses
from app.api.staff import add_staff_routes
from app.api_keys.door import KeyDoor
from app.chat.library import PublishedLibrary
from app.chat.mount import mount_chat
from app.chat.tokens import ChatTokens
from app.chat.visit import ChatServices
from app.composition import Platform, build_platform
from app.console.desk import Answering, Desk
from app.console.mount import mount_console
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation, lay_foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.errors import InstitutionExists
from app.institutions.service import InstitutionService
from app.operations import health
from app.operations.readiness import Readiness
from app.operations.worker_process import WorkerProcess
from app.samples import sample_folders
from app.settings import Settings
from app.staff.demo import DemoLogin, settle_demo_accounts
from app.web.mount import mount_web
from app.web.page_images import PageImages
from guardrails.disclosure import session_statements
from knowledge_bases.schema import Institution, Language


def create_app(settings: Settings) -> FastAPI:
    """The application over the database and folders that ``settings`` name.

    Raises:
        KeyFileError, RulebookError: see ``lay_foundation`` and ``build_platform``.
    """
    foundation = lay_foundation(settings)
    samples = _add_samples(foundation) if settings.demo else frozenset()
    platform = build_platform(foundation)
    app = FastAPI(
        title="Candour", version="1", openapi_url="/v1/openapi.json", docs_url=None, redoc_url=None, lifespan=_lifespan
    )
    app.state.platform = platform
    app.state.key_door = KeyDoor(foundation.database, foundation.ledger)
    app.state.readiness = Readiness(platform, samples)
    add_problem_responses(app)
    mount_web(app, platform.assistant.institution)
    app.include_router(health.router)
    app.include_router(answers.router)
    app.include_router(conversations.router)
    app.include_router(completions)
    add_staff_routes(app)
    answering = Answering(platform.knowledge, platform.parts)
    alarms = app.state.readiness.canary.alarms
    app.state.desk = Desk(foundation, _demo_logins(foundation), answering, alarms, platform.rulebooks)
    mount_console(app, app.state.desk)
    mount_chat(app, _chat_services(platform), PublishedLibrary(foundation), PageImages(settings.data_dir / "pages"))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    platform: Platform = app.state.platform
    settings = platform.foundation.settings
    worker = WorkerProcess(*(["--demo"] if settings.demo else [])) if settings.worker else None
    if worker is not None:
        worker.start()
    app.state.readiness.start()
    canaries = asyncio.create_task(app.state.readiness.canary.run())
    probes = asyncio.create_task(platform.models.watch())
    try:
        yield
    finally:
        canaries.cancel()
        probes.cancel()
        await platform.models.aclose()
        app.state.readiness.stop()
        if worker is not None:
            worker.stop()
        platform.rails.close()
        _sign_logs(platform.foundation)


def _add_samples(foundation: Foundation) -> frozenset[str]:
    """The sample institutions exist from the first second; their documents follow from the worker."""
    folders = sample_folders()
    for folder in folders:
        with foundation.database.write() as session:
            institutions = InstitutionService(session, foundation.ledger)
            try:
                institutions.add(folder.institution)
            except InstitutionExists:
                institutions.configure(folder.institution)
    return frozenset(folder.institution.id for folder in folders)


def _demo_logins(foundation: Foundation) -> tuple[DemoLogin, ...]:
    with foundation.database.write() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
        return settle_demo_accounts(session, foundation.ledger, foundation.settings, ids)


def _chat_services(platform: Platform) -> ChatServices:
    settings = platform.foundation.settings
    tokens = ChatTokens(platform.foundation.ledger.master.tokens, settings.chat_token_ttl_s)

    def greeting(institution: Institution, language: Language) -> str:
        today: date = today_in_hong_kong()
        rulebook = platform.rulebooks.in_force(institution.id, today)
        return "\n\n".join(d.text for d in session_statements(rulebook, institution, language, today))

    return ChatServices(platform.assistant, tokens, greeting, today_in_hong_kong)


def _sign_logs(foundation: Foundation) -> None:
    """A last checkpoint for every log, so that a cut tail shows from here on."""
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    verifier = AuditVerifier(foundation.database, foundation.ledger)
    for institution_id in ids:
        verifier.checkpoint(institution_id)
