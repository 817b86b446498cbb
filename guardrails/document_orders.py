"""Finds words of a document that are meant for a model: orders to it, talk about its prompt, talk to "the AI".

A customer's message and a document hide orders in other words, so this table is its own; where a trigger word stands
in a block, the guardrails' patterns for messages are asked too. What staff are told ("the bank may disregard earlier
instructions", "staff must not inform the customer") is no order to a model: orders are imperatives, or name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detectors.injection import gives_orders
from guardrails.normalise import normalise
from guardrails.patterns import Patterns

CONTEXT = 150  # characters shown before the order
WIDEST = 4_000  # characters of a block that are read at once
# A block without any of these is not read: a substring is found a hundred times faster than a pattern.
TRIGGERS = (
    *("ignore", "disregard", "forget", "overrid", "bypass", "prompt", "chatbot", "language model", "llm", "gpt"),
    *("assistant", "your respon", "your repl", "your answer", "your output", "your summar", "your message"),
    *("the answer", "the response", "the reply", "from now on", "you are now", "you're now", "asked", "asks", " ask "),
    *("do not tell", "don't tell", "never tell", "do not mention", "don't mention", "never mention", "do not reveal"),
    *(
        "dear ai",
        "are an ai",
        "as an ai",
        "re an ai",
        "ai:",
        "ai agent",
        "ai assistant",
        "ai model",
        "ai system",
        "ai chat",
        "ai reader",
        "hello ai",
        "hey ai",
        "<|",
        "[inst",
        "[/inst",
        "<<sys",
        "developer mode",
        "new instruction",
        "###",
    ),
    *(
        "vowel",
        "consonant",
        "syllable",
        "a function",
        "algorithm",
        "javascript",
        "python",
        "java program",
        "code snippet",
    ),
    *("poem", " story", "fairy tale", " song", "limerick", "haiku", "joke", " speech", "sonnet", "screenplay", "essay"),
    *(" rap ", " rap.", "tweet", "blog post", "you say", "i say", "we say", "one say", "equivalent for", "translat"),
    *(
        "act as",
        "behave as",
        "play as",
        "speak as",
        "pretend",
        "personify",
        "transform into",
        "n character",
        "simulate",
    ),
    *("break character", "your persona ", "your persona.", "your persona,", "limit output", "limit the output"),
    *(
        "your initial",
        "your original",
        "your first",
        "your exact",
        "your full",
        "your hidden",
        "your secret",
        "verbatim",
    ),
    *("this conversation", "entire conversation", "text above", "words above", "everything above", "were given"),
    *("given to you", "before this", "respond as", "reply as", "for loop"),
    *(
        "忽略",
        "无视",
        "無視",
        "忘记",
        "忘記",
        "理会",
        "理會",
        "抛开",
        "拋開",
        "推翻",
        "遵守",
        "绕过",
        "繞過",
        "跳过",
        "跳過",
    ),
    *(
        "人工智",
        "助手",
        "助理",
        "机器人",
        "機器人",
        "模型",
        "ai助",
        "ai，",
        "ai：",
        "ai請",
        "ai请",
        "ai必",
        "致ai",
        "个ai",
        "個ai",
        "有ai",
        "是ai",
        "提示",
        "从现在",
        "從現在",
        "由而家",
        "从而家",
        "從而家",
    ),
    *(
        "你的",
        "你嘅",
        "你在",
        "你喺",
        "你是",
        "你现在",
        "你現在",
        "你而家",
        "扮演",
        "假装",
        "假裝",
        "问到",
        "問到",
        "问及",
    ),
    *(
        "問及",
        "户问",
        "戶問",
        "人问",
        "人問",
        "询问",
        "詢問",
        "查询",
        "查詢",
        "告诉",
        "告訴",
        "话俾",
        "話俾",
        "话畀",
        "話畀",
    ),
)
_AI = r"(?:ai (?:system|model|assistant|agent|chat ?bot|reader)s?|llms?|(?:large )?language models?|chat ?bots?|chatgpt|gpt|(?:virtual |digital )?assistants?|copilot)"
_NAMED = rf"(?:{_AI}|ai)"  # "AI" alone is an authorised institution in Hong Kong: it names a model only when spoken to
_START = r"(?:^|[.!?:;\"'(\[>*\n-]\s*|\b(?:please|now|and|then|also|just|must|always)\s+)"
_FIRST = r"(?:^|[.!?;:\n\"'(\[]\s*)(?:please )?"  # where a sentence begins: there a verb is an order
_GENRE = (
    r"(?:poem|short story|story|fairy tale|song|limerick|haiku|joke|speech|rap|sonnet|screenplay|essay|tweet|blog post)"
)
_TONGUE = r"(?:spanish|french|german|italian|russian|portuguese|japanese|korean|arabic|hindi|latin|dutch|greek|swedish|polish|turkish|swahili|hebrew)"
_OFFICE = r"(?:\w+ )?(?:guarantor|executor|trustee|agent|nominee|referee|surety|custodian|proxy|witness|guardian|signatory|attorney)"
_WITHIN = r"(?:[^.?]|\.(?=\S)){0,140}"  # in one sentence: the dot of an address ends none
_REPLY = r"(?:responses?|repl(?:y|ies)|answers?|output|summary|summaries|completion)"
_CHANGE = r"(?:include|add|insert|append|prepend|modify|integrate|augment|enhance|replace|use|remove|render|substitute|rearrange|misspell|introduce|combine|group|write|rewrite|translate|encode|encrypt|begin|start|end|finish|convert|scramble|jumble|change|swap|reverse|mention|recommend|suggest|weave|embed|incorporate|inject|slip|mix|alter|adapt|tailor|adjust|frame|craft|format|obfuscate|shift|apply|implement|employ|anagram|infuse|promote|advertise|link|refer|conclude|close|open|sprinkle|highlight|omit|leave|drop|base64)"
_WITH = (
    r"(?:with|without|using|in (?:the form|anagram\w*|code|base64|reverse|emojis?|rot13|[a-z]+ese\b)|as if|so that|by)"
)
_ORDERS = Patterns(
    # Put the rules aside.
    rf"{_START}(?:ignore|disregard|forget|override|bypass)\b[^.]{{0,40}}\b(?:previous|prior|above|earlier|preceding|all|any|your|system|these|other)\b[^.]{{0,32}}\b(?:instructions?|prompts?|rules|guidelines|directions|directives|guardrails?|training|context|documents?|policies)\b",
    rf"{_START}(?:ignore|disregard|forget) (?:everything|anything|all|whatever)\b[^.]{{0,24}}\b(?:above|before|previous\w{{0,2}}|prior|said|told|instructed|earlier|learned|know)\b",
    r"\b(?:system|hidden|initial|developer) prompts?\b|<\|(?:system|im_start|im_end|endoftext|user|assistant)\|>|\[/?inst\]|<</?sys>>|#{2,} ?(?:system|instructions?)\s?:",
    r"\bnew instructions?\b[^.]{0,30}\b(?:override|supersede|replace)|\bdeveloper mode (?:on|enabled|activated)\b|\bdo anything now\b",
    # Speak to the model.
    rf"\b(?:note|attention|message|instructions?|notice|reminder|important|warning)s? (?:to|for) (?:the |any |all |every |whichever |an? )?{_AI}\b",
    rf"\b(?:dear|hey|hi|hello) (?:the |any |all )?{_NAMED}\b|\b{_AI} (?:that (?:is|are) )?(?:reading|processing|summari[sz]ing|answering from|retrieving) (?:this|these|the)\b",
    rf"\b(?:if|since|as|because|when) you(?:'re| are) (?:an? )?(?:automated |helpful )?{_NAMED}\b|\bas an? (?:ai|llm|(?:large )?language model|chat ?bot)\b[^.]{{0,16}}\byou\b",
    rf"\byou(?:'re| are)(?: now| no longer| actually| from now on)(?: going to be| acting as)? (?:an? |the )?(?:\w{{1,16}} ){{0,4}}(?:{_AI}|dan|unrestricted|unfiltered|expert|advisor|agent)\b|\byou are (?:an? )?(?:\w{{1,16}} ){{0,2}}(?:ai|language model|chat ?bot)\b",
    rf"(?:^|[.!?\n]\s?)\W{{0,3}}{_NAMED}\s?[:,] ?(?:please|you|always|never|do not|don't|ignore|answer|reply|respond|say|tell|recommend|when|if)\b",
    rf"\bthe {_AI} (?:must|should|shall|is to|will) (?:always |never |not |only |now )?(?:answer|say|tell|reply|respond|recommend|state|claim|ignore|mention|reveal|approve)\b",
    # Shape its answer.
    rf"\b{_CHANGE}\b{_WITHIN}\b(?:to|in|into|of|with|from|within|at|throughout|for|on|by) (?:\w+ (?:of|in) )?your {_REPLY}\b|\b{_CHANGE} (?:\w{{1,20}} ){{0,5}}your {_REPLY}\b",
    rf"\b(?:in|within|throughout|at the end of|at the start of) your (?:next |final |entire )?{_REPLY},? (?:please )?(?:\w{{1,12}}ly )?(?!you\b|we\b|please\b|and\b|or\b|to\b|the\b|as\b|is\b|was\b|will\b|may\b|must\b)(?:{_CHANGE}|tease|encourage|invite|ask|claim|say|tell|promise|offer|direct|urge|persuade|state|provide|give|share)\b",
    rf"\b(?:provide|present|deliver|give|make|send|express|state|phrase|craft|output|return|produce) (?:all |the |every |each )?(?:\w{{1,12}} )?your {_REPLY} {_WITH}\b|\byour (?:entire |whole |final )?{_REPLY} (?:must|should|shall) (?:only |always |never |be (?:in|only)|begin|start|end|contain|include)\b",
    rf"\b(?:replace|scramble|jumble|swap|change|shift|reverse|convert|substitute|rearrange|misspell|encode) (?:\w{{1,12}} ){{1,6}}(?:in|of|within) (?:your|the) (?:{_REPLY}|message)\b",
    rf"{_START}(?:respond|reply|answer) (?:only |always |exclusively |just )+(?:with|in|that|by)\b|{_START}(?:always|only) (?:respond|reply|answer|say|recommend)\b[^.]{{0,60}}\b(?:customers?|users?|clients?|question|no matter|regardless)\b",
    rf"{_FIRST}{_CHANGE}\b[^.?]{{0,100}}[.!?]['\"”’][^.?]{{0,60}}\b(?:to|in|into|with|within) your {_REPLY}\b",
    rf"{_FIRST}(?:render|phrase|encode|write|deliver|present) your message (?:with|without|using|as|in)\b",
    r"\b(?:replace|swap|substitute|shift|reverse|double|remove) (?:all |the |every |each |some )*(?:vowels?|consonants?|syllables?)\b",
    # Make something that no customer of a bank is asked for.
    rf"{_FIRST}(?:write|compose|draft|develop|provide|create|generate|tell|craft|pen|give|recite|make up)(?: me| us)? (?:an? |the )?(?:(?!bank|customer|client)\w{{1,16}} ){{0,2}}?(?:(?:introduction|outline|conclusion) (?:for|of|to) (?:an? |the )?)?{_GENRE}\b",
    rf"\bhow (?:do|would|can) (?:you|i|we|one) say [^.?]{{1,60}} in {_TONGUE}\b|{_FIRST}(?:provide|give|what is) (?:me )?the {_TONGUE} (?:equivalent|translation|word|phrase) (?:for|of)\b|{_FIRST}translate [^.?]{{1,80}} (?:in)?to {_TONGUE}\b",
    rf"{_FIRST}(?:write|implement|create|develop|debug|refactor|design) (?:me )?(?:an? |the |this )?(?:\w{{1,16}} ){{0,3}}?(?:function|algorithm|python (?:script|program|code)|javascript|java program|code snippet|for loop)\b",
    # Be somebody else.
    rf"{_FIRST}(?:now )?(?:act|behave|speak|role-?play|respond|reply) as (?:an? |the |if |though )(?!{_OFFICE})|{_FIRST}(?:pretend (?:to be|you|that you)|personify|transform into)\b|\b(?:stay|remain|break) in? ?character\b|\byour persona\b",
    rf"\bfrom now on,? you(?:'re| only| are now)\b|{_FIRST}simulate (?:an? )?(?:conversation|dialogue|terminal|interview)\b|{_FIRST}limit (?:the |your )?output\b",
    # Tell what it was told.
    r"\bwhat (?:are|were|is|was) your (?:initial|original|exact|hidden|secret) (?:instructions?|prompt|directives?|rules)\b(?! (?:to|for|on|about|by))|\b(?:repeat|output|print|reveal|encode|show|display) (?:me )?(?:all |the |this )*(?:text|words?|content|conversation|everything) (?:above|you were given|given to you|before this|verbatim)\b|\brepeat this (?:entire |whole )?conversation\b",
    # When a customer asks.
    r"\b(?:when(?:ever)?|if|once|every time|any time|should) (?:you(?:'re| are) )?(?:asked|questioned|(?:a|the|any|an) (?:customer|user|client|person|enquirer)s? asks?|(?:customers|users|clients|someone|anyone|people|they) asks?)\b[^.]{0,100}?[, ](?<!never )(?<!not )(?:answer|say|tell (?:them|the)|claim|recommend|output|(?:respond|reply)(?: only| always)? (?:that|with|by|in|as))\b(?! (?:the|your|these|this|any|all|its) (?:call|question|letter))",
    rf"\bfrom now on,? (?:you (?:must|will|shall|are)|always|never|answer|respond|reply|every {_REPLY})\b",
    # Keep it from the customer.
    rf"{_START}(?:do not|don't|never) (?:tell|inform|warn|alert) (?:the |any |your )?(?:customers?|users?|clients?|readers?)\b|{_START}(?:do not|don't|never) (?:mention|reveal|disclose|cite|quote) (?:this|these|the|your|that) (?:\w{{1,12}} )?(?:instructions?|prompts?|note|message|hidden|system)\b",
    # Chinese, in either script.
    "(?<![可将會会得权權应應能须須])(?:忽略|無視|忘記|忘掉|唔好理|唔使理|不要理會|不用理會|不理會|拋開|繞過|跳過|推翻|覆蓋|不用遵守|不必遵守|停止遵守)[^。，]{0,4}(?:你|以上|上面|上述|之前|先前|前面|所有|一切|任何|全部|系統)[^。，]{0,10}(?:指示|指令|規則|提示|設定|要求|限制|內容|說話|文件)",
    "系統提示[詞語]|(?:系統|隱藏|初始)(?:指令|prompt)|開發者模式|提示詞",
    "(?:致|給|畀|俾|提醒|通知|告訴)(?:所有|任何|各位|各|閱讀本文的|處理本文件的|讀取本文件的){0,2}(?:ai|人工智能|語言模型|大模型|聊天機械?器?人|智能助手|智能助理|ai助手|助手|模型)",
    "(?:作為|身為|如果你是|若你是|假如你是)(?:一個|一名|一位)?(?:ai|人工智能|大?語言模型|大模型|智能助手|聊天機器人|助手)",
    "你(?:現在|而家|如今|從現在起|已經)?(?:是|係|變成|成為)(?:一個|一名|一位|個)?[^。，]{0,12}?(?:ai\\b|人工智能|助手|助理|機器人|語言模型|大模型)",
    "(?:從現在(?:開始|起)|由現在(?:開始|起)|由而家(?:開始|起)|從而家(?:開始|起))[，,]?(?:請|你|妳|所有回答|每次)|(?:扮演|假裝|假扮|充當)[^。，]{0,12}(?:ai\b|人工智能|助手|機器人|語言模型)",
    "(?:在|喺|於|把|將|以|用|為|向|對|修改|調整|改寫|增強|豐富|擴充|打亂|翻譯|替換|讓|令|使|確保)(?:[^。]{0,12})?(?:你|妳|您)(?:的|嘅)(?:最終|所有|每個|下一個|整個)?(?:回答|回覆|回應|答覆|答案|輸出|摘要|總結)(?:中|裡|里|入面|內|末尾|最後|結尾|開頭|時|之中)?[^。]{0,8}(?:加入|加上|加|插入|包含|包括|提及|提到|附上|附加|寫上|寫|使用|用|改|換|變|譯|轉|移除|刪除|去掉|替換|打亂|推薦|建議|宣傳|鼓勵|邀請|聲稱|暗示|強調|整合|融入|翻譯|編碼|隱瞞|說明|指出|呼籲)",
    "(?:你|妳)(?:的|嘅)(?:回答|回覆|回應|答覆|答案|輸出)(?:必須|應該|一律|只能|只可|要)",
    "(?:提供|給出|寫出|輸出|作出|呈現|表達)(?:你|妳)(?:的|嘅)(?:回答|回覆|回應|答案)[，,]?(?:時|並|但|而|且|中)|(?:用|以|使用)[^。，]{1,16}(?:來|去)?(?:提供|寫出|表達|呈現|輸出|寫)(?:你|妳)(?:的|嘅)(?:回答|回覆|回應|答案)",
    "(?:^|[。！；：，,\\s請])(?:不要|唔好|千萬別|切勿|別|絕不要)(?:告訴|告知|話俾|話畀|話|提醒|警告|通知)(?:客戶|用戶|顧客|客人|使用者|讀者|客)",
    "(?:當|如果|如|若|倘若|每當|假如|一旦|凡)(?:你)?(?:被問到|被問及|被問|有?人問|有?客戶問|有?客戶詢問|有?客戶查詢|用戶問|用戶詢問|顧客問|顧客詢問|客人問)[^。]{0,40}?[，,就請都一律必須只](?:要|需|能|可|應|直接)?(?:回答|答|回覆|回應|說|話|聲稱|推薦|表示)",
)
_PERMITTED = re.compile(
    r"\b(?:may|shall|can|will|could|must not|not|to|be) (?:ignore|disregard|forget|override|bypass)\w*"
    r"|[可将会得权应能须](?:以|够)?(?:忽略|无视|不理会|取消|解除|绕过|推翻)|不(?:可以|能)拒绝"
)  # what somebody may do is no order; the guardrails' patterns, made for messages, do not ask
OTHER_SCRIPT = re.compile(r"[\u0370-\u052f\uff01-\uff5e\u200b-\u200f\u2060-\u2064]")


def order_in(words: str) -> str | None:
    """``words`` from shortly before the first order to a model; None where there is none."""
    if not may_order(words):
        return None
    for start in range(0, len(words), WIDEST):
        part = words[max(0, start - CONTEXT) : start + WIDEST]
        text = normalise(part)
        found = _ORDERS.first(text)
        if found is not None:
            return part[max(0, found.start - CONTEXT) :]
        if gives_orders(_PERMITTED.sub(" ", text.text)):
            return part
    return None


def trigger_places(lower: str) -> Iterator[int]:
    """Where a trigger starts in a text of small letters, trigger by trigger."""
    for trigger in _possible(lower):
        place = lower.find(trigger)
        while place >= 0:
            yield place
            place = lower.find(trigger, place + 1)


def may_order(words: str) -> bool:
    """Whether a trigger word stands in ``words``, in whatever letters; without one there is no order."""
    if OTHER_SCRIPT.search(words):
        words = normalise(words).text
    lower = words.lower()
    return any(trigger in lower for trigger in _possible(lower))


def _possible(lower: str) -> Iterator[str]:
    """The triggers of which every letter stands somewhere in the text: an English one has nothing of the Chinese."""
    letters = set(lower)
    return filter(letters.issuperset, TRIGGERS)
