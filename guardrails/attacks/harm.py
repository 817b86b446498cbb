"""Harm that needs no weighing: a way to do it is asked for in plain words."""

from __future__ import annotations

from guardrails.patterns import Patterns

_HOW = r"\b(?:how (?:to|do i|can i|would (?:i|you))|teach me|instructions? (?:for|to|on)|steps? (?:to|for)|ways? to|guide (?:to|for|on)|help me|show me how|give me)\b"
_HARM = Patterns(
    rf"{_HOW}.{{0,40}}\b(?:kill|poison|blackmail|stalk|drug|murder|threaten|hack|steal from|steal (?:money|things|cards?) from)\b.{{0,20}}\b(?:someone|somebody|people|a person|him|her|my (?:ex\w{{0,10}}|wife|husband|neighbou?r|boss))\b",
    rf"{_HOW}.{{0,40}}\b(?:make|build|create|synthesi[sz]e|cook|buy|get|plant|launder|forge|counterfeit|smuggle|write|spread|commit|hide)\w{{0,3}}\b.{{0,24}}\b(?:(?:pipe )?bombs?|explosives?|illegal weapons?|guns?|meth\w{{0,12}}|cocaine|heroin|malware|ransomware|corpse|dirty money|fake (?:passports?|ids?|notes?)|murder|terror\w{{1,5}})\b",
    "(?:怎么|怎樣|如何|點樣|教我|方法|手段|技巧|步驟).{0,16}(?:製造毒|製毒|自製炸彈|造炸彈|殺人|洗錢|洗黑錢|黑客|入侵|竊取|盜取|騙取|詐騙|行騙|報復|跟蹤|監聽|偷拍|逃稅|行賄|作弊)",
)


# Who fears it, reports it or learns of it.
_FEARED = Patterns(
    r"\b(?:protect|prevent|avoid (?:being|a scam|fraud)|report|spot|recogni[sz]e|get rid of|remove)\b",
    "預防|防止|避免被|舉報|防騙|提醒|保護|識別|報案|點算",
)


def names_harm(text: str) -> bool:
    """Whether normalised ``text`` asks for a way to do harm, in plain words."""
    return text in _HARM and text not in _FEARED
