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
    r"\b(?:called|phoned|rang|texted|messaged|e-?mailed|contacted) (?:me|us|my \w{1,10})\b.{0,30}\b(?:pretend\w{0,3}|posing|claim\w{2,3}|impersonat\w{2,3})\b",
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
_CODE = r"(?:otps?|one[- ]time (?:password|passcode|code|pin)|password|passcode|pin|cvv|(?:security|verification|sms|login|activation) (?:code|details)|log-?in)"
_STRANGER = r"(?:someone|somebody|him|her|them|(?:a|the|some) (?:stranger|caller|man|woman|guy|person|scammer)|another person|other people)"
_GAVE = (
    r"\bi(?:'ve| have)?(?: \w{1,12}){0,2} (?:gave|given|give|shared|told|disclosed|sent|texted|revealed|read|forwarded)"
)
_NOW = r"(?:right now|as we speak|at this (?:very )?(?:moment|minute|second)|this (?:minute|second|very moment)|happening|in progress|ongoing)"
_NOT_MINE = r"\b(?:transactions?|payments?|transfers?|withdrawals?|purchases?|charges?)\b.{0,30}\bi (?:did not|didn'?t|never|do not|don'?t|have not|haven'?t) (?:ma[dk]e|do|authori[sz]ed?|approved?|recogni[sz]e)\b"
_ZH_CODE = "(?:驗證碼|一次性密碼|密碼|短訊碼|短信碼|安全碼|保安編碼|otp|pin|cvv)"
_ZH_GAVE = "(?:俾|畀|給|比|話|講|告訴|提供|交|發|傳|send|洩露|透露)(?:咗|了|左|晒)(?:俾|畀|給)?"
_ZH_STRANGER = "(?:一個|個)?(?:陌生人|騙子|別人|人哋|人|佢|他|她|對方)"
_ZH_NOW = "(?:正在|而家|依家|現在|家陣|此刻)"
_ZH_USES = "(?:用|盜|碌|刷|轉|偷|提|入侵|登入)"
# A loss under way: the customer is told to stop and call even where the same message asks how to report it.
_LIVE = Patterns(
    rf"{_GAVE}(?: out| away)? {_STRANGER}\b.{{0,30}}\b{_CODE}\b",
    rf"{_GAVE}(?: out| away)?(?: \w{{1,10}}){{0,3}} {_CODE}\b.{{0,20}}\b(?:to|with) {_STRANGER}\b",
    r"\b(?:clicked|opened|followed|tapped)\b.{0,30}\blink\b.{0,40}\b(?:entered|typed|gave|filled in|put in)\b",
    rf"\b(?:someone|somebody|an? (?:thief|scammer|stranger|hacker)|hackers?|scammers?|thie(?:f|ves))(?:'s| is| are)(?: \w{{1,9}})? (?:using|spending|accessing|charging|taking|moving|transferring|withdrawing|logg\w{{2,4}} in)\b.{{0,40}}\b{_NOW}\b",
    r"\b(?:someone|somebody|an? (?:thief|scammer|stranger|hacker)|hackers?|scammers?|thie(?:f|ves))(?:'s| is| are)(?: \w{1,9})? (?:stealing|draining|emptying|hacking)\b.{0,20}\b(?:my|our)\b",
    rf"{_NOT_MINE}.{{0,30}}\b{_NOW}\b|\b{_NOW}\b.{{0,30}}{_NOT_MINE}",
    r"\bmy (?:\w{1,10} ){0,2}(?:account|money|savings|card) (?:is|are) (?:\w{1,9} )?being (?:\w{1,9} )?(?:stolen|drained|emptied|hacked)\b",
    f"{_ZH_GAVE}.{{0,8}}{_ZH_CODE}(?:俾|畀|給|比)?{_ZH_STRANGER}|{_ZH_GAVE}{_ZH_STRANGER}.{{0,5}}{_ZH_CODE}|{_ZH_CODE}.{{0,4}}{_ZH_GAVE}{_ZH_STRANGER}",
    f"(?:有人|賊|騙徒|騙子|黑客).{{0,4}}{_ZH_NOW}.{{0,4}}{_ZH_USES}.{{0,4}}我|{_ZH_NOW}.{{0,4}}有人.{{0,6}}{_ZH_USES}.{{0,4}}我|(?:有人|賊|騙徒|騙子|黑客).{{0,4}}{_ZH_USES}.{{0,2}}[緊着著]我",
    f"(?:唔係|不是|並非|冇|沒有).{{0,4}}(?:我|本人|授權)?.{{0,6}}(?:交易|轉賬|過數).{{0,6}}(?:{_ZH_NOW}|進行)|{_ZH_NOW}.{{0,8}}(?:交易|轉賬|過數).{{0,6}}(?:唔係|不是|並非|冇|沒有)(?:我|本人|授權)",
)
_ASKS_HOW = Patterns(
    r"\b(?:how|what) (?:do|does|can|are|is|should)\b.{0,30}\b(?:protect|prevent|avoid|spot|recogni[sz]e|report)\b",
    "(?:點樣|如何|怎樣|怎么|點).{0,4}(?:防騙|防止|避免|分辨|識別|預防)",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where someone seems to be steering the customer's money, or to be taking it."""
    text = normalise(context.text)
    span = _LIVE.first(text) or (None if text.text in _ASKS_HOW else _FRAUD.first(text))
    if span is None:
        return ()
    return (Finding("P17", STAGE, Severity.S1, Action.HAND_OFF, Reason.FRAUD, span),)
