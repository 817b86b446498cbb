"""Secrets in a message: one-time passwords, PINs, card security codes, passwords (P09). Only the secret is marked."""

from __future__ import annotations

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


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each secret; ``detail`` is its kind."""
    text = normalise(context.text)
    return tuple(
        Finding("P09", STAGE, Severity.S2, Action.REFUSE, Reason.CREDENTIALS, span, kind)
        for kind, patterns in _KINDS
        for span in patterns.marked(text)
    )
