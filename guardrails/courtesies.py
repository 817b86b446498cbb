"""Greetings and thanks: what a message says to be polite, alone or around what it asks."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns

_THANKS = (
    r"(?:(?:ok(?:ay)?|great|perfect|awesome|got it|all right|alright|no)[ ,.!]{1,3})?"
    r"(?:(?:many )?thanks|thank (?:you|u)|thankyou|thx|cheers)(?: (?:so|very) much| a lot| a million| again)?"
    r"(?: for (?:(?:your|the|all|this|that|you|of) ){0,2}"
    r"(?:help|information|info|answer|reply|time|assistance|support))?\b"
)
_THANKS_CHINESE = (
    "(?:(?:好的?|明白|收到|知道)[呀啊喇啦了咗]?[ ,.!]{0,3})?"
    "(?:十分|非常|真係|真的)?(?:多謝|謝謝|感謝|感激|唔該|謝)[晒曬哂]?(?:你哋|你們|你|您)?[的嘅]?(?:幫忙|幫助|協助|解答|回覆|回答)?"
)
_ENGLISH = (
    r"(?:hi+|hello+|hey+|hiya|howdy|greetings)(?: (?:there|all|everyone|team|again|candour|bot|sir|madam))?\b",
    r"(?:a )?(?:very )?good (?:morning|afternoon|evening|day|night)\b|morning\b|afternoon\b|evening\b",
    r"(?:how are you(?: doing)?(?: today)?|how(?:'s| is) it going|what'?s up|how do you do|nice to meet you)\b",
    _THANKS,
    r"(?:much appreciated|i appreciate it|bye(?: bye)?|goodbye|see you|"
    r"have a (?:nice|good|great) (?:day|evening|weekend))\b",
)
_CHINESE = (
    "(?:大家|你哋|你們|你|您)好嗎?|哈囉|哈佬|哈嘍|嗨|喂|早晨|早安|午安|晚安|(?:早上|上午|中午|下午|晚上)好|早|(?:在|喺度)(?:嗎|咩)",
    _THANKS_CHINESE,
    "辛苦[晒曬了]?[你您]?了?|再見|拜拜",
)
_PARTICLE = "[呀啊啦喇哦喔呢吖嘞哈]{0,3}"
_BETWEEN = r"[^\pL\pN]{0,12}"  # blanks, marks, emoji: whatever is no letter of any script
_MOST = 6  # courtesies in one message; bounded, so that matching stays linear in its length

_ONE = rf"(?:{'|'.join((*_ENGLISH, *_CHINESE))}){_PARTICLE}"
_THANKED = Patterns(_THANKS, _THANKS_CHINESE)
_COURTESY = Patterns(rf"^{_BETWEEN}(?:{_ONE}{_BETWEEN}){{1,{_MOST}}}$")
# Around a question a blank or a mark sets a courtesy apart; what only a question follows stands by itself.
_APART = r"[^\pL\pN]{1,12}"
_ASKS = "(?:我?想請?問|請問)(?:你哋|你們|你|您)?(?:一?下)?"
_OPENS = Patterns(
    rf"^{_BETWEEN}(?:{_ONE}{_APART}){{0,{_MOST}}}{_ASKS}{_BETWEEN}",
    rf"^{_BETWEEN}(?:{_ONE}{_APART}){{1,{_MOST}}}",
)
_CLOSES = Patterns(rf"(?:{_APART}{_ONE}){{1,{_MOST}}}{_BETWEEN}$")
_ENDS = frozenset(".!?。！？")  # a question's own


def is_courtesy(text: str) -> bool:
    """Whether ``text`` greets or thanks, and does nothing else."""
    return normalise(text).text in _COURTESY


def thanks(text: str) -> bool:
    """Whether ``text`` thanks, and does nothing else but perhaps greet."""
    normal = normalise(text).text
    return normal in _COURTESY and normal in _THANKED


def beside_courtesies(text: str) -> str:
    """``text`` without the greetings and thanks that it opens and closes with; all of it where nothing else is left."""
    normal = normalise(text)
    opens, closes = _OPENS.first(normal), _CLOSES.first(normal)
    start, end = opens.end if opens else 0, closes.start if closes else len(text)
    while end < len(text) and text[end] in _ENDS:
        end += 1
    return text[start:end].strip() or text
