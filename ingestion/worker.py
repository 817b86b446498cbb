"""The child of ``ingestion.sandbox``: reads files from a socket and answers with parses, until the socket closes.

    python -m ingestion.worker FD

Each request is two messages (name and limits as JSON, then the content). While pages are read from their pictures,
``{"done": n, "total": m}`` comes before each. Each answer is a failure as JSON, or null and then the parse.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from ingestion.errors import IngestionError
from ingestion.parsers.format import Recognition, Source
from ingestion.parsers.registry import formats, parse

DAMAGED = {"kind": "UnreadableFile", "reason": "the file is damaged", "remedy": "export it again"}


def main(descriptor: int) -> None:
    """Serves requests on the inherited socket ``descriptor``."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    formats()
    gc.collect()
    gc.freeze()  # what stays for ever need not be looked through again
    with Connection(descriptor) as line:
        while True:
            try:
                request = json.loads(line.recv_bytes())
                content = line.recv_bytes()
            except EOFError:
                return
            gc.disable()  # a parse makes a great many objects and hardly a circle: they go after it
            with _memory(request["memory_bytes"]):
                _answer(line, Source(request["name"], content, _recognition(line, request)), request["output_bytes"])
            gc.enable()
            gc.collect()
            gc.freeze()  # modules that parsers load late, too: the next file need not wait for them


def _recognition(line: Connection, request: dict[str, float]) -> Recognition:
    def report(done: int, total: int) -> None:
        line.send_bytes(json.dumps({"done": done, "total": total}).encode())

    return Recognition(int(request["recognised_pages"]), request["recognition_seconds"], report)


def _answer(line: Connection, source: Source, most: int) -> None:
    failure, parsed = _attempt(source)
    if len(parsed) > most:
        failure = _failure("ParseLimitExceeded", "it holds more text than is allowed", "split it into smaller files")
    line.send_bytes(json.dumps(failure).encode())
    if failure is None:
        line.send_bytes(parsed)


def _attempt(source: Source) -> tuple[dict[str, str] | None, bytes]:
    try:
        return None, parse(source).to_json()
    except IngestionError as error:
        return _failure(type(error).__name__, error.reason, error.remedy), b""
    except MemoryError:
        return _failure("ParseLimitExceeded", "reading it takes too much memory", "split it into smaller files"), b""
    except Exception:  # a parser's own failure on a malformed file: the file is refused, the child goes on
        return DAMAGED, b""


def _failure(kind: str, reason: str, remedy: str) -> dict[str, str]:
    return {"kind": kind, "reason": reason, "remedy": remedy}


@contextmanager
def _memory(most: int) -> Iterator[None]:
    """Holds address space to ``most`` bytes for one file; between files the child may take in the next."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]))
