"""Every error of the web application as RFC 9457 problem details: what was wrong, and nothing of what was said.

Whoever opens an address in a browser gets a page instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.console.errors import ConsoleError, LoginNeeded, NotHere
from app.errors import PROBLEMS, problem_of
from app.web.problem_page import problem_page, wants_page

_TO_PROGRAMS: Mapping[type[ConsoleError], str] = {
    LoginNeeded: (
        "No session has this token, or not any more. POST a user name and password to /v1/staff/sessions, "
        "then send the token that it answers as a bearer."
    ),
    NotHere: "Nothing that this token may see is at this address. Check the ids of institution and rule in it.",
}


def add_problem_responses(app: FastAPI) -> None:
    """Registers the handlers; pages with errors of their own (chat, console) keep theirs."""
    app.add_exception_handler(HTTPException, _from_http)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(ConsoleError, _from_console)
    for kind in (*PROBLEMS, Exception):
        app.add_exception_handler(kind, _from_product)


async def _from_product(request: Request, error: Exception) -> Response:
    """An error of a package; its message only where the table says that it may be shown."""
    problem = problem_of(error)
    if wants_page(request):
        return problem_page(request, problem.status, problem.headers)
    detail = str(error) if problem.shows_detail else None
    return _problem(problem.status, problem.title, detail, problem.headers)


async def _from_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for nothing else
    if wants_page(request):
        return problem_page(request, error.status_code, error.headers)
    return _problem(error.status_code, HTTPStatus(error.status_code).phrase, error.detail, error.headers)


async def _from_console(request: Request, error: Exception) -> JSONResponse:
    """Why staff may not do something: the same words as on a page, but where these speak of pages and logging in."""
    assert isinstance(error, ConsoleError)  # noqa: S101 -- registered for nothing else
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, LoginNeeded) else None
    detail = _TO_PROGRAMS.get(type(error), str(error))
    return _problem(error.status, HTTPStatus(error.status).phrase, detail, headers)


async def _from_validation(request: Request, error: Exception) -> JSONResponse:
    """Names each wrong field and what it should be. Never its value: that may be a customer's words."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for nothing else
    return _problem(422, "The request is not in the agreed form", "; ".join(map(_wrong, error.errors())))


def _wrong(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "json_invalid":  # a place in place of a field
        return f"the body is no JSON from character {fault['loc'][-1]} on; correct it and send it again"
    return f"{'.'.join(map(str, fault['loc'][1:])) or fault['loc'][0]}: {fault['msg']}"


def _problem(status: int, title: str, detail: str | None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    value = {"type": "about:blank", "title": title, "status": status}
    if detail:
        value["detail"] = detail
    return JSONResponse(value, status, headers, media_type="application/problem+json")
