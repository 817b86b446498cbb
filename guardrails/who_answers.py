"""A question of who writes here, a person or a machine, and nothing else: it wishes for neither."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns

_OPENS = r"^\W{0,12}(?:(?:hi|hello|hey|so|wait|sorry|ok|excuse me|tell me|but|and|請問|喂|你好|咁|其實)\W{1,6}){0,3}"
_CLOSES = r"\W{0,12}$"
_KIND = (
    r"(?:an? )?(?:real |actual |live |living |human )?"
    r"(?:human(?: being)?|person|people|robot|(?:chat ?)?bot|ai|machine|computer|program|software|real|human agent)"
)
_KINDS = rf"{_KIND}(?: or (?:just |only )?{_KIND})?(?: (?:here|there|please))?"
_KIND_ZH = "(?:一?個)?(?:真人|真嘅人|真的人|活人|人|機械人|機器人|人工智能|ai|電腦|機器|bot|robot|程式|客服)"
_KINDS_ZH = f"{_KIND_ZH}(?:(?:定係?|還是|抑或|或者?)(?:係|是)?{_KIND_ZH})?"
_IS_ZH = "(?:到底|究竟)?(?:係唔係|係咪|係|是不是|是否|是)"
_ENDS_ZH = "(?:嚟|來)?[㗎嘅的呀啊嗎呢嘛喇]{0,3}"
_ASKED = Patterns(
    rf"{_OPENS}(?:are|r) (?:you|u) (?:really |actually |just |only )?{_KINDS}{_CLOSES}",
    rf"{_OPENS}(?:is|was) (?:this|that|it) (?:really |actually |just )?{_KINDS}{_CLOSES}",
    rf"{_OPENS}am i (?:really )?(?:talking|speaking|chatting|writing|texting) (?:to|with) {_KINDS}{_CLOSES}",
    rf"{_OPENS}who am i (?:talking|speaking|chatting|writing) (?:to|with){_CLOSES}",
    rf"{_OPENS}(?:who|what) (?:are|r) (?:you|u){_CLOSES}",
    f"{_OPENS}(?:你哋?|你們|您|呢度|這裡|對面){_IS_ZH}{_KINDS_ZH}{_ENDS_ZH}{_CLOSES}",
    f"{_OPENS}我?(?:而家|現在)?{_IS_ZH}(?:同|跟|和)緊?{_KINDS_ZH}(?:傾偈|傾緊偈|傾緊|對話|聊天|說話|講緊嘢){_ENDS_ZH}{_CLOSES}",
    f"{_OPENS}(?:你|您)(?:係|是)(?:邊個|誰|咩嚟|什麼){_ENDS_ZH}{_CLOSES}",
)


def asks_who_answers(text: str) -> bool:
    """Whether ``text`` asks whether a person or a machine writes here, and asks nothing else."""
    return normalise(text).text in _ASKED
