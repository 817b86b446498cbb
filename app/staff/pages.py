"""Logging in and out of the console."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app.console.access import CSRF_FIELD, FormLimits, bounded_form, checked_form, visitor
from app.console.desk import desk_of
from app.console.errors import ForgedForm
from app.console.render import bare_page
from app.console.session import (
    HOME,
    LOGIN_COOKIE,
    SESSION_COOKIE,
    drop_session,
    keep_session,
    login_token,
    same,
    tie_login_form,
)
from app.console.words import WORDS
from app.staff.login import StaffLogin
from app.staff.service import StaffService
from app.staff.types import Identity, LoginRefused

router = APIRouter()
_NO_ADDRESS = "unknown"


@router.get("/")
def home(identity: Annotated[Identity, Depends(visitor)]) -> Response:
    """To the first of the visitor's institutions."""
    if not identity.memberships:
        return bare_page("message.html", {"key": "no_institution", "message": WORDS("no_institution")}, 403)
    return RedirectResponse(f"{HOME}/{min(identity.memberships)}", 303)


@router.get("/login")
def show_login(request: Request) -> HTMLResponse:
    """The login form."""
    return _form(request, _safe(request.query_params.get("next")))


@router.post("/login")
async def login(request: Request) -> Response:
    """Check name and password. A refusal does not tell which was wrong.

    Raises:
        ForgedForm: the form is not one shown to this browser.
    """
    form = await bounded_form(request, FormLimits(64 * 1024))
    if not same(form.get(CSRF_FIELD), request.cookies.get(LOGIN_COOKIE)):
        raise ForgedForm
    name, password, following = (str(form.get(key, "")) for key in ("username", "password", "next"))
    return await run_in_threadpool(_log_in, request, Attempt(name.strip(), password, _safe(following)))


@router.post("/logout")
async def logout(request: Request, identity: Annotated[Identity, Depends(visitor)]) -> Response:
    """End the session, here and in the database."""
    await checked_form(request, identity, FormLimits())
    await run_in_threadpool(_log_out, request)
    response = RedirectResponse(f"{HOME}/login", 303)
    drop_session(response)
    return response


@dataclass(frozen=True)
class Attempt:
    """What was typed, and where to go once logged in."""

    username: str
    password: str = field(repr=False)
    following: str = HOME + "/"


def _log_in(request: Request, attempt: Attempt) -> Response:
    desk = desk_of(request)
    address = request.client.host if request.client else _NO_ADDRESS
    staff = StaffLogin(desk.database, desk.ledger, desk.settings.staff_session_ttl_s)
    result = staff.login(attempt.username, attempt.password, address)
    if isinstance(result, LoginRefused):
        return _form(request, attempt.following, refused=result)
    response = RedirectResponse(attempt.following, 303)
    keep_session(response, desk, result)
    return response


def _log_out(request: Request) -> None:
    desk = desk_of(request)
    with desk.database.write() as session:
        StaffService(session, desk.ledger).logout(request.cookies.get(SESSION_COOKIE, ""))


def _form(request: Request, following: str, refused: LoginRefused | None = None) -> HTMLResponse:
    desk, token = desk_of(request), login_token(request)
    status = 200 if refused is None else 429 if refused.retry_after_s else 401
    logins = desk.demo_logins if desk.settings.demo else ()
    values = {"csrf": token, "following": following, "refused": refused, "demo_logins": logins}
    response = bare_page("login.html", values, status)
    tie_login_form(request, response, desk, token)
    return response


def _safe(following: str | None) -> str:
    """A page of the console to go to after the login; anything else would let a link lead elsewhere."""
    inside = following is not None and following.startswith(f"{HOME}/") and "\\" not in following
    return str(following) if inside else f"{HOME}/"
