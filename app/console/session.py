"""The console's cookies: the session's, and the short-lived one that ties a login form to the browser it was shown to.

Both are HttpOnly and SameSite=Strict, so no other site can send them, and no script can read them.
"""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from app.console.desk import Desk
from app.staff.types import Ticket

SESSION_COOKIE = "candour_console"
LOGIN_COOKIE = "candour_console_login"
HOME = "/console"
_LOGIN_FORM_TTL_S = 3600


def keep_session(response: Response, desk: Desk, ticket: Ticket) -> None:
    """Hand the browser its session."""
    _set(response, desk, SESSION_COOKIE, ticket.token, desk.settings.staff_session_ttl_s)


def drop_session(response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(SESSION_COOKIE, path=HOME, httponly=True, samesite="strict")


def tie_login_form(request: Request, response: Response, desk: Desk, token: str) -> None:
    """Give the browser ``token``, which the login form shown with it carries too."""
    if request.cookies.get(LOGIN_COOKIE) != token:
        _set(response, desk, LOGIN_COOKIE, token, _LOGIN_FORM_TTL_S)


def login_token(request: Request) -> str:
    """The token for a login form in this browser: the one it has, so that two tabs both work, or a fresh one."""
    return request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)


def same(sent: object, expected: str | None) -> bool:
    """Whether a token sent by the browser is the expected one, compared in constant time; never for an empty one."""
    return bool(expected) and isinstance(sent, str) and hmac.compare_digest(sent.encode(), str(expected).encode())


def _set(response: Response, desk: Desk, name: str, value: str, ttl_s: int) -> None:
    secure = (desk.settings.public_url or "").startswith("https://")
    response.set_cookie(name, value, max_age=ttl_s, path=HOME, httponly=True, samesite="strict", secure=secure)
