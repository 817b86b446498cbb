"""What a Chinese title is about, in words an id can hold: such as credit-card-fees for 信用卡收費表."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, count

from app.documents.upload_form import id_from_title
from knowledge_bases.schema import Language
from retrieval.folding import fold

MOST = 3  # words of a title that go into an id

# As a folded title has them. What a longer one holds is not looked at again.
TOPICS = {
    **{"信用卡": "credit-card", "提款卡": "atm-card", "扣账卡": "debit-card", "卡": "card", "旅游": "travel"},
    **{"定期存款": "time-deposit", "存款": "deposit", "储蓄": "savings", "账户": "account", "户口": "account"},
    **{"按揭": "mortgage", "贷款": "loan", "私人贷款": "personal-loan", "透支": "overdraft", "分期": "instalment"},
    **{"转账": "transfer", "汇款": "remittance", "外汇": "fx", "支票": "cheque", "转数快": "fps", "支付": "payment"},
    **{"证券": "securities", "股票": "stock", "基金": "fund", "债券": "bond", "投资": "investment"},
    **{"强积金": "mpf", "供款": "contribution", "保险": "insurance", "医疗": "medical", "人寿": "life"},
    **{"保单": "policy", "理赔": "claims", "索偿": "claims", "收费": "fees", "费用": "fees", "年费": "annual-fee"},
    **{"服务费": "service-fees", "利率": "rates", "息率": "rates", "条款": "terms", "章则": "terms"},
    **{"通告": "notice", "通知": "notice", "公告": "notice", "表格": "form", "申请": "application"},
    **{"指引": "guide", "指南": "guide", "手册": "handbook", "小册子": "leaflet", "概要": "summary", "报告": "report"},
    **{"私隐": "privacy", "声明": "statement", "政策": "policy", "投诉": "complaints", "常见问题": "faq"},
    **{"分行": "branch", "网点": "branch", "时间": "hours", "奖赏": "rewards", "优惠": "offer", "保障": "protection"},
}
_WORD = re.compile("|".join(sorted(map(re.escape, TOPICS), key=len, reverse=True)))
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")


def topic_of(text: str) -> str:
    """The topics of a Chinese text as an id writes them, in their order; empty where none is known."""
    found = dict.fromkeys(TOPICS[word] for word in _WORD.findall(fold(text)))
    return "-".join(list(found)[:MOST])


def number_of(text: str) -> str:
    """The last number of a text that is no year; empty where it has none."""
    return next((n for n in reversed(_NUMBER.findall(text)) if not _YEAR.fullmatch(n)), "")


def base_of_title(title: str, language: Language) -> str:
    """A title's Latin letters and digits, as an id; bare numbers of a Chinese title stand behind what it is about."""
    base = id_from_title(title)
    if language is Language.EN or any(len(word) > 2 and not word.isdecimal() for word in base.split("-")):
        return base
    number = number_of(title)
    return f"{topic_of(title) or 'document'}-{number}" if number else ""


def free_base(topic: str, taken: Collection[str]) -> str:
    """The topic, or with a number, as none of those ``taken`` is; of no topic: document-1 and so on."""
    numbered = (f"{topic or 'document'}-{number}" for number in count(2 if topic else 1))
    return next(base for base in chain([topic] if topic else [], numbered) if base not in taken)
