"""``/v1/staff/sessions``: logging in and out for programs of the staff. A token holds as long as a console session."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.api.access import bearer, caller
from app.console.desk import desk_of
from app.staff.login import StaffLogin
from app.staff.service import StaffService
from app.staff.types import Identity, LoginRefused

router = APIRouter(prefix="/v1/staff/sessions", tags=["staff"])
_NO_ADDRESS = "unknown"


class LoginBody(BaseModel):
    """A name and password of the console."""

    model_config = ConfigDict(extra="forbid")
    username: str = Field(max_length=200)
    password: SecretStr = Field(max_length=1000)


class SessionView(BaseModel):
    """``token`` is sent as ``Authorization: Bearer …`` until ``expires_at``."""

    token: str
    expires_at: datetime


@router.post("", status_code=201)
def log_in(request: Request, body: LoginBody) -> SessionView:
    """A session. Attempts are counted with those of the console's login."""
    desk = desk_of(request)
    address = request.client.host if request.client else _NO_ADDRESS
    login = StaffLogin(desk.database, desk.ledger, desk.settings.staff_session_ttl_s)
    result = login.login(body.username.strip(), body.password.get_secret_value(), address)
    if isinstance(result, LoginRefused):
        raise _refused(result)
    return SessionView(token=result.token, expires_at=result.expires_at)


@router.delete("", status_code=204)
def log_out(request: Request, _: Annotated[Identity, Depends(caller)]) -> None:
    """Ends the session whose token is sent."""
    desk = desk_of(request)
    with desk.database.write() as session:
        StaffService(session, desk.ledger).logout(bearer(request))


def _refused(refusal: LoginRefused) -> HTTPException:
    if refusal.retry_after_s:
        headers = {"Retry-After": str(refusal.retry_after_s)}
        return HTTPException(429, "Too many attempts; wait, then try again.", headers)
    return HTTPException(401, "That user name and password do not match.", {"WWW-Authenticate": "Bearer"})
