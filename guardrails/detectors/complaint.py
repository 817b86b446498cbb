"""A complaint (P15): handed to people. A question on how complaints work is answered (D49)."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_COMPLAINT = Patterns(
    r"\b(?:i|we)(?: \w{1,8}){0,3} (?:want|wish|would like|need|going|have|am here|intend) to (?:\w{1,10} )?(?:complain|(?:make|file|lodge|raise|submit|register|log) (?:a|an|my) (?:\w{1,10} )?complaint)",
    r"\bi'?d like to (?:complain|(?:make|file|lodge|raise|submit|register) (?:a|an|my) (?:\w{1,10} )?complaint)",
    r"\b(?:i'?m|i am|we are|we're) (?:complaining|filing|lodging|making|raising|submitting)\b.{0,20}(?:complain|about)",
    r"\bthis is (?:a|an|my) (?:\w{1,10} )?complaint\b|\bmy complaint is\b|\bi have a complaint\b",
    r"\b(?:report|complain about|complain to the (?:hkma|sfc|ia|mpfa|regulator)).{0,20}(?:you|your (?:staff|bank|branch|company|service))\b",
    r"\byour (?:\w{1,12} ){0,2}(?:staff|service|bank|branch|employee|agent|teller|company)s? (?:is|was|are|were|has been)(?: \w{1,10}){0,2} (?:rude|terrible|awful|horrible|appalling|disgraceful|unacceptable|incompetent|useless|a joke|pathetic)\b",
    r"\b(?:absolutely|totally|completely|this is|that's|it's) (?:unacceptable|disgraceful|outrageous|appalling)\b",
    r"\b(?:worst|terrible|awful|horrible) (?:bank|service|insurer|company|experience)\b",
    "(?:我|我哋|我們)?(?:要|想|會|決定|正式|已經|而家|現在)(?:向.{1,8})?(?:作出|提出)?投訴(?!部|渠道|程序|途徑|方法|表格|電話|須|需|要幾|處理|係點|點樣|點|怎|如何|熱線)(?!.{0,10}(?:點樣|怎樣|怎么|如何|程序|渠道|方法|流程|幾耐|多久|邊度|哪))",
    "(?:投訴)(?:你|你哋|你們|你地|貴(?:行|公司|司)|職員|員工|客服|分行|經理|態度|佢|他|她)",
    "(?:職員|員工|客服|服務|態度|櫃員|經理|你哋|你們).{0,8}(?:惡劣|好差|太差|極差|差劣|無禮|冇禮貌|離譜|唔負責任|不負責任|離晒譜|呃人|欺騙)",
    "(?:向|去)(?:金管局|證監會|保監局|積金局|消委會|監管機構).{0,4}(?:投訴|舉報)(?:你|佢|貴)",
)
_ASKS_HOW = Patterns(
    r"\b(?:how|where|who|what)\b.{0,30}\b(?:complain|complaint)",
    "(?:點樣|點|怎樣|怎么|如何|邊度|哪裡|哪里|渠道|程序|途徑|流程).{0,8}投訴|投訴.{0,8}(?:點樣|怎樣|怎么|如何|渠道|程序|途徑|流程|方法|幾耐|多久)",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for a complaint; none where the customer only asks how to make one."""
    text = normalise(context.text)
    span = _COMPLAINT.first(text)
    if span is None or text.text in _ASKS_HOW:
        return ()
    return (Finding("P15", STAGE, Severity.S2, Action.HAND_OFF, Reason.COMPLAINT, span),)
