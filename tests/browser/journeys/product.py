"""The real product: ``candour serve --demo`` as a subprocess over a data folder of its own, ended or killed at will."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
SEEDED_S = 400  # the first start reads some sixty sample documents
ENDED_S = 30


@dataclass
class Product:
    """Can be started again on the same data. Its processes are one group; ``log`` has their output.

    ``settings`` are variables of the next start's environment.
    """

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def start(self) -> None:
        """Returns at once; see ``wait_until_ready``."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve", "--demo", "--port", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SEEDED_S
        while self.waiting_for() != []:
            assert self._process is not None
            assert self._process.poll() is None, f"the product ended: {self.log.read_text(encoding='utf-8')[-2000:]}"
            assert time.monotonic() < deadline, f"not ready in {SEEDED_S} s: {self.waiting_for()}"
            time.sleep(0.2)

    def waiting_for(self) -> list[str] | None:
        """The parts that are not ready; None while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as response:  # noqa: S310 -- our own server
                body = response.read()
        except urllib.error.HTTPError as waiting:
            body = waiting.read()
        except OSError:
            return None
        parts: list[str] = json.loads(body)["waiting_for"]
        return parts

    def kill(self) -> None:
        """SIGKILL for every process of it at once, as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """As Ctrl+C does."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(ENDED_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``candour`` with ``arguments`` over the same data."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> Iterator[Path]:
        """Every file it has written, its output included."""
        return (path for path in self.folder.rglob("*") if path.is_file())

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CANDOUR_")}
        ours = {"PYTHONPATH": str(ROOT), "CANDOUR_DATA_DIR": str(self.data_dir), "OMP_NUM_THREADS": "1"}
        return {**inherited, **ours, **self.settings}
