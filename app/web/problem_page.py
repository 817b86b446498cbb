"""An error as a page, for somebody who opened an address in a browser; programs get problem details."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.web.languages import choose_language
from app.web.templates import template_environment
from app.web.texts import Texts
from knowledge_bases.schema import Language

_TEXTS = Texts.load(Path(__file__).parent / "problems.yaml")
_TEMPLATE = template_environment().get_template("problem.html")


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer: a browser that opens an address asks for HTML, and the API has none."""
    asks_for_html = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and asks_for_html and not request.url.path.startswith("/v1/")


def problem_page(request: Request, status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """What went wrong in a sentence, in the browser's language: nothing is there, or something is wrong here."""
    language = choose_language(None, request.headers.get("accept-language", ""), tuple(Language))
    key = "broken" if status >= 500 else "not_found"
    page = _TEMPLATE.render(t=_TEXTS.speaker(language), language=language.value, key=key)
    return HTMLResponse(page, status, headers)
