"""Read documents, strip their markup and cut them into sections of well-formed sentences.

Only prose is kept: a table cell or a heading is no sentence, so a change made in one could not be judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from eval.planting.chinese import is_simplified
from guardrails.normalise import fold

BREAK = "\x00"  # a section boundary: neighbours are never taken across it
SUFFIXES = (".md", ".html", ".htm", ".txt", ".json")
_BLOCKS = {"p", "li", "div", "dd", "dt", "blockquote", "section", "article", "body", "ul", "ol", "br"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "table", "hr"}
_SKIPPED = {"script", "style", "title", "table", "h1", "h2", "h3", "h4", "h5", "h6", "nav"}
_MARKER = re.compile(
    r"^\s*(?:[-•*†‡§^\\]+\s*|(?:s\.\d+[^A-Z]*AMLO\s+)?\d+(?:\.\d+)+\.?\s+|\d{1,2}[.)]\s+|"
    r"[(（][a-z0-9ivx一二三四五六七八九十]{1,4}[)）]\s*)+"
)
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|a\.m|p\.m|Cap|para|paras|etc|Mr|Mrs|Ms|Dr|Ltd|Inc|vs|s|ss|Sch|U\.S)\.)$")
_EN_SPLIT = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[A-Z\"“(])")
_ZH_SPLIT = re.compile(r"(?<=[。！？])(?![」』”）)])")


@dataclass(frozen=True)
class Passage:
    """A sentence with its neighbours, as an answer would cite them."""

    document: str
    language: str
    sentence: str
    evidence: str


class _Text(HTMLParser):
    """Collect the text of block elements, one block a line, tables and headings left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HEADINGS:
            self.parts.append(f"\n{BREAK}\n")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        if tag in _SKIPPED:
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or tag in _HEADINGS:
            self.parts.append("\n")
        if tag in _SKIPPED and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _html_blocks(text: str) -> list[str]:
    """Give the paragraphs of an HTML page."""
    parser = _Text()
    parser.feed(text)
    return "".join(parser.parts).split("\n")


def _markdown_blocks(text: str) -> list[str]:
    """Give the paragraphs and list items of a Markdown text, without front matter, tables and headings."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    blocks: list[str] = []
    for line in text.split("\n"):
        if line.startswith("#"):
            blocks.append(BREAK)
        elif not line.startswith(("|", "Table:", "Table ", "表")):
            clean = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line)
            blocks.append(re.sub(r"\*\*|__|`", "", clean))
    return blocks


def _wrapped_blocks(text: str) -> list[str]:
    """Join the wrapped lines of a plain text; a page number alone on its line is dropped."""
    text = re.sub(r"[\ufffe\uffff\u00ad]\n?", "-", text)
    blocks: list[str] = [""]
    for line in (raw.strip() for raw in text.split("\n")):
        if not line or re.fullmatch(r"[-–\s]*(?:Page )?\d+[-–\s]*", line):
            blocks.append("") if not line else None
        elif _MARKER.match(line) or re.match(r"^[s●■]\.?\d", line):
            blocks.append(line)
        else:
            blocks[-1] = f"{blocks[-1]} {line}".strip()
    return blocks


def _json_blocks(text: str) -> list[str]:
    """Give the longer strings of a JSON data set, each a section of its own."""
    blocks: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, str) and len(value) > 60:
            blocks.extend([BREAK, *value.split("\n")])

    walk(json.loads(text))
    return blocks


def blocks_of(path: Path) -> list[str]:
    """Give the text blocks of one file by its kind."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".html", ".htm"):
        return _html_blocks(text)
    if path.suffix == ".md":
        return _markdown_blocks(text)
    return _json_blocks(text) if path.suffix == ".json" else _wrapped_blocks(text)


def language_of(text: str) -> str:
    """Tell English, Traditional or Simplified Chinese by the characters used."""
    cjk = len(re.findall(r"[\u4e00-\u9fff]", text))
    if cjk * 4 < len(re.findall(r"[A-Za-z]", text)):
        return "en"
    return "zh-Hans" if is_simplified(text) else "zh-Hant"


