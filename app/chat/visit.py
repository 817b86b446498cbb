"""One customer in front of the chat: the token that let them in, and what the chat may call on their behalf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.assistant.ports import Assistant
from app.chat.errors import TokenForeign
from app.chat.texts import CHAT_TEXTS
from app.chat.tokens import ChatTokens, CustomerToken
from app.chat.unanswered import Unanswered
from app.chat.under_way import UnderWay
from app.web.texts import Speaker, Texts
from knowledge_bases.schema import Institution, Language

VISIT = "candour.visit"  # key in the ASGI scope, set by the gate, read by Chainlit's handlers


@dataclass(frozen=True)
class ChatServices:
    """What the chat is given. ``greeting`` returns the rulebook's "you are talking to an AI" statement (D47), ``today``
    the date in Hong Kong.
    """

    assistant: Assistant
    tokens: ChatTokens
    greeting: Callable[[Institution, Language], str]
    today: Callable[[], date]
    texts: Texts = CHAT_TEXTS
    unanswered: Unanswered = field(default_factory=Unanswered)
    under_way: UnderWay = field(default_factory=UnderWay)


@dataclass(frozen=True)
class Visit:
    """A customer's connection; one for every request or socket handshake."""

    services: ChatServices
    token: CustomerToken

    @property
    def institution(self) -> Institution:
        """The institution the customer talks to."""
        return self.services.assistant.institution(self.token.institution)

    @property
    def speaker(self) -> Speaker:
        """The interface's texts in the customer's language."""
        return self.services.texts.speaker(self.token.language)

    def check_time(self) -> None:
        """Passes while the token lasts; raises TokenExpired after."""
        self.services.tokens.check_time(self.token)

    def check_same_conversation(self, other: Visit) -> None:
        """Passes if ``other`` is the same customer in the same conversation.

        Raises:
            TokenForeign: a session of one conversation was reached with the token of another.
        """
        mine, theirs = self.token, other.token
        if (mine.institution, mine.conversation) != (theirs.institution, theirs.conversation):
            raise TokenForeign("the session belongs to another conversation")


def visit_of(environ: dict[str, Any]) -> Visit:
    """The visit behind a socket, from the environment of its handshake."""
    visit = environ["asgi.scope"][VISIT]
    assert isinstance(visit, Visit)  # noqa: S101  the gate is the only way in
    return visit
