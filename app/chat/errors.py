"""What can be wrong with a customer's token.

ChatError
└── TokenRejected
    ├── TokenMissing   none was sent
    ├── TokenForged    not ours, or changed
    ├── TokenExpired   ours, but its time is over
    └── TokenForeign   ours, for another institution
"""

from __future__ import annotations


class ChatError(Exception):
    """Base of this package's errors."""


class TokenRejected(ChatError):
    """The request does not come from a chat of this institution."""


class TokenMissing(TokenRejected):
    """No token was sent: open the chat from the institution's page."""


class TokenForged(TokenRejected):
    """The token was not signed here, or was changed."""


class TokenExpired(TokenRejected):
    """The token's time is over: load the chat again."""


class TokenForeign(TokenRejected):
    """The token belongs to another institution; to the caller nothing is here."""
