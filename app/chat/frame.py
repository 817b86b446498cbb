"""The frame: the page inside the widget. It mints the token, and puts our header around Chainlit's script."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.chat.access import embedding_origin
from app.chat.chainlit_page import ChainlitFiles
from app.chat.cookies import set_cookie_header, token_in
from app.chat.errors import TokenRejected
from app.chat.pages import ChatPages
from app.chat.tokens import CustomerToken
from app.chat.visit import ChatServices
from app.conversations.errors import ConversationNotFound
from app.db.errors import DatabaseAway
from app.institutions.errors import UnknownInstitution
from app.web.languages import choose_language
from knowledge_bases.schema import Institution, Language


@dataclass(frozen=True)
class Frame:
    """Serves ``/chat/<institution>/``."""

    services: ChatServices
    pages: ChatPages
    chainlit: ChainlitFiles

    def serve(self, request: Request, institution_id: str, language: str | None) -> HTMLResponse:
        """The frame with a fresh token, or a page that says why not: 403 in a foreign site's page."""
        accepted = request.headers.get("accept-language", "")
        spoken = choose_language(language, accepted, tuple(Language))
        try:
            institution = self.services.assistant.institution(institution_id)
        except UnknownInstitution:
            return self.pages.notice("not_found", spoken, status=404)
        except DatabaseAway:
            return self.pages.away(spoken)
        try:
            return self._served(request, institution, language)
        except DatabaseAway:
            return self.pages.away(choose_language(language, accepted, institution.languages), institution)

    def _served(self, request: Request, institution: Institution, language: str | None) -> HTMLResponse:
        accepted = request.headers.get("accept-language", "")
        held = self._held(request, institution)
        asked = language or (held.language.value if held else None)
        spoken = choose_language(asked, accepted, institution.languages)
        origin = embedding_origin(request, institution.sites)
        if origin is None:
            return self.pages.notice("not_here", spoken, status=403)
        return self._page(institution, self._mint(institution, origin, held, spoken), spoken)

    def _held(self, request: Request, institution: Institution) -> CustomerToken | None:
        """The customer's token from an earlier load, if it and its conversation still stand."""
        try:
            token = self.services.tokens.verify(token_in(request.headers, institution.id), institution.id)
            self.services.assistant.conversation_state(institution.id, token.conversation)
        except (TokenRejected, ConversationNotFound):
            return None
        return token

    def _mint(self, institution: Institution, origin: str, held: CustomerToken | None, language: Language) -> str:
        open_conversation = self.services.assistant.open_conversation
        conversation = held.conversation if held else open_conversation(institution.id, language, origin)
        return self.services.tokens.mint(institution.id, origin, conversation, language)

    def _page(self, institution: Institution, token: str, language: Language) -> HTMLResponse:
        ttl_s = self.services.tokens.ttl_s
        response = self.pages.frame(institution, language, chainlit=self.chainlit, ttl_s=ttl_s)
        response.headers.append("Set-Cookie", set_cookie_header(institution.id, token, ttl_s))
        return response
