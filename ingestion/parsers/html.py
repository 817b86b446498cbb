"""HTML: what a reader of the page would see, without its navigation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PageElement, Tag

from ingestion.errors import UnreadableFile
from ingestion.parsers import document
from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, Words, plain
from ingestion.parsers.encoding import looks_like_text
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.hidden.markup import spoken_orders, styles_not_understood
from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.hidden.styles import Look, Styles
from ingestion.parsers.labels import starts_item
from knowledge_bases.parsed import HiddenText, Hiding, ParsedDocument

SNIFF = re.compile(rb"<(!doctype\s+html|html|head|body|title|h[1-6]|p|div|table|[uo]l|span|meta)[\s>/]", re.IGNORECASE)
SNIFF_WITHIN = 4096
SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "nav", "head", "svg", "math", "iframe", "object", "embed", "form"}
    | {"button", "select", "input", "textarea", "video", "audio", "canvas", "dialog"}
)
INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
    }
    | {
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
    }
    | {"wbr"}
)
HEADING = re.compile(r"h[1-6]$")


def match(raw: bytes) -> Match:
    """HTML shows itself by a tag near its start, after at most a mark, a comment or an XML line."""
    if not looks_like_text(raw):
        return Match.NO
    head = raw[:SNIFF_WITHIN].replace(b"\0", b"")
    first = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return Match.CERTAIN if first.startswith(b"<") and SNIFF.search(first) else Match.POSSIBLE


def parse(source: Source) -> ParsedDocument:
    """The visible blocks of a page.

    Raises:
        UnreadableFile: the markup is nested too deep to be a page for people.
    """
    elements, hidden = seen_and_hidden(source, source.raw)
    return document.write(elements, f"{FORMAT.name}/{FORMAT.version}", hidden=hidden)


def seen_and_hidden(source: Source, markup: str | bytes) -> tuple[list[Element], list[HiddenText]]:
    """The visible blocks of ``markup``, which ``source`` is or holds, and the words that a reader does not see.

    Raises:
        UnreadableFile: the markup is nested too deep to be a page for people.
    """
    try:
        page = BeautifulSoup(_characters(markup), "lxml")
        hidden = [*_taken_out(page), *spoken_orders(page), *styles_not_understood(page)]
        return list(_Walk().over(page.body or page)), hidden
    except RecursionError as error:
        raise UnreadableFile(source.name, "its tags are nested too deep", "save it again as plain HTML") from error


def _characters(markup: str | bytes) -> str | bytes:
    """What is UTF-8 throughout is taken as that: a guess by the frequency of letters may be fooled."""
    try:
        return markup if isinstance(markup, str) else markup.decode("utf-8-sig")
    except UnicodeDecodeError:
        return markup


def _taken_out(page: BeautifulSoup) -> list[HiddenText]:
    """What styles and attributes hide, taken out of the page; chrome that is left out anyway is not looked at."""
    styles, found = Styles(page), []
    ahead = [(page.body or page, styles.look(page.html or page, Look()))]
    while ahead:
        tag, above = ahead.pop()
        if _skipped(tag):
            continue
        hiding = Hiding.NOT_SHOWN if tag.has_attr("hidden") else styles.hides_box(tag)
        if hiding is not None:
            found += hidden_text(hiding, tag.get_text(" "))
            tag.clear()
            continue
        look = styles.look(tag, above)
        found += _words_taken_out(tag, look.hides_words())
        ahead += [(child, look) for child in reversed(list(tag.children)) if isinstance(child, Tag)]
    return found


def _words_taken_out(tag: Tag, hiding: Hiding | None) -> list[HiddenText]:
    """The words right below ``tag``; nothing where they are seen."""
    words = [node for node in tag.children if type(node) is NavigableString and node.strip()]
    if hiding is None or not words:
        return []
    return hidden_text(hiding, " ".join(str(node.extract()) for node in words))


class _Walk:
    """One pass over a page; inline text gathers in ``_line`` until a block ends it."""

    def __init__(self) -> None:
        self._line: list[str] = []

    def over(self, node: Tag, *, item: bool = False) -> Iterator[Element]:
        """The elements below ``node``."""
        for child in node.children:
            yield from self._visit(child, item=item)
        yield from self._flush(item=item)

    def _visit(self, node: PageElement, *, item: bool) -> Iterator[Element]:
        if isinstance(node, NavigableString):
            if type(node) is NavigableString:
                self._line.append(str(node))
        elif isinstance(node, Tag) and not _skipped(node):
            yield from self._tag(node, item=item)

    def _tag(self, tag: Tag, *, item: bool) -> Iterator[Element]:
        if tag.name == "br":
            self._line.append("\n")
        elif tag.name in INLINE:
            for child in tag.children:
                yield from self._visit(child, item=item)
        else:
            yield from self._flush(item=item)
            yield from self._block(tag, item=item)

    def _block(self, tag: Tag, *, item: bool) -> Iterator[Element]:
        if HEADING.match(tag.name):
            yield Heading(_visible(tag), int(tag.name[1]))
        elif tag.name == "table" and _is_grid(tag):
            yield from _table(tag)
        else:
            yield from self.over(tag, item=item or tag.name == "li")

    def _flush(self, *, item: bool) -> Iterator[Element]:
        words = plain("".join(self._line))
        self._line.clear()
        if words:
            yield Paragraph(words, item=item or starts_item(words[0].text))


def _skipped(tag: Tag) -> bool:
    """Whether it frames the page, or is no text: a menu, a script, what is drawn for the eye alone."""
    return (
        tag.name in SKIPPED
        or (tag.name == "header" and tag.find(HEADING) is None)
        or tag.get("aria-hidden") == "true"
        or tag.get("role") == "navigation"
        or "breadcrumb" in f"{tag.get('class')} {tag.get('aria-label')}".lower()
    )


def _visible(tag: Tag) -> Words:
    return plain("".join(_strings(tag)))


def _strings(tag: Tag) -> Iterator[str]:
    for child in tag.children:
        if isinstance(child, Tag):
            if not _skipped(child):
                yield from (["\n"] if child.name not in INLINE else [])
                yield from _strings(child)
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            yield str(child)


def _is_grid(tag: Tag) -> bool:
    """A table of one column, or one that holds other tables, only lays out a page."""
    return tag.find("table") is None and any(len(row.find_all(["td", "th"])) > 1 for row in tag.find_all("tr"))


def _table(tag: Tag) -> Iterator[Element]:
    caption = tag.find("caption")
    headers: list[Row] = []
    rows: list[Row] = []
    for row in _spread([tr for tr in tag.find_all("tr") if not _skipped(tr)]):
        is_header = not rows and all(cell.name == "th" or not cell.get_text(strip=True) for cell in row)
        is_header = is_header or _in_head(row)
        (headers if is_header else rows).append(tuple(_words_of(row, across=is_header)))
    if not any(map(any, rows)):
        headers, rows = [], headers
    above = _visible(caption) if isinstance(caption, Tag) else ()
    yield Grid(tuple(headers), tuple(rows), above)


def _words_of(row: list[Tag], *, across: bool) -> Iterator[Words]:
    """The words of each column; a cell over several stands in each of them in a header, else in the first."""
    before = None
    for cell in row:
        yield _visible(cell) if across or cell is not before else ()
        before = cell


def _in_head(row: list[Tag]) -> bool:
    return bool(row) and row[0].find_parent("thead") is not None


def _spread(rows: list[Tag]) -> Iterator[list[Tag]]:
    """The cell of each column of each row; one that spans rows stands in each, so that a row can be read alone."""
    carried: dict[int, tuple[int, Tag]] = {}
    for row in rows:
        cells: list[Tag] = []
        own = [cell for cell in row.find_all(["td", "th"]) if not _skipped(cell)]
        while own or len(cells) in carried:
            column = len(cells)
            if column in carried:
                left, cell = carried.pop(column)
                wide = 1
            else:
                cell = own.pop(0)
                left, wide = _span(cell, "rowspan", 500), _span(cell, "colspan", 50)
            for place in range(column, column + wide):
                cells.append(cell)
                if left > 1:
                    carried[place] = (left - 1, cell)
        yield cells


def _span(cell: Tag, name: str, most: int) -> int:
    value = str(cell.get(name) or "1")
    return max(1, min(int(value), most)) if value.isdecimal() else 1


FORMAT = Format("html", 4, frozenset({".html", ".htm", ".xhtml"}), match, parse)
