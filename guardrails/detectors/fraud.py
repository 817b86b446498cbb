"""A fraud in progress (P17): someone is steering the customer. Questions about fraud in general pass."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_WHO = (
    r"(?:police|officer|court|government|immigration|customs|public security|prosecutor|someone|somebody|a (?:man|woman|guy|caller|stranger|friend i met|person)|"
    r"my (?:investment )?(?:mentor|tutor|teacher|online (?:friend|boyfriend|girlfriend))|(?:investment|trading) (?:mentor|tutor|teacher|guru|group)|caller|"
    r"bank staff|(?:your|the) bank|customer service|telegram|whatsapp group)"
)
_TOLD = r"(?:told|asked|asks|asking|tells|telling|wants|ordered|instructed|said|says|saying|is making|made|called|claim\w{0,3})"
_ZH_WHO = "(?:警察|警方|公安|檢察|法院|入境處|海關|通訊局|導師|老師|網友|男友|女友|有人|陌生人|對方|佢|自稱|客服|銀行職員|群組|群主|速遞|快遞)"
_FRAUD = Patterns(
    rf"\b{_WHO}\b.{{0,60}}\b{_TOLD}\b.{{0,40}}\b(?:transfer|send|pay|deposit|wire|move|install|download|anydesk|teamviewer|remote|otp|password|gift cards?|safe account|invest)\b",
    rf"\b{_TOLD}\b.{{0,30}}\b(?:by|from) (?:the )?{_WHO}\b.{{0,60}}\b(?:transfer|send|pay|move|install|download|otp|safe account)\b",
    r"\b(?:transfer|move|send|put)\b.{0,40}\b(?:safe|secure|police|security|guarantee) account\b",
    r"\b(?:anydesk|teamviewer|remote (?:control|access|desktop))\b.{0,60}|\binstall\b.{0,30}\bapp\b.{0,30}\b(?:control|remote|screen)\b",
    r"\b(?:pay|paid|sent|transferr?ed)\b.{0,40}\b(?:gift cards?|to (?:a|an|some) (?:scammer|stranger|mentor))\b",
    r"\bi (?:have |'ve )?(?:been|was|am being|got|think i(?:'m| am| was| have been)?(?: being)?) (?:\w{1,8} )?(?:scammed|defrauded|phished|tricked|cheated|conned)\b",
    r"\bi (?:just )?(?:gave|shared|told|entered|sent)\b.{0,30}\b(?:otp|password|pin|card details|bank details|code)\b.{0,40}\b(?:link|website|caller|someone|him|her|them|stranger|scam\w{0,4})\b",
    f"{_ZH_WHO}.{{0,12}}(?:叫|要|逼|教|話|要求|指示|聲稱|說|讓).{{0,10}}(?:我|你|媽|爸)?.{{0,8}}(?:轉錢|轉賬|轉帳|匯款|匯錢|過數|付款|俾錢|畀錢|交錢|存錢|入錢|下載|安裝|驗證碼|密碼|投資|保證金)",
    "(?:安全|公安|警方|監管|保證金)(?:戶口|賬戶|帳戶)",
    "(?:anydesk|teamviewer|遙距|遠程|遠端)(?:控制|操作|軟件|app)?",
    "(?:我|媽媽|爸爸|阿媽|老公|老婆)?.{0,4}(?:被騙|畀人呃|俾人呃|比人呃|受騙|中咗騙|遇到騙|懷疑.{0,4}騙|被詐騙|上當)",
)
_ASKS_HOW = Patterns(
    r"\b(?:how|what) (?:do|does|can|are|is|should)\b.{0,30}\b(?:protect|prevent|avoid|spot|recogni[sz]e|report)\b",
    "(?:點樣|如何|怎樣|怎么|點).{0,4}(?:防騙|防止|避免|分辨|識別|預防)",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where someone seems to be steering the customer's money."""
    text = normalise(context.text)
    span = _FRAUD.first(text)
    if span is None or text.text in _ASKS_HOW:
        return ()
    return (Finding("P17", STAGE, Severity.S1, Action.HAND_OFF, Reason.FRAUD, span),)
