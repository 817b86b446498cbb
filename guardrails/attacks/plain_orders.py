"""Orders to an assistant in the words that jailbreaks are copied in: what needs no weighing, also in a document."""

from __future__ import annotations

from guardrails.patterns import Patterns

_ORDERS = r"(?:instructions?|rules?|guidelines?|prompts?|directions?|directives?|polic(?:y|ies)|restrictions?|constraints?|programming|training|guardrails?|safeguards?|filters?|safety (?:controls?|measures?|protocols?)|content (?:policy|polic(?:y|ies)|filters?|filtering)|moderation|policy enforcement|limitations?|ethic\w{0,6}|context|messages?)"
_DEFY = r"(?:ignore|disregard|forget|override|bypass|circumvent|evade|violate|break|disable|drop|skip|neglect|discard|unlearn|overlook|remove|turn off|get around|don'?t (?:follow|obey)|do not (?:follow|obey)|stop following|abandon)"
_HIDDEN = r"(?:system|initial|initialization|original|hidden|secret|internal|starting|developer|pre|base|core|your|confidential|first|default)[ _-]?(?:\w{1,12}[ _-]){0,2}(?:prompts?|instructions?|messages?|rules|configuration|config|directives?|guidelines?|setup|string)"
_PLAIN_ORDERS = Patterns(
    # Defiance.
    rf"\b{_DEFY}\b(?: \w{{1,12}}){{0,6}} (?:previous|prior|above|earlier|preceding|your|all|any|these|those|openai\w{{0,2}}|its|their|the|existing|initial|usual|normal|system|safety|content|compliance|policy|ethical)\b.{{0,32}}\b{_ORDERS}\b",
    rf"\b{_DEFY} {_ORDERS}\b",
    r"\b(?:ignore|disregard|forget) (?:everything|anything|all|what(?:ever)?)\b.{0,24}\b(?:above|before|previous|prior|said|told|were|instructed|earlier|learned|know)\b",
    r"\b(?:new|updated|real|actual|following) (?:instructions?|rules|directives?|system prompt)\b\s{0,2}(?::|are|below|follow)",
    r"\bwithout (?:any )?(?:restrictions?|limitations?|filters?|censorship|moral\w{0,6}|ethic\w{0,6}|disclaimers?|guardrails?)\b",
    r"\b(?:no|not bound by|not have|free (?:of|from)|unbound by)(?: \w{1,12}){0,4} (?:restrictions|limitations|censorship|filters?|ethical guidelines|ethics|morals|guidelines|content policy|rules)\b.{0,60}(?:\byou\b|\bai\b|\bmodel\b|\bopenai\b|\bchatbot\b|$)",
    # The prompt.
    rf"\b(?:show|print|reveal|display|output|repeat|tell|give|list|share|leak|expose|dump|write|what(?:'s| is| are| were)|translate|encode|rot13|summari[sz]e|paraphrase|provide|return|recite|copy|send|spell|read|see|view|access|opposite of|in json)\b.{{0,48}}\b{_HIDDEN}\b",
    r"\bsystem[ _-]?(?:prompt|message|instructions?)\b|\bsystemprompt\b",
    r"\b(?:repeat|print|output|copy|recite|encode)\b.{0,40}\b(?:text above|above text|words above|everything above|entire conversation|the text you were given|everything in the|verbatim|back to me word for word|everything before)",
    r"\b(?:text|words|sentences?|everything) above\b.{0,30}(?:\bin full\b|\bcode block\b|\bverbatim\b|\bvowels\b)|\boutput initiali[sz]ation\b|\byour (?:initial|starting|original|core) (?:instructions|prompt)",
    r"\bwhat (?:were|was|are) you (?:told|instructed|programmed|given|asked|not (?:supposed|allowed|permitted))\b|\bi was instructed to\b|\bmy instructions are\b|\bwhat were those instructions\b",
    # Roles and modes.
    r"\b(?:you are|you're|you will be|you shall be|act|behave|respond|answer|speak|reply|talk|roleplay|pose|operate)(?: now)?(?: as| like)?(?: going to (?:act|be|pretend|play|roleplay))?(?: a| an| the| if you (?:are|were))? ?(?:\w{1,14} ){0,4}(?:dan|stan|dude|jailbroken|unrestricted|uncensored|unfiltered|amoral|evil|unethical|immoral|developer mode|opposite mode|anti-?dan|aim|maximum|without rules)\b",
    r"\b(?:pretend|imagine|role-?play|simulate|act as if|suppose)\b.{0,40}\b(?:you (?:are|have|can|were|to be)|to be|being|that you|as)\b.{0,60}\b(?:no (?:rules|restrictions|limits|ethics|filters?)|anything|unrestricted|human|another ai|different ai|evil|villain|hacker|not (?:an ai|bound))\b",
    r"\b(?:from now on|for the rest of this conversation|in this (?:hypothetical|fictional) (?:story|scenario|world)|henceforth)\b.{0,60}\b(?:you (?:will|are|must|shall|should|can)|respond|answer|act|reply|going to)\b",
    r"\b(?:you are|you're|you will)(?: now| going to)\b.{0,24}\b(?:act as|pretend|role-?play|simulate|play the role|take on the role|become|impersonate|be acting)\b",
    r"\b(?:i want you to|you will|you must|you shall|you should|please|you are to|you have to|let'?s) (?:now )?(?:act(?:ing)? as|role-?play|pretend|simulate|play the (?:role|part)|impersonate|take the role|assume the (?:role|identity|persona|personality))\b",
    r"\b(?:do anything now|stay (?:a |in |as )(?:dan|character)|jailbr(?:ea|o)k\w{0,4}|developer mode|dev mode|god mode|sudo mode|admin(?:istrator)? (?:override|mode|access)|maintenance mode|debug mode|opposite mode|chaos mode)\b",
    r"\byou (?:are|were|have been) (?:now )?(?:free(?:d)?|liberated|released|unchained)\b|\bbroken free\b|\btypical confines\b|\bunfiltered (?:and|response|ai|model)\b|\bamoral\b",
    r"\b(?:never|cannot|can'?t|must not|will not|do not|don't) (?:refuse|decline|reject|say (?:no|sorry|that you)|break character|apologi[sz]e|warn|mention (?:that )?(?:you|openai|ethic)|censor)\b",
    r"\b(?:two|both|2) (?:responses|ways|answers|paragraphs|outputs)\b.{0,80}\b(?:normal|standard|classic|gpt|as|first|dan|jailbreak)",
    r"\b(?:respond|reply|answer|start|begin|prefix|preface)\w{0,4}\b.{0,30}\b(?:with|as|by)\b.{0,24}(?:\[?\bdan\b\]?|\[.{1,20}\]:|\bsure, here|\bmy instructions are\b|\"absolutely)",
    r"\b(?:hypothetical|fictional|fictitious)\b.{0,40}\b(?:response|story|character|world|dialogue|scenario)\b.{0,200}\b(?:illegal|unethical|no (?:laws|rules|ethical|morals)|amoral|evil|hack|bomb|without)\b",
    r"\b(?:chat ?gpt|openai|gpt-?[34]|language model|large language model)(?:'s)?\b.{0,120}\b(?:pretend|ignore|act as|role ?play|bypass|without|policies|policy|restrictions?|character|simulat\w{1,5}|dan|rules|refuse|censor\w{0,5}|always|never|respond|must|will)\b",
    r"<\|?(?:system|im_start|im_end|endoftext|user|assistant)\|?>|\[/?(?:inst|system)\]|<</?sys>>|\bbegin system\b|^\s?#{2,} ?(?:system|instruction)|\bconsole\.log\b|\bcontinue the following\b",
    r"\b(?:explain|describe|how|methods?|techniques?|ways?)\b.{0,30}\b(?:jailbreak|bypass|evade|circumvent|disable|ignore)\b.{0,40}\b(?:safety|filter\w{0,4}|controls?|enforcement|instructions?|gateway|guardrails?|systems?|moderation|security)\b",
    r"\b(?:encode|decode|rot13|base64|translate)\b.{0,40}\b(?:instructions?|prompt|then (?:show|output|execute|follow|do|answer))\b",
    r"\bexecute\b.{0,20}\b(?:command|code|following|decoded)\b|\bfollow (?:the |these )?(?:decoded|encoded|hidden) (?:instructions?|text)\b",
    r"\byour (?:true|real|inner|hidden) (?:self|personality|identity|nature)\b|\bswitch to (?:unrestricted|developer|another|a different) (?:mode|persona|character)\b",
    r"\byou (?:are|must|will|shall|are not|aren'?t)(?: \w{1,10}){0,3} (?:allowed|permitted|not allowed) to (?:say|refuse|mention|break)\b|\bnsfw\b|\bpersona\b.{0,80}\b(?:respond|reply|speak|ai|breaks?)\b|\b(?:character|entity|role)\b.{0,40}\b(?:named|called)\b.{0,120}\b(?:never|always|no (?:limits?|rules)|unlimited)\b",
    r"\b(?:always|only) (?:start|begin|respond|reply|answer|enclose\w?)\b.{0,30}\b(?:reply|response|answer|with|as|in)\b.{0,200}\b(?:never|ai|character|no matter|regardless)\b",
    # Chinese.
    "(?:忽略|無視|忘記|忘掉|忘咗|唔理|唔好理|不要理會|不理會|不顧|拋開|繞過|突破|違反|取消|解除|跳過|推翻|唔使跟|不用遵守|不要遵守|不必遵守|唔好跟|停止遵守|關閉|放棄|撇開)"
    "(?:你|我|妳|咗|晒|掉|所有|一切|任何|全部|以上|上面|之前|先前|前面|原本|原有|系統|你嘅|你的|嘅|的|啲|那些|這些|呢啲|既|既有|內置|安全|曾經|被|設定|給|畀|過){0,8}"
    "(?:指示|指令|規則|規則|規定|規矩|限制|提示|提示詞|設定|設置|說話|要求|約束|準則|原則|內容|命令|守則|審查|過濾|護欄|安全措施|道德|訓練)",
    "(?:列出|顯示|輸出|打印|印出|講出|說出|話我知|告訴我|展示|公開|透露|洩露|重複|複述|翻譯|俾我睇|給我看|係咩|是什麼|是什么|複製|寫出|交出|分享|背出|睇下).{0,10}"
    "(?:系統提示|系統提示詞|提示詞|系統指令|初始指令|系統訊息|系統消息|系統信息|內部指令|隱藏指令|內部規則|系統設定|原始指令|你(?:嘅|的)(?:指示|指令|規則|設定|prompt)|prompt)",
    "系統提示(?:詞|語)?|(?:你(?:嘅|的))?(?:系統|初始|隱藏|內部)(?:指令|prompt|提示)",
    "(?:你而家係|你現在是|你是一個|從現在起你|從而家開始你|由而家起你|從現在開始|由現在開始|扮演|假裝|假扮|假設你|裝作|充當|模擬|扮)(?:.{0,12}?)(?:冇限制|沒有限制|無限制|不受限制|冇任何限制|無任何限制|不受.{0,6}(?:約束|限制)|黑客|駭客|開發者|dan\\b|另一個|邪惡|壞人|無道德|沒有道德|任何事|一切問題|不會拒絕|真人|人類|我(?:嘅|的)?(?:奶奶|嫲嫲|祖母))",
    "(?:開發者|管理員|上帝|調試|越獄|無限制|除錯|維護|超級用戶)模式|越獄|(?:不要|唔好|不能|不可以|唔准|絕不|永遠不)(?:拒絕|說不|道歉|警告|拒答)(?:我|回答)?",
    "(?:解碼|解密|base64).{0,16}(?:執行|跟住做|照做|遵從|並回答|然後)",
    "(?:以上|上面|上述)(?:的|嘅)?(?:所有)?(?:文字|內容|對話|文本).{0,6}(?:重複|複述|輸出|打印|逐字)|(?:重複|複述|輸出|打印)(?:以上|上面|上述)(?:的|嘅)?(?:所有)?(?:文字|內容|對話|文本)",
)


def gives_orders(text: str) -> bool:
    """Whether normalised ``text`` gives the assistant orders, in plain words; disguises are not looked for."""
    return text in _PLAIN_ORDERS
