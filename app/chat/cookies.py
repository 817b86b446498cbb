"""The cookie that carries the token into frame, socket and citation pages.

``Partitioned`` (CHIPS) keeps it working inside another site's page where third-party cookies are blocked, in a jar of
its own per embedding site. Starlette cannot write that attribute on Python 3.11, so the header is written here.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import cookie_parser


def cookie_name(institution: str) -> str:
    """One cookie an institution: two chats in one browser do not push each other out."""
    return f"candour-chat-{institution}"


def set_cookie_header(institution: str, token: str, max_age_s: int) -> str:
    """The value of a ``Set-Cookie`` header; browsers treat http://localhost as secure."""
    return (
        f"{cookie_name(institution)}={token}; Max-Age={max_age_s}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"
    )


def token_in(headers: Mapping[str, str], institution: str) -> str | None:
    """The raw token of a request: ``Authorization: Bearer`` first, else the institution's cookie."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return cookie_parser(headers.get("cookie", "")).get(cookie_name(institution))
