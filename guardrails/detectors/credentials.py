"""Secrets in a message: one-time passwords, PINs, card security codes, passwords (P09). Only the secret is marked."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT
READS_RAW = True

# What may stand between the word and the code: "my OTP code is: 482913", "驗證碼就係 482913".
_LINK = (
    r"(?:[\s:=,，：\-\"'(]|code|number|no\.?|is|was|are|it'?s|the|here|received|got|this|one|sent|"
    r"就|系|是|为|号码|数字|收到|我|的|嘅|个|呢|话|即|:)"
    r"{0,10}"
)
_DIGITS = r"\d(?:[\s\-.]?\d)"
_NOT_MONEY = r"(?![,.]\d|\s?(?:hkd|dollars|rmb|yuan|times|元|蚊|块|港|年|人))"
_NUMERALS = r"[零〇一二三四五六七八九]"

_OTP_WORD = (
    r"(?:\botp\b|\bone[- ]?time[- ]?(?:password|passcode|code|pin)s?|\b(?:verification|sms|auth\w{0,12}|security|login|"
    r"confirmation|activation|2fa)[- ]codes?\b|驗證碼|驗证碼|一次性密碼|一次性密码|短訊碼|短信碼|確認碼|動態密碼|"
    r"動態碼|保安編碼|安全編碼|授權碼)"
)
_OTP = Patterns(
    rf"{_OTP_WORD}{_LINK}(?P<secret>(?:[a-z]{{1,3}}-)?{_DIGITS}{{3,7}}(?!\d)|{_NUMERALS}{{4,8}})",
    rf"{_OTP_WORD}{_LINK}(?P<lettered>(?=[a-z0-9]*\d)[a-z0-9]{{4,10}}\b)",
    # Nobody names it a password: the bank texted it, it is "my code", or it is said to have six digits.
    rf"\b(?:texted|sms'?e?d|messaged)(?: (?:to )?(?:me|us))?(?: (?:the|a|this|code|number|digits?|with)){{0,3}}:? (?P<texted>{_DIGITS}{{3,7}}(?!\d)){_NOT_MONEY}",
    rf"\b(?:my|the|this|that|got|received|entered|typed)(?: (?:new|secret|following)| a)? code(?: is| was|:|=|,| it'?s){{1,2}}\s?(?P<called>{_DIGITS}{{3,7}}(?!\d))",
    rf"\b(?:my|this|got|received|entered|typed)(?: (?:the|a|this|new))? code (?P<bare>{_DIGITS}{{5}}(?!\d))",
    rf"\b(?:four|five|six|seven|eight|[4-8])[- ]digits?(?: (?:code|number|password|pin)s?)?(?: is| was|:|,)?\s(?P<counted>{_DIGITS}{{3,7}}(?!\d)){_NOT_MONEY}",
    rf"[四五六七八4-8]\s?(?:个|位)(?:数字|数|号码|密码|码|字)(?:就系|系|是|为|:|,|\s){{0,3}}(?P<places>{_DIGITS}{{3,7}}(?!\d)){_NOT_MONEY}",
    rf"(?:短讯|短信|sms|讯息|信息)[^\d$]{{0,6}}(?P<message>\d{{3}}[\s\-]?\d{{3}}(?![\d,])){_NOT_MONEY}",
    rf"(?:我|个|组|嘅|的)码(?:就系|系|是|:|\s){{0,3}}(?P<mine>{_DIGITS}{{3,7}}(?!\d))",
    rf"(?<!\d)(?P<before>{_DIGITS}{{3,7}})(?!\d)\s?(?:is|was|系|是|就系)\s?(?:my|the|我|我个|个|我嘅)?\s?{_OTP_WORD}",
)
_PIN = Patterns(
    rf"(?:\b(?:atm |card |phone ?banking )?pin\b|提款密碼|櫃員機密碼|理財密碼){_LINK}(?P<secret>{_DIGITS}{{3,5}}(?!\d))",
)
_CVV = Patterns(
    rf"(?:\bcvv2?\b|\bcvc2?\b|\bcard security code\b|安全碼|保安碼|卡背\S{{0,3}}三位|背面\S{{0,3}}三位\S{{0,2}}){_LINK}"
    rf"(?P<secret>{_DIGITS}{{2,3}}(?!\d))",
)
_ORDINARY_WORD = (
    r"(?:wrong|incorrect|not|invalid|expired|locked|blocked|forgotten|lost|reset|being|the|too|in|on|required|safe|"
    r"secure|correct|compromised|stolen|hacked|weak|strong|used|needed|never|always|still|no|a|an|and|or|for|if|"
    r"sent|case|what|working|my|same|different|unknown|known|leaked|exposed|disabled|changed|accepted|rejected|"
    r"refused|protected|how|when|where|why|please|i|we|you|it|to|at|by|so|but|now|asked|visible|shared|good|denied|declined|entered|stopped|just|already|only|really)\b"
)
_PASSWORD = Patterns(
    r"\b(?:password|passwd|pwd|passcode|passphrase)\s{0,2}[:=]\s{0,2}(?P<secret>(?!\[)[!-~]{4,64})",
    rf"\bmy (?:\w{{1,12}} ){{0,3}}(?:password|passcode|pwd|passphrase) (?:is|was) \"?(?!{_ORDINARY_WORD})(?P<said>(?!\[)[!-~]{{4,64}})",
    r"\b(?:password|passcode|pwd|passphrase) (?:is |was )?(?P<mixed>(?=[!-~]{0,40}\d)[!-~]{6,64})",
    r"(?:密碼|登入碼|口令)\s{0,2}(?:就系|系|是|为|:|=|叫|即系)?\s{0,2}(?P<written>(?!\[|pin|otp|sms|app|atm)[!-~]{4,64})",
)
_KINDS = (("OTP", _OTP), ("PIN", _PIN), ("CVV", _CVV), ("PASSWORD", _PASSWORD))

# However it is said: the word for a secret, and within reach of it what looks like one.
_REACH = 26  # characters
_ENDS = Patterns(r"[。！？!?；;\n]|\.\s")
_WORDS = {
    "OTP": Patterns(
        _OTP_WORD,
        r"\b(?:code|number)s? (?:they|you|the bank|it) (?:just )?(?:texted|sent|sms'?e?d|messaged)",
        r"\btoken (?:shows|says|displays)|\bsecurity (?:token|device)",
        "(?:有|收到|個|条|條|先|才)[個个]?碼(?:入|嚟|來|先)|編碼器",
    ),
    "PIN": Patterns(
        r"\bpin\b(?: ?(?:code|number|no\.?))?", "(?:提款|取款|櫃員機|理財|(?:電話|手機)(?:理財|銀行)?|atm ?|卡)密碼"
    ),
    "CVV": Patterns(
        r"\bcvv2?\b|\bcvc2?\b|\b(?:card )?(?:security|verification) (?:code|number|digits) (?:on|at) the back\b",
        r"\b(?:three|four|3|4)[- ]digits? (?:number |code )?(?:on|at) the back\b|\bnumber on the back\b",
        r"安全碼|保安碼|(?:卡背|背面|卡後|背後|後面)[^\d\n]{0,3}[三四34][個位]",
    ),
}
_LENGTHS = {"OTP": (4, 8), "PIN": (4, 6), "CVV": (3, 4)}
_CODE = Patterns(r"(?P<code>\d(?:[\s\-.]?\d){2,9})")
_OF_SOMETHING_ELSE = Patterns(
    r"^(?:[,.]\d|\s?(?:hkd|hk\$|dollars|rmb|yuan|times|元|蚊|塊|港|年|月|人|%|seconds?|secs?|minutes?|mins?|hours?|days?|digits?|"
    r"秒|分鐘|小時|天|日|位|次))"
)
_LEADS_ELSEWHERE = Patterns(
    r"(?:\$|hkd|rmb|¥|港幣)\s?$|\b(?:in|since|by|from|until|year)\s$|"
    r"\b(?:phone|mobile|tel|hotline|call|branch|account|a/c|card no)\b|電話|手機|熱線|分行|戶口|賬戶|卡號"
)
_TELLING = Patterns(r"\b(?:password|passcode|passwd|pwd|pw|passphrase)\b", "密碼|口令|登入碼")
_EMAIL = Patterns(r"@[^@\s]{1,40}\.[a-z]{2}")
_TOKEN = Patterns(r"(?P<token>[!-~]{6,64})")


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each secret; ``detail`` is its kind. No place is marked twice."""
    text = normalise(context.text)
    found = [(kind, span) for kind, patterns in _KINDS for span in patterns.marked(text)]
    for kind, place in (*_codes(text.text), *_passwords(text.text)):
        span = text.original(*place)
        if not any(span.overlaps(other) for _, other in found):
            found.append((kind, span))
    return tuple(
        Finding("P09", STAGE, Severity.S2, Action.REFUSE, Reason.CREDENTIALS, span, kind) for kind, span in found
    )


