"""Parts of an HTML page that are never its text, but that a model may read: reported where they give orders."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Comment

from ingestion.parsers.hidden.orders import order_in
from ingestion.parsers.hidden.report import hidden_text
from knowledge_bases.parsed import HiddenText, Hiding

UNSHOWN_TAGS = ["noscript", "template", "title", "textarea", "dialog"]
SPEAKING = ("alt", "title", "aria-label", "content", "value", "placeholder", "summary")


def spoken_orders(page: BeautifulSoup) -> Iterator[HiddenText]:
    """Orders to a model in comments, templates, and attributes that are shown only now and then."""
    for where, words in _unshown(page):
        yield from hidden_text(Hiding.INSTRUCTION, order_in(words) or "", where=where)


def _unshown(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for comment in page.find_all(string=lambda text: isinstance(text, Comment)):
        yield "comment", str(comment)
    for tag in page.find_all(UNSHOWN_TAGS):
        yield f"<{tag.name}>", tag.get_text(" ")
    for tag in page.find_all(True):
        yield from ((f"{name} of <{tag.name}>", str(tag[name])) for name in SPEAKING if tag.has_attr(name))
