"""A vLLM of the test session's own: started, probed with one token, measured, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.fakes.model_server import free_port

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv-vllm"
KEY, NAME = "tests-only", "tiny"
ENGINE = "VLLM::"  # what engine and workers call themselves
AT_ONCE = 8  # requests in flight; vLLM turns the next one away
STARTS_WITHIN_S = 240
SAYS_EVERY_S = 15
ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GB
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
}
FLAGS = (
    "--dtype=bfloat16",
    "--enforce-eager",
    "--max-model-len=8192",
    f"--max-num-seqs={AT_ONCE}",
    f"--max-num-queued-reqs={AT_ONCE}",
    "--enable-prefix-caching",
    '--structured-outputs-config={"backend":"xgrammar","disable_any_whitespace":true}',
    "--disable-uvicorn-access-log",
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class VllmServer:
    """The running server; its engine and worker are in its process group, and nothing else is."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @classmethod
    def start(cls, model: Path, log: Path, say: Say = print) -> VllmServer:
        """Starts it and waits for its first token.

        Raises:
            RuntimeError: it ended, or said nothing in four minutes; with the last lines of its log.
        """
        port = free_port()
        command = [VENV / "bin/python", "-m", "vllm.entrypoints.openai.api_server", f"--model={model}"]
        address = ["--host=127.0.0.1", f"--port={port}", f"--served-model-name={NAME}", f"--api-key={KEY}"]
        with log.open("wb") as written:
            process = subprocess.Popen(
                [*command, *address, *FLAGS],
                env={**os.environ, **ENVIRONMENT},
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = cls(process, port, log)
        try:
            server._await_first_token(say)
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """As a setting: ends in /v1."""
        return f"{self.url}/v1"

    def post(self, **body: object) -> httpx.Response:
        """A chat completion asked without the product."""
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.post(
            f"{self.base_url}/chat/completions", json={"model": NAME, **body}, headers=headers, timeout=60
        )

    def measured(self, name: str) -> float:
        """The sum of a metric over its labels, 0.0 where it was never counted."""
        lines = httpx.get(f"{self.url}/metrics", timeout=10).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"vllm:{name}{{"))

    def processes(self) -> dict[int, str]:
        """The living processes of the group, by id, with the name each gave itself."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                pid = int(status.parent.name)
                name, state = (line.split()[1] for line in status.read_text().splitlines() if line[:5] in _HEADS)
                if state != "Z" and os.getpgid(pid) == self.process.pid:
                    found[pid] = name
            except (OSError, ValueError):  # gone meanwhile
                continue
        return found

    def signal_engine(self, what: signal.Signals) -> None:
        """Sends the engine and its workers a signal; the HTTP server in front of them gets none."""
        for pid in [pid for pid, name in self.processes().items() if name.startswith(ENGINE)]:
            os.kill(pid, what)

    def stop(self) -> None:
        """Ends every process of the group, politely first."""
        for how, patience_s in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, how)
            except ProcessLookupError:
                break
            wait_until(lambda: self.process.poll() is not None and not self.processes(), patience_s)
        self.process.wait(timeout=5)

    def _await_first_token(self, say: Say) -> None:
        began = time.monotonic()
        told = began
        while not self._gives_a_token():
            now = time.monotonic()
            if self.process.poll() is not None or now - began > STARTS_WITHIN_S:
                tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
                raise RuntimeError(f"vLLM did not start in {now - began:.0f} s; the end of {self.log}:\n{tail}")
            if now - told > SAYS_EVERY_S:
                told = now
                say(f"vLLM is starting, {now - began:.0f} s")
            time.sleep(0.5)
        say(f"vLLM gave its first token {time.monotonic() - began:.0f} s after its start")

    def _gives_a_token(self) -> bool:
        """As the probe of the product and of docker-compose.yml does: /health misses an engine that hangs."""
        try:
            return self.post(messages=[{"role": "user", "content": "Hello"}], max_tokens=1).status_code == 200
        except httpx.HTTPError:
            return False


_HEADS = ("Name:", "State")


def wait_until(true: Callable[[], bool], within_s: float) -> bool:
    """Whether it came true in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return true()
