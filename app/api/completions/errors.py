"""Every error of these addresses in OpenAI's shape, which their clients read."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from app.errors import UNEXPECTED, problem_of

_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]

log = structlog.get_logger(__name__)


class Unsupported(Exception):
    """A request that can't be answered as it asks to be. ``param`` names the field; the message never quotes words."""

    def __init__(self, message: str, param: str, code: str = "unsupported_parameter", status: int = 400) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


class CompletionsRoute(APIRoute):
    """A route whose errors have OpenAI's shape."""

    def get_route_handler(self) -> _Handler:
        """The handler with all it raises told to the caller."""
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                return _told(error)

        return told


def _told(error: Exception) -> Response:
    if isinstance(error, Unsupported):
        return _response(error.status, str(error), error.param, error.code)
    if isinstance(error, RequestValidationError):
        return _response(400, *_wrong(error))
    if isinstance(error, HTTPException):
        return _response(error.status_code, str(error.detail), headers=error.headers)
    problem = problem_of(error)
    if problem is UNEXPECTED:
        log.error("completions.failed", exc_info=error)
    return _response(problem.status, str(error) if problem.shows_detail else problem.title, headers=problem.headers)


def _wrong(error: RequestValidationError) -> tuple[str, str]:
    """What is wrong and where. Never the value: that may be a customer's words."""
    fault = error.errors()[0]
    if fault["type"] == "json_invalid":
        return f"the body is no JSON from character {fault['loc'][-1]} on", "body"
    param = ".".join(map(str, fault["loc"][1:])) or "body"
    return f"{param}: {fault['msg']}", param


def _response(
    status: int,
    message: str,
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    value = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JSONResponse(value, status, headers)
