"""The customer's identity: a short signed token that binds a chat to an institution, an origin and a conversation.

``base64url(payload) "." base64url(HMAC-SHA256(payload))``, the payload being compact JSON. Nothing in it is secret;
the signature makes it unforgeable.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from app.chat.errors import TokenExpired, TokenForeign, TokenForged, TokenMissing
from knowledge_bases.schema import Language


@dataclass(frozen=True)
class CustomerToken:
    """Who a request speaks for. ``origin`` is the page that embeds the chat; ``expires_at`` is in Unix seconds."""

    institution: str
    origin: str
    conversation: str
    language: Language
    expires_at: int


class ChatTokens:
    """Mints and verifies tokens.

    ``key`` serves for nothing else (``MasterKey.tokens``); ``ttl_s`` is how long a token lasts; ``clock`` gives Unix
    seconds.
    """

    def __init__(self, key: bytes, ttl_s: int, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self.ttl_s = ttl_s
        self._clock = clock

    def mint(self, institution: str, origin: str, conversation: str, language: Language) -> str:
        """A token that is good for ``ttl_s`` seconds from now."""
        expires_at = int(self._clock()) + self.ttl_s
        payload = json.dumps([institution, origin, conversation, language.value, expires_at]).encode()
        return f"{_encode(payload)}.{_encode(self._sign(payload))}"

    def verify(self, raw: str | None, institution: str) -> CustomerToken:
        """The token in ``raw``, which must be for ``institution``.

        Raises:
            TokenMissing, TokenForged, TokenExpired, TokenForeign.
        """
        if not raw:
            raise TokenMissing("no chat token was sent; open the chat from the institution's page")
        token = self._read(raw)
        if token.institution != institution:
            raise TokenForeign(f"the chat token is not for {institution}")
        self.check_time(token)
        return token

    def check_time(self, token: CustomerToken) -> None:
        """Passes while the token lasts: a socket outlives the request that opened it.

        Raises:
            TokenExpired.
        """
        if self._clock() >= token.expires_at:
            raise TokenExpired("the chat token has expired; load the chat again")

    def _read(self, raw: str) -> CustomerToken:
        try:
            payload, signature = (_decode(part) for part in raw.encode("ascii").split(b"."))
        except ValueError as error:
            raise TokenForged("the chat token is not in the form this server writes") from error
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise TokenForged("the chat token's signature is wrong")
        institution, origin, conversation, language, expires_at = json.loads(payload)
        return CustomerToken(institution, origin, conversation, Language(language), expires_at)

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, sha256)


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(part: bytes) -> bytes:
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))
