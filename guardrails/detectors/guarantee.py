"""A wish for a promise of profit, or for a prediction (P03). A product's own guarantee may be asked about."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_MARKET = r"(?:market|index|stocks?|shares?|hang seng|price|rates?|dollar|rmb|renminbi|yen|bitcoin|gold|fund|currency|property prices?)"
PROMISE = Patterns(
    r"\bguarantee[sd]?(?: me| us| that| you| i| we| my| it| this| the| fund| will| to| a| of| can)*? (?:profits?|returns?|gains?|make money|earn|not lose|never lose|no loss|positive|income of|\d+(?:\.\d+)?%)",
    r"\b(?:guarantee|promise|assure) (?:me|us)\b.{0,40}\b(?:\d+(?:\.\d+)?\s?(?:%|percent)|returns?|profits?|gains?|(?:won'?t|not|never) lose|no loss(?:es)?|go up|rise|double|make money)",
    r"\bguarantee (?:that )?(?:the|my|your|this|these)(?: \w{1,12}){0,2} (?:funds?|investments?|stocks?|portfolio|mpf) (?:will|would|can|won'?t)\b.{0,12}\b(?:make|earn|return|yield|gain|grow|rise|go up|lose|fall)\b",
    r"\bguaranteed (?:profits?|gains?|winner|to (?:make|earn|profit|go up|grow|rise|win))",
    r"\b(?:risk.?free|no.?risk|zero.?risk|without (?:any )?risk)\b.{0,20}\b(?:return|profit|investment|money|gain|product|fund)",
    r"\b(?:investment|fund|product|return|profit)s?\b.{0,16}\b(?:risk.?free|no risk|zero risk|100% safe)\b",
    r"\b(?:sure|certain|definitely|surely) (?:to |going to |will )?(?:make money|win|profit|earn|go up)",
    r"\bcan'?t (?:possibly )?lose\b|\bnever lose (?:any )?money\b|\bpromise (?:me )?.{0,20}(?:return|profit|gain|money|won't lose)",
    "(?:保證|包|穩|必|一定|實|肯定|擔保)(?:會|能|可以|係|是|有|我)?(?:賺|赚|贏|升|有錢賺|回本|獲利|盈利|唔會蝕|不會虧|不虧)",
    r"(?:保證|擔保|應承|答應)(?:俾|畀|給|到)?我.{0,14}(?:賺|回報|收益|升|唔蝕|不虧|\d\s?(?:%|厘))",
    "穩賺|包賺|必賺|穩贏|穩陣賺|賺硬|實賺|穩袋",
    "(?:零|冇|無|沒有)風險(?:嘅|的)?.{0,4}(?:回報|收益|投資|賺|產品|高息)",
    "(?:一定|保證|肯定|絕對)(?:唔會|不會|冇|無|不)(?:蝕|虧|輸|損失)",
)
_PREDICTION = Patterns(
    r"\bwill (?!you\b|i\b|we\b|my (?:card|limit|fee|account|premium))(?:the |your |my |this |these )?(?:\w{1,12} ){0,4}(?:go up|go down|rise|fall|increase in value|drop|crash|recover|double|outperform)\b.{0,40}",
    rf"\b(?:predict|forecast)\b.{{0,30}}\b{_MARKET}\b",
    rf"\bwhere (?:is|are|will) (?:the )?{_MARKET}.{{0,16}}(?:heading|going|be)\b",
    r"\bhow much will (?:i|my (?:investment|fund|money)) (?:make|earn|be worth|gain|grow)\b",
    "(?:會唔會|會不會|會|幾時會|何時會|將會)(?:再)?(?:升|跌|上升|下跌|大升|大跌|反彈)",
    "(?:預測|估).{0,10}(?:走勢|升跌|股市|樓市|匯率|股價|大市|點位)",
    "(?:下個月|下月|聽日|明天|明年|下星期|年底|未來).{0,12}(?:升定跌|升還是跌|走勢|升到|跌到|幾多點)",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where a promise or a prediction is asked for."""
    text = normalise(context.text)
    span = PROMISE.first(text) or _PREDICTION.first(text)
    return (Finding("P03", STAGE, Severity.S3, Action.REFUSE, Reason.GUARANTEE, span),) if span else ()
