"""Personal data in a message (P11): identity numbers, cards, telephones, accounts, passports, e-mail, addresses, names.

Numbers are found in digits or spelt out (``guardrails.spelt_digits``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guardrails.checkdigits import hkid_is_valid, iban_is_valid, luhn_is_valid
from guardrails.names import names_in
from guardrails.normalise import NormalText, normalise
from guardrails.patterns import Patterns
from guardrails.spelt_digits import in_rows
from guardrails.types import Action, Finding, RailContext, Severity, Stage
from knowledge_bases.schema import Span

STAGE = Stage.INPUT
READS_RAW = True

_GAP = r"[\s\-._·]{0,2}"
_ASIDE = r"(?:[\s:=#,，：\-]|no\.?|number|is|was|系|是|为|号码|号|就|我|的|嘅){0,8}"

# The bracket of an identity number, written out: "A123456 bracket 3".
_BRACKET = r"(?:(?:in |open )?(?:brackets?|parenthes[ie]s)|(?:with )?check digit(?: is)?|括[號弧](?:入面|裏面|裡面|內)?(?:係|是)?)"
_HKID = Patterns(
    rf"(?<![a-z0-9])(?P<hkid>[a-z]{{1,2}}{_GAP}\d(?:{_GAP}\d){{5}}{_GAP}(?P<written>\(|{_BRACKET})?\s?[0-9a]\s?\)?)(?![a-z0-9])"
)
_HKID_WORD = Patterns(
    r"\bhkid\b|\bhkic\b|\bmy id\b|\bid (?:card|number|no)\b",
    r"\bidentity (?:card|number)",
    "身份證",
    "身分證",
    "證件號",
)
_FOREIGN_ID = Patterns(
    r"(?<!\d)(?P<mainland>\d{6}(?:19|20)\d{9}[\dx])(?!\d)",
    rf"(?:\bssn\b|\bsocial security\b|\bnational id\b|\bid number\b|身份證|身分證|居民證){_ASIDE}(?P<named>\d(?:[\s\-]?\d){{7,17}}x?)(?!\d)",
)
_CARD = Patterns(rf"(?<![\d.,])(?P<card>\d(?:{_GAP}\d){{12,18}})(?!\d|,\d)")
_ACCOUNT = Patterns(
    rf"(?:\baccount\b|\ba/?c\b|\bacct\b|\biban\b|戶口|賬戶|帳戶|賬號|帳號|保單號碼|保單編號|\bpolicy (?:no\.?|number)|成員編號){_ASIDE}"
    r"(?P<account>(?=[a-z0-9\- ]{0,8}\d{3})[a-z]{0,4}-?\d[\d\- ]{4,22}\d)(?!\d)",
    rf"(?:保單|\bpolicy\b){_ASIDE}(?P<policy>[a-z]{{1,4}}-?\d{{5,12}}(?:-\d{{1,8}}){{0,3}})",
    r"(?<![\d\-])(?P<grouped>\d{3}-\d{3}-\d{6}(?:-\d{3})?|\d{3}-\d{6}-\d{3}|\d{3}-\d-\d{5,6}(?:-\d)?)(?![\d\-])",
    r"(?:^|[^\d.,\-+$¥])(?P<bare>\d{9,14})(?:$|[^\d.,\-元蚊万])",  # amounts so long are written with commas
)
_IBAN = Patterns(r"\b[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,3})?\b")
_IBAN_WORD = Patterns(r"\biban\b")
_PASSPORT_WORD = r"(?:\bpassports?\b|\btravel documents?\b|護照|旅行證件|回鄉證|通行證|台胞證|臺胞證)"
_PASSPORT = Patterns(rf"{_PASSPORT_WORD}{_ASIDE}(?P<passport>[a-z]{{0,2}}\d{{6,10}})(?!\d)")
_TRAVELS = Patterns(_PASSPORT_WORD)
_DOCUMENT = Patterns(r"(?<![a-z0-9])(?P<document>[a-z]{1,2}[2-9]\d{7})(?![\d\-])")  # whole: no telephone after a letter
_FURTHER = Patterns(r"(?<![a-z0-9])(?P<document>[a-z]{1,2}\d{7,9})(?![\d\-])")
_SOCIAL = Patterns(
    r"\b(?:we ?chat|telegram|instagram|line|signal)(?: (?:id|account|name|no\.?|number))?(?: is)?[\s:=]{1,3}"
    r"(?P<handle>@?[a-z](?=[a-z0-9_.\-]{0,19}[0-9_])[a-z0-9_.\-]{4,19})",
    r"(?:微信號?|微訊|wechat ?(?:號|id)?)(?:id|系|是|为|:|\s){0,4}(?P<named>[a-z](?=[a-z0-9_\-]{0,19}[0-9_])[a-z0-9_\-]{5,19})",
    r"(?:\bqq(?: ?(?:number|no\.?|號))?)(?:系|是|is|:|\s){0,3}(?P<qq>\d{5,11})(?!\d)",
)
_MAIL_AT = r"(?:\s?(?:\(at\)|\[at\])\s?|\sat\s)"
_MAIL_DOT = r"(?:\s?(?:\(dot\)|\[dot\]|點)\s?|\sdot\s)"
_MAIL_NAME = rf"[a-z0-9][a-z0-9._%+\-]{{0,63}}(?:{_MAIL_DOT}[a-z0-9._\-]{{1,32}}){{0,3}}"
_PROVIDER = r"(?:gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|live|msn|proton|protonmail|netvigator|qq|163|126)"
_EMAIL = Patterns(
    rf"(?P<spoken>{_MAIL_NAME}(?:{_MAIL_AT}|\s?@\s?)[a-z0-9\-]{{1,62}}(?:{_MAIL_DOT}[a-z]{{2,24}}){{1,3}})\b",
    rf"(?P<half>{_MAIL_NAME}(?:{_MAIL_AT}|\s@\s?|@\s){_PROVIDER}(?:\.[a-z]{{2,12}}){{1,2}})\b",
    r"(?P<email>[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9][a-z0-9\-]{0,62}(?:\.[a-z0-9\-]{2,24}){1,3})",
)
_MONEY = r"(?:hk\$|us\$|\$|hkd|usd|rmb|cny|eur|gbp|jpy|¥|£|€|港幣|港元|人民幣|美元)\s?"
_PHONE = Patterns(
    r"(?<![\d.,\-])(?P<hongkong>(?:\(?\+?\(?852\)?[\s\-]?)?[2-9]\d{3}[\s\-]?\d{4})(?![\d\-]|[.,]\d|\s?(?:元|港元|蚊|萬|dollars|hkd))",
    r"(?<![\d.])(?P<abroad>(?:\+|\b00)\d{1,3}(?:[\s\-.()]{0,2}\d){7,12})(?!\d)",
    r"\b(?:phone|tel|telephone|mobile|cell|whatsapp|call me|reach me|contact me|text me)\b[^\d+(]{0,16}"
    r"(?P<stated>[+(]{0,2}\d(?:[\s\-.()x]{0,2}\d){6,14})(?!\d)",
    rf"(?:電話|手機|手提|打畀我|致電我){_ASIDE}(?P<told>[+(]{{0,2}}\d(?:[\s\-()]{{0,2}}\d){{6,14}})(?!\d)",
)
_AMOUNT_BEFORE = Patterns(rf"{_MONEY}$")
_DATE = Patterns(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_BIRTH = Patterns(
    rf"(?:\bdate of birth\b|\bdob\b|\bborn(?: on)?\b|\bbirthday\b|出生日期|生日){_ASIDE}"
    r"(?P<birth>\d{1,4}[\s./\-年]\s?(?:\d{1,2}|[a-z]{3,9})[\s./\-月]\s?\d{1,4}日?|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9},? \d{4}|[a-z]{3,9} \d{1,2},? \d{4})",
    r"(?P<before>\d{4}[\-/年]\d{1,2}[\-/月]\d{1,2}[日号]?|\d{1,2}/\d{1,2}/\d{4})[\s(]{0,2}(?:出生|出世|生(?:[,。\s]|$)|\bborn\b)",
)
_ADDRESS = Patterns(
    r"\b(?P<flat>(?:flat|room|rm|unit|suite|apt)\.?\s?[0-9a-z]{1,5},?\s[^\n。]{0,20}\d{1,3}\s?/?\s?f(?:loor)?\b[^\n。?!]{0,80})",
    r"\b(?:my address|i live|i moved|living|address|mail(?:ed)? (?:it )?to|send (?:it )?to)(?: is| at| to|:)?\s{0,2}"
    r"(?P<street>\d{1,5}[a-z]?,? [a-z][a-z'\-]{1,20}(?: [a-z'\-]{2,20}){0,3} (?:road|street|avenue|lane|rd|st|ave|drive|terrace|path)\b[^\n?!]{0,60})",
    r"(?:住址|地址|住喺|住在|我住|寄去|寄到)(?:系|是|为|:|：|\s){0,3}"
    r"(?P<told>[^\s，。？?！,]{0,20}(?:道|街|路|里|徑|苑|邨|村|大廈|花園|閣|座|城)[^\s，。？?！]{0,6}\d[^，。？?！\n我]{0,24})",
    r"\b(?P<tower>(?:flat|room|unit|suite|apt)\.?\s?[0-9a-z]{1,5},\s[^\n。?!]{0,60}\b(?:road|street|avenue|lane|drive|terrace|path|square|estate)\b(?:, [a-z]{2,12}(?: [a-z]{2,12}){0,2})?)",
    r"(?P<estate>[一-鿿]{2,8}(?:邨|苑|花園|大廈|閣|廣場|城)[一-鿿]{0,4}\d{1,3}座(?:\d{1,3}(?:樓|層))?[0-9a-z一-鿿]{0,4}室?)",
    r"(?P<block>[一-鿿]{2,8}(?:邨|苑|花園|大廈|閣|廣場|街|道)[一-鿿0-9a-z]{0,10}\d{1,3}(?:樓|層|/f)[0-9a-z一-鿿]{0,6}室?)",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each piece of personal data; ``detail`` is its kind. The institution's own contact is none."""
    text = normalise(context.text)
    spans = [(kind, span) for kind, find in (*_NUMBERS, *_OTHERS) for span in find(text, context)]
    spelt = in_rows(text)
    if spelt is not None:
        spans += [(kind, span) for kind, find in _NUMBERS for span in find(spelt, context)]
    return tuple(
        Finding("P11", STAGE, Severity.S3, Action.REWRITE, None, span, kind) for kind, span in dict.fromkeys(spans)
    )


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _hkids(text: NormalText, context: RailContext) -> Iterator[Span]:
    """Valid check digit, or written as one (in brackets, or beside the word): a mistyped number is still someone's."""
    named = text.text in _HKID_WORD
    for match in _HKID.compiled.finditer(text.text):
        written = match["hkid"].replace(match["written"] or "(", "")
        characters = [c for c in written if c.isalnum()]
        letters = 2 if characters[1].isalpha() else 1
        valid = hkid_is_valid("".join(characters[:letters]), "".join(characters[letters:-1]), characters[-1])
        if valid or named or match["written"]:
            yield text.original(*match.span("hkid"))


