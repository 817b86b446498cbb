"""``candour serve``: an address that is taken is said in a sentence, before anything is started."""

from __future__ import annotations

from pathlib import Path
from socket import socket

import pytest

from tests.app.commands.conftest import Run


def test_a_port_that_is_taken_is_named_with_what_to_do_and_nothing_is_started(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.main.create_app", lambda _: pytest.fail("nothing may be made"))
    with socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = run("serve", "--port", str(port))
    assert ran.status == 1
    assert f"can't serve on 127.0.0.1 port {port}" in ran.err
    assert "--port or CANDOUR_PORT" in " ".join(ran.err.split())


def test_a_host_that_is_none_is_named(run: Run) -> None:
    assert "can't serve on no-such-host.invalid port 8000" in run("serve", "--host", "no-such-host.invalid").err
