"""``candour serve`` and ``candour worker``: the processes that keep running."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from typing import Annotated

import typer
import uvicorn

from app.commands.console import fail, sentences, settings
from app.foundation import lay_foundation
from app.operations.worker_process import give_way
from app.settings import Settings


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Sample institutions and demo accounts; loopback only.")] = False,
    host: Annotated[str | None, typer.Option(help="Address to bind.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind.")] = None,
) -> None:
    """Chat, console and API on one port; starts a worker of its own unless told not to."""
    from app.main import create_app  # Chainlit and FastAPI are loaded by this command alone

    chosen = settings(demo=demo or None, host=host, port=port)
    _require_free(chosen.host, chosen.port)
    with sentences():
        app = create_app(chosen)
    typer.echo(_welcome(chosen))
    uvicorn.run(
        app,
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        log_config=None,  # its lines are written as every library's are: no traceback, nobody's words
        timeout_graceful_shutdown=10,
    )


def _require_free(host: str, port: int) -> None:
    """Ends the command where the address is taken: before a worker is started, which would have to be ended again."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just been left is free
            probe.bind(address)
    except OSError as error:
        what = f"can't serve on {host} port {port} ({error.strerror})"
        fail(f"{what}: stop what listens there, or choose another with --port or CANDOUR_PORT")


def _welcome(chosen: Settings) -> str:
    lines = [f"Candour is starting on {chosen.origin}  (stop with Ctrl+C)"]
    if chosen.demo:
        lines.append(f"  demo page {chosen.origin}/    console {chosen.origin}/console (accounts on its login page)")
        lines.append(f"  The first start reads the sample documents; {chosen.origin}/readyz says when all are in.")
        lines.append("  DEMO MODE: known passwords, fictional institutions. Never serve this to the public.")
    return "\n".join(lines)


def worker(
    demo: Annotated[bool, typer.Option("--demo", help="Bring the sample institutions into force first.")] = False,
    as_child: Annotated[bool, typer.Option("--as-child", hidden=True, help="End when standard input closes.")] = False,
) -> None:
    """Ingestion jobs, until stopped; a killed worker goes on where it was."""
    # the parsers, the queue and the model belong to this process alone
    from app.composition import ingestion_embedder
    from app.jobs.samples import seed_samples
    from app.jobs.worker import run_worker

    chosen = settings(demo=demo or None)
    give_way()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if as_child:
        threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
    with sentences():
        foundation = lay_foundation(chosen)
        embedder = ingestion_embedder(foundation)
        if chosen.demo:
            seed_samples(foundation, embedder)
        run_worker(foundation, embedder, stop)


def _stop_with_parent(stop: threading.Event) -> None:
    """Sets ``stop`` once the parent is gone: a worker nobody knows of would work on beside the next one."""
    sys.stdin.read()
    stop.set()