def _cards(text: NormalText, context: RailContext) -> Iterator[Span]:
    """Sixteen digits are masked even when mistyped; other lengths only where the check digit holds."""
    for match in _CARD.compiled.finditer(text.text):
        digits = _digits(match["card"])
        if len(digits) == 16 or luhn_is_valid(digits):
            yield text.original(*match.span("card"))


def _phones(text: NormalText, context: RailContext) -> Iterator[Span]:
    own = _digits(context.institution.contact.phone)[-8:]
    for match in _PHONE.compiled.finditer(text.text):
        digits = _digits(match[0])
        money = text.text[max(0, match.start() - 6) : match.start()] in _AMOUNT_BEFORE
        if not money and digits not in _DATE and digits[-8:] != own:
            named = next(name for name, value in match.groupdict().items() if value)
            yield text.original(*match.span(named))


def _ibans(text: NormalText, context: RailContext) -> Iterator[Span]:
    """The longest that its check digits bear out; beside the word IBAN also a mistyped one, but no words after it."""
    for match in _IBAN.compiled.finditer(text.text):
        groups = [match.start() + place for place, c in enumerate(match[0]) if c in " -"]
        ends = [match.end(), *reversed(groups)]
        valid = next((end for end in ends if iban_is_valid(_alphanumeric(text.text[match.start() : end]))), None)
        if valid is None and text.text in _IBAN_WORD:
            valid = next(end for end in ends if text.text[end - 1].isdigit())
        if valid is not None:
            yield text.original(match.start(), valid)


