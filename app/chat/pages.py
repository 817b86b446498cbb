"""The chat's HTML pages, each with the headers that hold inside another site's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse

from app.chat.chainlit_page import ChainlitFiles
from app.db.errors import DatabaseAway
from app.errors import problem_of
from app.web.languages import FULL_NAMES, SHORT_NAMES
from app.web.security import frame_policy, page_policy
from app.web.templates import template_environment
from app.web.texts import Texts
from knowledge_bases.schema import Institution, Language

TEMPLATES = Path(__file__).parent / "templates"


class ChatPages:
    """Renders the templates of this package."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._environment = template_environment(TEMPLATES)

    def frame(
        self, institution: Institution, language: Language, *, chainlit: ChainlitFiles, ttl_s: int
    ) -> HTMLResponse:
        """The page inside the widget."""
        values = {
            "institution": institution,
            "name": institution.names.in_language(language),
            "hours": institution.contact.hours.in_language(language),
            "chainlit": chainlit,
            "ttl_s": ttl_s,
            "languages": [(tag, SHORT_NAMES[tag], FULL_NAMES[tag]) for tag in institution.languages],
        }
        return self.page("frame.html", language, values, policy=frame_policy(institution.sites))

    def notice(self, key: str, language: Language, *, status: int, policy: str | None = None) -> HTMLResponse:
        """A page with one friendly sentence: ``key`` names its text, ``key_title`` its heading."""
        return self.page("notice.html", language, {"key": key, "contact": None}, status=status, policy=policy)

    def away(self, language: Language, institution: Institution | None = None) -> HTMLResponse:
        """That nothing can be read or stored just now, and whom to call, where ``institution`` is known."""
        contact = None
        if institution is not None:
            hours = institution.contact.hours.in_language(language)
            contact = {"phone": institution.contact.phone, "hours": hours}
        policy = page_policy(institution.sites) if institution is not None else None
        response = self.page("notice.html", language, {"key": "away", "contact": contact}, status=503, policy=policy)
        response.headers.update(problem_of(DatabaseAway()).headers)
        return response

    def page(
        self, template: str, language: Language, values: dict[str, Any], *, status: int = 200, policy: str | None = None
    ) -> HTMLResponse:
        """A template in a language; ``policy`` is its Content-Security-Policy, by default one that cannot be framed."""
        t = self._texts.speaker(language)
        html = self._environment.get_template(template).render(t=t, language=language.value, **values)
        headers = {"Content-Security-Policy": policy or page_policy(), "Cache-Control": "no-store"}
        return HTMLResponse(html, status, headers)
