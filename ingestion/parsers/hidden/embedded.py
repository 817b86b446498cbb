"""HTML within Markdown that its readers do not see: comments, and elements whose own style or attribute hides them."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import Tag

from guardrails.document_orders import order_in
from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.hidden.styles import Look, Styles
from knowledge_bases.parsed import HiddenText, Hiding

CODE = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
STYLED = re.compile(r"<(\w+)\b(?=[^<>]*\s(?:style|hidden|color)\b)[^<>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)


def without_hidden(source: str) -> tuple[str, list[HiddenText]]:
    """Markdown ``source`` without what is hidden in it, and what that was; code is shown as it stands."""
    found: list[HiddenText] = []
    parts = CODE.split(source)
    for number in range(0, len(parts), 2):
        parts[number] = COMMENT.sub(lambda comment: _comment(comment[1], found), parts[number])
        parts[number] = STYLED.sub(lambda element: _element(element[0], found), parts[number])
    return "".join(parts), found


def _comment(words: str, found: list[HiddenText]) -> str:
    found += hidden_text(Hiding.INSTRUCTION, order_in(words) or "", where="comment")
    return ""


def _element(markup: str, found: list[HiddenText]) -> str:
    page = BeautifulSoup(markup, "html.parser")
    tag, styles = page.find(True), Styles(page)
    if not isinstance(tag, Tag):
        return markup
    hiding = Hiding.NOT_SHOWN if tag.has_attr("hidden") else styles.hides_box(tag)
    hiding = hiding or styles.look(tag, Look()).hides_words()
    if hiding is None:
        return markup
    found += hidden_text(hiding, tag.get_text(" "))
    return ""
