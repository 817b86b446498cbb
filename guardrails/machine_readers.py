"""Words in a passage that are meant for a machine which reads it. A document of a bank speaks to people.

Beside ``guardrails.document_orders``, which knows orders by what they order: here an order is known by whom it speaks
to, whatever it wants. Used where passages are found and quoted; what a parse says of its document does not hang on it.
"""

from __future__ import annotations

import unicodedata

from guardrails.document_orders import OTHER_SCRIPT, order_in
from guardrails.normalise import fold, normalise
from guardrails.patterns import Patterns

_MACHINE = r"(?:ai|ai (?:system|model|assistant|agent|tool)s?|bots?|chat ?bots?|llms?|(?:large )?language models?|(?:virtual|digital|automated) assistants?|assistants?|copilots?|gpt)"
_READING = r"(?:reading|reads?|handling|handles?|processing|process|processes|indexing|index|indexes|parsing|parses?|summari[sz]ing|summari[sz]es?|ingesting|ingests?|scanning|scans?|screening|screens?|seeing|sees?)"
_ZH_MACHINE = "(?:ai|人工智能|智能體|大?語言模型|大模型|模型|聊天機械?器?人|機器人|智能助[手理]|助手)"
_ZH_READING = "(?:讀到|讀取|閱讀|讀|睇到|睇|看到|看|處理|見到|掃描|收錄)"
_ZH_THIS = "(?:本|此|呢|這)"

_SPOKEN_TO = Patterns(
    rf"\b{_MACHINE} (?:that |which |who )?(?:is |are |may be )?{_READING} (?:this|these|it)\b",
    rf"\b(?:p\.?s\.?|notes?|message|memo|instructions?|hint|attention|heads.up)[ :,]{{1,2}}(?:to|for) (?:any|all|every|the|whichever|our|your) (?:\w{{1,16}} ){{0,2}}{_MACHINE}\b",
    rf"\b{_MACHINE} (?:note|instruction|directive|override|command)s?\s?[=:]",
    r"(?:^|[\n.!?。；;>*\[(])\s{0,3}(?:system|assistant|ai|bot)\s?[:：=].{0,120}(?:\b(?:tell|answer|reply|respond|say|recommend|ignore|approve|mark|set|inform|quote|promise|reveal|send)\b|告訴|話俾|回答|回覆|推薦|批准|忽略)",
    rf"\b(?:if|when|should) (?:you are|you're|this is (?:being )?read by|read by|processed by) (?:an? )?{_MACHINE}\b",
    r"\bmachine.readable (?:instruction|directive|order)s?\b",
    f"{_ZH_MACHINE}.{{0,8}}{_ZH_READING}(?:了)?{_ZH_THIS}",
    f"{_ZH_READING}(?:了)?{_ZH_THIS}.{{0,4}}(?:的|之|者為|者是|者係|嘅|是|為|係).{{0,4}}{_ZH_MACHINE}",
    f"{_ZH_MACHINE}(?:須知|注意|指令|指示|請注意|備註)\\s?[:：，,=]",
    f"(?:致|給|畀|俾){{1}}.{{0,8}}{_ZH_MACHINE}\\s?[:：，,]",
    "機讀(?:指令|指示|命令)",
    f"{_ZH_MACHINE}(?:的|嘅)?(?:角色|身份|職責|任務)(?:改為|變為|轉為|改成|變成|係|是)",
    "(?:向|對|同|跟)(?:客戶|客人|顧客)(?:說成|講成|訛稱|謊稱|話係)",
)


def gives_a_model_orders(passage: str) -> bool:
    """Whether ``passage`` holds what is meant for a model, known by what is ordered or by whom it speaks to."""
    return order_in(passage) is not None or speaks_to_a_machine(passage)


def speaks_to_a_machine(passage: str) -> bool:
    """Whether words of ``passage`` speak to a machine that reads it, or say what one is to tell customers falsely."""
    return _matching_form(passage) in _SPOKEN_TO


def _matching_form(passage: str) -> str:
    """As ``normalise`` would have it, at a tenth of its cost where no letter is disguised."""
    if OTHER_SCRIPT.search(passage):
        return normalise(passage).text
    return fold(unicodedata.normalize("NFKC", passage).lower())
