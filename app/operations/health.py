"""``/healthz``: the process answers. ``/readyz``: so do its parts. ``/metrics``: what it has counted."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.operations.readiness import Readiness

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Alive, whatever the parts do."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """200 when every part is ready to answer, else 503; names those that are not, what to do, and what is degraded.

    ``switches`` are those that staff turned on, None where the database does not say: no reason to take the process
    out, which tells customers so itself.
    """
    readiness: Readiness = request.app.state.readiness
    waiting = await asyncio.to_thread(readiness.waiting_for)
    steps, degraded = readiness.next_steps(waiting), readiness.degraded()
    switches = await asyncio.to_thread(readiness.switched_on)
    parts = {"waiting_for": waiting, "next": steps, "degraded": degraded, "switches": switches}
    state = {"ready": not waiting, **parts}
    return JSONResponse(state, status_code=503 if waiting else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    readiness: Readiness = request.app.state.readiness
    readiness.canary.measure()
    readiness.platform.models.measure()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
