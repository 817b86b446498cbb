"""Citation pages: the quoted words on the page they come from. Customers see images or escaped text, never the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.chat.pages import ChatPages
from app.chat.ports import SourceLibrary, StoredVersion
from app.chat.render import document_url
from app.chat.tokens import CustomerToken
from app.db.errors import DatabaseAway
from app.web.page_images import PageImages, PageNotDrawn
from app.web.reader import highlights, quoted_page, readable_blocks
from app.web.security import page_policy
from guardrails.disclosure import day_in_words
from knowledge_bases.parsed import Page, ParsedDocument
from knowledge_bases.schema import Institution, Language, Span, VersionKey


@dataclass(frozen=True)
class Place:
    """What a citation points to: quoted spans of a parse. ``page`` None: where the first span stands."""

    key: VersionKey
    spans: tuple[Span, ...] = ()
    parse_sha256: str | None = None
    page: int | None = None

    def url(self, institution: str, page: int) -> str:
        """The address of the same place opened at ``page``."""
        starts = [("start", span.start) for span in self.spans]
        ends = [("end", span.end) for span in self.spans]
        parse = [("parse", self.parse_sha256)] if self.parse_sha256 else []
        query = urlencode([*starts, *ends, *parse, ("page", page)])
        return f"{document_url(institution, self.key.document, self.key.version)}?{query}"


@dataclass(frozen=True)
class SourcePages:
    """Shows places in documents. ``today`` is the date in Hong Kong."""

    library: SourceLibrary
    images: PageImages
    pages: ChatPages
    institution: Callable[[str], Institution]
    today: Callable[[], date]

    def show(self, customer: CustomerToken, place: Place) -> HTMLResponse:
        """The page of ``place``; 410 once the version is withdrawn, 404 where nothing is."""
        version = self.library.find(customer.institution, place.key)
        if version is None:
            return self._notice("not_found", customer, 404)
        if version.withdrawn:
            return self._notice("withdrawn", customer, 410)
        document = self.library.parse(customer.institution, place.key, place.parse_sha256)
        if document is None or any(span.end > len(document.text) for span in place.spans):
            return self._notice("not_found", customer, 404)
        if document.pages:
            return self._drawn(customer, place, version, document)
        blocks = readable_blocks(document, place.spans)
        return self._page("source_text.html", customer, place, version, document, blocks=blocks)

    def image(self, customer: CustomerToken, key: VersionKey, page: int) -> Response:
        """Page ``page`` of a PDF as PNG, for those who may see the version."""
        version = self.library.find(customer.institution, key)
        if version is None or version.withdrawn:
            return Response(status_code=404 if version is None else 410)
        try:
            png = self.images.png(version.file_sha256, page, lambda: self.library.original(customer.institution, key))
        except PageNotDrawn:
            return Response(status_code=404)
        return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})

    def privacy(self, customer: CustomerToken) -> Response:
        """To the privacy notice in force, in the customer's language where there is one."""
        document = self.institution(customer.institution).privacy_document
        key = document and self.library.in_force(customer.institution, document, customer.language, self.today())
        if not key:
            return self._notice("not_found", customer, 404)
        return RedirectResponse(document_url(customer.institution, key.document, key.version), 303)

    def away(self, customer: CustomerToken) -> HTMLResponse:
        """That nothing can be read just now."""
        try:
            return self.pages.away(customer.language, self.institution(customer.institution))
        except DatabaseAway:
            return self.pages.away(customer.language)

    def _drawn(
        self, customer: CustomerToken, place: Place, version: StoredVersion, document: ParsedDocument
    ) -> HTMLResponse:
        number = place.page or quoted_page(document, place.spans)
        page = next((page for page in document.pages if page.number == number), None)
        if page is None:
            return self._notice("not_found", customer, 404)
        values = _drawn_values(customer.institution, place, document, page)
        return self._page("source_drawn.html", customer, place, version, document, **values)

    def _page(
        self,
        template: str,
        customer: CustomerToken,
        place: Place,
        version: StoredVersion,
        document: ParsedDocument,
        **values: Any,
    ) -> HTMLResponse:
        shown = {
            "info": version.info,
            "as_at": _written(version.info.as_at, customer.language),
            "in_force": version.info.in_force(self.today()),
            "quotes": [(span.slice(document.text)) for span in place.spans],
            **values,
        }
        return self.pages.page(template, customer.language, shown, policy=self._policy(customer))

    def _notice(self, key: str, customer: CustomerToken, status: int) -> HTMLResponse:
        return self.pages.notice(key, customer.language, status=status, policy=self._policy(customer))

    def _policy(self, customer: CustomerToken) -> str:
        return page_policy(self.institution(customer.institution).sites)


def _written(day: date | None, language: Language) -> str | None:
    return None if day is None else day_in_words(day, language)


def _drawn_values(institution: str, place: Place, document: ParsedDocument, page: Page) -> dict[str, Any]:
    last = document.pages[-1].number
    base = document_url(institution, place.key.document, place.key.version)
    return {
        "page": page,
        "page_count": len(document.pages),
        "boxes": highlights(document, place.spans, page),
        "image_url": f"{base}/page/{page.number}.png",
        "previous_url": place.url(institution, page.number - 1) if page.number > 1 else None,
        "next_url": place.url(institution, page.number + 1) if page.number < last else None,
    }
