"""What is escaped is shown as it is: the property is checked against a real CommonMark renderer."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.chat.markdown import escape, link, paragraph, quote, table

MARKDOWN = MarkdownIt("commonmark").enable("table")

# one line of visible text; CommonMark replaces NUL, and control characters do not print
lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip)


class Shown(HTMLParser):
    """Collects a page's text and the names of its elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.elements: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)


def shown(markdown: str) -> Shown:
    page = Shown()
    page.feed(MARKDOWN.render(markdown))
    return page


@given(lines)
@example("1. not a list")
@example("- nor this")
@example("# no heading")
@example("    no code")
@example("<b onclick=x>&amp;</b> [a](javascript:x) ![i](http://x/y.png) :dir[x] `c` **b** _i_ ~~s~~ $x$")
@example("a | b\\|c")
def test_a_line_is_shown_as_it_is(line: str) -> None:
    page = shown(escape(line))
    assert page.text.removesuffix("\n") == line
    assert page.elements == ["p"]


@given(st.lists(lines, min_size=1, max_size=4))
def test_a_quote_keeps_every_line(text: list[str]) -> None:
    page = shown(quote(paragraph("\n".join(text))))
    assert page.text.strip("\n") == "\n".join(text)
    assert page.elements == ["blockquote", "p"]


@given(st.lists(lines, min_size=2, max_size=2), st.lists(lines, min_size=2, max_size=2))
def test_a_table_keeps_every_cell(header: list[str], row: list[str]) -> None:
    html = MARKDOWN.render(table(header, [row]))
    cells = [unescape(part.split("</t")[0]) for part in html.replace("<th>", "<td>").split("<td>")[1:]]
    assert cells == [*header, *row]


def test_a_link_says_its_label_and_goes_where_it_says() -> None:
    html = MARKDOWN.render(link("Fees [2026] *", "/chat/a/source/b/c?start=1&end=2#quote"))
    assert html == '<p><a href="/chat/a/source/b/c?start=1&amp;end=2#quote">Fees [2026] *</a></p>\n'
