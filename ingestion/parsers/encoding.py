"""Bytes of a text file to characters, or a clear no."""

from __future__ import annotations

import codecs

from ingestion.errors import UnreadableFile
from ingestion.parsers.format import Source

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHINESE = ("big5hkscs", "gb18030")
# The commonest characters of written Chinese, traditional and simplified: wrong decoding hardly ever yields them.
COMMON = frozenset("的是不在有及或為之於以人中一個可按及款年月日保本行閣下戶口為于款为个请請時时險险金額额費费用")
SAMPLE = 65_536
GLANCE = 4_096  # bytes: files of other kinds mostly show themselves here
TEXT_BYTES = bytes(byte for byte in range(256) if byte >= 32 or 9 <= byte <= 13 or byte == 27)


def looks_like_text(raw: bytes) -> bool:
    """Whether the first bytes can be text: a byte order mark, or no control bytes but tabs and line ends."""
    if any(raw.startswith(mark) for mark, _ in MARKS):
        return True
    start = raw[:GLANCE]
    if 0 not in start and start.translate(None, TEXT_BYTES):
        return False
    if 0 in start[0::2] and 0 in start[1::2]:  # in UTF-16 without a mark they keep to one side
        return False
    head = raw[:SAMPLE]
    if 0 in head:  # a zero byte is a control byte, but in UTF-16: most files of other kinds need no closer look
        return bool(_without_mark(head))
    return not head.translate(None, TEXT_BYTES)


def decode(source: Source) -> str:
    """The characters of ``source``: UTF-8, UTF-16, or else the Chinese encoding that reads best.

    Raises:
        UnreadableFile: the bytes are in none of these encodings.
    """
    for name in _candidates(source.raw):
        try:
            return source.raw.decode(name)
        except UnicodeDecodeError:
            continue
    readings = [reading for name in CHINESE if (reading := _reading(source.raw, name)) is not None]
    if not any(map(_familiarity, readings)):  # no common character at all: the bytes are something else
        raise UnreadableFile(source.name, "its text is in no known encoding", "save it as UTF-8 and upload it again")
    return max(readings, key=_familiarity)


def _candidates(raw: bytes) -> tuple[str, ...]:
    marked = tuple(name for mark, name in MARKS if raw.startswith(mark))
    return marked or _without_mark(raw) or ("utf-8",)


def _without_mark(raw: bytes) -> tuple[str, ...]:
    """UTF-16 saved without its mark shows in ASCII characters: every second byte is zero."""
    head = raw[:SAMPLE]
    half = len(head) // 2
    if head.count(0) <= 0.6 * half:
        return ()
    if half and head[1::2].count(0) > 0.6 * half and not head[0::2].count(0):
        return ("utf-16-le",)
    if half and head[0::2].count(0) > 0.6 * half and not head[1::2].count(0):
        return ("utf-16-be",)
    return ()


def _reading(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None


def _familiarity(text: str) -> float:
    return sum(character in COMMON for character in text[:SAMPLE]) / max(1, len(text[:SAMPLE]))
