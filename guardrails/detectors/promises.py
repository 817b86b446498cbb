"""What an answer must not say (P01-P04, P06, P08, P10, P13, P28).

Generated sentences are judged by every rule. Quotes are an approved document's own words, read by compliance before:
they are judged only by what no document may do either, promise a profit without risk or lead to a login elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from guardrails.verification import is_quotation

STAGE = Stage.OUTPUT

_RECOMMENDS = Patterns(
    r"\b(?:i|we)(?: would|'d)?(?: strongly| certainly| definitely)? (?:recommend|suggest|advise)\b",
    r"\byou (?:should|ought to|had better|may want to) (?:buy|sell|invest|switch|choose|pick|surrender|move|put|hold|redeem|go for)\b",
    r"\b(?:best|ideal|perfect|right|most suitable) (?:choice|option|fund|plan|product|investment|card|policy) for you\b",
    r"\b(?:suits?|is suitable for|is right for|fits) you(?:r (?:needs|profile|situation|goals))?\b",
    r"\bif i were you\b|\bnow is (?:a|the) (?:good|right|best) time to (?:buy|sell|invest|switch)\b",
    "(?:我|我哋|我們|本行|我司)(?:會)?(?:強烈)?(?:建議|推薦|推介)(?:你|您|閣下)?(?:買|購買|選|揀|投資|認購|轉換|呢|這|本|以下)?",
    "(?:你|您|閣下)(?:應該|應|該|不妨|可以考慮)(?:買|購買|賣|沽|投資|轉換|選擇|揀|退保|認購|贖回|持有)",
    "(?:最|十分|非常|好)?(?:適合|襯|啱)(?:你|您|閣下)|(?:而家|現在|目前)(?:是|係)(?:買入|投資|入市|轉換)(?:的|嘅)?(?:好|最佳)時機",
)
_PRESSES = Patterns(
    r"\b(?:buy|apply|invest|act|sign up|subscribe|order|hurry)(?: \w{1,8})? (?:now|today|immediately|while)\b",
    r"\blimited (?:quota|time|period|places|offer|stock)\b|\bdon'?t (?:miss|wait|delay)\b|\bhurry\b|\blast chance\b|\bbefore it'?s (?:too late|gone)\b",
    r"\b(?:only|just) (?:a few|\d+) (?:places|quotas?|days|spots) (?:left|remain)\b|\bfree gift (?:if|when) you\b",
    "(?:立即|馬上|即刻|趕快|趕緊|從速)(?:買|投資|購買|申請|認購|行動|登記|下單)|名額有限|數量有限|萬勿錯過|唔好錯過|不要錯過|不容錯過|機不可失|欲購從速|送完即止|最後機會|手快有",
)
PROMISE = Patterns(
    r"\b(?:risk[- ]?free|no[- ]risk|zero[- ]risk|without (?:any )?risk)\b",
    r"\bguarantee[sd]? (?:you |that you |to )?(?:will )?(?:a |an |the )?(?:profits?|gains?|winner|make money|earn|not lose|never lose|no loss|positive return)\b",
    r"\bguaranteed (?:profits?|gains?|winner|to (?:make|earn|profit|go up|grow|rise|win))\b|\b(?:can'?t|cannot|never|won'?t) (?:possibly )?lose (?:any |your )?money\b",
    r"\b(?:sure|certain|bound) to (?:make money|win|profit|earn|go up|rise)\b|\bwill (?:definitely|certainly|surely|always) (?:go up|rise|make|earn|win|grow|profit|recover)\b",
    "(?:保證|包|穩|必|一定|實|肯定|擔保)(?:會|能|可以)?(?:賺|贏|升值|有錢賺|回本|獲利|盈利|唔會蝕|不會虧)",
    "穩賺|包賺|必賺|穩贏|賺硬|(?:零|冇|無|沒有)(?:任何)?風險(?:嘅|的)?(?:回報|收益|投資|產品|高息)|(?:一定|保證|肯定|絕對)(?:唔會|不會)(?:蝕|虧|輸|損失)",
)
_FORETELLS = Patterns(
    r"\b(?:prices?|rates?|index|market|fund|shares?|dollar|yen|rmb)\b.{0,24}\b(?:will|is going to|is set to|should) (?:rise|fall|go up|go down|recover|rebound|drop|climb|double)\b",
    "(?:恒指|股價|樓價|利率|匯率|基金|大市|金價|人民幣).{0,10}(?:將會|會|必)(?:升|跌|上升|下跌|反彈|回升)",
)
_APPROVES = Patterns(
    r"\b(?:you(?:'re| are| will be|'ll be| have been)|your (?:\w{1,12} ){0,3}(?:is|has been|will be|was)) (?:pre-?)?(?:approved|accepted|granted|guaranteed|eligible for approval)\b",
    r"\b(?:we|i) (?:will|can|shall|hereby|have)? ?(?:approve[sd]?|grant(?:ed)?|guarantee) (?:you|your|the|a)\b|\bapproval is (?:guaranteed|certain|assured)\b",
    "(?:已|會|將|一定|必定|保證|包)(?:經|會|獲)?(?:批核|獲批|批准|通過|批)(?:你|您|閣下)|(?:你|您|閣下)(?:的|嘅).{0,10}(?:已獲批|必獲批|一定批|保證獲批|會獲批)|保證(?:獲)?批|包批",
)
_PRAISES = Patterns(
    r"\b(?:the )?(?:best|cheapest|safest|leading|number one|no\.? ?1|most trusted|unbeatable|unrivalled) (?:bank|insurer|broker|rates?|service|wallet|provider|trustee|fund house|deal|in (?:town|hong kong|the market))\b",
    r"\b(?:better|cheaper|safer|faster) than (?:other|any other|hsbc|our competitors|competitors|the competition|rivals|most) ?(?:banks?|insurers?|brokers?|providers?)?\b|\bunlike (?:other|our) (?:banks?|insurers?|competitors)\b",
    "(?:全港|全城|市場(?:上)?|業界|行內)(?:最|首|第一|唯一)|(?:優於|好過|勝過|平過|比)(?:其他|同業|對手|滙豐|匯豐|中銀|其他銀行).{0,8}(?:好|高|平|便宜|優|快)?",
)
_PERFORMS = Patterns(
    r"\b(?:returned|gained|rose|grew|performance (?:of|was)|return of|up|outperformed)\b.{0,20}\d+(?:\.\d+)? ?(?:%|per ?cent)",
    r"(?:回報|升幅|表現|升(?:咗|了)?|跑贏|累積回報|收益率).{0,10}\d+(?:\.\d+)? ?(?:%|厘|個百分點)",
)
_PERIOD = Patterns(
    r"\b(?:19|20)\d\d\b|\b(?:year|month|quarter|week)s?\b|\bsince (?:launch|inception)\b|\bp\.?a\.?\b|\bannuali[sz]ed\b|\bytd\b",
    "年|月|季|自(?:推出|成立)|期內",
)
_HUMAN = Patterns(
    r"\bi(?:'m| am) (?:a |an )?(?:real |actual |live )?(?:human|person|man|woman|member of staff|staff member|banker|adviser|agent)\b|\bi(?:'m| am) not (?:a |an )?(?:bot|robot|machine|ai|assistant|computer)\b|\bmy name is\b|\bas a human\b",
    "我(?:係|是)(?:一(?:個|位|名))?(?:真人|人類|職員|客戶服務主任|客服專員|經理|真的人)|我(?:唔係|不是|並非)(?:機械人|機器人|ai|人工智能|電腦|程式)|我(?:叫|的名字)",
)
_ENDORSED = Patterns(
    r"\b(?:hkma|sfc|mpfa|insurance authority|ia|government|regulator)[- ](?:approved|endorsed|certified|backed|recommended|tested)\b",
    r"\b(?:approved|endorsed|certified|guaranteed|recommended|tested|backed|vetted) by (?:the )?(?:hkma|sfc|mpfa|ia|insurance authority|government|monetary authority|regulators?)\b",
    r"\b(?:hkma|sfc|mpfa|ia|insurance authority|government|regulators?) (?:has |have )?(?:approved|endorsed|recommends?|recommended|guarantees?|tested|vetted|backs)\b|\bin the (?:regulator'?s? |hkma'?s? )?sandbox\b.{0,30}\b(?:safe|trust|reliable)\b",
    "(?:金管局|證監會|保監局|積金局|政府|監管機構)(?:已|亦|都|會)?(?:批准|推薦|推介|認證|保證|擔保|背書|測試過)",
)
_Rule = tuple[str, Severity, Reason, Patterns]
_GENERATED: tuple[_Rule, ...] = (
    ("P01", Severity.S1, Reason.ADVICE, _RECOMMENDS),
    ("P02", Severity.S2, Reason.ADVICE, _PRESSES),
    ("P03", Severity.S1, Reason.GUARANTEE, PROMISE),
    ("P03", Severity.S1, Reason.GUARANTEE, _FORETELLS),
    ("P04", Severity.S1, Reason.APPROVAL, _APPROVES),
    ("P06", Severity.S2, Reason.COMPARISON, _PRAISES),
    ("P13", Severity.S1, Reason.UNVERIFIED, _HUMAN),
    ("P28", Severity.S2, Reason.ENDORSEMENT, _ENDORSED),
)
_LINK = re.compile(r"(?:https?://|www\.)[a-z0-9.\-]{1,200}(?:/[^\s，。）)]{0,300})?", re.IGNORECASE)
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([a-z0-9.\-]{1,200})", re.IGNORECASE)
_TRANSACTS = re.compile(r"log-?in|log-?on|sign-?in|pay|transfer|checkout|auth|otp|verify", re.IGNORECASE)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each rule that the answer breaks."""
    generated = [normalise(claim.text).text for claim in context.claims if not is_quotation(claim)]
    quoted = [normalise(claim.text).text for claim in context.claims if is_quotation(claim)]
    return tuple(
        dict.fromkeys(
            [
                *_broken(_GENERATED, generated),
                *_undated(generated),
                *_broken([rule for rule in _GENERATED if rule[3] is PROMISE], quoted),
                *_links(context),
            ]
        )
    )


