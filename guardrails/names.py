"""Names that a message introduces ("my name is", 我叫, Mr). A name without introduction is not found: that takes a model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.normalise import NormalText, normalise
from guardrails.patterns import Patterns
from knowledge_bases.schema import Span

# The commonest surnames of Hong Kong, so that 我係客戶 ("I am a customer") is no name.
_SURNAMES = (
    "陳李黃張梁林王吳何鄭劉楊葉周曾蔡馮羅鄧許蘇朱蕭馬余郭謝潘趙盧江呂徐杜彭譚鍾廖胡高方葛丁石歐簡莫孔湯龍傅甘孫袁程唐"
    "韓鄺關譚區宋麥崔邱侯曹姚鄒溫尹施洪沈黎凌"
)
_STOP = r"(?=$|[\s,，。.!！?？、;；]|先生|小姐|女士|太太|身份|電話|想|嘅|的|而|同|，)"
_CAPITALS = re.compile(r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)*")
_TWO_CAPITALS = re.compile(r"[A-Z][a-z'-]+(?: [A-Z][\w'-]+){1,3}")
_WHOSE = (
    "employee|staff member|helper|boss|colleague|friend|client|agent|secretary|husband|wife|partner|spouse|mother|father|"
    "mum|mom|dad|son|daughter|brother|sister|uncle|aunt|grandmother|grandfather|grandma|grandpa|cousin|nephew|niece|"
    "fiance|fiancee|girlfriend|boyfriend|landlord|tenant"
)
_WHOSE_ZH = (
    "媽咪|媽媽|阿媽|媽|母親|爸爸|爹哋|阿爸|老竇|父親|太太|老婆|先生|老公|丈夫|妻子|個仔|個女|仔仔|囡囡|兒子|女兒|大佬|家姐|哥哥|姐姐|"
    "弟弟|妹妹|細佬|爺爺|嫲嫲|婆婆|公公|外婆|外公|奶奶|朋友|同事|員工|僱員|老闆|上司|秘書|女朋友|男朋友|未婚妻|未婚夫|工人"
)
_GOES_ON = r"(?=$|[\s,，。.!！?？、;；]|想|要|會|可|能|唔|不|已|有|在|系|是|今|去|申|過|嘅|的|個|同|而|開|用|個)"
_NO_NAME = ("何时", "何处", "何以", "高兴", "方便", "许可", "马上", "曾经", "温和", "许多", "关于", "万一", "叶片")
# As they are romanised in Hong Kong; those that are English words as well (so, to, long, king) only in capitals.
_ROMANISED = (
    "chan|wong|lee|leung|cheung|lam|ng|ho|chow|lau|cheng|yeung|yip|lai|tsang|kwok|tang|tse|fung|lo|tam|hui|chu|chiu|siu|"
    "mak|kwan|choi|poon|kong|yuen|yu|law|liu|liang|chung|tsui|ip|wu|au|pang|lui|mok|cheuk|szeto|auyeung|au-yeung|tong|"
    "zhang|wang|zhao|huang|zhou|xu|zhu|guo|lin|luo|zheng|xie|tsoi|shum|chui|ko|kan|suen|tso|hung|kam|lok|mui|yau|yung"
)
_SYLLABLE = (
    "tai|man|siu|ming|wai|kit|ka|chi|chun|ching|ho|hoi|hin|hei|kin|kwok|kwong|lai|lam|lok|mei|mui|nga|pui|sau|shuk|sze|"
    "tak|tsz|tung|wing|yan|yee|yi|yin|yuk|yuen|yiu|yu|lung|fai|fung|kei|keung|kam|kuen|lin|ling|oi|ping|shan|sum|wah|wan|"
    "wa|wong|chung|cheuk|him|hang|kai|kiu|leung|mong|shing|suet|sin|yat|yau|ying|lun|pong|nam"
)
_SELF = rf"(?:{_ROMANISED})(?: (?:{_SYLLABLE})\b){{0,2}}"
_IN_HASTE = Patterns(  # without capitals
    rf"\b(?:mr|mrs|ms|miss|dr|madam)\.?\s(?P<surname>{_SELF})\b",
    rf"\b(?:i am|i'm|im|this is|name:|name)\s(?P<self>(?:{_ROMANISED})(?: (?:{_SYLLABLE})\b){{2}})",
)
# Beside a number or an address of mail, with nothing that introduces it: what a form asks for, typed in one line.
_BARE = rf"(?:(?:{_ROMANISED})(?: (?:{_SYLLABLE})){{1,2}}|[{_SURNAMES}][一-鿿]{{1,2}})"
_BESIDE = Patterns(
    rf"^\s{{0,3}}(?P<bare>{_BARE})[\s,:;、/]{{1,3}}(?:\+?\d{{4}}|[a-z0-9._%+\-]{{1,64}}@)",
    rf"\d[\s,:;、/]{{1,3}}(?P<bare_last>{_BARE})\s{{0,3}}$",
    rf"^\s{{0,3}}我姓(?P<family>[{_SURNAMES}])(?:先生|小姐|女士|太太)?[\s,。;、]",
)
_NAME = Patterns(
    r"\b(?:my (?:full )?name(?: is|'s)|i am called)\s+(?P<full>(?!(?:not|on|wrong|the|misspelt)\b)[a-z][a-z'\-]{1,20}"
    r"(?: (?!(?:and|but|i|my|please|from|here|with|calling|can|want|hkid)\b)[a-z][a-z'\-]{0,20}){1,3})",
    r"\bthis is\s+(?P<caller>[a-z][a-z'\-]{1,20}(?: [a-z][a-z'\-]{1,20}){0,2}) (?:speaking|here|calling)\b",
    r"\bmy name(?: is|'s)\s+(?P<given>(?!(?:not|on|wrong|spelled|missing|incorrect|the|misspelt)\b)[a-z][a-z'\-]{1,20})",
    r"\b(?:mr|mrs|ms|miss|dr|madam)\.?\s(?P<titled>(?!(?:and|or)\b)[a-z][a-z'\-]{1,20}(?: (?=[a-z]{2,20}\b)(?!(?:at|in|on|is|and|for|said|told|from|to|who|was|has|about|can|will)\b)[a-z'\-]{2,20}){0,3})",
    rf"\bmy (?:late |former |new |elder |younger |big |little )?(?:{_WHOSE})(?:'s name)?(?:,| is| was| named| called|:)?\s"
    r"(?P<related>[a-z][a-z'\-]{1,20}(?: [a-z][a-z'\-]{1,20}){1,3})",
    rf"我(?:嘅|的|個|家|大|細|二)?(?:{_WHOSE_ZH})(?:叫做?|系|是|,|，|:)?\s?(?P<kin>[{_SURNAMES}][一-鿿]{{1,2}}){_GOES_ON}",
    rf"(?:我叫做?|我個名(?:系|叫)|我的名字(?:系|是|叫)|姓名(?:系|是|:|：)?)\s?(?P<called>[{_SURNAMES}][一-鿿]{{1,2}}{_STOP}|[{_SURNAMES}][一-鿿]{{2}}|[a-z][a-z\-]{{1,20}}(?: [a-z][a-z\-]{{1,20}}){{0,2}})",
    rf"(?:我系|我是)(?P<being>[{_SURNAMES}][一-鿿]{{1,2}}){_STOP}",
    rf"(?P<polite>[{_SURNAMES}][一-鿿]{{0,2}})(?:先生|小姐|女士|太太)",
)


def names_in(text: NormalText, original: str) -> Iterator[Span]:
    """Where names stand in ``original``. After a title or "my friend" only what has capitals, or is a surname of Hong
    Kong: "miss a payment" is no one's name."""
    for match in _NAME.compiled.finditer(text.text):
        named = next(name for name, value in match.groupdict().items() if value)
        span = text.original(*match.span(named))
        capitals = _CAPITALISED.get(named)
        if capitals is not None:
            found = capitals.match(span.slice(original))
            if found:
                yield Span(span.start, span.start + found.end())
        elif not match[named].startswith(_NO_NAME):
            yield span
    yield from _IN_HASTE.marked(text)
    yield from (span for span in _BESIDE.marked(text) if not normalise(span.slice(original)).text.startswith(_NO_NAME))


_CAPITALISED = {"titled": _CAPITALS, "related": _TWO_CAPITALS}