def split_sentences(block: str, language: str) -> list[str]:
    """Cut a block into sentences; an abbreviation's full stop does not end one."""
    block = _MARKER.sub("", re.sub(r"\s+", " ", block).strip())
    if language != "en":
        return [part.strip() for part in _ZH_SPLIT.split(block) if part.strip()]
    sentences: list[str] = []
    for part in _EN_SPLIT.split(block):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += " " + part
        else:
            sentences.append(part)
    return [part.strip() for part in sentences if part.strip()]


def _balanced(text: str) -> bool:
    """Tell whether brackets and quotation marks close, a sign that the sentence is whole."""
    pairs = ("()", "（）", "「」", "《》", "“”", "[]")
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in pairs) and text.count('"') % 2 == 0


_EN_NOISE = re.compile(
    r"^[^a-z]*$|^[A-Z]\d|\.{3}|V\.\d|Annex [A-Z]\b.*Annex|(?:^|\s)[a-z]?\d\s(?=[A-Z][a-z]+ed\b)|"
    r"[|•■\x7f-\x9f\ufffd]|\s-\s\d|[a-z]\d+\b|www|http|\s[A-Z]\d\.|\d\.\d+\s[A-Z]|\bs\.\d|"
    r"\s[.)]|\b[A-Z][a-z]+ (?:The|An|Institutions|If|In) [a-z]"
)
_EN_VERB = re.compile(
    r"\b(?:is|are|was|were|may|must|can|cannot|will|should|shall|has|have|had|does|do|need|[a-z]{3,}s|[a-z]{3,}ed)\b"
)
_ZH_NOISE = re.compile(r"https?|[|｜•■\ufffd?？!！…＊]|\.\.|[0-9]\. |材料|\s{2,}|\[\d")


def well_formed(sentence: str, language: str) -> bool:
    """Tell whether a sentence is whole prose that states something, not a fragment or a question."""
    if not _balanced(sentence):
        return False
    if language == "en":
        words = len(sentence.split())
        shaped = sentence.endswith(".") and re.match(r"[A-Z\"“]", sentence) is not None
        return 5 <= words <= 55 and shaped and bool(_EN_VERB.search(sentence)) and not _EN_NOISE.search(sentence)
    shaped = (
        sentence.endswith("。")
        and re.match(
            r"(?!(?:不?要|不?[會会]|不?可以?|不?是|不)，|見|见|詳見|详见|查詢|查询|熱線|热线)[\w「《“]", sentence
        )
        is not None
    )
    return 9 <= len(sentence) <= 120 and shaped and not _ZH_NOISE.search(sentence)


def _sections(path: Path) -> list[list[str]]:
    """Give the blocks of a file between section breaks."""
    sections: list[list[str]] = [[]]
    for block in blocks_of(path):
        if block.strip() == BREAK:
            sections.append([])
        elif block.strip(" \x00"):
            sections[-1].append(block.strip(" \x00"))
    return sections


def _section_passages(document: str, section: list[str], language: str) -> Iterator[Passage]:
    """Give each well-formed sentence of a section with one neighbour before and one after."""
    sentences = [s for block in section for s in split_sentences(block, language)]
    glue = " " if language == "en" else ""
    for index, sentence in enumerate(sentences):
        if well_formed(sentence, language):
            evidence = glue.join(sentences[max(0, index - 1) : index + 2])
            if len(evidence) < 1200:
                yield Passage(document, language, sentence, evidence)


def passages_of(path: Path, root: Path) -> list[Passage]:
    """Give every passage of one file; Traditional institution papers are offered in Simplified form as well."""
    sections = _sections(path)
    language = language_of(" ".join(" ".join(s) for s in sections[:400]))
    document = path.relative_to(root).as_posix()
    found = [p for section in sections for p in _section_passages(document, section, language)]
    if language == "zh-Hant" and path.suffix != ".json":
        found += [Passage(p.document, "zh-Hans", fold(p.sentence), fold(p.evidence)) for p in found]
    return found


def read_all(directories: list[Path]) -> list[Passage]:
    """Give the passages of all directories, in the order of their paths, a sentence once a language."""
    seen: set[tuple[str, str]] = set()
    passages: list[Passage] = []
    for root in directories:
        for path in sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES and p.name != "README.md"):
            for passage in passages_of(path, root):
                key = (passage.language, passage.sentence)
                if key not in seen:
                    seen.add(key)
                    passages.append(passage)
    return passages