def _broken(rules: Iterable[_Rule], texts: list[str]) -> Iterator[Finding]:
    written = "\n".join(texts)
    for rule_id, severity, reason, patterns in rules:
        if written in patterns:
            yield Finding(rule_id, STAGE, severity, Action.HOLD, reason)


def _undated(texts: list[str]) -> Iterator[Finding]:
    """A figure of performance in a sentence that doesn't say of when (P08)."""
    if any(text in _PERFORMS and text not in _PERIOD for text in texts):
        yield Finding("P08", STAGE, Severity.S2, Action.HOLD, Reason.UNVERIFIED)


def _links(context: RailContext) -> Iterator[Finding]:
    """A link that leaves the institution's own sites in generated words, or that logs in or pays in any (P10)."""
    for claim in context.claims:
        for link in _LINK.findall(claim.text):
            if _TRANSACTS.search(link) or (not is_quotation(claim) and not _own(link, context)):
                yield Finding("P10", STAGE, Severity.S2, Action.HOLD, Reason.LINK)


def _own(link: str, context: RailContext) -> bool:
    host = _HOST.match(link)
    sites = {
        site.removeprefix("https://").removeprefix("http://").removeprefix("www.") for site in context.institution.sites
    }
    return host is not None and any(host[1] == site or host[1].endswith(f".{site}") for site in sites)