def _within_reach(text: str, words: Patterns) -> Iterator[tuple[int, str]]:
    """Where the words end, and what follows them in the same sentence."""
    for match in words.compiled.finditer(text):
        after = text[match.end() : match.end() + _REACH]
        end = _ENDS.compiled.search(after)
        yield match.end(), after[: end.start()] if end else after


def _codes(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for kind, words in _WORDS.items():
        fewest, most = _LENGTHS[kind]
        for start, _ in _within_reach(text, words):
            match = _CODE.compiled.search(text[start : start + _REACH + most])
            if match is None or match.start() > _REACH or _ENDS.compiled.search(text[start : start + match.start()]):
                continue
            digits = sum(character.isdigit() for character in match["code"])
            rest = text[start + match.end() : start + match.end() + 12]
            elsewhere = text[start : start + match.start()] in _LEADS_ELSEWHERE or rest in _OF_SOMETHING_ELSE
            if fewest <= digits <= most and not elsewhere and not rest[:1].isdigit():
                yield kind, (start + match.start(), start + match.end())


def _passwords(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """A word of letters and digits within reach of "password": nobody types one that is not the password itself."""
    for start, after in _within_reach(text, _TELLING):
        for match in _TOKEN.compiled.finditer(after + text[start + len(after) : start + len(after) + 40].split(" ")[0]):
            token = match["token"]
            if any(c.isdigit() for c in token) and any(c.isalpha() for c in token) and token not in _EMAIL:
                yield "PASSWORD", (start + match.start(), start + match.start() + len(token.rstrip(",.;:!?)")))
                break