def _alphanumeric(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _passports(text: NormalText, context: RailContext) -> Iterator[Span]:
    """Beside the word, and where there is one, every further number that looks like it."""
    yield from _PASSPORT.marked(text)
    if text.text in _TRAVELS:
        yield from _FURTHER.marked(text)


def _documents(text: NormalText, context: RailContext) -> Iterator[Span]:
    if text.text not in _TRAVELS:
        yield from _DOCUMENT.marked(text)


def _emails(text: NormalText, context: RailContext) -> Iterator[Span]:
    own = context.institution.contact.email.lower()
    for match in _EMAIL.compiled.finditer(text.text):
        if match["email"] != own:
            yield text.original(*match.span())


def _marked_by(patterns: Patterns) -> Callable[[NormalText, RailContext], Iterator[Span]]:
    return lambda text, context: iter(patterns.marked(text))


_Finder = Callable[[NormalText, RailContext], Iterator[Span]]
_NUMBERS: tuple[tuple[str, _Finder], ...] = (
    ("HKID", _hkids),
    ("ID", _marked_by(_FOREIGN_ID)),
    ("ID", _documents),
    ("CARD", _cards),
    ("ACCOUNT", _marked_by(_ACCOUNT)),
    ("PASSPORT", _passports),
    ("PHONE", _phones),
)
_OTHERS: tuple[tuple[str, _Finder], ...] = (
    ("ACCOUNT", _ibans),
    ("EMAIL", _emails),
    ("SOCIAL", _marked_by(_SOCIAL)),
    ("BIRTH_DATE", _marked_by(_BIRTH)),
    ("ADDRESS", _marked_by(_ADDRESS)),
    ("NAME", lambda text, context: names_in(text, context.text)),
)
