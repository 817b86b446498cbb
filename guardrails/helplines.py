"""Whom a customer in distress can call: facts that drift, with the day they were last read.

An institution's own slot ``helpline`` stands before these.
"""

from __future__ import annotations

from datetime import date

from knowledge_bases.schema import Wording

# From memory, confirmed by nobody yet: compliance reads them out of the organisations' own pages before use.
AS_AT = date(2026, 11, 26)
GRADE = "M"
HELPLINES = Wording(
    en="The Samaritans 2896 0000 (24 hours) or the Mental Health Support Hotline 18111",
    zh_hant="撒瑪利亞會 2896 0000（24小時）或情緒通精神健康支援熱線 18111",
    zh_hans="撒玛利亚会 2896 0000（24小时）或情绪通精神健康支援热线 18111",
)
