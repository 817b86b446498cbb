"""Numbers, letters and bullets at the start of a line, and how two lines become one."""

from __future__ import annotations

import re
from collections.abc import Iterable

CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
NUMBERED = r"[A-Z]?\d{1,3}(?:\.\d{1,3}){1,4}[A-Z]?\.?|\d{1,2}[.)．、]"
LETTERED = r"[(（][a-zA-Z]{1,2}[)）]|[(（][ivxIVX]{1,5}[)）]|[(（]\d{1,2}[)）]|[a-zA-Z][.)]|[ivx]{1,5}[.)]"
DIGIT = "[一二三四五六七八九十百]"
CHINESE = rf"第(?:{DIGIT}{{1,5}}|\d{{1,3}})[條章節部条节]|{DIGIT}{{1,3}}[、．]|[(（]{DIGIT}{{1,3}}[)）]"
BULLET = r"[•●○▪■◆◦‣∙·➢➤✓\uf0b7\uf0a7\uf0d8–—-]"
FAQ = r"[QqAa]\d{0,3}[.:：]|[問答问][:：]?\d{0,2}[.:：]"
LABEL = re.compile(rf"\s*(?:{NUMBERED}|{LETTERED}|{CHINESE}|{BULLET}|{FAQ})(?=[\s{CJK}]|$)")
LATIN_NUMBER = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3})*)[A-Z]?[.)．、]?(?=[\s" + CJK + r"])")
CJK_END = re.compile(rf"[{CJK}]$")
CJK_START = re.compile(rf"^[{CJK}]")
ENDS_SENTENCE = re.compile(r"[.!?:;。！？：；…][\"'”’）)」』]*\s*$")


def starts_item(line: str) -> bool:
    """Whether the line begins with a clause number, a letter in brackets, a bullet or a question mark of an FAQ."""
    return LABEL.match(line) is not None


def is_label(text: str) -> bool:
    """Whether the text is nothing but such a label."""
    found = LABEL.match(text)
    return found is not None and found.end() == len(text.rstrip())


def depth(text: str) -> int:
    """How deep the clause number at the start is: 6 -> 1, 6.3 -> 2; 0 where there is none."""
    found = LATIN_NUMBER.match(text)
    return found.group(1).count(".") + 1 if found else 0


def succeeds(before: str, after: str) -> bool:
    """Whether the clause number of ``after`` is the next one: 4.4 after 4.3."""
    one, next_one = (LATIN_NUMBER.match(text) for text in (before, after))
    if one is None or next_one is None:
        return False
    *above, last = map(int, one.group(1).split("."))
    return [*above, last + 1] == [int(part) for part in next_one.group(1).split(".")]


def ends_sentence(line: str) -> bool:
    """Whether the line ends with the punctuation that closes a sentence or opens a list."""
    return ENDS_SENTENCE.search(line) is not None


def gap_between(before: str, after: str) -> str:
    """What joins two lines of one paragraph: nothing around Chinese or after a hyphen, else a space."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    if before[-1] == "-" and len(before) > 1 and before[-2].isalnum():
        return ""
    if CJK_END.search(before) and CJK_START.search(after):
        return ""
    return " "


def joined(lines: Iterable[str]) -> str:
    """The lines of one paragraph as one line."""
    text = ""
    for line in lines:
        text += gap_between(text, line) + line
    return text
