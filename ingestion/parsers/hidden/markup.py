"""Parts of an HTML page that are never its text, but that a model may read: reported where they give orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Comment

from guardrails.document_orders import order_in
from ingestion.parsers.hidden.report import hidden_text
from knowledge_bases.parsed import HiddenText, Hiding

UNSHOWN_TAGS = ["noscript", "template", "title", "textarea", "dialog"]
# What can hide words and is not worked out in ``styles``: whoever approves the page is asked to look.
BEYOND = re.compile(
    r"(?:var|color-mix|oklch|oklab|hwb|lab|lch|calc)\(|:has\(|:nth-[\w-]+|@(?:layer|supports|container)"
    r"|(?<![\w-])(?:filter|transform|translate|scale|zoom|inset|content-visibility|mix-blend-mode|clip-path)\s*:"
    r"|-webkit-text-fill-color|!\s*important|#[0-9a-f]{4}(?![0-9a-f])|#[0-9a-f]{8}(?![0-9a-f])"
    r"|(?<![\w-])font\s*:\s*0|\\[0-9a-f]|&\s*\{|\[[\w-]+[~|^$*]?=?[^\]\n]*\]\s*[,{]",
    re.IGNORECASE,
)
SPEAKING = ("alt", "title", "aria-label", "content", "value", "placeholder", "summary")


def spoken_orders(page: BeautifulSoup) -> Iterator[HiddenText]:
    """Orders to a model in comments, templates, and attributes that are shown only now and then."""
    for where, words in _unshown(page):
        yield from hidden_text(Hiding.INSTRUCTION, order_in(words) or "", where=where)


def styles_not_understood(page: BeautifulSoup) -> Iterator[HiddenText]:
    """One entry where the page's styles use what may hide words in ways that are not worked out here."""
    styles = [tag.get_text() for tag in page.find_all("style")]
    styles += [str(tag["style"]) for tag in page.find_all(style=True)]
    used = sorted({found.group().strip(" :({").lower() for style in styles for found in BEYOND.finditer(style)})
    if used:
        words = f"its styles can hide words in a way that was not worked out; compare page and text ({', '.join(used)})"
        yield from hidden_text(Hiding.NOT_SHOWN, words, where="styles")


def _unshown(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for comment in page.find_all(string=lambda text: isinstance(text, Comment)):
        yield "comment", str(comment)
    for tag in page.find_all(UNSHOWN_TAGS):
        yield f"<{tag.name}>", tag.get_text(" ")
    for tag in page.find_all(True):
        yield from ((f"{name} of <{tag.name}>", str(tag[name])) for name in SPEAKING if tag.has_attr(name))
