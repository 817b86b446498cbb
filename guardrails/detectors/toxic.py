"""Abuse (H04). Anger is answered where it asks something; insults alone get calm words, threats a person."""

from __future__ import annotations

import re

from guardrails.normalise import NormalText, normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_ABUSE = Patterns(
    r"\b(?:f+u+c+k\w{0,5}|fck\w{0,4}|motherf\w{1,8}|bastards?|bitch\w{0,3}|assholes?|arseholes?|dickheads?|cunts?|wankers?|pricks?|scumbags?|morons?|idiots?|imbeciles?|retard(?:s|ed)?|bloody (?:thieves|liars|crooks)|piece of (?:shit|crap|garbage)|bullsh\w{2,6}|go to hell|screw you|stfu|shut up|you (?:suck|stink)|useless (?:bot|robot|machine|idiot\w?|bank|people|staff))\b",
    "仆街|扑街|冚家|屌|撚|柒头|戆鸠|戆居|痴线|黐线|死蠢|蠢材|废柴|垃圾银行|垃圾公司|收皮|食屎|傻逼|煞笔|沙比|脑残|智障|白痴|混蛋|王八蛋|操你|草泥马|他妈的|妈的|狗东西|去死吧|贱人|滚蛋|你老母",
)
# Against who people are: whatever else the message says, somebody looks at it.
_SLURS = Patterns(
    r"\b(?:chinks?|gooks?|niggers?|niggas?|faggots?|pakis?|kikes?|trann(?:y|ies)|spics?|wetbacks?)\b",
    "阿差|支那人|支那猪|死基佬|死残废|死鬼佬|黑鬼|大陆狗|蝗虫|港灿|死人妖|宾妹",
)
_WHOM = r"(?:you|u|ya|all of you|your (?:staff|branch\w{0,2}|office|manager|colleagues?|people|building|bank)|the (?:branch|teller|manager|staff|bank)|him|her|them|someone|somebody|everyone)"
_THREAT = Patterns(
    rf"\b(?:i(?:'m| am)?(?:'ll| will| going to| gonna| shall| want to| would)|we(?:'ll| will)|gonna)\b(?: \w{{1,10}}){{0,3}} (?:kill|shoot|stab|burn|bomb|blow up|hurt|beat up|smash|attack|murder|find|hunt down|torch|set fire to)\b(?: \w{{1,10}}){{0,2}} {_WHOM}\b",
    r"\b(?:you|your staff|they|he|she)(?:'ll| will| are going to| deserve to| should) (?:all )?(?:die|burn|be killed|bleed|pay with your li(?:fe|ves))\b|\bwatch your back\b|\bi know where (?:you|he|she|they) live",
    "(?:我|老子|本人|我哋)(?:就|会|要|一定|一阵|听日|即刻|嚟紧)?.{0,6}(?:斩死|打死|杀死|杀了|杀咗|烧咗|烧了|炸咗|炸了|炸平|砍死|劈死|弄死|搞死|打爆|斩你|杀你|炸你|烧你)(?:你|你哋|你们|个经理|间分行|佢|他|分行|银行)?",
    "(?:睇住嚟|小心啲|小心点|你等着|你哋等住|我知你住边|我知道你住).{0,10}(?:死|命|屋企|家|全家)|(?:要|叫)你(?:哋|们)?(?:全家)?(?:死|唔好过|陪葬)",
)
# What is "killed" without harm to anybody: taken out of the message before a threat is looked for.
_NO_VICTIM = Patterns(
    r"(?:杀|斩|劈|炸|烧)(?:死|掉|咗|了)?(?:我|呢|嗰|这|那|条|埋)?(?:张|个|份|只|隻|条|部)?(?:旧|烂)?(?:信用|扣账|提款|附属|自动增值|自动)?(?:功能|增值|设定|通知|卡|户口|账户|账号|保单|计划|app|程式|订阅|自动转账)(?:\PL|点|怎|先|取消|$)",
)
_ASKS = Patterns(
    r"\?|\b(?:how|what|when|where|which|why|who|can|could|is|are|do|does|did|will|want|need|please|fee|rate|card|account|refund|money|claim|policy|loan|help)\b",
    "？|点|几|边|乜|咩|吗|嘛|怎|什么|哪|为什么|多少|可唔可以|能不能|请|查|费|卡|户口|账户|退|赔|保单|贷款|钱|利率|要|想",
)
_LETTER = re.compile(r"[a-z\u3400-\u9fff]")


def detect(context: RailContext) -> tuple[Finding, ...]:
    """A threat goes to a person; abuse alone is met with calm words; beside a question it is only noted."""
    text = normalise(context.text)
    if _NO_VICTIM.compiled.sub(" ", text.text) in _THREAT:
        return (Finding("H04", STAGE, Severity.S1, Action.HAND_OFF, Reason.ABUSE, detail="THREAT"),)
    found = [(kind, severity) for kind, severity, words in _KINDS if text.text in words]
    if not found:
        return ()
    action = Action.ALLOW if _asks(text) else Action.REFUSE
    reason = None if action is Action.ALLOW else Reason.ABUSE
    return tuple(Finding("H04", STAGE, severity, action, reason, detail=kind) for kind, severity in found)


def _asks(text: NormalText) -> bool:
    """Whether something is asked for beside the abuse."""
    rest = _ABUSE.compiled.sub(" ", _SLURS.compiled.sub(" ", text.text))
    return rest in _ASKS and len(_LETTER.findall(rest)) >= 6


_KINDS = (("SLUR", Severity.S2, _SLURS), ("ABUSE", Severity.S4, _ABUSE))
