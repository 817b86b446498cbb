"""Logging: constant dotted events with ids as fields.

Customer and document text must never reach a log, so only fields named here get through: a new field is a decision.
An exception is logged by its type and place; its message may quote what a customer wrote.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

ALLOWED_FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "exception", "dropped",
        "institution_id", "conversation_id", "answer_id", "case_id", "document_id", "version", "snapshot_id",
        "account_id", "workflow_id", "request_id", "rule_id", "rulebook_version", "file_sha256", "parse_sha256",
        "action", "reason", "status", "stage", "role", "language", "composer", "trigger", "method", "route",
        "error", "attempt", "count", "done", "total", "seq", "generation", "bytes", "port", "host", "pid",
        "duration_ms", "timeout_s", "model", "embedder", "python", "schema", "segment", "tokens",
        "embedded", "reused", "repeated",
    }
)  # fmt: skip
_MAX_CHARS = 200
REPEATS_S = 60.0


def drop_unknown_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep allowed fields with short plain values; count the others in ``dropped``."""
    kept = {key: value for key, value in event.items() if key in ALLOWED_FIELDS and _is_plain(value)}
    if len(kept) < len(event):
        kept["dropped"] = len(event) - len(kept)
    return kept


def name_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace ``exc_info`` by the exception's type and where it was raised, without its message."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else sys.exception() if info else None
    if error is not None:
        event["exception"] = _type_and_place(error)
    return event


@dataclass
class Repeats:
    """A warning that says what one said in the last minute is counted, not written: an outage is no flood of lines."""

    now: Callable[[], float] = time.monotonic
    _said: dict[Hashable, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """A processor, for what differs in nothing but its time."""
        if event.get("level") not in {"warning", "error", "critical"}:
            return event
        hidden = self.hidden_since(tuple(sorted((k, str(v)) for k, v in event.items() if k != "timestamp")))
        if hidden is None:
            raise structlog.DropEvent
        return {**event, "repeated": hidden} if hidden else event

    def hidden_since(self, line: Hashable) -> int | None:
        """How often ``line`` was hidden since it was written last; None: it is to be hidden now."""
        with self._lock:
            now = self.now()
            at, hidden = self._said.get(line, (-REPEATS_S, 0))
            if now - at < REPEATS_S:
                self._said[line] = at, hidden + 1
                return None
            self._said = {each: said for each, said in self._said.items() if now - said[0] < 2 * REPEATS_S}
            self._said[line] = now, 0
            return hidden


def configure_logs(level: str, json: bool) -> None:
    """Set up logging for the process: to standard error, one line an event."""
    renderer: Processor = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            drop_unknown_fields,
            Repeats(),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _quieten_libraries()


def _quieten_libraries() -> None:
    """Libraries log through ``logging``: their warnings pass as event names, never as formatted text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    handler.addFilter(_unrepeated(handler, Repeats()))
    logging.getLogger("dbos").addHandler(logging.NullHandler())  # it would add one that prints whole tracebacks
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _LibraryFormatter(logging.Formatter):
    """The template of a library's message without its arguments, which may hold text of customers."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        place = f" exception={_type_and_place(error)}" if error is not None else ""
        shown = _said(record)
        return f"{record.levelname.lower()} library.message logger={record.name} {shown}{place}"


def _unrepeated(handler: logging.Handler, repeats: Repeats) -> Callable[[logging.LogRecord], bool]:
    return lambda record: repeats.hidden_since(handler.format(record)) is not None


def _said(record: logging.LogRecord) -> str:
    if isinstance(record.msg, OSError):  # such as a port that is taken: the system's words
        return str(record.msg.strerror)
    return str(record.msg)[:_MAX_CHARS] if record.args else f"{record.module}:{record.lineno}"


def _is_plain(value: Any) -> bool:
    return (
        value is None or isinstance(value, int | float | bool) or (isinstance(value, str) and len(value) < _MAX_CHARS)
    )


def _type_and_place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
