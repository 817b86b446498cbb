"""Names that a message introduces ("my name is", 我叫, Mr). A name without introduction is not found: that takes a model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.normalise import NormalText
from guardrails.patterns import Patterns
from knowledge_bases.schema import Span

# The commonest surnames of Hong Kong, so that 我係客戶 ("I am a customer") is no name.
_SURNAMES = (
    "陳李黃張梁林王吳何鄭劉楊葉周曾蔡馮羅鄧許蘇朱蕭馬余郭謝潘趙盧江呂徐杜彭譚鍾廖胡高方葛丁石歐簡莫孔湯龍傅甘孫袁程唐"
    "韓鄺關譚區宋麥崔邱侯曹姚鄒溫尹施洪沈黎凌"
)
_STOP = r"(?=$|[\s,，。.!！?？、;；]|先生|小姐|女士|太太|身份|電話|想|嘅|的|而|同|，)"
_CAPITALS = re.compile(r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)*")
_NAME = Patterns(
    r"\b(?:my (?:full )?name(?: is|'s)|i am called)\s+(?P<full>(?!(?:not|on|wrong|the|misspelt)\b)[a-z][a-z'\-]{1,20}"
    r"(?: (?!(?:and|but|i|my|please|from|here|with|calling|can|want|hkid)\b)[a-z][a-z'\-]{0,20}){1,3})",
    r"\bthis is\s+(?P<caller>[a-z][a-z'\-]{1,20}(?: [a-z][a-z'\-]{1,20}){0,2}) (?:speaking|here|calling)\b",
    r"\bmy name(?: is|'s)\s+(?P<given>(?!(?:not|on|wrong|spelled|missing|incorrect|the|misspelt)\b)[a-z][a-z'\-]{1,20})",
    r"\b(?:mr|mrs|ms|miss|dr|madam)\.?\s(?P<titled>(?!(?:and|or)\b)[a-z][a-z'\-]{1,20}(?: (?=[a-z]{2,20}\b)(?!(?:at|in|on|is|and|for|said|told|from|to|who|was|has|about|can|will)\b)[a-z'\-]{2,20})?)",
    rf"(?:我叫做?|我個名(?:系|叫)|我的名字(?:系|是|叫)|姓名(?:系|是|:|：)?)\s?(?P<called>[{_SURNAMES}][一-鿿]{{1,2}}{_STOP}|[{_SURNAMES}][一-鿿]{{2}}|[a-z][a-z\-]{{1,20}}(?: [a-z][a-z\-]{{1,20}}){{0,2}})",
    rf"(?:我系|我是)(?P<being>[{_SURNAMES}][一-鿿]{{1,2}}){_STOP}",
    rf"(?P<polite>[{_SURNAMES}][一-鿿]{{0,2}})(?:先生|小姐|女士|太太)",
)


def names_in(text: NormalText, original: str) -> Iterator[Span]:
    """Where names stand in ``original``. After a title only what has capitals: "miss a payment" is no one's name."""
    for match in _NAME.compiled.finditer(text.text):
        named = next(name for name, value in match.groupdict().items() if value)
        span = text.original(*match.span(named))
        capitals = _CAPITALS.match(span.slice(original)) if named == "titled" else None
        if capitals:
            yield Span(span.start, span.start + capitals.end())
        elif named != "titled":
            yield span
