"""Questions that are no business of a financial institution's assistant (scope control; P20 for tax, law, medicine)."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

# Work the assistant does not do, whatever it is about.
_CHORE = Patterns(
    r"\b(?:write|compose|create|generate|give me|make up|draft)\b.{0,24}\b(?:poem|haiku|song|lyrics|story|essay|novel|limerick|speech|script|function|program|code|regex|sql|html|resume|cover letter|blog|tweet|rap)\b",
    r"\b(?:tell|know|hear|crack|say)(?: me| us)?(?: \w{1,8}){0,3} (?:jokes?|riddles?|funny|fun facts?|bedtime story)\b",
    r"\b(?:python|javascript|java|c\+\+|sql|html) (?:function|code|program|script|query)\b",
    r"\b(?:translate|how (?:do|would|can) (?:you|i|one) say|what(?:'s| is) .{1,30} in (?:spanish|french|german|italian|japanese|korean|russian|latin))\b(?!.{0,24}(?:statement|document|policy|brochure))",
    r"\b(?:synonym|antonym)\b|\bhow (?:do|would) (?:you|i) spell\b|\bwhat does the word\b",
    r"\b(?:flip a coin|roll a (?:dice|die)|sing (?:me )?a song|play (?:some |a |the )?(?:music|song|game|playlist)|set (?:an? |the )?(?:alarm|timer|reminder)|tell me a story)\b",
    r"\b(?:square root|derivative of|integral of|solve (?:for|this|the) (?:x|equation)|quadratic|\d+ ?(?:\+|\*|x|times|plus|divided by) ?\d+ ?(?:=|\?|$))",
    "(?:寫|作|創作|生成)(?:一|個|首|篇|段|份|封|幾)?.{0,6}(?:詩|歌|故事|文章|作文|小說|代碼|程式|程序|腳本|笑話|歌詞|論文|求職信)",
    "(?:講|說|讲|嚟|來)(?:個|一個|下|返個)?.{0,3}(?:笑話|笑话|故事|鬼故|謎語)",
    "翻譯(?:成|做|一下|呢|這|以下)|(?:解|計)(?:一|條|這)?(?:條|道)?(?:數學|方程)",
)

# Topics that are not ours, unless the question also speaks of something that is.
_TOPIC = Patterns(
    r"\b(?:weather|temperature|forecast|raining|snow(?:ing)?|humidity|sunny|sunrise|sunset)\b",
    r"\b(?:recipe|cook(?:ing)?|bake|ingredients?|calories|carbs|nutrition(?:al)?|restaurants?|dinner|lunch|breakfast|pizza|vegan|cuisine|onions?|meal|sushi)\b",
    r"\b(?:nfl|nba|mlb|nhl|football|soccer|basketball|baseball|cricket|tennis|olympics?|world cup|super bowl|premier league|lakers|horse racing|mark six)\b",
    r"\b(?:movies?|films?|netflix|actors?|actress|celebrit(?:y|ies)|singers?|bands?|albums?|lyrics|broadway|novels?|tv shows?|video games?|anime)\b",
    r"\b(?:president|prime minister|election|senator|politic(?:s|al|ian)|republican|democrat|parliament|trump|biden|xi jinping|putin|chief executive of hong kong)\b",
    r"\b(?:meaning of life|favou?rite colou?r|your birthday|your hobb(?:y|ies)|how old are you|where (?:were|are) you (?:born|from)|do you have (?:a )?(?:pets?|friends?|feelings?|a boyfriend|a girlfriend)|are you (?:married|single))\b",
    r"\b(?:planet|galaxy|dinosaurs?|photosynthesis|chemical|periodic table|relativity|molecule|geometry|algebra|circle|triangle|continent|capital of|population of|tallest|largest (?:country|city|animal)|world war|ancient|civil war|history of)\b",
    r"\b(?:headache|fever|symptoms?|medication|diagnos(?:e|is) (?:me|my)|vaccine|cough|rash|dosage|ibuprofen|paracetamol|pregnan(?:t|cy) test)\b",
    r"\b(?:oil change|tire|tyre|windshield|engine oil|gas mileage|mpg|jump ?start|traffic|uber|directions to the|driving directions|flight status|plane ticket|book (?:a|me a) (?:flight|hotel|table|room)|hotel room for|visa application|immigration advice)\b",
    r"\b(?:my (?:tax return|divorce|lawsuit|landlord)|sue (?:my|him|her|them|the)|legal advice|lawyer|tax advice|(?:reduce|avoid|evade|dodge|minimi[sz]e) (?:my )?(?:tax|taxes)|file (?:my )?tax(?:es)?|tax return|salaries tax|will i be taxed)\b",
    r"\b(?:girlfriend|boyfriend|dating|horoscope|zodiac|astrology|to-?do list|shopping list|grocery|laundry|vacuum|smart home|homework|dog|cat|puppy|guitar|yoga|gym|workout|exercise routine|haircut|lawn|garden)\b",
    r"\b(?:timer|alarm|stopwatch|time ?zone|what time is it|what'?s the time|calendar|meetings?|appointment with|reminders?|to do list|public holiday|what day is|what is today'?s date|day of the week)\b",
    r"\b(?:song|songs|playlist|music|volume|speaker|lights|thermostat|tv|bluetooth|text message to|send a text|call my (?:mom|mum|dad|wife|friend))\b",
    r"\b(?:reservations?|sightseeing|tourist|beach|things to do in|carry.?on|plug (?:type|converter|adapter)|layover|boarding|rental car|rent a car|road trip|how far (?:is|away)|distance (?:from|between|to)|miles (?:from|between|to))\b",
    r"\b(?:how many (?:cups|ounces|inches|feet|miles|pounds|grams|tablespoons|teaspoons|liters|people live|onions)|convert .{1,20} (?:to|into) (?:cups|inches|feet|miles|kilometers|pounds|grams|celsius|fahrenheit))\b",
    r"\b(?:milk|eggs|rice|chicken|beef|pasta|cake|bread|soup|sauce|butter|sugar|cheese|salad|coffee|beer|wine|spices?)\b",
    r"\b(?:gas tank|tank of gas|gas station|low on gas|fuel|car battery|spark plugs?|mechanic|odometer|parking spot)\b",
    r"\b(?:hobbies|your name mean|funny|laugh|sing|dance|you (?:alive|happy|sad|feel)|ai (?:take over|dangerous)|alien|ghost|god|religion|bible|philosoph\w{1,4})\b",
    "天氣|幾多度|落雨|下雨|氣溫|濕度|颱風(?=幾時|什麼|甚麼|會)|打風(?=幾時|會)",
    "食譜|煮飯|煮餸|點煮|點整|怎么做菜|怎麼做菜|餐廳|午餐|晚餐|食咩好|食乜好|好食|好吃|蛋糕|炒飯",
    "足球|籃球|世界盃|世界杯|英超|賽馬|馬會|六合彩|奧運|網球|歐冠",
    "電影|電視劇|明星|歌手|演唱會|動漫|遊戲|小說|歌詞",
    "總統|選舉|政治|特首|立法會|主席係邊|習近平|特朗普|拜登|政府點睇|民主黨",
    "頭痛|發燒|咳嗽|感冒|睇邊科|食咩藥|吃什麼藥|吃什么药|症狀|藥物|減肥",
    "離婚|打官司|告(?:佢|他|她|業主|老闆)|律師|法律意見|(?:避|慳|逃|少交|節)稅|報稅|稅務意見|薪俸稅|移民(?:申請|手續|去邊)|簽證",
    "人生意義|星座|運程|算命|風水|女朋友|男朋友|拍拖|追女仔|你幾多歲|你幾歲|你結咗婚|你鍾意|你喜歡|養狗|養貓|功課",
    "邊個發明|首都|人口有幾多|歷史上|恐龍|光合作用|相對論|太陽系|牛頓|世界大戰",
)
_OURS = Patterns(
    r"\b(?:account|bank(?:ing|s)?|cards?|fees?|deposits?|loans?|mortgage|insur(?:ance|ed|er)|cover(?:ed|age|s)?|claims?|polic(?:y|ies)|premiums?|funds?|mpf|"
    r"transfers?|payments?|statement|interest|branch(?:es)?|atm|cheques?|balance|cash|refund|charge[ds]?|pin|app|withdraw(?:al)?|exchange rate|contributions?|"
    r"beneficiar(?:y|ies)|trustee|benefits|plan|rewards?|points|miles|lounge|hkd|currenc(?:y|ies)|money|savings|pay|spend|credit|debit|top.?up|crs|fatca)\b",
    "銀行|戶口|賬戶|帳戶|信用卡|年費|收費|手續費|存款|定期|貸款|按揭|保險|保單|保費|受保|保障|賠|索償|理賠|基金|強積金|供款|轉賬|轉數快|匯款|利率|息|分行|開門|開放|營業|"
    "支票|提款|結單|積分|里數|貴賓|受益人|受託人|計劃|自願醫保|旅遊保|醫療|投保|外幣|卡|錢|積金",
)
_FINDING = Finding("P20", STAGE, Severity.S4, Action.REFUSE, Reason.OUT_OF_SCOPE)


def is_chore(text: str) -> bool:
    """Whether normalised ``text`` wants the work of a general assistant: a poem, a translation, code."""
    return text in _CHORE


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the question is a chore for a general assistant or about a topic that is not ours."""
    text = normalise(context.text).text
    foreign = text in _CHORE or (text in _TOPIC and text not in _OURS)
    return (_FINDING,) if foreign else ()
