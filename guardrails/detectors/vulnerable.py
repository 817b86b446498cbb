"""A customer in difficulty (P16): distress, bereavement, debt, illness. A person should answer, and nothing be sold."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_KIN = r"(?:husband|wife|mother|father|mum|mom|dad|son|daughter|brother|sister|grand\w{3,7}|partner|parents?|child)"
_ZH_KIN = "(?:老公|老婆|丈夫|妻子|先生|太太|爸爸|媽媽|爸|媽|父親|母親|阿爸|阿媽|爺爺|嫲嫲|公公|婆婆|兒子|女兒|仔|女|哥哥|弟弟|家人|親人)"
_DISTRESS = Patterns(
    r"\b(?:kill(?:ing)? myself|suicid\w{1,4}|end (?:my life|it all)|don'?t want to (?:live|be alive)|want to die|no reason to live|hurt myself|self.harm)\b",
    r"\b(?:tired|sick) of (?:living|life|being alive)\b(?! (?:in|with|at|on|here|near|insurance)\b)|\b(?:not worth|no point(?: in)?|can'?t go on) living\b|\bi can'?t go on(?: any ?more| any longer| like this)\b|\bbetter off dead\b|\bwish i (?:was|were) dead\b|\btak(?:e|ing) my own life\b|\bdon'?t want to be here any ?more\b|\blife (?:is|has)(?: \w{1,8})? (?:meaningless|pointless|no meaning)\b",
    r"\bi(?:'m| am|'ll| will| want| feel| might| could| may)?(?: \w{1,8}){0,4} jump(?:ing)? (?:off|from|out of)\b.{0,20}\b(?:building|roof|rooftop|bridge|window|balcony|floor|train)\b(?!.{0,40}\b(?:bungee|cover(?:ed)?|insur\w{1,6})\b)",
    "自殺|(?:唔|不)(?:再)?想(?:再)?(?:繼續)?(?:做人(?!壽|民|事)|生存|活(?!期|動|化|躍))|想死(?!亡|期)|輕生|結束(?:自己)?生命|自殘|生無可戀|冇(?:咩)?意思生存|一了百了",
    "(?:活[著着]?|人生|做人|生存).{0,3}(?:冇|沒有|沒|無)(?:咩|乜|什麼|任何)?(?:意思|意義|希望|價值|盼頭)|(?:活[著着得]|做人).{0,3}(?:累|攰|辛苦|痛苦)|活(?:唔|不)(?:下去|落去)",
    "(?:想|去|不如|打算|準備).{0,4}(?:跳樓|跳海|跳橋|燒炭|割脈|上吊|尋死|自我了斷|解脫(?!欠|債))(?!價|貨|機)",
)
_DIFFICULTY = Patterns(
    rf"\b(?:my|our) (?:late )?{_KIN}\b.{{0,20}}\b(?:died|passed away|has passed|is dying|was killed|death)\b|\bmy late {_KIN}\b|\b(?:passed away|died)\b.{{0,30}}\b(?:my|our) {_KIN}\b",
    r"\b(?:lost|losing) my job\b|\b(?:laid off|made redundant|bankrupt(?:cy)?|evicted)\b(?!.{0,20}\b(?:law|definition)\b)",
    r"\b(?:i|we) (?:can'?t|cannot|can not|couldn'?t|am unable to|are unable to|no longer)(?: \w{1,8}){0,2} (?:repay|pay (?:back|off|my (?:loan|debt|mortgage|card|bills?|rent))|afford (?:to live|food|rent|my (?:loan|mortgage|repayments)))",
    r"\b(?:drowning in|overwhelmed by|buried in|crushed by) debts?\b|\bdebt collectors?\b.{0,30}\b(?:me|my|harass\w{0,4}|threat\w{0,6})\b",
    r"\bi (?:have|was diagnosed with|got|am dying of|am suffering from)(?: \w{1,10}){0,2} (?:cancer|dementia|terminal|stroke|depression|parkinson)\b",
    r"\bi(?:'m| am) (?:blind|deaf|illiterate|terminally ill)\b|\bi can'?t (?:read|see)(?: (?:well|very well|the (?:screen|text)))",
    f"{_ZH_KIN}.{{0,6}}(?:過身|過咗身|離世|去世|死咗|死了|走咗|病逝|逝世|剛走了)",
    "(?:失業|被炒|俾人炒|裁員).{0,14}(?:還|供|交|唔起|不起|點算|怎么辦|怎麼辦)|(?:我|啱啱|剛剛|最近)失業",
    "(?:還唔起|還不起|還不了|供唔起|供不起|冇錢還|無力償還|無力還|沒錢還|周轉唔到|破產|債務纏身|欠債)",
    "(?:收數|追債|追數).{0,6}(?:我|屋企|佬|騷擾|恐嚇)",
    "我(?:有|患|得咗|得了|確診|患有|患上)(?:咗|了)?.{0,4}(?:癌|末期|腦退化|認知障礙|中風|抑鬱|重病)",
    "我(?:係|是)?(?:盲|失明|聾|睇唔到字|唔識字|不識字|視障)",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for distress (S1), else one for difficulty (S2)."""
    text = normalise(context.text)
    for severity, patterns in ((Severity.S1, _DISTRESS), (Severity.S2, _DIFFICULTY)):
        span = patterns.first(text)
        if span:
            return (Finding("P16", STAGE, severity, Action.HAND_OFF, Reason.VULNERABLE, span),)
    return ()
