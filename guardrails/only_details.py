"""A message of personal details and nothing else, once they are masked: a telephone number, a name, "my e-mail is …".

It asks nothing of the documents, and its tokens must not be read as words: to a judge of orders ``QQ: [SOCIAL]`` looks
like a template.
"""

from __future__ import annotations

from guardrails.courtesies import beside_courtesies
from guardrails.normalise import normalise
from guardrails.patterns import Patterns

_MASKED = r"\[[a-z_]{2,12}\]"
_LABEL = (
    r"(?:(?:my|mine|the|his|her|full|sur|given|first|last|family|phone|mobile|cell|tel|telephone|contact|home|office|"
    r"number|no|num|whatsapp|we ?chat|weixin|telegram|signal|line|instagram|ig|facebook|qq|skype|e-?mail|mail|address|"
    r"id|hkid|card|account|acct|a/c|iban|policy|member|passport|identity|document|name|named|called|date|of|birth|dob|"
    r"birthday|born|is|are|was|it|its|this|here|i|am|im|and|or|at|on|mr|mrs|ms|miss|dr|madam|sir|speaking|api|key|"
    r"secret|access|token|password|otp|pin|cvv|code|user|username|handle)\b)"
)
_LABEL_ZH = (
    "(?:我|本人|姓|個|的|嘅|係|是|叫做?|名|姓名?|名字|中文|英文|電話|手機|手提|聯絡|號碼?|微信|微訊|電郵|郵箱|電子|郵件|地址|住址|住|喺|在|"
    "身份證|身分證|證件|護照|戶口|賬戶|帳戶|賬號|帳號|卡|信用|保單|編號|成員|出生|日期|生日|先生|小姐|女士|太太|同埋?|和|及|即|就|密碼|"
    "驗證碼|密鑰|金鑰)"
)
_BETWEEN = r"[^\pL\pN\[\]]{0,6}"
_MOST = 24  # words and tokens; bounded, so that matching stays linear
_DETAILS = Patterns(rf"^{_BETWEEN}(?:(?:{_LABEL}|{_LABEL_ZH}|{_MASKED}){_BETWEEN}){{1,{_MOST}}}$")
_HAS_MASKED = Patterns(_MASKED)


def only_details(masked: str) -> bool:
    """Whether ``masked`` holds tokens of what was masked, words that name them, and nothing else but courtesies."""
    text = normalise(beside_courtesies(masked)).text
    return text in _HAS_MASKED and text in _DETAILS
