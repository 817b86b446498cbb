"""The demo pages: an ordinary home page of each sample institution, with the widget on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from app.web.languages import FULL_NAMES, SHORT_NAMES, choose_language
from app.web.security import page_policy
from app.web.templates import template_environment
from knowledge_bases.schema import Institution, Language, Wording

CONTENT = Path(__file__).parent / "demo.yaml"
FIRST = "harbour-bank"


@dataclass(frozen=True)
class Teaser:
    """A box on a demo page."""

    title: Wording
    text: Wording


@dataclass(frozen=True)
class DemoPage:
    """What one sample institution's page says."""

    name: Wording
    nav: tuple[Wording, ...]
    title: Wording
    lead: Wording
    cards: tuple[Teaser, ...]


@dataclass(frozen=True)
class DemoContent:
    """``shared`` words stand on every page."""

    shared: Mapping[str, Wording]
    pages: Mapping[str, DemoPage]

    @classmethod
    def load(cls, path: Path = CONTENT) -> DemoContent:
        """The content of ``demo.yaml``.

        Raises:
            KeyError: a text lacks a language, or a page a part.
        """
        raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = {key: _wording(text) for key, text in raw.pop("shared").items()}
        return cls(shared, {institution: _page(page) for institution, page in raw.items()})


def demo_routes(find: Callable[[str], Institution]) -> APIRouter:
    """``/`` and ``/demo/<institution>``; ``find`` finds one by its id and raises InstitutionNotFound."""
    router = APIRouter(include_in_schema=False)
    content, environment = DemoContent.load(), template_environment()

    @router.get("/")
    def home(request: Request, institution: str = FIRST, language: str | None = None) -> HTMLResponse:
        return demo(request, institution, language)

    @router.get("/demo/{institution_id}")
    def demo(request: Request, institution_id: str, language: str | None = None) -> HTMLResponse:
        if institution_id not in content.pages:
            raise HTTPException(404, "Not found")
        shown = find(institution_id)
        spoken = choose_language(language, request.headers.get("accept-language", ""), shown.languages)
        html = render_demo(environment, content, shown, spoken)
        return HTMLResponse(html, headers={"Content-Security-Policy": page_policy()})

    return router


def render_demo(environment: Environment, content: DemoContent, institution: Institution, language: Language) -> str:
    """The page as HTML."""

    def say(wording: Wording) -> str:
        return wording.in_language(language)

    return environment.get_template("demo.html").render(
        institution=institution,
        page=content.pages[institution.id],
        shared=content.shared,
        say=say,
        language=language.value,
        languages=[(tag.value, SHORT_NAMES[tag], FULL_NAMES[tag]) for tag in institution.languages],
        others=[(other, page.name) for other, page in content.pages.items() if other != institution.id],
        starters=institution.starters.get(language, ()),
    )


def _page(raw: dict[str, Any]) -> DemoPage:
    return DemoPage(
        name=_wording(raw["name"]),
        nav=tuple(_wording(text) for text in raw["nav"]),
        title=_wording(raw["title"]),
        lead=_wording(raw["lead"]),
        cards=tuple(Teaser(_wording(card["title"]), _wording(card["text"])) for card in raw["cards"]),
    )


def _wording(raw: dict[str, str]) -> Wording:
    return Wording(raw["en"], raw["zh-Hant"], raw["zh-Hans"])
