"""Who may open a chat, and whose request this is."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.requests import HTTPConnection

from app.chat.cookies import token_in
from app.chat.errors import TokenForeign, TokenRejected
from app.chat.tokens import ChatTokens, CustomerToken


def customer(request: Request, institution: str) -> CustomerToken:
    """FastAPI dependency: the customer of ``institution`` (a path parameter) whose request this is.

    Raises:
        HTTPException: 404 for another institution's token, 401 for a missing, forged or expired one.
    """
    tokens: ChatTokens = request.app.state.chat_tokens
    try:
        return tokens.verify(token_in(request.headers, institution), institution)
    except TokenForeign as error:
        raise HTTPException(404, "Not found") from error
    except TokenRejected as error:
        raise HTTPException(401, str(error)) from error


def same_origin_post(request: Request) -> None:
    """FastAPI dependency against forged posts: our own script sets the header, and the browser names our origin.

    Raises:
        HTTPException: 403.
    """
    if request.headers.get("x-candour-chat") != "1" or not from_own_origin(request.headers.get("origin"), request):
        raise HTTPException(403, "This request did not come from the chat.")


def from_own_origin(origin: str | None, connection: HTTPConnection) -> bool:
    """Whether ``origin`` is this server as the browser knows it; hosts are compared, a proxy may end TLS."""
    return origin is not None and urlsplit(origin).netloc == connection.headers.get("host")


def embedding_origin(request: Request, sites: Collection[str]) -> str | None:
    """The origin of the page that opens the frame, None if it may not.

    A top-level navigation is its own page. In a frame the embedding page must be one of ``sites`` or ours. A browser
    too old for ``Sec-Fetch-Dest`` is told by its Referer; ``frame-ancestors`` holds for it as well.
    """
    own = f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"
    referer = urlsplit(request.headers.get("referer", ""))
    referring = f"{referer.scheme}://{referer.netloc}"
    if referring in sites or referring == own:
        return referring
    in_frame = request.headers.get("sec-fetch-dest", "document") != "document"
    return None if in_frame else own
