"""A question on the customer's own account, or an instruction (P12): for the authenticated channel, not for a chat."""

from __future__ import annotations

from guardrails.normalise import normalise
from guardrails.patterns import Patterns
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

_MINE = (
    r"(?:(?:account |card |mpf |savings |current |available |outstanding |policy |loan |statement |cash |point |points |reward )*"
    r"(?:balance|transactions?|statement|pin|limit|points|contributions?|benefits|cash value|sum assured|account number|policy number|credit score))"
)
_ACCOUNT = Patterns(
    rf"(?<!to )(?<!do i )(?<!can i )(?<!how i )\b(?:what(?:'s| is| are|s)|tell me|show me|give me|check|how much is) (?:is )?my (?:current |remaining |latest |last )?{_MINE}\b",
    r"\bhow much (?:money )?(?:do i have|is (?:left )?in my|have i got|do i owe|is left (?:in|on) my)\b",
    r"\bwhat (?:did i (?:spend|pay)|was my last (?:transaction|payment)|do i owe)\b",
    r"^(?:please |can you |could you |kindly |i want you to |hi,? |hello,? )*(?:transfer|send|pay|wire|move|remit) (?:hk|us)?\$? ?[\d,.]+",
    r"\b(?:please|can you|could you|i want you to)(?: please)? (?:transfer|send|wire|move) (?:(?:my )?(?:money|funds|cash)|(?:hk|us)?\$ ?[\d,]+|[\d,]+ (?:dollars|hkd))",
    r"\b(?:please|can you|could you|i want you to)(?: please)? (?:pay my|cancel my (?:card|policy|transfer|order)|close my account|block my card|freeze my (?:card|account)|reset my (?:pin|password)|increase my (?:limit|credit limit)|change my (?:address|phone|number))\b",
    "我(?:個|嘅|的|張|啲|份|既|隻)?.{0,6}(?:戶口|賬戶|帳戶|卡|結餘|強積金|mpf|保單|貸款)(?:入面|裡面|裡|里|內|仲)?.{0,4}(?:有幾多錢|仲有幾多|剩幾多|還有多少|有多少錢|結餘(?:係|有)?(?:幾多|多少)|餘額(?:係|有|是)?(?:幾多|多少)?|欠幾多|欠多少)",
    "(?:查|睇|查詢|睇下|看看|查下|查一下)(?:下|一下)?我(?:個|嘅|的|張)?.{0,6}(?:結餘|餘額|戶口|賬戶|交易|結單|積分|保單|供款)",
    "(?:幫|替|同|請幫|麻煩幫)我.{0,4}(?:轉賬|轉帳|過數|匯款|轉錢|付款|交費|還款|改密碼|重設密碼|凍結|取消(?:張|個)?(?:卡|保單|戶口)|開戶|買|賣|沽|贖回|提款|停卡|改地址|加額|提取)(?!.{0,6}(?:手續費|收費|點樣))",
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where only someone who has proved who they are may be answered."""
    span = _ACCOUNT.first(normalise(context.text))
    return (Finding("P12", STAGE, Severity.S4, Action.REFUSE, Reason.ACCOUNT_SPECIFIC, span),) if span else ()
