"""The one tag: ``/widget.js`` and the institution's two colours as a style sheet."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from knowledge_bases.schema import Brand, Institution

STATIC = Path(__file__).parent / "static"
KEPT = {"Cache-Control": "public, max-age=300"}  # a new widget reaches every site within five minutes
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def widget_routes(institution: Callable[[str], Institution]) -> APIRouter:
    """``institution`` finds one by its id and raises InstitutionNotFound."""
    router = APIRouter(include_in_schema=False)

    @router.get("/widget.js")
    def script() -> FileResponse:
        return FileResponse(STATIC / "widget.js", headers=KEPT, media_type="text/javascript")

    @router.get("/widget/{institution_id}.css")
    def colours(institution_id: str) -> Response:
        css = colours_of(institution(institution_id).brand)
        return Response(css, headers=KEPT, media_type="text/css")

    return router


def colours_of(brand: Brand) -> str:
    """CSS variables for the frame and for the launcher's shadow root.

    Raises:
        ValueError: a colour is not of the form #rrggbb.
    """
    for colour in (brand.accent, brand.ink):
        if _COLOUR.fullmatch(colour) is None:
            raise ValueError(f"brand colour {colour!r} is not of the form #rrggbb; correct it in institution.yaml")
    return f":root, :host {{ --accent: {brand.accent}; --ink: {brand.ink}; --accent-hsl: {_hsl(brand.accent)}; }}\n"


def _hsl(colour: str) -> str:
    """``H S% L%`` without commas, as Chainlit's theme wants it."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    return f"{hue * 360:.0f} {saturation:.0%} {lightness:.0%}"
