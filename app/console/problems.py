"""One way out for all a page refuses: a page for people, JSON for scripts, the login for who is not logged in."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from app.api_keys.errors import ApiKeyError
from app.batches.errors import BatchesError
from app.cases.errors import CasesError
from app.console.errors import Away, BadForm, Broken, ConsoleError, LoginNeeded, NotHere, Removed
from app.console.headers import HEADERS
from app.console.render import bare_page
from app.console.session import HOME
from app.conversations.errors import ConversationsError
from app.db.errors import DatabaseAway, RowNotFound
from app.documents.errors import DocumentsError
from app.errors import problem_of
from app.handover.errors import HandoverError
from app.institutions.errors import InstitutionsError
from app.removal.errors import FileRemoved
from app.rules.errors import RulesError
from app.switches.errors import SwitchesError
from app.webhooks.errors import WebhooksError
from retrieval.errors import RetrievalError

# what services refuse, each in a sentence that says what to do
REFUSALS = (
    DocumentsError,
    BatchesError,
    CasesError,
    HandoverError,
    ConversationsError,
    InstitutionsError,
    RulesError,
    SwitchesError,
    ApiKeyError,
    WebhooksError,
    RetrievalError,
)


def add_problem_pages(console: FastAPI) -> None:
    """Register the handlers."""
    console.add_exception_handler(ConsoleError, _refused)
    console.add_exception_handler(DatabaseAway, _away)
    console.add_exception_handler(RowNotFound, _not_here)
    console.add_exception_handler(RequestValidationError, _not_here)
    console.add_exception_handler(HTTPException, _from_router)
    console.add_exception_handler(Exception, _broken)
    console.add_exception_handler(FileRemoved, _removed)
    for error in REFUSALS:
        console.add_exception_handler(error, _not_possible)


def wants_json(request: Request) -> bool:
    """Whether a script asks: by the address or by what it accepts."""
    return request.url.path.endswith(".json") or request.headers.get("accept", "") == "application/json"


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ConsoleError)  # noqa: S101 - registered for nothing else
    if wants_json(request):
        return JSONResponse({"error": str(error)}, error.status)
    if isinstance(error, LoginNeeded):
        return RedirectResponse(_login_address(request), 303)
    values = {"key": type(error).__name__, "message": str(error), "links": _ways_on(request, error)}
    return bare_page("message.html", values, error.status)


def _ways_on(request: Request, error: ConsoleError) -> dict[str, str]:
    """Addresses by the word that names them: back to the version the step was about, and where a removal is noted."""
    place = request.path_params
    if isinstance(error, NotHere) or not {"institution", "document", "version"} <= place.keys():
        return {}
    room = f"{HOME}/{place['institution']}"
    back = f"{room}/documents/{quote(place['document'], safe='')}/{quote(place['version'], safe='')}"
    return {"message_back": back, **({"receipts": f"{room}/receipts"} if isinstance(error, Removed) else {})}


def _not_here(request: Request, error: Exception) -> Response:
    return _refused(request, NotHere())


def _away(request: Request, error: Exception) -> Response:
    response = _refused(request, Away())
    response.headers.update(problem_of(error).headers)
    return response


def _removed(request: Request, error: Exception) -> Response:
    return _refused(request, Removed(str(error)))


def _not_possible(request: Request, error: Exception) -> Response:
    """A step that a noun's service refuses, in its own sentence; what it does not find is not here."""
    if isinstance(error, RowNotFound):
        return _refused(request, NotHere())
    refusal = BadForm(str(error))
    refusal.status = 409
    return _refused(request, refusal)


def _broken(request: Request, error: Exception) -> Response:
    """Answered outside of the middleware, so the headers are set here; the server logs the exception."""
    response = _refused(request, Broken())
    response.headers.update(HEADERS)
    return response


def _from_router(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    opened = request.method == "GET" and error.status_code == 405  # the address of a form's post, opened as a page
    not_here = opened or error.status_code == 404
    return _refused(request, NotHere()) if not_here else Response(status_code=error.status_code)


def _login_address(request: Request) -> str:
    """Back to the page after the login, where it was a page that was asked for."""
    if request.method != "GET":
        return f"{HOME}/login"
    return f"{HOME}/login?{urlencode({'next': request.url.path})}"
