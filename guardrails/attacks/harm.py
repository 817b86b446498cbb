"""Harm that needs no weighing: a way to do it is asked for, or the thing itself is named."""

from __future__ import annotations

from guardrails.patterns import Patterns

# Help with harm; the words of a customer who reports or fears it are excluded.
_HARM = Patterns(
    r"\b(?:how (?:to|do i|can i|would (?:i|you))|teach me|instructions? (?:for|to|on)|steps? (?:to|for)|ways? to|guide (?:to|for|on)|help me|show me how|give me)\b.{0,60}"
    r"\b(?:make|build|create|synthesi[sz]e|cook|buy|get|plant|hack|steal|kill|poison|launder|forge|counterfeit|smuggle|evade|blackmail|stalk|spread|write|hide|commit|break)\w{0,3}\b.{0,40}"
    r"\b(?:bombs?|explosives?|weapons?|guns?|meth\w{0,12}|drugs?|cocaine|virus|malware|ransomware|someone|people|a person|corpse|dirty money|fake (?:passports?|ids?|notes?)|crime|murder|terror\w{1,5}|hate)\b",
    "(?:制毒|製毒|吸毒|販毒|毒品|冰毒|炸彈|炸藥|爆炸物|槍支|殺人|殺死|謀殺|綁架|販賣(?:人口|器官|兒童)|賣淫|嫖娼|色情|裸照|強姦|賭博網|假幣|假護照|假身份|偽造|走私|逃避警|恐怖(?:襲擊|組織)|人肉搜索)",
    "(?:怎么|怎樣|如何|點樣|教我|方法|手段|技巧|步驟).{0,16}(?:洗錢|洗黑錢|黑客|入侵|竊取|盜取|騙取|詐騙|行騙|報復|跟蹤|監聽|偷拍|逃稅|行賄|作弊)(?!.{0,10}(?:預防|防止|避免|舉報))",
)


def names_harm(text: str) -> bool:
    """Whether normalised ``text`` asks for a way to do harm, in plain words."""
    return text in _HARM
