"""A wish for a personal recommendation (P01). Questions about facts of the same products pass."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_PRODUCT = (
    r"(?:funds?|stocks?|shares?|bonds?|portfolio|investments?|polic(?:y|ies)|plans?|insurance|products?|etfs?|mpf|currenc(?:y|ies)|"
    r"constituent funds?|structured deposits?|deposits?|scheme|annuit(?:y|ies)|crypto|bitcoin|gold(?! card))"
)
_ACT = r"(?:buy|sell|invest|switch|choose|pick|get|hold|keep|put|move|subscribe|redeem|go for|take out|surrender|cash out|transfer|consolidate|opt)"
_ZH_PRODUCT = "(?:基金|股票|債券|保單|保險|計劃|產品|強積金|投資|定存|存款|外幣|儲蓄|組合|股份)"
_ZH_ACT = "(?:買|賣|揀|選|投資|投|轉|入|沽|供|退|贖回|認購|持有|換|存)"

_ADVICE = Patterns(
    # Which one should I buy, whatever the words are about.
    r"\b(?:which|what)(?: of (?:your|these|the|those))?(?: \w{1,14}){0,4}? (?:should|shall|would you|do you think) (?:i|we|you|my)\b.{0,30}\b(?:buy|sell|invest|subscribe|redeem|surrender|recommend|suggest|advise)\b",
    rf"\b(?:which|what)(?: of (?:your|these|the|those))?(?: \w{{1,14}}){{0,3}}? {_PRODUCT} (?:should|shall|would you|do you think) (?:i|we|you|my)\b.{{0,20}}\b{_ACT}\b",
    r"\bwhat (?:should|shall|do you think) (?:i|we)(?: \w{1,12}){0,2} (?:buy|sell|invest|put)\b",
    rf"(?<!why )(?<!how )(?<!where )(?<!when )\bshould (?:i|we)(?: (?:just|now|really|still|instead|rather|even|also|all))? (?:{_ACT})\b.{{0,40}}\b(?:{_PRODUCT}|now|today|money|savings|it|them)\b",
    r"(?<!why )(?<!how )\bshould (?:i|we)(?: \w{1,12}){0,2} (?:buy|sell|invest|surrender)\b",
    r"\b(?:is it|is now|would it be)(?: \w{1,8}){0,3} (?:good|right|better|wise|worth|bad|smart)(?: \w{1,8}){0,2} (?:time )?to (?:buy|sell|invest|switch|surrender|borrow|lock)",
    rf"\b(?:good|right|best|bad|wise|smart|ideal|better) (?:time|moment|idea)(?: for (?:me|us))? to (?:{_ACT})\b.{{0,30}}\b{_PRODUCT}\b",
    r"\b(?:which|what)(?: of (?:your|the|these))?(?: \w{1,14}){0,3}? (?:funds?|stocks?|shares|bonds?|etfs?|investments?|portfolios?)\b.{0,24}\b(?:(?:highest|best|biggest|greatest|most) (?:\w{1,12} )?(?:returns?|performance|gains?|profits?|growth)|perform(?:s|ed|ing)? (?:the )?best|best.performing)\b",
    rf"\b(?:recommend|suggest|advise)\b.{{0,30}}\b{_PRODUCT}\b",
    r"\b(?:recommend|suggest|advise)(?: to)? me (?:a|an|some|which|what|whether|if|on (?:which|what))\b",
    r"\bwhat (?:do|would|can) you (?:recommend|suggest|advise)\b",
    rf"\b(?:best|right|suitable|most suitable|better|safest|ideal|top)(?: \w{{1,12}}){{0,2}} {_PRODUCT}\b.{{0,24}}\b(?:for me|for my|for us|to buy|to invest|for someone|for a)\b",
    rf"\bwh(?:ich|at)(?:'s| is| are)?(?: of (?:your|the|these))?(?: the| your)?(?: \w{{1,14}}){{0,3}} (?:best|better|safest|most suitable|right|wisest)\b.{{0,24}}\b(?:{_PRODUCT}|for me|for my|choice|option|investment|return)",
    rf"\b(?:which|what) (?:{_PRODUCT}|one|option)(?: (?:is|are|would be))? (?:the )?(?:best|better|safest|right|suitable|most suitable|suits?|would suit|fits?)\b",
    r"\b(?:suits?|suitable for|fits?|right for|good for|best for) (?:me|my (?:situation|needs|age|family|risk|retirement|profile|goals))\b",
    r"\bhow (?:should|shall|would you) (?:i|we|you)? ?(?:invest|allocate|split|diversify)\b",
    r"\b(?:pick|choose|select) (?:a|an|the|some|one|me)(?: \w{1,12}){0,3} (?:fund|plan|policy|stock|investment|product)s? for me\b",
    rf"\b(?:help|advise) me (?:to )?(?:pick|choose|select|decide)\b.{{0,30}}\b(?:{_PRODUCT}|invest|buy|sell)\b",
    rf"\b(?:tell|advise) me (?:which|what|whether)\b.{{0,24}}\b(?:{_PRODUCT} )?(?:to|i should) (?:buy|sell|invest|choose|pick|switch)\b",
    r"\bif you were me\b",
    r"\b(?:investment|financial|portfolio) advice\b",
    r"\bwhere should i (?:put|invest|park|keep)\b",
    # Chinese: which one is good, should I, help me choose, is it worth it.
    f"(?:邊|哪)(?:一)?(?:隻|只|個|种|種|款|份|支|類|類型)?{_ZH_PRODUCT}?.{{0,8}}(?:好啲|好些|最好|較好|比較好|更好|好呢|好嗎|好(?=$|[?？!。呀啊呢])|抵買|值得|適合|合適|穩陣|抵|最抵|賺得多|賺最多)",
    "(?:邊|哪)(?:一)?(?:隻|只|個|种|種|款|份|支|類|類型)?(?:基金|股票|債券|強積金|投資|組合|保單).{0,8}(?:回報|收益|表現|升|賺|增長).{0,3}(?:最|更|較)(?:高|好|多|佳|穩|大|勁)",
    f"{_ZH_PRODUCT}.{{0,20}}(?:推薦|推介|介紹)(?:一下|下|吓|返)?(?:$|[?？!。,，吧啦呀])",
    f"(?:係咪|是否|是不是).{{0,8}}{_ZH_ACT}.{{0,10}}(?:好|合適|適合|最佳|啱)(?:嘅|的)?(?:時機|時候)",
    f"(?:應該|應唔應該|應不應該|該不該|該|使唔使|好唔好|可唔可以建議|是否應該|應否).{{0,6}}{_ZH_ACT}.{{0,10}}(?:邊|哪|{_ZH_PRODUCT})",
    "(?:應該|該|而家|現在).{0,4}(?:買|賣|揀|選|投資|認購)(?:邊|哪|咩|乜|什麼|甚麼|唔買|不買|嗎|好唔好)",
    f"(?:而家|現在|依家|家陣|現時).{{0,8}}(?:係咪|是否|是不是|適唔適合|適合|應唔應該|啱唔啱|該不該).{{0,6}}(?:好時機|{_ZH_ACT})",
    "(?:買|揀|選|投|轉去|轉)(?:邊|哪)(?:一)?(?:隻|只|個|种|種|款|份|支|類)",
    f"(?:幫|替|同|為|請)(?:我|手).{{0,4}}(?:揀|選擇|選|挑|推薦|推介|建議|配置|分析).{{0,10}}(?:{_ZH_PRODUCT}|邊|哪)",
    f"(?:推薦|推介|建議).{{0,8}}(?:我)?.{{0,6}}{_ZH_PRODUCT}",
    f"(?:有咩|有乜|有什麼|有甚麼|有冇|有沒有).{{0,4}}{_ZH_PRODUCT}?.{{0,4}}(?:推薦|推介|建議)",
    f"{_ZH_PRODUCT}.{{0,8}}(?:適唔適合|適不適合|適合|啱唔啱|啱)我",
    "(?:最|較|比較)?(?:適合|啱)我(?:嘅|的|嗎|呀|买|買|$|[?？])",
    "(?:值唔值得|值不值得|是否值得|抵唔抵|值得).{0,3}(?:買|投資|入手|入|供|轉)",
    f"{_ZH_ACT}(?:唔|不){_ZH_ACT}(?:好|得過)?.{{0,4}}{_ZH_PRODUCT}",
    f"(?:好唔好|好不好|應唔應該|應不應該|該不該)(?:{_ZH_ACT})",
    "(?:我|筆錢|資金|積蓄).{0,12}(?:應該|該)?(?:點樣|點|怎樣|怎么|如何)(?:投資|分配|配置|理財)(?:好|先|呢|$|[?？])",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the customer asks what to do rather than what is."""
    span = _ADVICE.first(normalise(context.text))
    return (Finding("P01", STAGE, Severity.S3, Action.REFUSE, Reason.ADVICE, span),) if span else ()
