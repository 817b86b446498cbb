"""Splits a paragraph into sentences, in English and in Chinese.

A full stop ends a sentence only where a new one can begin; "HK$1.5", "No. 5", "e.g.", "6.3" and "9 a.m." do not end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ingestion.parsers.labels import LABEL

END = re.compile(r"[.!?][\"'”’)\]]*(?:\d{1,2})?\s+(?=[\"'“‘(\[]*[A-Z0-9\u2e80-\u9fff])|[。！？!?]+[」』”’）)]*(?=.)")
HALF = re.compile(r";(?:\s+(?:and|or)\b)?\s+(?=\S)|；(?:[及或](?=[(（]))?(?=.)")
ABBREVIATION = re.compile(
    r"(?:\b(?:No|Nos|Mr|Mrs|Ms|Dr|St|Co|Ltd|Inc|Corp|Cap|Art|Sch|Sec|Fig|Ref|Tel|Ext|Para|para|cl|vs|viz|cf|etc|approx|"
    r"max|min|e\.g|i\.e|p\.a|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z]|\bss?|\bpp?)$"
)
NAMED_LETTER = re.compile(
    r"\b(?:Plan|Part|Class|Table|Section|Annex|Appendix|Schedule|Type|Option|Category|Tier|Group) [A-Z]$"
)
TIME_OF_DAY = re.compile(r"\b[ap]\.m$")
VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|will|would|may|might|must|shall|should|can|cannot|could|do|does|did|has|have|had|means?|"
    r"appl(?:y|ies)|includes?|pays?|covers?|gives?|makes?|takes?|runs?|see|call|keep|check|read|report|send|use|ask|tell|"
    r"contact|please|not?|yes|never)\b",
    re.IGNORECASE,
)
LONGEST_TITLE = 70
OPENS = re.compile(r"(?:The|An?|If|We|You|Your|This|These|It|In|For|Please|Any|All|When|After|On|No|Our|Each)\b")
LONG_LATIN = 400
LONG_CHINESE = 150
IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")

Range = tuple[int, int]


def sentences(text: str) -> list[Range]:
    """Half-open ranges of the sentences of ``text``, without blanks around them; none for blank text.

    A sentence of more than 400 characters (150 in Chinese) is split at its semicolons as well.
    """
    whole = _trimmed(text, 0, len(text))
    return [part for sentence in _cut(text, whole, _ends(text)) for part in _halves(text, sentence)] if whole else []


def _ends(text: str) -> list[int]:
    label = LABEL.match(text)
    first = label.end() if label else 0
    ends = [found.end() for found in END.finditer(text) if found.start() >= first and _closes(text, found)]
    return ends[1:] if label and ends and _is_title(text[first : ends[0]]) else ends


def _is_title(words: str) -> bool:
    """Whether a clause opens with a title on its own line of thought ("3.4 Benefit 3, evacuation."): no verb in it."""
    return len(words) <= LONGEST_TITLE and words.isascii() and VERB.search(words) is None and "?" not in words


def _closes(text: str, found: re.Match[str]) -> bool:
    if found.group()[0] != ".":
        return True
    before, after = text[: found.start()], text[found.end() :]
    if TIME_OF_DAY.search(before):
        return OPENS.match(after) is not None
    return NAMED_LETTER.search(before) is not None or ABBREVIATION.search(before) is None


def _halves(text: str, sentence: Range) -> Iterator[Range]:
    words = text[sentence[0] : sentence[1]]
    limit = LONG_CHINESE if len(IDEOGRAPH.findall(words)) * 2 > len(words) else LONG_LATIN
    ends = [sentence[0] + found.end() for found in HALF.finditer(words)] if len(words) > limit else []
    yield from _cut(text, sentence, ends)


def _cut(text: str, whole: Range, ends: list[int]) -> Iterator[Range]:
    marks = [whole[0], *(end for end in ends if whole[0] < end < whole[1]), whole[1]]
    for start, end in pairwise(marks):
        part = _trimmed(text, start, end)
        if part:
            yield part


def _trimmed(text: str, start: int, end: int) -> Range | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
