"""How secrets are told: the words that announce one, what may stand between, and how one looks. Data, no mechanism.

``guardrails.detectors.credentials`` reads this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.patterns import Patterns

KEY = "KEY"  # of a program: whole, and nothing that a person would say

# What may stand between the word and the code: "my OTP code is: 482913", "驗證碼就係 482913".
_LINK = (
    r"(?:[\s:=,，：\-\"'(]|code|number|no\.?|is|was|are|it'?s|the|here|received|got|this|one|sent|"
    r"就|系|是|为|号码|数字|收到|我|的|嘅|个|呢|话|即|:)"
    r"{0,10}"
)
_OTP_WORD = (
    r"(?:\botps?\b|\bone[- ]?time[- ]?(?:password|passcode|code|pin)s?|\b(?:verification|sms|auth\w{0,12}|security|"
    r"login|confirmation|activation|2fa)[- ]codes?\b|驗證碼|驗证码|一次性密碼|一次性密码|短訊碼|短信碼|確認碼|動態密碼|"
    r"動態碼|保安編碼|安全編碼|授權碼)"
)
_DIGITS = Patterns(r"(?P<secret>(?:\b[a-z]{1,3}-)?\d(?:[\s\-.]?\d){2,18})")
_ONE = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_SPELT = Patterns(rf"(?P<secret>[零〇一二三四五六七八九]{{3,8}}|\b{_ONE}(?:[ ,\-]{{1,2}}{_ONE}){{2,7}}\b)")
_LETTERED = Patterns(r"(?P<secret>\b(?:[a-z]{1,9}\d|\d{1,9}[a-z])[a-z0-9]{0,9}\b)")
_WORD = Patterns(r"(?P<secret>[!-~]{4,64})")

OF_SOMETHING_ELSE = Patterns(
    r"^(?:[,.]\d|\s?(?:hkd|hk\$|dollars|rmb|yuan|times|元|蚊|塊|港|年|月|人|%|seconds?|secs?|minutes?|mins?|hours?|days?|digits?|"
    r"秒|分鐘|小時|天|日|位|次))"
)
LEADS_ELSEWHERE = Patterns(
    r"(?:\$|hkd|rmb|¥|港幣)\s?$|\b(?:in|since|by|from|until|year)\s$|"
    r"\b(?:phone|mobile|tel|hotline|call|branch|account|a/c|card no)\b|電話|手機|熱線|分行|戶口|賬戶|卡號"
)
ENDS = Patterns(r"[。！？!?；;\n]|\.\s")
_ORDINARY = (
    r"^\"?(?:wrong|incorrect|not|invalid|expired|locked|blocked|forgotten|lost|reset|being|the|too|in|on|required|safe|"
    r"secure|correct|compromised|stolen|hacked|weak|strong|used|needed|never|always|still|no|a|an|and|or|for|if|"
    r"sent|case|what|working|my|same|different|unknown|known|leaked|exposed|disabled|changed|accepted|rejected|"
    r"refused|protected|how|when|where|why|please|i|we|you|it|to|at|by|so|but|now|asked|visible|shared|good|denied|"
    r"declined|entered|stopped|just|already|only|really)\b"
)


@dataclass(frozen=True)
class Clue:
    """Words that announce a secret of ``kind``, and how one looks.

    ``digits``: fewest and most of a code; None: no code, but a word, and none that looks like ``never``. ``gap`` is all
    that may stand between; None: anything within reach of the words, unless it leads elsewhere. ``sure``: what stands
    so is the secret, whatever follows; else an amount, a time or a count is none.
    """

    kind: str
    words: Patterns
    secret: Patterns
    digits: tuple[int, int] | None = None
    gap: Patterns | None = None
    sure: bool = False
    never: Patterns | None = None


def _whole(gap: str) -> Patterns:
    return Patterns(f"^(?:{gap})$")


LINKED = _whole(_LINK)
_OTP, _PIN, _CVV = (4, 8), (4, 6), (3, 4)
_PIN_WORD = Patterns(
    r"\bpins?\b(?: ?(?:code|number|no\.?))?",
    "(?:提款|取款|櫃員機|理財|(?:電話|手機)(?:理財|銀行)?|atm ?|卡)密碼",
)
_CVV_WORD = Patterns(
    r"\bcvv2?\b|\bcvc2?\b|\bcard security code\b",
    r"\b(?:card )?(?:security|verification) (?:code|number|digits) (?:on|at) the back\b",
    r"\b(?:three|four|3|4)[- ]digits? (?:number |code )?(?:on|at) the back\b|\bnumber on the back\b",
    r"安全碼|保安碼|(?:卡背|背面|卡後|背後|後面)[^\d\n]{0,3}[三四34][個位]",
)

_KEY_WORD = Patterns(
    r"\b(?:api|access|secret|private|client|licen[cs]e|webhook|bearer|auth\w{0,12}|refresh|session)"
    r"[ _-]?(?:keys?|tokens?|secrets?)\b",
    r"\bmy (?:\w{1,12} )?(?:token|secret|key)\b",
    "(?:api|存取|私|存取用)?(?:密鑰|金鑰|密匙|令牌)|api ?(?:key|碼)",
)
_KEY_SHAPES = Patterns(
    r"(?:^|[^a-z0-9])(?P<sk>(?:sk|pk|rk)[-_](?:[a-z]{2,8}[-_]){0,2}[a-z0-9_\-]{16,200})",
    r"(?:^|[^a-z0-9])(?P<forge>(?:gh[pousr]|github_pat|glpat|xox[abeprs]|npm|hf)[-_][a-z0-9_\-]{16,200})",
    r"(?:^|[^a-z0-9])(?P<access>(?:akia|asia)[a-z0-9]{16}|aiza[a-z0-9_\-]{30,60})",
    r"(?:^|[^a-z0-9])(?P<signed>eyj[a-z0-9_\-]{10,200}\.[a-z0-9_\-]{4,200}(?:\.[a-z0-9_\-]{4,200})?)",
)

CLUES = (
    Clue(
        KEY,
        _KEY_WORD,
        Patterns(r"(?P<secret>[a-z0-9][a-z0-9_\-./+=]{15,200})"),
        gap=LINKED,
        never=Patterns(r"^\D*$", r"^\d*$", r"^\["),
    ),
    # A run so long is a key, whatever kind of one it is called: no telephone stands in it.
    Clue(
        KEY,
        Patterns(r"\b(?:tokens?|bearer|keys?|secrets?|sessions?|authorization|credentials?)\b", "令牌|密鑰|金鑰|密匙"),
        Patterns(r"(?P<secret>[a-z0-9][a-z0-9_\-./+=]{23,200})"),
        gap=LINKED,
        never=Patterns(r"^\D*$", r"^\d*$", r"^\["),
    ),
    Clue(
        "OTP",
        Patterns(
            _OTP_WORD,
            r"\b(?:code|number)s? (?:they|you|the bank|it) (?:just )?(?:texted|sent|sms'?e?d|messaged)",
            r"\btoken (?:shows|says|displays)|\bsecurity (?:token|device)",
            "(?:有|收到|個|条|條|先|才)[個个]?碼(?:入|嚟|來|先)|編碼器",
        ),
        _DIGITS,
        _OTP,
    ),
    Clue("OTP", Patterns(_OTP_WORD), _SPELT, gap=LINKED, sure=True),
    Clue("OTP", Patterns(_OTP_WORD), _LETTERED, gap=LINKED, sure=True),
    # Nobody names it a password: the bank texted it, it is "my code", or it is said to have six digits.
    Clue(
        "OTP",
        Patterns(r"\b(?:texted|sms'?e?d|messaged)"),
        _DIGITS,
        _OTP,
        _whole(r"(?: (?:to )?(?:me|us))?(?: (?:the|a|this|code|number|digits?|with)){0,3}:? "),
    ),
    Clue(
        "OTP",
        Patterns(r"\b(?:my|the|this|that|got|received|entered|typed)(?: (?:new|secret|following)| a)? code"),
        _DIGITS,
        _OTP,
        _whole(r"(?: is| was|:|=|,| it'?s){1,2}\s?"),
        sure=True,
    ),
    Clue(
        "OTP",
        Patterns(r"\b(?:my|this|got|received|entered|typed)(?: (?:the|a|this|new))? code"),
        _DIGITS,
        (6, 6),
        _whole(" "),
        sure=True,
    ),
    Clue(
        "OTP",
        Patterns(r"\b(?:four|five|six|seven|eight|[4-8])[- ]digits?(?: (?:code|number|password|pin)s?)?"),
        _DIGITS,
        _OTP,
        _whole(r"(?: is| was|:|,)?\s"),
    ),
    Clue(
        "OTP",
        Patterns(r"[四五六七八4-8]\s?(?:个|位)(?:数字|数|号码|密码|码|字)"),
        _DIGITS,
        _OTP,
        _whole(r"(?:就系|系|是|为|:|,|\s){0,3}"),
    ),
    Clue("OTP", Patterns("短讯|短信|sms|讯息|信息"), _DIGITS, (6, 6), _whole(r"[^\d$]{0,6}")),
    Clue("OTP", Patterns("(?:我|个|组|嘅|的)码"), _DIGITS, _OTP, _whole(r"(?:就系|系|是|:|\s){0,3}"), sure=True),
    Clue("PIN", _PIN_WORD, _DIGITS, _PIN),
    Clue("PIN", _PIN_WORD, _SPELT, gap=LINKED, sure=True),
    Clue("CVV", _CVV_WORD, _DIGITS, _CVV),
    Clue("CVV", _CVV_WORD, _SPELT, gap=LINKED, sure=True),
    Clue(
        "PASSWORD",
        Patterns(r"\b(?:password|passwd|pwd|passcode|passphrase)"),
        Patterns(r"(?P<secret>[!-9;<>-~][!-~]{3,63})"),
        gap=_whole(r"\s{0,2}[:=]\s{0,2}"),
        never=Patterns(r"^\["),
    ),
    Clue(
        "PASSWORD",
        Patterns(r"\bmy (?:\w{1,12} ){0,3}(?:password|passcode|pwd|passphrase)"),
        _WORD,
        gap=_whole(" (?:is|was) "),
        never=Patterns(_ORDINARY, r"^\["),
    ),
    Clue(
        "PASSWORD",
        Patterns(r"\b(?:password|passcode|pwd|passphrase)"),
        _WORD,
        gap=_whole(" (?:is |was )?"),
        never=Patterns(r"^\D*$", r"^.{1,5}$", r"^\["),
    ),
    Clue(
        "PASSWORD",
        Patterns("密碼|登入碼|口令"),
        _WORD,
        gap=_whole(r"\s{0,2}(?:就系|系|是|为|:|=|叫|即系)?\s{0,2}"),
        never=Patterns(r"^(?:\[|pin|otp|sms|app|atm)"),
    ),
    # A word of letters and digits within reach of "password": nobody types one that is not the password itself.
    Clue(
        "PASSWORD",
        Patterns(r"\b(?:password|passcode|passwd|pwd|pw|passphrase)\b", "密碼|口令|登入碼"),
        _WORD,
        never=Patterns(r"^\D*$", "^[^a-z]*$", r"^.{1,5}$", r"@[^@\s]{1,40}\.[a-z]{2}"),
    ),
)
# The word after the code: "482913 is my OTP".
TOLD_BEFORE = (
    (KEY, _KEY_SHAPES),
    (
        "OTP",
        Patterns(
            rf"(?:^|\D)(?P<secret>\d(?:[\s\-.]?\d){{3,7}})\s?(?:is|was|系|是|就系)\s?(?:my|the|我|我个|个|我嘅)?\s?{_OTP_WORD}"
        ),
    ),
)
